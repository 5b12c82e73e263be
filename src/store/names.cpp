#include "store/names.h"

#include <algorithm>

namespace bobbin::store {
namespace {

using db::Connection;
using db::Query;

// Op names may come from anywhere (OpenTelemetry span names, say); what is
// remembered of them is bounded.
constexpr size_t kMaxRemembered = 10'000;

}  // namespace

std::optional<std::string_view> TraceName(std::string_view op_name) {
  for (const std::string_view scheme :
       {"weave:///", "weave-trace-internal:///"}) {
    if (!op_name.starts_with(scheme)) continue;
    // <entity>/<project>/<kind>/<name>:<digest>; an internal ref has one
    // project id in place of the first two.
    std::string_view rest = op_name.substr(scheme.size());
    for (const std::string_view kind : {"/op/", "/object/"}) {
      const size_t at = rest.find(kind);
      if (at == std::string_view::npos) continue;
      rest.remove_prefix(at + kind.size());
      return rest.substr(0, rest.find_first_of(":/"));
    }
    return std::nullopt;
  }
  return op_name;
}

std::optional<int64_t> FindProject(Connection& connection,
                                   std::string_view project_id) {
  Query query(connection, "SELECT row_id FROM projects WHERE project_id = ?");
  query.Bind(project_id);
  if (!query.Row()) return std::nullopt;
  return query.Int(0);
}

void Names::Refresh(Connection& connection) {
  if (generation_ == connection.generation() && op_count_ < kMaxRemembered) {
    return;
  }
  generation_ = connection.generation();
  op_count_ = 0;
  projects_.clear();
  ops_.clear();
}

int64_t Names::Project(Connection& connection, std::string_view project_id) {
  Refresh(connection);
  const auto known = projects_.find(project_id);
  if (known != projects_.end()) return known->second;
  std::optional<int64_t> row = FindProject(connection, project_id);
  if (!row) {
    row = NewNumber(connection);
    Query(connection, "INSERT INTO projects (row_id, project_id) VALUES (?, ?)")
        .Bind(*row)
        .Bind(project_id)
        .Run();
  }
  projects_.emplace(project_id, *row);
  return *row;
}

int64_t Names::NewNumber(Connection& connection) {
  Query last(connection,
             "SELECT max(coalesce((SELECT max(row_id) FROM projects), 0), "
             "coalesce((SELECT max(row_id) FROM snapshots), 0))");
  last.Row();
  last_number_ = std::max(last_number_, last.Int(0)) + 1;
  return last_number_;
}

void Names::Forget(Connection& connection, std::string_view project_id) {
  Refresh(connection);
  const auto known = projects_.find(project_id);
  if (known == projects_.end()) return;
  const auto ops = ops_.find(known->second);
  if (ops != ops_.end()) {
    op_count_ -= ops->second.size();
    ops_.erase(ops);
  }
  projects_.erase(known);
}

void Names::ForgetAll() {
  ++epoch_;
  op_count_ = 0;
  projects_.clear();
  ops_.clear();
}

int64_t Names::Op(Connection& connection, int64_t project,
                  std::string_view name) {
  Refresh(connection);
  Rows& ops = ops_[project];
  const auto known = ops.find(name);
  if (known != ops.end()) return known->second;
  int64_t row = 0;
  Query find(connection,
             "SELECT row_id FROM ops WHERE project = ? AND name = ?");
  if (find.Bind(project).Bind(name).Row()) {
    row = find.Int(0);
  } else {
    Query insert(
        connection,
        "INSERT INTO ops (project, name, trace_name) VALUES (?, ?, ?)");
    insert.Bind(project).Bind(name).Bind(TraceName(name)).Run();
    row = connection.last_insert_row_id();
  }
  ops.emplace(name, row);
  ++op_count_;
  return row;
}

}  // namespace bobbin::store
