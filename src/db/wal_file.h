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

  // Returns when all that was written to the log before is on the disk, and
  // the log's name in its folder. The first call opens the log, so there must
  // have been a commit. Once this has failed it fails for good: the system
  // may have dropped what it could not write (fsync(2), Errors), and nothing
  // behind a gap in the log is ever read again. Any thread.
  Status Sync();

 private:
  int Descriptor();
  Status SyncOnce();

  const std::string path_;
  std::mutex mutex_;  // guards fd_ until it is open
  std::atomic<int> fd_{-1};
  std::atomic<bool> failed_{false};
};

}  // namespace bobbin::db
