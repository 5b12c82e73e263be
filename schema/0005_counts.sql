-- 0005: how many calls a project has, so that nobody has to count them.

-- What a server knew when it stopped. Whoever writes calls takes the rows
-- away first, so that after a crash there are none rather than wrong ones.
CREATE TABLE project_counts (
  project INTEGER PRIMARY KEY,  -- projects.row_id
  calls   INTEGER NOT NULL,     -- that reads can see
  roots   INTEGER NOT NULL      -- those among them without a parent
) STRICT;

INSERT INTO project_counts
SELECT project, count(*), sum(parent_id IS NULL)
FROM calls WHERE started_at_us IS NOT NULL GROUP BY project;
