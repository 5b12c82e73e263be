#include "store/file_store.h"

#include <string>

namespace bobbin::store {
namespace {

using db::Connection;
using db::Query;

Error NoSuchFile(std::string_view digest) {
  return NotFound("File with digest " + std::string(digest) + " not found");
}

std::optional<int64_t> FindFileOf(Connection& connection,
                                  std::string_view project_id,
                                  std::string_view digest) {
  const std::optional<int64_t> project = FindProject(connection, project_id);
  return project ? FindFile(connection, *project, digest) : std::nullopt;
}

}  // namespace

std::optional<int64_t> FindFile(Connection& connection, int64_t project,
                                std::string_view digest) {
  Query find(connection,
             "SELECT row_id FROM files WHERE project = ? AND digest = ?");
  if (!find.Bind(project).Bind(digest).Row()) return std::nullopt;
  return find.Int(0);
}

Result<int64_t> FileStore::SizeBytes(std::string_view project_id,
                                     std::string_view digest) const {
  int64_t size = 0;
  Status status = database_.Read([&](Connection& connection) -> Status {
    const std::optional<int64_t> file =
        FindFileOf(connection, project_id, digest);
    if (!file) return NoSuchFile(digest);
    Query query(connection, "SELECT size_bytes FROM files WHERE row_id = ?");
    query.Bind(*file).Row();
    size = query.Int(0);
    return {};
  });
  if (!status.ok()) return std::move(status).error();
  return size;
}

Status FileStore::Feed(
    std::string_view project_id, std::string_view digest,
    const std::function<bool(std::string_view)>& take) const {
  std::string data;
  bool more = true;
  for (int64_t chunk = 0; more; ++chunk) {
    Status status = database_.Read([&](Connection& connection) -> Status {
      const std::optional<int64_t> file =
          FindFileOf(connection, project_id, digest);
      if (!file) return NoSuchFile(digest);
      Query query(connection,
                  "SELECT data FROM file_chunks WHERE file = ? AND chunk = ?");
      more = query.Bind(*file).Bind(chunk).Row();
      if (more) data = query.Text(0);
      return {};
    });
    if (!status.ok()) return status;
    more = more && take(data);
  }
  return {};
}

Result<int64_t> FileStore::TotalBytes(std::string_view project_id) const {
  int64_t total = 0;
  Status status = database_.Read([&](Connection& connection) -> Status {
    total = 0;
    const std::optional<int64_t> project = FindProject(connection, project_id);
    if (!project) return {};
    Query sum(connection,
              "SELECT coalesce(sum(size_bytes), 0) FROM files "
              "WHERE project = ?");
    sum.Bind(*project).Row();
    total = sum.Int(0);
    return {};
  });
  if (!status.ok()) return std::move(status).error();
  return total;
}

}  // namespace bobbin::store
