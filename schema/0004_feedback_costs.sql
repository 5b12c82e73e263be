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
  queue_id       TEXT,
  -- What a scorer said: a JSON list of tags, JSON objects by tag or rating.
  scorer_tags               TEXT,
  scorer_tag_reasons        TEXT,
  scorer_tag_confidences    TEXT,
  scorer_ratings            TEXT,
  scorer_rating_reasons     TEXT,
  scorer_rating_confidences TEXT,
  scorer_trace_id           TEXT,
  -- The agent's turn that was scored.
  span_agent_name           TEXT,
  span_agent_version        TEXT,
  span_status_code          TEXT,
  span_conversation_id      TEXT,
  span_trace_id             TEXT
) STRICT;

-- Serves: feedback by id; sending the same feedback again.
CREATE UNIQUE INDEX feedback_by_id ON feedback (project, id);

-- Serves: the feedback of a call.
CREATE INDEX feedback_by_call ON feedback (call_id, feedback_type)
  WHERE call_id IS NOT NULL;

-- Serves: the feedback on a ref, oldest first.
CREATE INDEX feedback_by_ref ON feedback (project, weave_ref, created_at_us);

-- Serves: the feedback of a type, oldest first.
CREATE INDEX feedback_by_type
  ON feedback (project, feedback_type, created_at_us);

-- Serves: all feedback of a project, oldest first.
CREATE INDEX feedback_by_time ON feedback (project, created_at_us);

-- What a model's tokens cost from a moment on. Rows are added and taken away,
-- never changed.
CREATE TABLE prices (
  row_id                          INTEGER PRIMARY KEY,
  project                         INTEGER,        -- projects.row_id; NULL: the
                                                  -- default for all projects
  id                              TEXT NOT NULL,
  llm_id                          TEXT NOT NULL,
  provider_id                     TEXT NOT NULL,
  effective_at_us                 INTEGER NOT NULL,
  prompt_token_cost               REAL NOT NULL,  -- of one token each
  completion_token_cost           REAL NOT NULL,
  cache_read_input_token_cost     REAL NOT NULL,
  cache_creation_input_token_cost REAL NOT NULL,
  prompt_token_cost_unit          TEXT NOT NULL,  -- 'USD'
  completion_token_cost_unit      TEXT NOT NULL,
  created_at_us                   INTEGER NOT NULL,
  created_by                      TEXT
) STRICT;

-- Serves: a price by id.
CREATE UNIQUE INDEX prices_by_id ON prices (project, id);

-- Serves: the prices of a model, to find the one that a call pays.
CREATE INDEX prices_by_model ON prices (llm_id, project, effective_at_us);

-- Serves: a project's prices, oldest first; replacing the default ones.
CREATE INDEX prices_by_time ON prices (project, created_at_us);
