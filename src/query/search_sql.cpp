#include "query/search_sql.h"

#include <array>
#include <string>
#include <utility>

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
  std::string_view sql;  // over `f`, see AddHits
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

// Whether a call of `c` and what kTexts joins to it has the text.
void AddHasHit(Statement& out, std::string_view text) {
  out.Add(kHit, text);
  out.Add(" IS NOT NULL");
}

// The hits of the calls in `page (row_id)`, which the report has begun.
void AddHits(Report& report, std::string_view text) {
  Statement& out = report.rows;
  out.Add(
      ", found AS MATERIALIZED (SELECT p.project_id, c.id, c.trace_id, o.name "
      "AS op_name, coalesce(nullif(c.display_name, ''), o.trace_name, o.name) "
      "AS name, c.started_at_us, ");
  out.Add(kHit, text);
  out.Add(
      " AS hit FROM page CROSS JOIN calls c ON c.row_id = page.row_id CROSS "
      "JOIN projects p ON p.row_id = c.project");
  out.Add(kTexts);
  SelectColumns(report, ") SELECT ", kFoundColumns);
  out.Add(
      ", f.started_at_us, f.id FROM found f ORDER BY f.started_at_us DESC, "
      "f.id DESC");
}

// The newest calls of the scope, each once: "SELECT c.row_id FROM ...".
Statement Newest(const CallScopeSql& scope) {
  Statement out;
  AddFirstCalls(out, scope, Statement{"c.started_at_us DESC, c.id DESC"},
                kNewest, 0);
  return out;
}

Report NewestHits(const model::SearchReq& request, const Statement& newest,
                  int64_t limit) {
  Report report;
  Statement& out = report.rows;
  out.Add("WITH newest AS MATERIALIZED (");
  out.Append(newest);
  out.Add(
      "), page AS MATERIALIZED (SELECT c.row_id FROM newest CROSS JOIN calls c "
      "ON c.row_id = newest.row_id");
  out.Add(kTexts);
  out.Add(" WHERE ");
  AddHasHit(out, request.text);
  out.Add(" LIMIT ?)", limit);
  AddHits(report, request.text);
  return report;
}

Report FilteredHits(const model::SearchReq& request, const CallScopeSql& scope,
                    int64_t limit) {
  Report report;
  Statement& out = report.rows;
  out.Add("WITH page AS MATERIALIZED (SELECT c.row_id FROM ");
  out.Add(scope.seeds);
  out.Add(" CROSS JOIN calls c ");
  out.Add(scope.driver);
  out.Add(kTexts);
  out.Append(scope.calls);
  out.Append(scope.AlsoWhich());
  out.Add(" AND ");
  AddHasHit(out, request.text);
  out.Add(" ORDER BY c.started_at_us DESC, c.id DESC LIMIT ?)", limit);
  AddHits(report, request.text);
  return report;
}

Search::FileScan ScanOfFile(const model::SearchReq& request) {
  const std::string_view text = request.text;
  Search::FileScan scan;
  scan.inputs.Add(
      "SELECT row_id FROM call_inputs WHERE (is_in_json(?, inputs) OR "
      "is_in_json(?, attributes)) AND row_id BETWEEN ? AND ?",
      text, text);
  scan.outputs.Add(
      "SELECT row_id FROM call_outputs WHERE (is_in_json(?, output) OR "
      "is_in_json(?, summary)) AND row_id BETWEEN ? AND ?",
      text, text);
  Statement& calls = scan.calls.rows;
  calls.Add(
      "WITH part (inputs, outputs, first, last, most) AS MATERIALIZED (VALUES "
      "(?, ?, ?, ?, ?)), page AS MATERIALIZED (SELECT c.row_id FROM calls c "
      "NOT INDEXED");
  calls.Add(kTexts);
  calls.Add(" WHERE ");
  AddHasHit(calls, text);
  AddTimes(calls, request.since, request.until);
  if (request.project_id) calls.Add(" AND c.project = ?", ProjectRow{});
  // Each list is made when the first call is looked at, not before.
  calls.Add(
      " AND (c.op IN (SELECT row_id FROM ops WHERE is_in_text(?, name)) OR "
      "is_in_text(?, c.display_name) OR is_in_text(?, c.exception) OR c.row_id "
      "IN (SELECT value FROM part, json_each(inputs)) OR c.output_row IN "
      "(SELECT value FROM part, json_each(outputs))) AND c.row_id BETWEEN "
      "(SELECT first FROM part) AND (SELECT last FROM part) ORDER BY "
      "c.started_at_us DESC, c.id DESC LIMIT (SELECT most FROM part))",
      text, text, text);
  AddHits(scan.calls, text);
  return scan;
}

}  // namespace

Result<Search> SearchCalls(const model::SearchReq& request) {
  if (request.text.empty()) return Invalid("text must not be empty");
  Status page = CheckPage(request.limit, std::nullopt);
  if (!page.ok()) return std::move(page).error();
  const Result<CallScopeSql> scope = ScopeCalls(request, false);
  if (!scope.ok()) return scope.error();
  Search search;
  search.limit = request.limit.value_or(kDefaultLimit);
  const Statement newest = Newest(scope.value());
  search.newest = NewestHits(request, newest, search.limit);
  search.newest_count.Add("SELECT count(*) FROM (");
  search.newest_count.Append(newest);
  search.newest_count.Add(")");
  search.newest_most = kNewest;
  if (scope.value().filters) {
    search.filtered = FilteredHits(request, scope.value(), search.limit);
  } else {
    search.scan = ScanOfFile(request);
  }
  return search;
}

}  // namespace bobbin::query
