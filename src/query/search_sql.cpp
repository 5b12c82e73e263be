#include "query/search_sql.h"

#include <array>
#include <string>

#include "query/call_scope.h"

namespace bobbin::query {
namespace {

constexpr int64_t kDefaultLimit = 50;
// How many of the newest calls are looked at one by one: some 10 ms.
constexpr int64_t kNewest = 10'000;

constexpr std::string_view kHit =
    "search_hit(?, o.name, c.display_name, c.exception, i.inputs, u.output, "
    "i.attributes, u.summary)";
constexpr std::string_view kTexts =
    " CROSS JOIN ops o ON o.row_id = c.op LEFT JOIN call_inputs i ON i.row_id "
    "= c.row_id LEFT JOIN call_outputs u ON u.row_id = c.output_row";

struct Column {
  std::string_view name;
  Type type;
  std::string_view sql;  // over `f`, see SearchReport
};
constexpr auto kFoundColumns = std::to_array<Column>({
    {"project_id", Type::kText, "f.project_id"},
    {"id", Type::kText, "f.id"},
    {"trace_id", Type::kText, "f.trace_id"},
    {"op_name", Type::kText, "f.op_name"},
    {"name", Type::kText, "f.name"},
    {"started_at", Type::kTime, "f.started_at_us"},
    {"field", Type::kText, "json_extract(f.hit, '$.field')"},
    {"snippet", Type::kText, "json_extract(f.hit, '$.snippet')"},
    {"match_start", Type::kInt, "json_extract(f.hit, '$.match_start')"},
    {"match_end", Type::kInt, "json_extract(f.hit, '$.match_end')"},
});

// `late (row_id)`: the calls of a scope with filters, if there is a `todo`.
void AddWholeScope(Statement& out, const model::SearchReq& request,
                   const CallScopeSql& scope, int64_t limit) {
  out.Add(", late AS (SELECT c.row_id FROM todo CROSS JOIN ");
  out.Add(scope.seeds);
  out.Add(" CROSS JOIN calls c ");
  out.Add(scope.driver);
  out.Add(kTexts);
  out.Append(scope.calls);
  out.Append(scope.AlsoWhich());
  out.Add(" AND ");
  out.Add(kHit, request.text);
  out.Add(" IS NOT NULL ORDER BY c.started_at_us DESC, c.id DESC LIMIT ?)",
          limit);
}

// The same for the calls anywhere in the file.
void AddWholeFile(Statement& out, const model::SearchReq& request,
                  int64_t limit) {
  const std::string_view text = request.text;
  // Each list is made when the first call is looked at, not before.
  out.Add(
      ", late AS (SELECT c.row_id FROM todo CROSS JOIN calls c NOT INDEXED "
      "WHERE (c.row_id IN (SELECT row_id FROM call_inputs WHERE "
      "is_in_json(?, inputs) OR is_in_json(?, attributes)) OR c.output_row IN "
      "(SELECT row_id FROM call_outputs WHERE is_in_json(?, output) OR "
      "is_in_json(?, summary)) OR c.op IN (SELECT row_id FROM ops WHERE "
      "is_in_text(?, name)) OR is_in_text(?, c.display_name) OR "
      "is_in_text(?, c.exception))",
      text, text, text, text, text, text, text);
  AddTimes(out, request.since, request.until);
  if (request.project_id) out.Add(" AND c.project = ?", ProjectRow{});
  out.Add(" ORDER BY c.started_at_us DESC, c.id DESC LIMIT ?)", limit);
}

}  // namespace

Result<Report> SearchReport(const model::SearchReq& request) {
  if (request.text.empty()) return Invalid("text must not be empty");
  Status page = CheckPage(request.limit, std::nullopt);
  if (!page.ok()) return std::move(page).error();
  const int64_t limit = request.limit.value_or(kDefaultLimit);
  const Result<CallScopeSql> scope = ScopeCalls(request, false);
  if (!scope.ok()) return scope.error();
  Report report;
  Statement& out = report.rows;
  out.Add("WITH newest AS MATERIALIZED (");
  AddFirstCalls(out, scope.value(),
                Statement{"c.started_at_us DESC, c.id DESC"}, kNewest, 0);
  out.Add(
      "), early AS MATERIALIZED (SELECT c.row_id FROM newest CROSS JOIN calls "
      "c ON c.row_id = newest.row_id");
  out.Add(kTexts);
  out.Add(" WHERE ");
  out.Add(kHit, request.text);
  out.Add(" IS NOT NULL LIMIT ?)", limit);
  out.Add(
      ", todo AS MATERIALIZED (SELECT 1 WHERE (SELECT count(*) FROM newest) = "
      "? AND (SELECT count(*) FROM early) < ?)",
      kNewest, limit);
  if (scope.value().filters) {
    AddWholeScope(out, request, scope.value(), limit);
  } else {
    AddWholeFile(out, request, limit);
  }
  out.Add(
      ", page AS MATERIALIZED (SELECT row_id FROM early WHERE NOT EXISTS "
      "(SELECT 1 FROM todo) UNION ALL SELECT row_id FROM late), found AS "
      "MATERIALIZED (SELECT p.project_id, c.id, c.trace_id, o.name AS op_name, "
      "coalesce(nullif(c.display_name, ''), o.trace_name, o.name) AS name, "
      "c.started_at_us, ");
  out.Add(kHit, request.text);
  out.Add(
      " AS hit FROM page CROSS JOIN calls c ON c.row_id = page.row_id CROSS "
      "JOIN projects p ON p.row_id = c.project");
  out.Add(kTexts);
  std::string_view separator = ") SELECT ";
  for (const Column& column : kFoundColumns) {
    out.Add(separator);
    separator = ", ";
    out.Add(column.sql);
    report.columns.push_back(
        {.name = std::string(column.name), .type = column.type});
  }
  out.Add(" FROM found f");
  return report;
}

}  // namespace bobbin::query
