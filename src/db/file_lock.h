// Keeps two servers from one file.
#pragma once

#include <string>
#include <utility>

#include "base/result.h"

namespace bobbin::db {

// A lock (flock) on a file, for as long as the object lives; the system gives
// it back when the process dies. Readers such as the sqlite3 shell do not ask
// for it and are not kept out.
//
// Closing any handle of a file drops the POSIX locks that this process holds
// on it (fcntl(2)), SQLite's too: so the lock is taken before SQLite opens the
// file and given back after SQLite has closed it.
class FileLock {
 public:
  FileLock() = default;
  ~FileLock();
  FileLock(FileLock&& other) noexcept { *this = std::move(other); }
  FileLock& operator=(FileLock&& other) noexcept;

  // Locks `path`, which is made if it is not there (folders are not), after
  // checking that it is empty or a SQLite file. Errors are those of
  // Database::Open(): kNotOpenable, kNotSqlite, kAlreadyServed.
  static Result<FileLock> Take(const std::string& path);

  // True if there was nothing in the file when it was locked.
  bool file_is_new() const { return file_is_new_; }
  // Returns when the file itself (not its WAL) is on the disk.
  Status Sync();

 private:
  explicit FileLock(int fd) : fd_(fd) {}
  int fd_ = -1;
  bool file_is_new_ = false;
};

// Whether there is a SQLite file at `path` that we may read. Like a lock, not
// while this process has the file open.
//   type kNotOpenable, kNotSqlite
Status CheckFile(const std::string& path);

}  // namespace bobbin::db
