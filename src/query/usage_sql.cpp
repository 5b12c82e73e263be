#include "query/usage_sql.h"

namespace bobbin::query {

void AddPriceList(Statement& out, bool one_project) {
  out.Add(
      "prices_list (j) AS MATERIALIZED (SELECT json_group_array(json_array("
      "coalesce(project, 0), llm_id, effective_at_us, prompt_token_cost, "
      "completion_token_cost, cache_read_input_token_cost, "
      "cache_creation_input_token_cost)) FROM (SELECT * FROM prices");
  if (one_project) {
    out.Add(" WHERE project = ? OR project IS NULL", ProjectRow{});
  }
  out.Add(
      " ORDER BY project IS NULL, effective_at_us DESC, created_at_us DESC, "
      "row_id DESC))");
}

std::string UsageOfCall(std::string_view aggregate, std::string_view prices) {
  // Below a call that has a usage nobody is asked. UNION, not UNION ALL: a
  // ring of parents ends.
  return "(WITH RECURSIVE walk (id, project, started_at_us, usage) AS (SELECT "
         "c.id, c.project, c.started_at_us, c.usage UNION SELECT k.id, "
         "k.project, k.started_at_us, k.usage FROM walk w CROSS JOIN calls k "
         "INDEXED BY calls_by_parent ON k.parent_id = w.id WHERE w.usage IS "
         "NULL AND k.project = c.project AND k.trace_id = c.trace_id AND "
         "k.started_at_us IS NOT NULL) SELECT " +
         std::string(aggregate) + "(" + std::string(prices) +
         ", w.project, w.started_at_us, w.usage) FROM walk w WHERE w.usage IS "
         "NOT NULL)";
}

}  // namespace bobbin::query
