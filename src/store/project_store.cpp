#include "store/project_store.h"

#include "store/project_tables.h"

namespace bobbin::store {
namespace {

using db::Connection;
using db::Query;

std::string SnapshotId(std::string_view project_id, std::string_view name) {
  std::string id(kSnapshotsPrefix);
  id.append(name).append("/").append(project_id);
  return id;
}

// What SnapshotId() made.
ProjectStore::SnapshotName Taken(std::string_view id) {
  id.remove_prefix(kSnapshotsPrefix.size());
  const size_t slash = id.find('/');
  return {.project_id = std::string(id.substr(slash + 1)),
          .name = std::string(id.substr(0, slash))};
}

Error NoSnapshot(std::string_view project_id, std::string_view name) {
  return NotFound("Project " + std::string(project_id) + " has no snapshot " +
                  std::string(name));
}

Error IsThere(std::string message) {
  return {Code::kConflict, std::move(message)};
}

// Those of one project or of all.
std::vector<ProjectStore::SnapshotName> ListSnapshots(
    Connection& connection, std::optional<std::string_view> project_id) {
  // The character after the slash ends the range of the index.
  Query query(connection,
              "SELECT project_id FROM projects WHERE project_id >= "
              "'/snapshots/' AND project_id < '/snapshots0' ORDER BY row_id");
  std::vector<ProjectStore::SnapshotName> found;
  while (query.Row()) {
    ProjectStore::SnapshotName snapshot = Taken(query.Text(0));
    if (project_id && snapshot.project_id != *project_id) continue;
    found.push_back(std::move(snapshot));
  }
  return found;
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
  Touch(connection, project_id);
  return true;
}

void ProjectStore::Copy(Connection& connection, int64_t from,
                        std::string_view to) {
  const int64_t copy = names_.Project(connection, to);
  CopyRows(connection, from, copy);
  calls_.counts().Add(connection, copy, Count(connection, copy));
  Touch(connection, to);
}

void ProjectStore::Touch(Connection& connection, std::string_view project_id) {
  if (project_id.starts_with(kSnapshotsPrefix)) return;
  calls_.changes().Touch(connection, project_id);
}

Status ProjectStore::ResetAll() {
  bool keeps_prices = false;
  if (database_.can_renew()) {
    Status status = database_.Read([&](Connection& connection) {
      Query prices(connection, "SELECT 1 FROM prices WHERE project IS NULL");
      keeps_prices = prices.Row();
      return Status();
    });
    if (!status.ok()) return status;
    if (!keeps_prices) {
      return database_.Renew([this] {
        names_.ForgetAll();
        calls_.counts().ForgetAll();
        calls_.changes().AllChanged();
      });
    }
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
  const std::string id = SnapshotId(project_id, name);
  return database_.Write([&](Connection& connection) -> Status {
    if (FindProject(connection, id)) {
      return IsThere("Project " + std::string(project_id) + " has a snapshot " +
                     std::string(name));
    }
    const std::optional<int64_t> from = FindProject(connection, project_id);
    if (from) {
      Copy(connection, *from, id);
    } else {
      names_.Project(connection, id);
    }
    return {};
  });
}

Status ProjectStore::Restore(std::string_view project_id,
                             std::string_view name) {
  const std::string id = SnapshotId(project_id, name);
  return database_.Write([&](Connection& connection) -> Status {
    const std::optional<int64_t> snapshot = FindProject(connection, id);
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
    for (const SnapshotName& snapshot : ListSnapshots(connection, project_id)) {
      any = Remove(connection, SnapshotId(project_id, snapshot.name)) || any;
    }
    if (any) return {};
    return NotFound("There is no project " + std::string(project_id));
  });
}

Status ProjectStore::DropSnapshot(std::string_view project_id,
                                  std::string_view name) {
  const std::string id = SnapshotId(project_id, name);
  return database_.Write([&](Connection& connection) -> Status {
    if (Remove(connection, id)) return {};
    return NoSnapshot(project_id, name);
  });
}

Result<std::vector<ProjectStore::SnapshotName>> ProjectStore::Snapshots(
    std::optional<std::string_view> project_id) const {
  std::vector<SnapshotName> found;
  const Status status = database_.Read([&](Connection& connection) {
    found = ListSnapshots(connection, project_id);
    return Status();
  });
  if (!status.ok()) return status.error();
  return found;
}

}  // namespace bobbin::store
