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
  const auto used = [](const std::string& call) {
    return "coalesce((SELECT has_usage(summary) FROM call_outputs WHERE "
           "row_id = " +
           call + ".output_row), 0)";
  };
  return "(WITH RECURSIVE walk (row_id, id, output_row, used) AS (SELECT "
         "c.row_id, c.id, c.output_row, " +
         used("c") + " UNION SELECT k.row_id, k.id, k.output_row, " +
         used("k") +
         " FROM walk w CROSS JOIN calls k INDEXED BY calls_by_parent ON "
         "k.parent_id = w.id WHERE NOT w.used AND k.project = c.project AND "
         "k.trace_id = c.trace_id AND k.started_at_us IS NOT NULL) SELECT " +
         std::string(aggregate) + "(" + std::string(prices) +
         ", k.project, k.started_at_us, u.summary) FROM walk w CROSS JOIN "
         "calls k ON k.row_id = w.row_id CROSS JOIN call_outputs u ON "
         "u.row_id = w.output_row WHERE w.used)";
}

}  // namespace bobbin::query
