#include "store/loose_ends.h"

namespace bobbin::store {
namespace {

using db::Connection;
using db::Query;

struct Project {
  int64_t row;
  std::string id;
};

std::vector<Project> Projects(Connection& connection,
                              const std::optional<std::string_view>& wanted) {
  Query query(connection,
              wanted ? "SELECT row_id, project_id FROM projects WHERE "
                       "project_id = ?"
                     : "SELECT row_id, project_id FROM projects ORDER BY "
                       "row_id");
  if (wanted) query.Bind(*wanted);
  std::vector<Project> projects;
  while (query.Row()) {
    projects.push_back({query.Int(0), std::string(query.Text(1))});
  }
  return projects;
}

constexpr std::string_view kCalls =
    " FROM calls c INDEXED BY calls_by_start WHERE c.project = ?1 ";

// Which calls are of a kind.
constexpr std::string_view kOpen =
    "AND c.started_at_us IS NOT NULL AND c.ended_at_us IS NULL";
constexpr std::string_view kUnstarted =
    "AND c.started_at_us IS NULL AND c.ended_at_us IS NOT NULL";
// A parent that was deleted has been there.
constexpr std::string_view kOrphan =
    "AND c.started_at_us IS NOT NULL AND c.parent_id IS NOT NULL AND NOT "
    "EXISTS (SELECT 1 FROM calls p INDEXED BY calls_by_id WHERE "
    "p.id = c.parent_id AND p.project = ?1 AND "
    "(p.started_at_us IS NOT NULL OR p.deleted_at_us IS NOT NULL))";

std::optional<std::string> Copy(const std::optional<std::string_view>& text) {
  if (!text) return std::nullopt;
  return std::string(*text);
}

LooseCalls Find(Connection& connection, int64_t project, std::string_view kind,
                int64_t most) {
  LooseCalls calls;
  std::string sql = "SELECT count(*)";
  sql.append(kCalls).append(kind);
  Query count(connection, sql);
  count.Bind(project).Row();
  calls.count = count.Int(0);
  if (calls.count == 0) return calls;
  sql =
      "SELECT c.id, c.trace_id, c.parent_id, (SELECT name FROM ops WHERE "
      "row_id = c.op), c.started_at_us, c.ended_at_us";
  sql.append(kCalls).append(kind);
  sql += " ORDER BY c.started_at_us, c.row_id LIMIT ?2";
  Query query(connection, sql);
  query.Bind(project).Bind(most);
  while (query.Row()) {
    calls.first.push_back({.id = std::string(query.Text(0)),
                           .trace_id = Copy(query.OptText(1)),
                           .parent_id = Copy(query.OptText(2)),
                           .op_name = Copy(query.OptText(3)),
                           .started_at_us = query.OptInt(4),
                           .ended_at_us = query.OptInt(5)});
  }
  return calls;
}

}  // namespace

std::vector<LooseEnds> ReadLooseEnds(
    Connection& connection, const std::optional<std::string_view>& project,
    int64_t most) {
  std::vector<LooseEnds> all;
  for (const Project& in : Projects(connection, project)) {
    LooseEnds ends{.project_id = in.id};
    std::string sql = "SELECT count(c.started_at_us)";
    sql += kCalls;
    Query count(connection, sql);
    count.Bind(in.row).Row();
    ends.calls = count.Int(0);
    ends.open = Find(connection, in.row, kOpen, most);
    ends.ended = ends.calls - ends.open.count;
    ends.orphans = Find(connection, in.row, kOrphan, most);
    ends.ends_without_start = Find(connection, in.row, kUnstarted, most);
    if (ends.calls > 0 || ends.ends_without_start.count > 0) {
      all.push_back(std::move(ends));
    }
  }
  return all;
}

}  // namespace bobbin::store
