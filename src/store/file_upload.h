// One file on its way into the store, piece by piece.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "db/database.h"
#include "store/names.h"

namespace bobbin::store {

// Files are kept in chunks of this size; the last one may be shorter.
inline constexpr size_t kFileChunkBytes = 256 << 10;

// Collects the bytes of a file and writes them in transactions so small that
// other writers hardly notice, however slowly the bytes come. What is written
// is nobody's file until Finish(): it belongs to project 0, which there is
// not, and DropUnfinished() finds what a killed program leaves of it.
//
// Memory    About kBatchBytes, for a file of any size.
// Threads   One.
// Errors    As in store/call_store.h; kBusy as well when everything was taken
//           away (store/project_store.h) and part of the file with it. After
//           an error, only destroy the object.
class FileUpload {
 public:
  // Files up to this size are written in a single transaction.
  static constexpr size_t kBatchBytes = 2 * kFileChunkBytes;

  // Borrows both.
  FileUpload(db::Database& database, Names& names)
      : database_(database), names_(names) {}
  // Unless the file was kept, takes back what has been written.
  ~FileUpload();
  FileUpload(const FileUpload&) = delete;
  FileUpload& operator=(const FileUpload&) = delete;

  // Adds the next piece of any size.
  Status Add(std::string_view piece);

  // Keeps what was added in the project, under `digest`, which is the digest
  // of it. If the project has that file already, nothing changes. Once.
  Status Finish(std::string_view project_id, std::string_view digest,
                int64_t now_us);

 private:
  // Writes the batch to the end of what has been written.
  Status WriteBatch();
  void InsertChunks(db::Connection& connection, int64_t file) const;
  // The file's row, made if there is none.
  //   kBusy  what was written is gone.
  Result<int64_t> FileRow(db::Connection& connection) const;

  db::Database& database_;
  Names& names_;
  std::string batch_;            // not yet written
  std::optional<int64_t> file_;  // files.row_id, once there is a row
  uint64_t epoch_ = 0;           // of the names, when it was made
  int64_t chunks_ = 0;           // written
  int64_t size_bytes_ = 0;       // written
};

// Drops what uploads have left that were never finished. Only while there are
// none: when the program starts.
Status DropUnfinished(db::Database& database);

}  // namespace bobbin::store
