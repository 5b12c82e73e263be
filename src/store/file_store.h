// Keeps files: bytes under their digest, in chunks. What is kept never
// changes.
//
// Threads, errors and lifetime as in store/call_store.h.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>

#include "base/result.h"
#include "db/database.h"
#include "store/file_upload.h"
#include "store/names.h"

namespace bobbin::store {

class FileStore {
 public:
  // `names` is shared with the other stores of the same database.
  FileStore(db::Database& database, Names& names)
      : database_(database), names_(names) {}
  FileStore(const FileStore&) = delete;
  FileStore& operator=(const FileStore&) = delete;

  // Begins a new file.
  FileUpload Upload() { return {database_, names_}; }

  // The size of a file.
  //   kNotFound  no such file in this project.
  Result<int64_t> SizeBytes(std::string_view project_id,
                            std::string_view digest) const;

  // Feeds the bytes to `take`, a chunk at a time, until it returns false.
  // Each chunk is a read of its own: the bytes under a digest are the same in
  // every snapshot, so a client that takes its time occupies no connection
  // and keeps no WAL from being emptied.
  //   kNotFound  no such file in this project; `take` was not called.
  Status Feed(std::string_view project_id, std::string_view digest,
              const std::function<bool(std::string_view)>& take) const;

  // The sum of the sizes of a project's files.
  Result<int64_t> TotalBytes(std::string_view project_id) const;

 private:
  db::Database& database_;
  Names& names_;
};

// The row of a project's file, if it has one with this digest.
std::optional<int64_t> FindFile(db::Connection& connection, int64_t project,
                                std::string_view digest);

}  // namespace bobbin::store
