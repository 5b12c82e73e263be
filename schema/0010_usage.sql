-- 0010: what the models of a call used, beside the call.
--
-- Statistics read the narrow rows of `calls` alone, and not every summary.

-- Out of `usage` in the call's summary, for each model there:
--   {"<model>": [requests, prompt, completion, total, cache read, cache
--   creation tokens], ...}
-- as json/usage.h writes it: `total` is 0 if none was reported, zeros at the
-- end are left out. NULL: the summary has no model, or there is none.
ALTER TABLE calls ADD COLUMN usage TEXT;

-- usage_of(): src/db/functions.h.
UPDATE calls SET usage = usage_of(
  (SELECT summary FROM call_outputs u WHERE u.row_id = calls.output_row))
WHERE output_row IN (SELECT row_id FROM call_outputs
                     WHERE usage_of(summary) IS NOT NULL);
