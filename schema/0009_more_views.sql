-- 0009: views of the rest, for people and other tools, beside v_calls.
--
-- Names and values are the API's; times are ISO 8601. The views need no
-- functions but SQLite's own.

-- The tree of each trace: calls with their depth below the root (0), and a
-- `path` by which a call stands behind its parent and before whatever is not
-- below that: ORDER BY trace_id, path. A call whose parent is not there is
-- at depth 0, too.
CREATE VIEW v_call_tree AS
SELECT p.project_id, c.trace_id, c.id, c.parent_id,
       (WITH RECURSIVE up (id, depth) AS (
          SELECT c.parent_id, 0
          UNION ALL
          SELECT a.parent_id, up.depth + 1
          FROM up JOIN calls a INDEXED BY calls_by_id
            ON a.id = up.id AND a.project = c.project
          WHERE a.trace_id = c.trace_id AND a.started_at_us IS NOT NULL
            AND up.depth < 1000)  -- a ring of parents ends
        SELECT max(depth) FROM up) AS depth,
       (WITH RECURSIVE up (id, depth, path) AS (
          SELECT c.parent_id, 0,
                 printf('%016x', c.started_at_us + (1 << 62)) || c.id
          UNION ALL
          SELECT a.parent_id, up.depth + 1,
                 printf('%016x', a.started_at_us + (1 << 62)) || a.id || '/'
                   || up.path
          FROM up JOIN calls a INDEXED BY calls_by_id
            ON a.id = up.id AND a.project = c.project
          WHERE a.trace_id = c.trace_id AND a.started_at_us IS NOT NULL
            AND up.depth < 1000)
        SELECT path FROM up ORDER BY depth DESC LIMIT 1) AS path,
       o.name AS op_name,
       coalesce(nullif(c.display_name, ''), o.trace_name, o.name) AS name,
       strftime('%Y-%m-%dT%H:%M:%S', (c.started_at_us
         - (c.started_at_us % 1000000 + 1000000) % 1000000) / 1000000,
         'unixepoch') || printf('.%06dZ',
         (c.started_at_us % 1000000 + 1000000) % 1000000) AS started_at,
       CASE c.status WHEN 0 THEN 'running' WHEN 1 THEN 'success'
                     WHEN 2 THEN 'error' ELSE 'descendant_error' END AS status,
       (c.ended_at_us - c.started_at_us) / 1000.0 AS latency_ms
FROM calls c
JOIN projects p ON p.row_id = c.project
JOIN ops o ON o.row_id = c.op
WHERE c.started_at_us IS NOT NULL;

-- Versions of objects and ops that are not deleted.
CREATE VIEW v_objects AS
SELECT p.project_id, b.object_id, b.kind, b.version_index, b.digest,
       NOT EXISTS (SELECT 1 FROM objects l WHERE l.project = b.project
         AND l.object_id = b.object_id AND l.kind = b.kind
         AND l.publish_order > b.publish_order AND l.deleted_at_us IS NULL)
         AS is_latest,
       b.base_object_class, b.leaf_object_class,
       strftime('%Y-%m-%dT%H:%M:%S', (b.created_at_us
         - (b.created_at_us % 1000000 + 1000000) % 1000000) / 1000000,
         'unixepoch') || printf('.%06dZ',
         (b.created_at_us % 1000000 + 1000000) % 1000000) AS created_at,
       (SELECT json_group_array(tag) FROM (SELECT tag FROM object_tags t
         WHERE t.object = b.row_id ORDER BY tag)) AS tags,
       (SELECT json_group_array(alias) FROM (SELECT alias
         FROM object_aliases a WHERE a.object = b.row_id ORDER BY alias))
         AS aliases,
       b.wb_user_id, b.val
FROM objects b
JOIN projects p ON p.row_id = b.project
WHERE b.deleted_at_us IS NULL;

