#include "store/file_store.h"

#include <algorithm>

namespace bobbin::store {
namespace {

using db::Connection;
using db::Query;

constexpr size_t kChunkBytes = 256 << 10;

std::optional<int64_t> FindFile(Connection& connection, int64_t project,
                                std::string_view digest) {
  Query find(connection,
             "SELECT row_id FROM files WHERE project = ? AND digest = ?");
  if (!find.Bind(project).Bind(digest).Row()) return std::nullopt;
  return find.Int(0);
}

}  // namespace

Status FileStore::Put(std::string_view project_id, std::string_view digest,
                      std::string_view bytes, int64_t now_us) {
  return database_.Write([&](Connection& connection) {
    const int64_t project = names_.Project(connection, project_id);
    if (FindFile(connection, project, digest)) return Status();
    Query(connection,
          "INSERT INTO files (project, digest, size_bytes, created_at_us) "
          "VALUES (?, ?, ?, ?)")
        .Bind(project)
        .Bind(digest)
        .Bind(static_cast<int64_t>(bytes.size()))
        .Bind(now_us)
        .Run();
    const int64_t file = connection.last_insert_row_id();
    int64_t chunk = 0;
    for (size_t at = 0; at < bytes.size(); at += kChunkBytes) {
      Query(connection,
            "INSERT INTO file_chunks (file, chunk, data) VALUES (?, ?, ?)")
          .Bind(file)
          .Bind(chunk++)
          .BindBlob(bytes.substr(at, kChunkBytes))
          .Run();
    }
    return Status();
  });
}

Result<std::string> FileStore::Get(std::string_view project_id,
                                   std::string_view digest) const {
  std::string bytes;
  const Status status = database_.Read([&](Connection& connection) -> Status {
    bytes.clear();
    const std::optional<int64_t> project = FindProject(connection, project_id);
    const std::optional<int64_t> file =
        project ? FindFile(connection, *project, digest) : std::nullopt;
    if (!file) {
      return NotFound("File with digest " + std::string(digest) + " not found");
    }
    Query chunks(connection,
                 "SELECT data FROM file_chunks WHERE file = ? ORDER BY chunk");
    chunks.Bind(*file);
    while (chunks.Row()) bytes += chunks.Text(0);
    return {};
  });
  if (!status.ok()) return status.error();
  return bytes;
}

Result<int64_t> FileStore::TotalBytes(std::string_view project_id) const {
  int64_t total = 0;
  const Status status = database_.Read([&](Connection& connection) -> Status {
    Query sum(connection,
              "SELECT coalesce(sum(size_bytes), 0) FROM files "
              "WHERE project = ?");
    sum.Bind(FindProject(connection, project_id).value_or(0)).Row();
    total = sum.Int(0);
    return {};
  });
  if (!status.ok()) return status.error();
  return total;
}

}  // namespace bobbin::store
