#include "query/traces_sql.h"

#include <algorithm>
#include <array>
#include <string>

#include "query/call_scope.h"
#include "query/usage_sql.h"

namespace bobbin::query {
namespace {

constexpr int64_t kDefaultLimit = 50;
constexpr int64_t kMostMatches = 20;

// In these `c` is the root.
constexpr std::string_view kWholeTrace =
    " FROM calls t INDEXED BY calls_by_trace WHERE t.trace_id = c.trace_id AND "
    "t.project = c.project AND t.started_at_us IS NOT NULL";

std::string OfTrace(std::string_view columns) {
  return "(SELECT " + std::string(columns) + std::string(kWholeTrace) + ")";
}

std::string Usage() { return UsageOfCall("usage_totals", kPriceList); }

struct SortField {
  std::string_view name;
  std::string (*sql)();
};
constexpr auto kSortFields = std::to_array<SortField>({
    {"started_at", [] { return std::string("c.started_at_us"); }},
    {"latency_ms",
     [] { return std::string("(c.ended_at_us - c.started_at_us)"); }},
    {"calls", [] { return OfTrace("count(*)"); }},
    {"total_tokens", [] { return "json_extract(" + Usage() + ", '$[2]')"; }},
    {"total_cost", [] { return "json_extract(" + Usage() + ", '$[3]')"; }},
});

Result<Statement> OrderBy(const model::TracesQueryReq& request) {
  static constexpr model::SortBy kNewest{
      .field = "started_at", .direction = model::Direction::kDescending};
  std::vector<model::SortBy> keys;
  if (request.sort_by) keys = *request.sort_by;
  if (keys.size() > kSortFields.size()) {
    return Invalid("sort_by takes each field once");
  }
  const bool by_start = std::ranges::find(keys, kNewest.field,
                                          &model::SortBy::field) != keys.end();
  if (!by_start) keys.push_back(kNewest);
  Statement out;
  for (const model::SortBy& key : keys) {
    const auto* const row =
        std::ranges::find(kSortFields, key.field, &SortField::name);
    if (row == kSortFields.end()) return FieldNotAllowed(key.field);
    out.Add(row->sql());
    const bool down = key.direction == model::Direction::kDescending;
    out.Add(down ? " DESC NULLS LAST, " : " ASC NULLS LAST, ");
  }
  const bool oldest_first =
      by_start && std::ranges::find(keys, kNewest.field, &model::SortBy::field)
                          ->direction == model::Direction::kAscending;
  out.Add(oldest_first ? "c.id ASC" : "c.id DESC");
  return out;
}

struct Column {
  std::string_view name;
  Type type;
  std::string_view sql;  // over `r`, see TracesReport
};
constexpr auto kTraceColumns = std::to_array<Column>({
    {"project_id", Type::kText, "r.project_id"},
    {"id", Type::kText, "r.id"},
    {"trace_id", Type::kText, "r.trace_id"},
    {"op_name", Type::kText, "r.op_name"},
    {"name", Type::kText, "r.name"},
    {"started_at", Type::kTime, "r.started_at_us"},
    {"ended_at", Type::kTime, "r.ended_at_us"},
    // As AddStatuses() in call_scope.cpp has it.
    {"status", Type::kText,
     "CASE r.status WHEN 0 THEN 'running' WHEN 2 THEN 'error' WHEN 1 THEN "
     "iif(json_extract(r.counts, '$[1]') > 0, 'descendant_error', 'success') "
     "ELSE 'descendant_error' END"},
    {"latency_ms", Type::kDouble, "(r.ended_at_us - r.started_at_us) / 1000.0"},
    {"calls", Type::kInt, "json_extract(r.counts, '$[0]')"},
    {"errors", Type::kInt, "json_extract(r.counts, '$[1]')"},
    {"open", Type::kInt, "json_extract(r.counts, '$[2]')"},
    {"prompt_tokens", Type::kInt, "json_extract(r.usage, '$[0]')"},
    {"completion_tokens", Type::kInt, "json_extract(r.usage, '$[1]')"},
    {"total_tokens", Type::kInt, "json_extract(r.usage, '$[2]')"},
    {"total_cost", Type::kDouble, "json_extract(r.usage, '$[3]')"},
    {"feedback", Type::kInt, "r.feedback"},
    {"thread_id", Type::kText, "r.thread_id"},
    {"exception", Type::kText, "reason_in(r.exception)"},
});

void AddTraces(Statement& out) {
  out.Add(
      "traces AS MATERIALIZED (SELECT p.project_id, c.id, c.trace_id, "
      "o.name AS op_name, coalesce(nullif(c.display_name, ''), o.trace_name, "
      "o.name) AS name, c.started_at_us, c.ended_at_us, c.status, c.thread_id, "
      "c.exception, ");
  out.Add(
      OfTrace("json_array(count(*), sum(t.status = 2), sum(t.status = 0))"));
  out.Add(" AS counts, ");
  out.Add(Usage());
  out.Add(
      " AS usage, (SELECT count(*) FROM calls t INDEXED BY calls_by_trace "
      "CROSS JOIN feedback f INDEXED BY feedback_by_call ON f.call_id = t.id "
      "WHERE t.trace_id = c.trace_id AND t.project = c.project AND "
      "t.started_at_us IS NOT NULL AND f.project = c.project) AS feedback "
      "FROM page CROSS JOIN calls c ON c.row_id = page.row_id CROSS JOIN "
      "projects p ON p.row_id = c.project CROSS JOIN ops o ON o.row_id = "
      "c.op)");
}

// What begins with `prefix` lies before this.
std::string EndOf(std::string_view prefix) {
  std::string end(prefix);
  end.back() = static_cast<char>(end.back() + 1);  // UTF-8 has no 0xFF
  return end;
}

}  // namespace

Result<Report> TracesReport(const model::TracesQueryReq& request) {
  Status page = CheckPage(request.limit, request.offset);
  if (!page.ok()) return std::move(page).error();
  Result<CallScopeSql> scoped = ScopeCalls(request, true);
  if (!scoped.ok()) return std::move(scoped).error();
  CallScopeSql& scope = scoped.value();
  const Result<Statement> order = OrderBy(request);
  if (!order.ok()) return order.error();
  if (request.text) {
    scope.needs = {.inputs = true, .outputs = true};
    scope.calls.Add(
        " AND search_hit(?, (SELECT name FROM ops WHERE row_id = c.op), "
        "c.display_name, c.exception, i.inputs, u.output, i.attributes, "
        "u.summary) IS NOT NULL",
        *request.text);
  }
  Report report;
  Statement& out = report.rows;
  out.Add("WITH ");
  AddPriceList(out, request.project_id.has_value());
  out.Add(", page AS MATERIALIZED (");
  AddFirstCalls(out, scope, order.value(),
                request.limit.value_or(kDefaultLimit),
                request.offset.value_or(0));
  out.Add("), ");
  AddTraces(out);
  SelectColumns(report, " SELECT ", kTraceColumns);
  out.Add(" FROM traces r");
  return report;
}

Result<Report> ResolveReport(const model::ResolveReq& request) {
  if (request.id.empty()) return Invalid("id must not be empty");
  const std::string end = EndOf(request.id);
  const auto in_project = [&](Statement& out) {
    if (request.project_id) out.Add(" AND c.project = ?", ProjectRow{});
  };
  Report report;
  Statement& out = report.rows;
  out.Add(
      "WITH RECURSIVE found_calls AS (SELECT c.project, c.id, c.trace_id FROM "
      "calls c INDEXED BY calls_by_id WHERE c.id >= ? AND c.id < ? AND "
      "c.started_at_us IS NOT NULL",
      request.id, end);
  in_project(out);
  // From one trace to the next, however many calls each has.
  constexpr std::string_view kNext =
      "(SELECT min(c.trace_id) FROM calls c INDEXED BY calls_by_trace WHERE ";
  out.Add(" ORDER BY c.id LIMIT ?), ids (trace_id) AS (SELECT ", kMostMatches);
  out.Add(kNext);
  out.Add("c.trace_id >= ? AND c.trace_id < ?) UNION ALL SELECT ", request.id,
          end);
  out.Add(kNext);
  out.Add(
      "c.trace_id > ids.trace_id AND c.trace_id < ?) FROM ids WHERE "
      "ids.trace_id IS NOT NULL",
      end);
  out.Add(
      "), found_traces AS (SELECT DISTINCT c.project, c.trace_id FROM ids "
      "CROSS "
      "JOIN calls c INDEXED BY calls_by_trace ON c.trace_id = ids.trace_id "
      "WHERE c.started_at_us IS NOT NULL");
  in_project(out);
  out.Add(
      " LIMIT ?) SELECT p.project_id, f.id, f.trace_id, f.kind FROM (SELECT "
      "project, id, trace_id, 'call' AS kind FROM found_calls UNION ALL SELECT "
      "project, trace_id, trace_id, 'trace' FROM found_traces) f JOIN projects "
      "p ON p.row_id = f.project ORDER BY f.id <> ?, f.kind, f.id, "
      "p.project_id LIMIT ?",
      kMostMatches, request.id, kMostMatches);
  report.columns = {{.name = "project_id"},
                    {.name = "id"},
                    {.name = "trace_id"},
                    {.name = "kind"}};
  return report;
}

}  // namespace bobbin::query
