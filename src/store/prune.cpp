#include "store/prune.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace bobbin::store {
namespace {

using db::Connection;
using db::Query;

// Traces that go: ?1 is the project or NULL, ?2 the moment.
constexpr std::string_view kDoomedTraces =
    "(SELECT project, trace_id, count(*) AS calls, "
    "sum(start_bytes + end_bytes) AS bytes FROM calls "
    "WHERE started_at_us IS NOT NULL "
    "AND project IN (SELECT row_id FROM projects) "
    "AND (?1 IS NULL OR project = ?1) "
    "GROUP BY project, trace_id HAVING max(started_at_us) < ?2)";

// What no read can see, and is as old.
constexpr std::string_view kDoomedHidden =
    "started_at_us IS NULL AND coalesce(deleted_at_us, ended_at_us) < ?2 "
    "AND project IN (SELECT row_id FROM projects) "
    "AND (?1 IS NULL OR project = ?1)";

std::string Joined(std::initializer_list<std::string_view> pieces) {
  std::string text;
  for (const std::string_view piece : pieces) text += piece;
  return text;
}

Query& BindScope(Query& query, const PruneScope& scope) {
  return query.Bind(scope.project).Bind(scope.before_us);
}

// Pragmas that answer with a number.
int64_t Pragma(Connection& connection, std::string_view name) {
  Query query(connection, Joined({"PRAGMA ", name}));
  query.Row();
  return query.Int(0);
}

// So many calls at a time, for a person who watches.
constexpr int64_t kAtOnce = 20'000;

// Of the rows ?1 < row_id <= ?2, what hangs on them first.
constexpr auto kDeletes = std::to_array<std::string_view>({
    "DELETE FROM call_refs WHERE call IN (SELECT row_id FROM temp.doomed "
    "WHERE row_id > ?1 AND row_id <= ?2)",
    "DELETE FROM call_outputs WHERE row_id IN (SELECT output_row FROM "
    "temp.doomed d CROSS JOIN calls c ON c.row_id = d.row_id "
    "WHERE d.row_id > ?1 AND d.row_id <= ?2)",
    "DELETE FROM call_inputs WHERE row_id IN (SELECT row_id FROM temp.doomed "
    "WHERE row_id > ?1 AND row_id <= ?2)",
    "DELETE FROM calls WHERE row_id IN (SELECT row_id FROM temp.doomed "
    "WHERE row_id > ?1 AND row_id <= ?2)",
});

void MarkDoomed(Connection& connection, const PruneScope& scope) {
  connection.Exec("DROP TABLE IF EXISTS temp.doomed");
  connection.Exec("CREATE TEMP TABLE doomed (row_id INTEGER PRIMARY KEY)");
  for (const std::string& rows :
       {Joined({"SELECT c.row_id FROM ", kDoomedTraces,
                " t CROSS JOIN calls c INDEXED BY calls_by_trace "
                "ON c.trace_id = t.trace_id "
                "WHERE c.project = t.project"}),
        Joined({"SELECT row_id FROM calls WHERE ", kDoomedHidden})}) {
    Query mark(connection, "INSERT OR IGNORE INTO temp.doomed " + rows);
    BindScope(mark, scope).Run();
  }
}

// Counts that a stopped server has left (schema/0005) stay true.
void AdjustCounts(Connection& connection) {
  Query(connection,
        "UPDATE project_counts AS kept SET calls = kept.calls - gone.calls, "
        "roots = kept.roots - gone.roots FROM (SELECT c.project, count(*) AS "
        "calls, sum(c.parent_id IS NULL) AS roots FROM temp.doomed d CROSS "
        "JOIN calls c ON c.row_id = d.row_id WHERE c.started_at_us IS NOT "
        "NULL GROUP BY c.project) AS gone WHERE gone.project = kept.project")
      .Run();
}

void DeleteFeedback(Connection& connection) {
  Query(connection,
        "DELETE FROM feedback WHERE row_id IN (SELECT f.row_id FROM feedback "
        "f CROSS JOIN calls c INDEXED BY calls_by_id ON c.id = f.call_id AND "
        "c.project = f.project "
        "WHERE f.call_id IS NOT NULL "
        "AND c.row_id IN (SELECT row_id FROM temp.doomed))")
      .Run();
}

void DeleteCalls(Connection& connection,
                 const std::function<void(int64_t, int64_t)>& progress) {
  int64_t all = 0;
  {
    Query count(connection, "SELECT count(*) FROM temp.doomed");
    count.Row();
    all = count.Int(0);
  }
  int64_t after = -1;
  for (int64_t done = 0; done < all; done += kAtOnce) {
    progress(done, all);
    int64_t last = 0;
    {
      Query end(connection,
                "SELECT max(row_id) FROM (SELECT row_id FROM temp.doomed "
                "WHERE row_id > ? ORDER BY row_id LIMIT ?)");
      end.Bind(after).Bind(kAtOnce).Row();
      last = end.Int(0);
    }
    for (const std::string_view sql : kDeletes) {
      Query(connection, sql).Bind(after).Bind(last).Run();
    }
    after = last;
  }
  progress(all, all);
}

// Names that nobody has any more.
void DeleteNames(Connection& connection) {
  Query(connection,
        "DELETE FROM refs WHERE NOT EXISTS (SELECT 1 FROM call_refs r WHERE "
        "r.ref = refs.row_id)")
      .Run();
  Query(connection,
        "DELETE FROM ops WHERE NOT EXISTS (SELECT 1 FROM calls c WHERE c.op = "
        "ops.row_id)")
      .Run();
}

// Adds them to the parts of their projects.
void CountHidden(Connection& connection, const PruneScope& scope,
                 std::vector<PrunePart>& parts) {
  Query query(connection,
              Joined({"SELECT p.project_id, h.n, h.feedback FROM (SELECT "
                      "project, count(*) AS n, sum((SELECT count(*) FROM "
                      "feedback f WHERE f.call_id = calls.id AND f.project = "
                      "calls.project)) AS feedback FROM calls WHERE ",
                      kDoomedHidden,
                      " GROUP BY project) h JOIN projects p ON p.row_id = "
                      "h.project ORDER BY p.project_id"}));
  BindScope(query, scope);
  while (query.Row()) {
    const std::string_view project_id = query.Text(0);
    auto part = parts.begin();
    while (part != parts.end() && part->project_id != project_id) ++part;
    if (part == parts.end()) {
      parts.push_back({.project_id = std::string(project_id)});
      part = parts.end() - 1;
    }
    part->hidden = query.Int(1);
    part->feedback += query.Int(2);
  }
}

}  // namespace

