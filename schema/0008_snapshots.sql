-- 0008: v_calls without the calls of snapshots.
--
-- A snapshot is kept as a project whose name begins with a slash, which that
-- of no other does (/snapshots/NAME/entity/project).

DROP VIEW v_calls;

-- For people and other tools: calls with the API's names. `summary` is as it
-- was sent; what the API derives from it has columns of its own.
CREATE VIEW v_calls AS
WITH timed AS (
  SELECT *, (started_at_us % 1000000 + 1000000) % 1000000 AS started_part,
         (ended_at_us % 1000000 + 1000000) % 1000000 AS ended_part
  FROM calls WHERE started_at_us IS NOT NULL
)
SELECT p.project_id, c.id, c.trace_id, c.parent_id, o.name AS op_name,
       nullif(c.display_name, '') AS display_name, c.thread_id, c.turn_id,
       strftime('%Y-%m-%dT%H:%M:%S', (c.started_at_us - c.started_part)
         / 1000000, 'unixepoch') || printf('.%06dZ', c.started_part)
         AS started_at,
       strftime('%Y-%m-%dT%H:%M:%S', (c.ended_at_us - c.ended_part)
         / 1000000, 'unixepoch') || printf('.%06dZ', c.ended_part)
         AS ended_at,
       CASE c.status WHEN 0 THEN 'running' WHEN 1 THEN 'success'
                     WHEN 2 THEN 'error' ELSE 'descendant_error' END AS status,
       (c.ended_at_us - c.started_at_us) / 1000.0 AS latency_ms,
       i.attributes, i.inputs, u.output, u.summary, c.exception,
       c.wb_user_id, c.wb_run_id, c.wb_run_step, c.wb_run_step_end
FROM timed c
JOIN projects p ON p.row_id = c.project AND substr(p.project_id, 1, 1) <> '/'
JOIN ops o ON o.row_id = c.op
LEFT JOIN call_inputs i ON i.row_id = c.row_id
LEFT JOIN call_outputs u ON u.row_id = c.output_row;
