-- 0008: snapshots of projects.
--
-- A snapshot has rows in all tables, as a project has, under a number that is
-- no project's: so whatever goes by `projects` does not see them.

CREATE TABLE snapshots (
  row_id     INTEGER PRIMARY KEY,  -- stands where projects.row_id does
  project_id TEXT NOT NULL,        -- of which it was taken
  name       TEXT NOT NULL,
  UNIQUE (project_id, name)
) STRICT;
