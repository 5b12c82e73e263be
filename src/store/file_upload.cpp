#include "store/file_upload.h"

#include <algorithm>
#include <vector>

#include "base/log.h"
#include "store/file_store.h"

namespace bobbin::store {
namespace {

using db::Connection;
using db::Query;

// Chunks that are dropped in one transaction.
constexpr int64_t kDroppedAtOnce = 16;

// Makes a row that is no file of any project. Its digest is no digest, but
// unlike that of any other.
int64_t InsertUnfinished(Connection& connection) {
  Query(connection,
        "INSERT INTO files (project, digest, size_bytes, created_at_us) "
        "SELECT 0, 'upload ' || (coalesce(max(row_id), 0) + 1), 0, 0 "
        "FROM files")
      .Run();
  return connection.last_insert_row_id();
}

// Drops the last chunks of an unfinished file, or its row when there are none
// left. False: there is no such row.
bool DropSome(Connection& connection, int64_t file) {
  {
    Query find(connection,
               "SELECT 1 FROM files WHERE row_id = ? AND project = 0");
    if (!find.Bind(file).Row()) return false;
  }
  Query(connection,
        "DELETE FROM file_chunks WHERE file = ?1 AND chunk > "
        "(SELECT max(chunk) FROM file_chunks WHERE file = ?1) - ?2")
      .Bind(file)
      .Bind(kDroppedAtOnce)
      .Run();
  if (connection.changes() > 0) return true;
  Query(connection, "DELETE FROM files WHERE row_id = ?").Bind(file).Run();
  return false;
}

// `is_there` says, within a job, whether the file can still be.
template <class IsThere>
Status Drop(db::Database& database, int64_t file, const IsThere& is_there) {
  bool more = true;
  while (more) {
    Status status = database.Write([&](Connection& connection) {
      more = is_there() && DropSome(connection, file);
      return Status();
    });
    if (!status.ok()) return status;
  }
  return {};
}

}  // namespace

FileUpload::~FileUpload() {
  if (!file_) return;
  const Status dropped =
      Drop(database_, *file_, [this] { return names_.epoch() == epoch_; });
  if (!dropped.ok()) {
    Log(LogLevel::kWarning,
        "a broken upload is dropped at the next start only: " +
            dropped.error().message);
  }
}

Status FileUpload::Add(std::string_view piece) {
  while (!piece.empty()) {
    // Not before there is more: the last batch is for Finish().
    if (batch_.size() == kBatchBytes) {
      Status written = WriteBatch();
      if (!written.ok()) return written;
    }
    const std::string_view part = piece.substr(0, kBatchBytes - batch_.size());
    batch_ += part;
    piece.remove_prefix(part.size());
  }
  return {};
}

void FileUpload::InsertChunks(Connection& connection, int64_t file) const {
  const std::string_view batch = batch_;
  int64_t chunk = chunks_;
  for (size_t at = 0; at < batch.size(); at += kFileChunkBytes) {
    Query(connection,
          "INSERT INTO file_chunks (file, chunk, data) VALUES (?, ?, ?)")
        .Bind(file)
        .Bind(chunk++)
        .BindBlob(batch.substr(at, kFileChunkBytes))
        .Run();
  }
}

Result<int64_t> FileUpload::FileRow(Connection& connection) const {
  if (!file_) return InsertUnfinished(connection);
  if (names_.epoch() == epoch_) return *file_;
  return Error{Code::kBusy, "All was reset while the file came; try again."};
}

Status FileUpload::WriteBatch() {
  int64_t file = 0;
  uint64_t epoch = 0;
  Status status = database_.Write([&](Connection& connection) -> Status {
    const Result<int64_t> row = FileRow(connection);
    if (!row.ok()) return row.error();
    file = row.value();
    epoch = names_.epoch();
    InsertChunks(connection, file);
    return {};
  });
  if (!status.ok()) return status;
  file_ = file;
  epoch_ = epoch;
  chunks_ += static_cast<int64_t>(batch_.size() / kFileChunkBytes);
  size_bytes_ += static_cast<int64_t>(batch_.size());
  batch_.clear();
  return {};
}

Status FileUpload::Finish(std::string_view project_id, std::string_view digest,
                          int64_t now_us) {
  const int64_t size_bytes = size_bytes_ + static_cast<int64_t>(batch_.size());
  bool kept = false;
  Status status = database_.Write([&](Connection& connection) -> Status {
    const int64_t project = names_.Project(connection, project_id);
    kept = !FindFile(connection, project, digest);
    if (!kept) return {};
    const Result<int64_t> row = FileRow(connection);
    if (!row.ok()) return row.error();
    const int64_t file = row.value();
    InsertChunks(connection, file);
    Query(connection,
          "UPDATE files SET project = ?2, digest = ?3, size_bytes = ?4, "
          "created_at_us = ?5 WHERE row_id = ?1")
        .Bind(file)
        .Bind(project)
        .Bind(digest)
        .Bind(size_bytes)
        .Bind(now_us)
        .Run();
    return {};
  });
  if (status.ok() && kept) file_.reset();
  return status;
}

Status DropUnfinished(db::Database& database) {
  std::vector<int64_t> files;
  Status status = database.Read([&](Connection& connection) {
    files.clear();
    Query query(connection, "SELECT row_id FROM files WHERE project = 0");
    while (query.Row()) files.push_back(query.Int(0));
    return Status();
  });
  for (size_t i = 0; status.ok() && i < files.size(); ++i) {
    status = Drop(database, files[i], [] { return true; });
  }
  return status;
}

}  // namespace bobbin::store
