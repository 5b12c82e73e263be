// Keeps files: bytes under their digest, in chunks.
//
// Threads, errors and lifetime as in store/call_store.h.
#pragma once

#include <cstdint>
#include <functional>
#include <string_view>

#include "base/result.h"
#include "db/database.h"
#include "store/names.h"

namespace bobbin::store {

class FileStore {
 public:
  FileStore(db::Database& database, Names& names)
      : database_(database), names_(names) {}
  FileStore(const FileStore&) = delete;
  FileStore& operator=(const FileStore&) = delete;

  // Keeps `bytes` under `digest`, which is theirs. The same bytes again
  // change nothing.
  Status Put(std::string_view project_id, std::string_view digest,
             std::string_view bytes, int64_t now_us);

  // Returns the bytes.
  //   kNotFound  no such file in this project.
  Result<std::string> Get(std::string_view project_id,
                          std::string_view digest) const;

  // The sum of the sizes of a project's files.
  Result<int64_t> TotalBytes(std::string_view project_id) const;

 private:
  db::Database& database_;
  Names& names_;
};

}  // namespace bobbin::store
