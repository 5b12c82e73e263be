-- 0001: calls, one row per call, with what they were given and what they gave.
--
-- Released files are frozen: to change the shape, add the next number.
-- The runner wraps each file in one transaction and sets user_version to its
-- number. Times (*_us) are microseconds since the Unix epoch, UTC. JSON is
-- kept as the text that the client sent.

-- Names that repeat in every row are kept once.
CREATE TABLE projects (
  row_id     INTEGER PRIMARY KEY,
  project_id TEXT NOT NULL UNIQUE     -- entity/project, as on the wire
) STRICT;

CREATE TABLE ops (
  row_id     INTEGER PRIMARY KEY,
  project    INTEGER NOT NULL,        -- projects.row_id
  name       TEXT NOT NULL,           -- plain, or an op ref
  trace_name TEXT,                    -- what people call it: the name inside
                                      -- an op or object ref, else the name;
                                      -- NULL for other kinds of ref
  UNIQUE (project, name)
) STRICT;

-- A row appears with whichever half of the call comes first and is completed
-- by the other. The JSON is kept apart (call_inputs, call_outputs), so that
-- lists, counts and statistics read narrow rows.
CREATE TABLE calls (
  row_id          INTEGER PRIMARY KEY,  -- local only, never on the wire
  project         INTEGER NOT NULL,     -- projects.row_id
  id              TEXT NOT NULL,        -- chosen by the client, or UUIDv7
  trace_id        TEXT,
  parent_id       TEXT,                 -- NULL: a root. May name a call that
                                        -- has not arrived yet.
  op              INTEGER,              -- ops.row_id
  started_at_us   INTEGER,              -- NULL: no start half yet, or deleted;
                                        -- such a row is hidden from all reads
  ended_at_us     INTEGER,              -- NULL: no end half yet
  status          INTEGER NOT NULL,     -- 0 running, 1 success, 2 error,
                                        -- 3 descendant_error
  output_row      INTEGER,              -- call_outputs.row_id
  start_bytes     INTEGER NOT NULL,     -- of attributes and inputs
  end_bytes       INTEGER NOT NULL,     -- of output and summary
  wb_user_id      TEXT,
  display_name    TEXT,                 -- '': cleared by an update
  thread_id       TEXT,
  turn_id         TEXT,
  wb_run_id       TEXT,
  wb_run_step     INTEGER,
  wb_run_step_end INTEGER,
  deleted_at_us   INTEGER,              -- a tombstone: a late half of a
                                        -- deleted call changes nothing
  exception       TEXT
) STRICT;

-- Serves: one call by id; the meeting of the two halves.
CREATE UNIQUE INDEX calls_by_id ON calls (id, project);

-- Serves: one whole trace in start order.
CREATE INDEX calls_by_trace ON calls (trace_id, started_at_us);

-- Serves: children of a call, and the walk down a subtree on delete.
CREATE INDEX calls_by_parent ON calls (parent_id)
  WHERE parent_id IS NOT NULL;

-- Serves: a project's calls, newest or oldest first, and their count.
CREATE INDEX calls_by_start ON calls (project, started_at_us);

-- Serves: the default list, newest roots first.
CREATE INDEX calls_roots_by_start ON calls (project, started_at_us)
  WHERE parent_id IS NULL;

-- Serves: the calls of an op in start order.
CREATE INDEX calls_by_op ON calls (op, started_at_us);

-- Serves: the calls of a thread in start order.
CREATE INDEX calls_by_thread ON calls (thread_id, started_at_us)
  WHERE thread_id IS NOT NULL;

-- Serves: the calls of a turn in start order.
CREATE INDEX calls_by_turn ON calls (turn_id, started_at_us)
  WHERE turn_id IS NOT NULL;

-- The JSON of the start half.
CREATE TABLE call_inputs (
  row_id     INTEGER PRIMARY KEY,     -- calls.row_id
  attributes TEXT NOT NULL,
  inputs     TEXT NOT NULL,
  otel_dump  TEXT
) STRICT;

-- The JSON of the end half. Rows have numbers of their own, in the order of
-- arrival: ends come in another order than starts, and rows that are only
-- appended leave no half-empty pages.
CREATE TABLE call_outputs (
  row_id  INTEGER PRIMARY KEY,        -- calls.output_row
  output  TEXT,                       -- NULL: null
  summary TEXT NOT NULL
) STRICT;

-- Refs found anywhere in inputs (side 0) and output (side 1).
CREATE TABLE refs (
  row_id INTEGER PRIMARY KEY,
  ref    TEXT NOT NULL UNIQUE
) STRICT;

-- Serves: calls that consumed or produced a ref.
CREATE TABLE call_refs (
  ref  INTEGER NOT NULL,              -- refs.row_id
  side INTEGER NOT NULL,
  call INTEGER NOT NULL,              -- calls.row_id
  PRIMARY KEY (ref, side, call)
) STRICT, WITHOUT ROWID;

-- Serves: taking away a call's refs when a half is sent again or deleted.
CREATE INDEX call_refs_by_call ON call_refs (call, side);

-- For people and other tools: calls as the API shows them.
CREATE VIEW v_calls AS
SELECT p.project_id, c.id, c.trace_id, c.parent_id, o.name AS op_name,
       nullif(c.display_name, '') AS display_name, c.thread_id, c.turn_id,
       strftime('%Y-%m-%dT%H:%M:%S', c.started_at_us / 1000000, 'unixepoch')
         || printf('.%06dZ', c.started_at_us % 1000000) AS started_at,
       strftime('%Y-%m-%dT%H:%M:%S', c.ended_at_us / 1000000, 'unixepoch')
         || printf('.%06dZ', c.ended_at_us % 1000000) AS ended_at,
       CASE c.status WHEN 0 THEN 'running' WHEN 1 THEN 'success'
                     WHEN 2 THEN 'error' ELSE 'descendant_error' END AS status,
       (c.ended_at_us - c.started_at_us) / 1000.0 AS latency_ms,
       i.attributes, i.inputs, u.output, u.summary, c.exception,
       c.wb_user_id, c.wb_run_id, c.wb_run_step, c.wb_run_step_end
FROM calls c
JOIN projects p ON p.row_id = c.project
JOIN ops o ON o.row_id = c.op
LEFT JOIN call_inputs i ON i.row_id = c.row_id
LEFT JOIN call_outputs u ON u.row_id = c.output_row
WHERE c.started_at_us IS NOT NULL;
