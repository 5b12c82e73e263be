#include "query/stats_sql.h"

#include <algorithm>
#include <array>
#include <string>

#include "query/call_scope.h"
#include "query/usage_sql.h"

namespace bobbin::query {
namespace {

constexpr int64_t kSecond = 1'000'000;
constexpr int64_t kMostBucketSeconds = int64_t{1'000'000'000};

// What the scan of the matching calls gives.
constexpr std::string_view kStatsColumns =
    "c.project, c.id, c.parent_id, c.op, c.status, c.started_at_us, "
    "c.ended_at_us - c.started_at_us AS latency_us, c.usage";

// All calls of the file, or of a project, wherever they are.
void AddAllCalls(Statement& out, const model::StatsReq& request) {
  const auto add = [&](std::string_view from) {
    out.Add("SELECT ");
    out.Add(kStatsColumns);
    out.Add(from);
  };
  if (!request.project_id) {
    add(" FROM calls c NOT INDEXED WHERE c.started_at_us IS NOT NULL");
    return;
  }
  // Most of the file is read faster from end to end than by an index; which
  // it is, a few calls here and there tell.
  constexpr std::string_view kIsMost =
      "(WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE "
      "i < 99) SELECT count(*) >= 25 FROM n CROSS JOIN calls e ON e.row_id = "
      "(SELECT min(row_id) FROM calls WHERE row_id > n.i * (SELECT "
      "max(row_id) FROM calls) / 100) WHERE e.project = ?)";
  const auto add_when = [&](std::string_view is, std::string_view rest) {
    out.Add("SELECT ");
    out.Add(kStatsColumns);
    out.Add(" FROM (SELECT 1 WHERE ");
    out.Add(kIsMost, ProjectRow{});
    out.Add(is);
    out.Add(rest, ProjectRow{});
  };
  constexpr std::string_view kWhere =
      " WHERE c.project = ? AND c.started_at_us IS NOT NULL";
  add_when(" = 1) CROSS JOIN calls c NOT INDEXED", kWhere);
  out.Add(" UNION ALL ");
  add_when(" = 0) CROSS JOIN calls c INDEXED BY calls_by_start", kWhere);
}

void AddScopedCalls(Statement& out, const CallScopeSql& scope) {
  out.Add("SELECT ");
  out.Add(kStatsColumns);
  out.Add(" FROM ");
  out.Add(scope.seeds);
  out.Add(" CROSS JOIN calls c ");
  out.Add(scope.driver);
  AddJoins(out, scope.needs);
  out.Append(scope.calls);
  out.Append(scope.AlsoWhich());
}

// `m`, a row for each matching call.
Status AddMatching(Statement& out, const model::StatsReq& request) {
  Result<CallScopeSql> scope = ScopeCalls(request, false);
  if (!scope.ok()) return std::move(scope).error();
  out.Add(", m AS NOT MATERIALIZED (");
  if (scope.value().filters || request.since || request.until) {
    AddScopedCalls(out, scope.value());
  } else {
    AddAllCalls(out, request);
  }
  out.Add(")");
  return {};
}

// The call's usage is not made of that of calls below it. IS NOT TRUE, and not
// NOT IN: SQLite would read the whole list again for each call that is not in
// it, in search of a NULL.
constexpr std::string_view kIsLowest =
    "((m.project, m.id) IN (SELECT m.project, m.parent_id FROM m WHERE "
    "m.parent_id IS NOT NULL AND m.usage IS NOT NULL)) IS NOT TRUE";

// --- by op, by model, by time ---------------------------------------------

struct Way {
  std::string_view by;
  void (*add)(Statement& out, const model::StatsReq& request);
  RowsColumn key, name;
};

void AddByOp(Statement& out, const model::StatsReq& request) {
  const bool all = !request.project_id;
  if (all) {
    // The ops of the same name, whatever their project.
    out.Add(
        ", same (op, first) AS MATERIALIZED (SELECT row_id, min(row_id) OVER "
        "(PARTITION BY name) FROM ops)");
  }
  out.Add(", s AS (SELECT call_stats(");
  out.Add(kPriceList);
  out.Add(", m.project, m.started_at_us, m.usage, ");
  out.Add(all ? "same.first" : "m.op");
  out.Add(", m.status, m.latency_us) AS j");
  out.Add(" FROM m");
  if (all) out.Add(" CROSS JOIN same ON same.op = m.op");
  out.Add(
      ") SELECT o.name AS k, coalesce(o.trace_name, o.name) AS n, r.value AS v "
      "FROM s CROSS JOIN json_each(s.j) r CROSS JOIN ops o ON o.row_id = "
      "json_extract(r.value, '$[0]') ORDER BY json_extract(r.value, '$[1]') "
      "DESC, o.name");
}

void AddByModel(Statement& out, const model::StatsReq&) {
  out.Add(", s AS (SELECT model_stats(");
  out.Add(kPriceList);
  out.Add(
      ", m.project, m.started_at_us, m.usage, m.status, m.latency_us) AS j "
      "FROM m WHERE ");
  out.Add(kIsLowest);
  out.Add(
      ") SELECT json_text_at(r.value, '0') AS k, "
      "json_text_at(r.value, '0') AS n, r.value AS v FROM s CROSS JOIN "
      "json_each(s.j) r ORDER BY json_extract(r.value, '$[1]') DESC, k");
}

// `bucket (us)`, one row.
void AddBucket(Statement& out, const model::StatsReq& request) {
  if (request.bucket_s) {
    out.Add(", bucket (us) AS MATERIALIZED (SELECT ?)",
            *request.bucket_s * kSecond);
    return;
  }
  constexpr std::string_view kMost = "60";
  const auto end_of_time = [&](const std::optional<model::Time>& given,
                               std::string_view function) {
    if (given) {
      out.Add("?", given->us);
      return;
    }
    const std::string f(function);
    out.Add("(SELECT " + f + "((SELECT " + f +
            "(c.started_at_us) FROM calls c INDEXED BY calls_by_start WHERE "
            "c.project = p.row_id)) FROM projects p");
    if (request.project_id) out.Add(" WHERE p.row_id = ?", ProjectRow{});
    out.Add(")");
  };
  out.Add(
      ", bucket (us) AS MATERIALIZED (SELECT coalesce((SELECT min(column1) "
      "FROM (VALUES (1), (2), (5), (10), (15), (30), (60), (120), (300), "
      "(600), (900), (1800), (3600), (7200), (14400), (28800), (43200), "
      "(86400), (172800), (604800), (1209600)) WHERE column1 * 1000000 * ");
  out.Add(kMost);
  out.Add(" >= ");
  end_of_time(request.until, "max");
  out.Add(" - ");
  end_of_time(request.since, "min");
  out.Add("), 2592000) * 1000000)");
}

void AddByTime(Statement& out, const model::StatsReq& request) {
  AddBucket(out, request);
  out.Add(", s AS (SELECT call_stats(");
  out.Add(kPriceList);
  out.Add(", m.project, m.started_at_us, CASE WHEN ");
  out.Add(kIsLowest);
  // Rounded down also before 1970.
  out.Add(
      " THEN m.usage END, m.started_at_us - ((m.started_at_us % bucket.us) + "
      "bucket.us) % bucket.us, m.status, m.latency_us) AS j FROM bucket CROSS "
      "JOIN m) SELECT "
      "json_extract(r.value, '$[0]') AS k, json_extract(r.value, '$[0]') AS n, "
      "r.value AS v FROM s CROSS JOIN json_each(s.j) r ORDER BY k");
}

const std::array<Way, 3>& Ways() {
  static const std::array<Way, 3> kWays{{
      {"op", AddByOp, {.name = "op_name"}, {.name = "name"}},
      {"model", AddByModel, {.name = "model"}, {.name = "name"}},
      {"time",
       AddByTime,
       {.name = "start", .type = Type::kTime},
       {.name = "name", .type = Type::kTime}},
  }};
  return kWays;
}

// The rest of a row, out of what the aggregates give: [key, calls, ...].
struct Number {
  const char* name;
  Type type;
};
constexpr auto kNumbers = std::to_array<Number>({
    {"calls", Type::kInt},
    {"errors", Type::kInt},
    {"p50_ms", Type::kDouble},
    {"p95_ms", Type::kDouble},
    {"p99_ms", Type::kDouble},
    {"prompt_tokens", Type::kInt},
    {"completion_tokens", Type::kInt},
    {"total_tokens", Type::kInt},
    {"total_cost", Type::kDouble},
});

}  // namespace

Result<Report> StatsReport(const model::StatsReq& request) {
  const auto& ways = Ways();
  const auto* const way = std::ranges::find(ways, request.by, &Way::by);
  if (way == ways.end()) return Invalid("by is op, model or time");
  if (request.bucket_s &&
      (*request.bucket_s < 1 || *request.bucket_s > kMostBucketSeconds)) {
    return Invalid("bucket_s is a number of seconds from 1");
  }
  Status page = CheckPage(request.limit, std::nullopt);
  if (!page.ok()) return std::move(page).error();
  Report report;
  Statement& out = report.rows;
  Statement inner{"WITH "};
  AddPriceList(inner, request.project_id.has_value());
  Status matching = AddMatching(inner, request);
  if (!matching.ok()) return std::move(matching).error();
  way->add(inner, request);
  inner.Add(" LIMIT ?", request.limit.value_or(-1));
  report.columns = {way->key, way->name};
  out.Add("SELECT k, n");
  for (size_t i = 0; i < kNumbers.size(); ++i) {
    out.Add(", json_extract(v, '$[" + std::to_string(i + 1) + "]')");
    report.columns.push_back(
        {.name = kNumbers[i].name, .type = kNumbers[i].type});
  }
  out.Add(" FROM (");
  out.Append(inner);
  out.Add(")");
  return report;
}

}  // namespace bobbin::query
