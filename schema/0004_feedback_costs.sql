-- 0004: feedback on calls and objects, and prices of models.

CREATE TABLE feedback (
  row_id         INTEGER PRIMARY KEY,
  project        INTEGER NOT NULL,    -- projects.row_id
  id             TEXT NOT NULL,
  weave_ref      TEXT NOT NULL,       -- what it is about
  call_id        TEXT,                -- the call in it, when weave_ref is a
                                      -- call of this project
  feedback_type  TEXT NOT NULL,
  creator        TEXT,
  wb_user_id     TEXT,
  created_at_us  INTEGER NOT NULL,
  payload        TEXT NOT NULL,       -- JSON
  annotation_ref TEXT,
  runnable_ref   TEXT,
  call_ref       TEXT,
  trigger_ref    TEXT,
  UNIQUE (project, id)
) STRICT;

-- Serves: the feedback of a call.
CREATE INDEX feedback_by_call ON feedback (call_id, feedback_type)
  WHERE call_id IS NOT NULL;