DropPlan PlanDrop(Connection& connection, int64_t project) {
  DropPlan plan;
  Query query(
      connection,
      "SELECT p.project_id, count(DISTINCT c.trace_id) FILTER (WHERE "
      "c.started_at_us IS NOT NULL), count(c.started_at_us), "
      "coalesce(sum(c.start_bytes + c.end_bytes) FILTER (WHERE "
      "c.started_at_us IS NOT NULL), 0), count(c.row_id) - "
      "count(c.started_at_us), "
      "(SELECT count(*) FROM feedback WHERE project = ?1), "
      "(SELECT count(*) FROM objects WHERE project = ?1 AND deleted_at_us IS "
      "NULL), "
      "(SELECT count(*) FROM tables WHERE project = ?1), "
      "(SELECT count(*) FROM files WHERE project = ?1), "
      "(SELECT count(*) FROM prices WHERE project = ?1), "
      "(SELECT count(*) FROM snapshots s WHERE s.project_id = p.project_id) "
      "FROM projects p LEFT JOIN calls c ON c.project = p.row_id WHERE "
      "p.row_id = ?1");
  if (!query.Bind(project).Row()) return plan;
  plan.part = {.project_id = std::string(query.Text(0)),
               .traces = query.Int(1),
               .calls = query.Int(2),
               .feedback = query.Int(5),
               .json_bytes = query.Int(3),
               .hidden = query.Int(4)};
  plan.rest = {.objects = query.Int(6),
               .tables = query.Int(7),
               .files = query.Int(8),
               .prices = query.Int(9),
               .snapshots = query.Int(10)};
  return plan;
}

