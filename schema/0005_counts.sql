-- 0005: how many calls a project has, so that nobody has to count them.

-- Kept in the transaction that changes the calls. A project without calls
-- has no row.
CREATE TABLE project_counts (
  project INTEGER PRIMARY KEY,  -- projects.row_id
  calls   INTEGER NOT NULL,     -- that reads can see
  roots   INTEGER NOT NULL      -- those among them without a parent
) STRICT;

INSERT INTO project_counts
SELECT project, count(*), sum(parent_id IS NULL)
FROM calls WHERE started_at_us IS NOT NULL GROUP BY project;
