#include "query/threads_sql.h"

#include <algorithm>
#include <array>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "query/call_scope.h"
#include "query/limits.h"
#include "query/usage_sql.h"

namespace bobbin::query {
namespace {

Status CheckList(std::string_view name,
                 std::span<const std::string_view> list) {
  if (list.size() <= kMaxListEntries) return {};
  return Invalid("Parameter: '" + std::string(name) +
                 "' request length is greater than max length (1000). Actual "
                 "length: " +
                 std::to_string(list.size()));
}

// `(?, ?, ...)`; of nothing `()`, which SQLite takes.
void AddList(Statement& out, std::span<const std::string_view> values) {
  std::string_view separator = "(?";
  for (const std::string_view value : values) {
    out.Add(separator, value);
    separator = ", ?";
  }
  out.Add(values.empty() ? "()" : ")");
}

// --- threads --------------------------------------------------------------

struct ThreadColumn {
  std::string_view name;
  Type type;
  std::string_view sql;  // over `t`, a thread of the page
  bool sorts = true;
};
constexpr auto kThreadColumns = std::to_array<ThreadColumn>({
    {"thread_id", Type::kText, "t.thread_id"},
    {"turn_count", Type::kInt, "t.turn_count"},
    {"start_time", Type::kTime, "t.start_time"},
    {"last_updated", Type::kTime, "t.last_updated"},
    {"first_turn_id", Type::kText, "json_extract(t.turns, '$[0]')", false},
    {"last_turn_id", Type::kText, "json_extract(t.turns, '$[1]')", false},
    {"p50_turn_duration_ms", Type::kDouble,
     "json_extract(t.latencies, '$[0]')"},
    {"p99_turn_duration_ms", Type::kDouble,
     "json_extract(t.latencies, '$[2]')"},
});

Result<Statement> ThreadOrder(const model::ThreadsQueryReq& request) {
  Statement out;
  bool by_thread = false;
  if (request.sort_by) {
    if (request.sort_by->size() > kThreadColumns.size()) {
      return Invalid("sort_by takes each field once");
    }
    for (const model::SortBy& key : *request.sort_by) {
      const auto* const row =
          std::ranges::find(kThreadColumns, key.field, &ThreadColumn::name);
      if (row == kThreadColumns.end() || !row->sorts) {
        return Invalid("Unsupported sort field: " + std::string(key.field));
      }
      out.Add(row->sql);
      const bool down = key.direction == model::Direction::kDescending;
      out.Add(down ? " DESC NULLS LAST, " : " ASC NULLS LAST, ");
      by_thread |= key.field == "thread_id";
    }
  }
  if (out.sql.empty()) out.Add("t.last_updated DESC, ");
  out.Add(by_thread ? "1" : "t.thread_id");
  return out;
}

void AddTurns(Statement& out, const model::ThreadsQueryReq& request) {
  out.Add(
      " FROM calls c INDEXED BY calls_by_thread WHERE c.thread_id IS NOT NULL "
      "AND c.project = ? AND c.turn_id = c.id AND c.started_at_us IS NOT NULL",
      ProjectRow{});
  if (!request.filter) return;
  const model::ThreadsFilter& filter = *request.filter;
  if (filter.after) out.Add(" AND c.started_at_us > ?", filter.after->us);
  if (filter.before) out.Add(" AND c.started_at_us < ?", filter.before->us);
  if (filter.thread_ids && !filter.thread_ids->empty()) {
    out.Add(" AND c.thread_id IN ");
    AddList(out, *filter.thread_ids);
  }
}

}  // namespace

Result<Report> ThreadsReport(const model::ThreadsQueryReq& request) {
  Status status = CheckPage(request.limit, request.offset);
  if (status.ok() && request.filter && request.filter->thread_ids) {
    status = CheckList("thread_ids", *request.filter->thread_ids);
  }
  if (!status.ok()) return std::move(status).error();
  const Result<Statement> order = ThreadOrder(request);
  if (!order.ok()) return order.error();
  Report report;
  Statement& out = report.rows;
  SelectColumns(report, "SELECT ", kThreadColumns);
  out.Add(
      " FROM (SELECT c.thread_id, count(*) AS turn_count, "
      "min(c.started_at_us) AS start_time, max(coalesce(c.ended_at_us, "
      "c.started_at_us)) AS last_updated, first_and_last(c.started_at_us, "
      "c.id) AS turns, latency_percentiles(c.ended_at_us - c.started_at_us) AS "
      "latencies");
  AddTurns(out, request);
  out.Add(" GROUP BY c.thread_id) t ORDER BY ");
  out.Append(order.value());
  out.Add(" LIMIT ? OFFSET ?", request.limit.value_or(-1),
          request.offset.value_or(0));
  return report;
}

// --- usage ----------------------------------------------------------------

Result<Report> CallsUsageReport(const model::CallsUsageReq& request) {
  if (request.limit && *request.limit < 1) {
    return Invalid("limit must be a positive integer");
  }
  Status list = CheckList("call_ids", request.call_ids);
  if (!list.ok()) return std::move(list).error();
  const bool costs = request.include_costs.value_or(false);
  Report report;
  Statement& out = report.rows;
  if (costs) {
    out.Add("WITH ");
    AddPriceList(out, true);
    out.Add(" ");
  }
  out.Add("SELECT c.id, ");
  out.Add(UsageOfCall("usage_by_model", costs ? kPriceList : "NULL"));
  out.Add(
      ", c.ended_at_us IS NULL FROM calls c INDEXED BY calls_by_id WHERE "
      "c.project = ? AND c.started_at_us IS NOT NULL AND c.id IN ",
      ProjectRow{});
  AddList(out, request.call_ids);
  report.columns = {{.name = "id"},
                    {.name = "usage", .type = Type::kJson, .if_null = "{}"},
                    {.name = "is_open", .type = Type::kBool}};
  return report;
}

Report CallsOfTraces(const model::CallsUsageReq& request) {
  const int64_t limit = request.limit.value_or(kUsageLimit);
  Report report;
  Statement& out = report.rows;
  out.Add(
      "SELECT count(*) > ? FROM (SELECT 1 FROM calls t INDEXED BY "
      "calls_by_trace "
      "WHERE t.project = ? AND t.started_at_us IS NOT NULL AND t.trace_id IN "
      "(SELECT c.trace_id FROM calls c INDEXED BY calls_by_id WHERE c.project "
      "= ? AND c.started_at_us IS NOT NULL AND c.id IN ",
      limit, ProjectRow{}, ProjectRow{});
  AddList(out, request.call_ids);
  int64_t most = 0;
  if (__builtin_add_overflow(limit, 1, &most)) most = -1;
  out.Add(") LIMIT ?)", most);
  report.columns = {{.name = "too_many", .type = Type::kBool}};
  return report;
}

// --- sizes ----------------------------------------------------------------

Result<Report> ProjectSizesReport(const model::ProjectStatsReq& request) {
  struct Size {
    const char* name;
    std::optional<bool> model::ProjectStatsReq::*wanted;
    std::string_view sql;
  };
  static constexpr auto kSizes = std::to_array<Size>({
      {"trace_storage_size_bytes", &model::ProjectStatsReq::traces,
       "(SELECT sum(c.start_bytes + c.end_bytes) FROM calls c INDEXED BY "
       "calls_by_start WHERE c.project = ? AND c.started_at_us IS NOT NULL)"},
      {"objects_storage_size_bytes", &model::ProjectStatsReq::objects,
       "(SELECT sum(length(CAST(val AS BLOB))) FROM objects INDEXED BY "
       "objects_by_creation WHERE project = ? AND deleted_at_us IS NULL)"},
      {"tables_storage_size_bytes", &model::ProjectStatsReq::tables,
       "(SELECT sum(val_bytes) FROM table_rows WHERE project = ?)"},
      {"files_storage_size_bytes", &model::ProjectStatsReq::files,
       "(SELECT sum(size_bytes) FROM files WHERE project = ?)"},
  });
  Report report;
  bool any = false;
  std::string_view separator = "SELECT ";
  for (const Size& size : kSizes) {
    report.rows.Add(separator);
    separator = ", ";
    report.columns.push_back(
        {.name = size.name, .type = Type::kInt, .if_null = "0"});
    if ((request.*(size.wanted)).value_or(true)) {
      any = true;
      report.rows.Add(size.sql, ProjectRow{});
    } else {
      report.rows.Add("0");
    }
  }
  if (any) return report;
  return Invalid(
      "At least one of include_trace_storage_size, "
      "include_object_storage_size, include_table_storage_size, or "
      "include_file_storage_size must be True");
}

}  // namespace bobbin::query