CREATE VIEW v_feedback AS
SELECT p.project_id, f.id, f.weave_ref, f.call_id, f.feedback_type, f.creator,
       strftime('%Y-%m-%dT%H:%M:%S', (f.created_at_us
         - (f.created_at_us % 1000000 + 1000000) % 1000000) / 1000000,
         'unixepoch') || printf('.%06dZ',
         (f.created_at_us % 1000000 + 1000000) % 1000000) AS created_at,
       f.payload, f.annotation_ref, f.runnable_ref, f.call_ref, f.trigger_ref,
       f.wb_user_id
FROM feedback f
JOIN projects p ON p.row_id = f.project;

-- A row for each call and model in its `summary.usage`: tokens, and what they
-- cost by the price that was in force (NULL: the model has none). SDKs
-- include in the usage of a call that of the calls below: for a sum take the
-- rows WHERE NOT has_used_below.
CREATE VIEW v_costs AS
WITH used AS (
  SELECT c.project, c.id, c.trace_id, c.op, c.started_at_us, m.key AS model,
         coalesce(json_extract(m.value, '$.prompt_tokens'), 0)
           + coalesce(json_extract(m.value, '$.input_tokens'), 0)
           AS prompt_tokens,
         coalesce(json_extract(m.value, '$.completion_tokens'), 0)
           + coalesce(json_extract(m.value, '$.output_tokens'), 0)
           AS completion_tokens,
         coalesce(json_extract(m.value, '$.total_tokens'), 0) AS reported,
         coalesce(json_extract(m.value, '$.cache_read_input_tokens'), 0)
           AS cache_read_tokens,
         coalesce(json_extract(m.value, '$.cache_creation_input_tokens'), 0)
           AS cache_creation_tokens
  FROM calls c
  JOIN call_outputs u ON u.row_id = c.output_row
  JOIN json_each(u.summary, '$.usage') m ON m.type = 'object'
  WHERE c.started_at_us IS NOT NULL
)
SELECT p.project_id, y.id AS call_id, y.trace_id, o.name AS op_name,
       strftime('%Y-%m-%dT%H:%M:%S', (y.started_at_us
         - (y.started_at_us % 1000000 + 1000000) % 1000000) / 1000000,
         'unixepoch') || printf('.%06dZ',
         (y.started_at_us % 1000000 + 1000000) % 1000000) AS started_at,
       y.model, y.prompt_tokens, y.completion_tokens,
       CASE y.reported WHEN 0 THEN y.prompt_tokens + y.completion_tokens
                       ELSE y.reported END AS total_tokens,
       y.cache_read_tokens, y.cache_creation_tokens,
       (y.prompt_tokens - y.cache_read_tokens - y.cache_creation_tokens)
         * r.prompt_token_cost AS prompt_cost,
       y.completion_tokens * r.completion_token_cost AS completion_cost,
       (y.prompt_tokens - y.cache_read_tokens - y.cache_creation_tokens)
         * r.prompt_token_cost
         + y.completion_tokens * r.completion_token_cost
         + y.cache_read_tokens * r.cache_read_input_token_cost
         + y.cache_creation_tokens * r.cache_creation_input_token_cost
         AS total_cost,
       EXISTS (SELECT 1 FROM calls k INDEXED BY calls_by_parent
               JOIN call_outputs v ON v.row_id = k.output_row
               WHERE k.parent_id = y.id AND k.project = y.project
                 AND k.trace_id = y.trace_id AND k.started_at_us IS NOT NULL
                 AND json_type(v.summary, '$.usage') = 'object'
                 AND json_extract(v.summary, '$.usage') <> '{}')
         AS has_used_below
FROM used y
JOIN projects p ON p.row_id = y.project
JOIN ops o ON o.row_id = y.op
LEFT JOIN prices r ON r.row_id = (
  SELECT row_id
  FROM (SELECT e.row_id, e.effective_at_us > y.started_at_us AS is_later,
               e.project IS NULL AS is_default, e.effective_at_us,
               e.created_at_us
        FROM prices e INDEXED BY prices_by_model
        WHERE e.llm_id = y.model
          AND (e.project = y.project OR e.project IS NULL))
  ORDER BY is_later, is_default, effective_at_us DESC, created_at_us DESC,
           row_id DESC
  LIMIT 1);
