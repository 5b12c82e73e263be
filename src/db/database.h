// The file: opening it, and the only two doors to it.
//
// One writer, many readers (WAL). Writes that arrive while another is being
// committed are taken together into the next transaction (group commit): one
// commit, and at `full` one fsync, for all of them.
//
// Threads   Call Write and Read from any thread. A job must not call either.
// Errors    Returned, never thrown:
//             kBusy      no turn in time, or (type kDiskFull) no room;
//                        nothing was changed
//             kInternal  disk or bug; nothing was changed
//             kTimeout   a read was stopped, see Read()
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/embedded.h"
#include "base/result.h"
#include "db/connection.h"

namespace bobbin::db {

enum class Durability {
  kFull,    // answered means on disk: survives a power cut
  kNormal,  // survives a killed process; a power cut may take the last moments
  kMemory,  // no file; gone with the process
};
std::string_view DurabilityName(Durability durability);

struct OpenOptions {
  std::string path;  // ignored for kMemory
  Durability durability = Durability::kFull;
  std::span<const EmbeddedFile> migrations = {};  // in order; db/migrate.h
  int busy_timeout_ms = 5000;  // how long to wait for another program's lock
  // How long a read may compute between two rows, and wait for its turn;
  // 0: any time.
  int64_t query_timeout_us = 0;
  // To look at a file that another process may be writing: nothing is locked,
  // made, migrated or checkpointed, and Write() is refused (kConflict). Not
  // for kMemory.
  bool read_only = false;
};

// `type` of a kBusy that does not pass by itself.
inline constexpr std::string_view kDiskFull = "DiskFull";

// `type` of a kInternal whose message is for the client, too; and of an Error
// of Open().
inline constexpr std::string_view kFileDamaged = "FileDamaged";

// `type` of the Error that Open() returns, so that a caller can tell the
// kinds of trouble apart. In every case the file is as it was.
inline constexpr std::string_view kNotOpenable = "NotOpenable";
inline constexpr std::string_view kNotSqlite = "NotSqlite";
inline constexpr std::string_view kNotOurs = "NotOurs";
inline constexpr std::string_view kNewerFile = "NewerFile";
inline constexpr std::string_view kAlreadyServed = "AlreadyServed";
// Only with `read_only`, which does not migrate.
inline constexpr std::string_view kOlderFile = "OlderFile";

class Database {
 public:
  using Job = std::function<Status(Connection&)>;

  // Opens or makes the file, locks it against a second server, and migrates
  // it to the newest shape; or looks at it, see OpenOptions::read_only.
  static Result<std::unique_ptr<Database>> Open(const OpenOptions& options);
  // Waits for running jobs and checkpoints, so that the file stands alone.
  ~Database();
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  // Runs `job` in a transaction and commits it before returning: what it
  // wrote is then durable at the named level and visible to every later
  // Read. A job that returns an error, or throws, leaves nothing behind; its
  // neighbours in the transaction are not touched. What is thrown is for the
  // log (kInternal), but for SQLite's word that the file is locked or the disk
  // is full (kBusy).
  //
  // `job` may run a second time, after a rollback: it sets its results anew
  // each time and changes nothing else outside the database.
  Status Write(const Job& job);

  // From now on `task` runs after every commit of Write, before any of its
  // callers returns and before the next job runs. It does not throw. The
  // connection is the one that has committed: what jobs have noted down for
  // this moment holds only if their generation() is still its. Returns
  // what NotAfterCommit() takes, which ends that. Neither may be called while
  // a Write is running.
  using AfterCommitTask = std::function<void(const Connection&)>;
  uint64_t AfterCommit(AfterCommitTask task);
  void NotAfterCommit(uint64_t task);

  // Whether Renew() can be had.
  bool can_renew() const { return durability() == Durability::kMemory; }

  // kMemory: puts an empty database of the newest shape in the place of this
  // one, in the time that it takes to put it there: the old one is freed, and
  // the next one made, in the background. `wanted` looks at the old one before
  // that, and `then` runs after it; meanwhile no job runs. If `wanted` returns
  // false nothing is changed, and `then` is not called; `then` does not throw.
  //   kInternal  there is no memory for it; nothing was changed.
  Status Renew(const std::function<bool(Connection&)>& wanted,
               const std::function<void()>& then);

  // Runs `job` on a connection of its own, in one snapshot.
  // Long reads do not block writers, nor writers reads. (kMemory has no
  // snapshots: there a read holds writers up.)
  //
  // A query is stopped when SQLite has computed for `query_timeout_us` without
  // a row, or soon after the thread's Caller (base/caller.h) has gone. What
  // `job` does between two rows takes none of that time: a slow client's whole
  // export is not cut here, the transport has a limit of its own for that.
  //   kTimeout  a query was stopped; at the limit the log says so.
  //   kBusy     all reading connections stayed in use for that long.
  Status Read(const Job& job);

  // Builds the file anew without the room that deleted rows have left, and
  // gives that back. No job runs meanwhile. While it lasts it takes as much
  // disk as the new file twice, beside it and in $TMPDIR, and changes nothing
  // if that is not there. Where others read the
  // file, its end is cut off when they have done so. Nothing for kMemory.
  //   kBusy, kInternal  as above.
  Status Compact();

  Durability durability() const;
  // OpenOptions::query_timeout_us.
  int64_t query_timeout_us() const;
  // True if Write() is refused. Then others may write, at any time.
  bool read_only() const;

 private:
  class Impl;
  explicit Database(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace bobbin::db
