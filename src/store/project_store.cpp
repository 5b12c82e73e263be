#include "store/project_store.h"

#include "store/project_tables.h"

namespace bobbin::store {
namespace {

using db::Connection;
using db::Query;

std::optional<int64_t> FindSnapshot(Connection& connection,
                                    std::string_view project_id,
                                    std::string_view name) {
  Query query(connection,
              "SELECT row_id FROM snapshots WHERE project_id = ? AND name = ?");
  if (!query.Bind(project_id).Bind(name).Row()) return std::nullopt;
  return query.Int(0);
}

void RemoveSnapshot(Connection& connection, int64_t snapshot) {
  DeleteRows(connection, snapshot);
  Query(connection, "DELETE FROM snapshots WHERE row_id = ?")
      .Bind(snapshot)
      .Run();
}

Error NoSnapshot(std::string_view project_id, std::string_view name) {
  return NotFound("Project " + std::string(project_id) + " has no snapshot " +
                  std::string(name));
}

Error IsThere(std::string message) {
  return {Code::kConflict, std::move(message)};
}

// What the project's calls add up to.
CallCounts::Counted Count(Connection& connection, int64_t project) {
  Query count(connection,
              "SELECT count(*), count(*) - count(parent_id), "
              "count(ended_at_us) FROM calls INDEXED BY calls_by_start "
              "WHERE project = ? AND started_at_us IS NOT NULL");
  count.Bind(project).Row();
  return {.calls = count.Int(0), .roots = count.Int(1), .ended = count.Int(2)};
}

}  // namespace

bool ProjectStore::Remove(Connection& connection, std::string_view project_id) {
  const std::optional<int64_t> project = FindProject(connection, project_id);
  if (!project) return false;
  DeleteRows(connection, *project);
  Query(connection, "DELETE FROM projects WHERE row_id = ?")
      .Bind(*project)
      .Run();
  names_.Forget(connection, project_id);
  calls_.counts().Forget(connection, *project);
  calls_.changes().Touch(connection, project_id);
  return true;
}

void ProjectStore::Copy(Connection& connection, int64_t from,
                        std::string_view to) {
  const int64_t copy = names_.Project(connection, to);
  CopyRows(connection, from, copy);
  calls_.counts().Add(connection, copy, Count(connection, copy));
  calls_.changes().Touch(connection, to);
}

Status ProjectStore::ResetAll() {
  if (database_.can_renew()) {
    // Default prices stay.
    const auto wanted = [](Connection& connection) {
      Query prices(connection, "SELECT 1 FROM prices WHERE project IS NULL");
      return !prices.Row();
    };
    bool renewed = false;
    Status status = database_.Renew(wanted, [&] {
      names_.ForgetAll();
      calls_.counts().ForgetAll();
      calls_.changes().AllChanged();
      renewed = true;
    });
    if (!status.ok() || renewed) return status;
  }
  return database_.Write([&](Connection& connection) {
    DeleteAllRows(connection);
    names_.ForgetAll();
    calls_.counts().ForgetAll(connection);
    calls_.changes().TouchAll(connection);
    return Status();
  });
}

Status ProjectStore::Reset(std::string_view project_id) {
  return database_.Write([&](Connection& connection) {
    Remove(connection, project_id);
    return Status();
  });
}

Status ProjectStore::Snapshot(std::string_view project_id,
                              std::string_view name) {
  return database_.Write([&](Connection& connection) -> Status {
    if (FindSnapshot(connection, project_id, name)) {
      return IsThere("Project " + std::string(project_id) + " has a snapshot " +
                     std::string(name));
    }
    const int64_t snapshot = names_.NewNumber(connection);
    Query(connection,
          "INSERT INTO snapshots (row_id, project_id, name) VALUES (?, ?, ?)")
        .Bind(snapshot)
        .Bind(project_id)
        .Bind(name)
        .Run();
    const std::optional<int64_t> project = FindProject(connection, project_id);
    if (project) CopyRows(connection, *project, snapshot);
    return {};
  });
}

Status ProjectStore::Restore(std::string_view project_id,
                             std::string_view name) {
  return database_.Write([&](Connection& connection) -> Status {
    const std::optional<int64_t> snapshot =
        FindSnapshot(connection, project_id, name);
    if (!snapshot) return NoSnapshot(project_id, name);
    Remove(connection, project_id);
    Copy(connection, *snapshot, project_id);
    return {};
  });
}

Status ProjectStore::Fork(std::string_view project_id, std::string_view to) {
  return database_.Write([&](Connection& connection) -> Status {
    const std::optional<int64_t> from = FindProject(connection, project_id);
    if (!from) {
      return NotFound("There is no project " + std::string(project_id));
    }
    if (FindProject(connection, to)) {
      return IsThere("There is a project " + std::string(to));
    }
    Copy(connection, *from, to);
    return {};
  });
}

Status ProjectStore::Drop(std::string_view project_id) {
  return database_.Write([&](Connection& connection) -> Status {
    bool any = Remove(connection, project_id);
    std::vector<int64_t> snapshots;
    Query query(connection,
                "SELECT row_id FROM snapshots WHERE project_id = ?");
    query.Bind(project_id);
    while (query.Row()) snapshots.push_back(query.Int(0));
    for (const int64_t snapshot : snapshots) {
      RemoveSnapshot(connection, snapshot);
      any = true;
    }
    if (any) return {};
    return NotFound("There is no project " + std::string(project_id));
  });
}

Status ProjectStore::DropSnapshot(std::string_view project_id,
                                  std::string_view name) {
  return database_.Write([&](Connection& connection) -> Status {
    const std::optional<int64_t> snapshot =
        FindSnapshot(connection, project_id, name);
    if (!snapshot) return NoSnapshot(project_id, name);
    RemoveSnapshot(connection, *snapshot);
    return {};
  });
}

Result<std::vector<ProjectStore::SnapshotName>> ProjectStore::Snapshots(
    std::optional<std::string_view> project_id) const {
  std::vector<SnapshotName> found;
  const Status status = database_.Read([&](Connection& connection) {
    found.clear();
    Query query(connection,
                "SELECT project_id, name FROM snapshots WHERE ?1 IS NULL OR "
                "project_id = ?1 ORDER BY row_id");
    query.Bind(project_id);
    while (query.Row()) {
      found.push_back({.project_id = std::string(query.Text(0)),
                       .name = std::string(query.Text(1))});
    }
    return Status();
  });
  if (!status.ok()) return status.error();
  return found;
}

}  // namespace bobbin::store
