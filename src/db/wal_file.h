// The write-ahead log beside the database file, to be synced by us.
#pragma once

#include <atomic>
#include <mutex>
#include <string>

#include "base/result.h"

namespace bobbin::db {

// SQLite makes the log at the first write and keeps the same file until the
// last connection closes. We only ever sync it: closing this handle drops no
// lock of SQLite's, which are on the other two files.
class WalFile {
 public:
  explicit WalFile(const std::string& db_path) : path_(db_path + "-wal") {}
  ~WalFile();
  WalFile(const WalFile&) = delete;
  WalFile& operator=(const WalFile&) = delete;

  // Returns when all that was written to the log before is on the disk. The
  // first call opens the log, so there must have been a commit. Any thread.
  Status Sync();

 private:
  int Descriptor();

  const std::string path_;
  std::mutex mutex_;  // guards fd_ until it is open
  std::atomic<int> fd_{-1};
};

}  // namespace bobbin::db