std::vector<PrunePart> PlanPrune(Connection& connection,
                                 const PruneScope& scope) {
  std::vector<PrunePart> parts;
  Query query(connection,
              Joined({"WITH doomed AS MATERIALIZED ", kDoomedTraces,
                      " SELECT p.project_id, count(*), sum(d.calls), "
                      "sum(d.bytes), (SELECT count(*) FROM feedback f CROSS "
                      "JOIN calls c INDEXED BY calls_by_id ON c.id = f.call_id "
                      "AND c.project = "
                      "f.project WHERE f.project = p.row_id AND f.call_id IS "
                      "NOT NULL AND c.trace_id IN (SELECT trace_id FROM "
                      "doomed t WHERE t.project = p.row_id)) FROM doomed d "
                      "JOIN projects p ON p.row_id = d.project "
                      "GROUP BY p.row_id ORDER BY p.project_id"}));
  BindScope(query, scope);
  while (query.Row()) {
    parts.push_back({.project_id = std::string(query.Text(0)),
                     .traces = query.Int(1),
                     .calls = query.Int(2),
                     .feedback = query.Int(4),
                     .json_bytes = query.Int(3)});
  }
  CountHidden(connection, scope, parts);
  return parts;
}

void Prune(Connection& connection, const PruneScope& scope,
           const std::function<void(int64_t, int64_t)>& progress) {
  MarkDoomed(connection, scope);
  AdjustCounts(connection);
  DeleteFeedback(connection);
  DeleteCalls(connection, progress);
  DeleteNames(connection);
  connection.Exec("DROP TABLE temp.doomed");
}

std::optional<int64_t> MomentForSize(Connection& connection,
                                     const std::optional<int64_t>& project,
                                     int64_t max_bytes) {
  const int64_t used = FileBytes(connection) - FreeBytes(connection);
  if (used <= max_bytes) return std::nullopt;
  // What a call takes beside its JSON, with its places in the indexes: rather
  // less than that, as none of them gives more back than it takes.
  constexpr std::string_view kWeight = "sum(start_bytes + end_bytes + 450)";
  double per_weight = 0;
  {
    Query query(connection,
                Joined({"SELECT (SELECT ", kWeight,
                        " FROM calls), "
                        "(SELECT coalesce(sum(size_bytes), 0) FROM files) + "
                        "(SELECT coalesce(sum(length(val)), 0) FROM objects) "
                        "+ (SELECT coalesce(sum(val_bytes), 0) FROM "
                        "table_rows) + (SELECT count(*) FROM sqlite_schema "
                        "WHERE rootpage > 0) * ?"}));
    query.Bind(Pragma(connection, "page_size"));
    query.Row();
    const auto weight = static_cast<double>(query.OptInt(0).value_or(0));
    if (weight > 0) {
      per_weight =
          std::min(1.0, static_cast<double>(used - query.Int(1)) / weight);
    }
  }
  Query traces(connection,
               Joined({"SELECT newest, sum(weight) FROM (SELECT "
                       "max(started_at_us) AS newest, ",
                       kWeight,
                       " AS weight FROM calls WHERE started_at_us IS NOT NULL "
                       "AND project IN (SELECT row_id FROM projects) "
                       "AND (?1 IS NULL OR project = ?1) "
                       "GROUP BY project, trace_id) GROUP BY newest "
                       "ORDER BY newest"}));
  traces.Bind(project);
  constexpr double kAim = 0.99;
  const double wanted = kAim * static_cast<double>(max_bytes);
  auto left = static_cast<double>(used);
  std::optional<int64_t> moment;
  while (left > wanted && traces.Row()) {
    moment = traces.Int(0) + 1;
    left -= traces.Double(1) * per_weight;
  }
  return moment;
}

int64_t FileBytes(Connection& connection) {
  return Pragma(connection, "page_count") * Pragma(connection, "page_size");
}

int64_t FreeBytes(Connection& connection) {
  return Pragma(connection, "freelist_count") * Pragma(connection, "page_size");
}

}  // namespace bobbin::store
