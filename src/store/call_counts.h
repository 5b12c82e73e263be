// How many calls each project has, without counting them.
//
// Known from the file if the last server stopped cleanly (schema/0005), or
// else counted once; from then on kept up with every commit.
//
// Threads   Add() is for jobs of Database::Write, which take turns; the rest
//           for any thread.
#pragma once

#include <cstdint>
#include <mutex>
#include <unordered_map>

#include "base/result.h"
#include "db/database.h"

namespace bobbin::store {

class CallCounts {
 public:
  struct Counted {
    int64_t calls = 0;  // that reads can see
    int64_t roots = 0;  // those among them without a parent
  };

  // Borrows `database`, and must be there until its last Write has returned.
  explicit CallCounts(db::Database& database);
  ~CallCounts();
  CallCounts(const CallCounts&) = delete;
  CallCounts& operator=(const CallCounts&) = delete;

  // Within a job: `project` gets so many more calls, and so many more of them
  // are roots. May be negative. Holds from the job's commit on. Throws
  // SQLite::Exception.
  void Add(db::Connection& connection, int64_t project, Counted more);

  // What has been committed. The first time after a crash this counts, and
  // holds writers up meanwhile. In a file that somebody else may be writing
  // (Database::read_only) it counts each time.
  Result<Counted> Of(int64_t project);

  // Leaves what is known in the file, for the next server. If that fails it
  // has to count. No Add() may come afterwards.
  void Save();

 private:
  void Load();
  static Counted CountNow(db::Connection& connection, int64_t project);
  // After a rollback what was added in it never happened.
  void Refresh(const db::Connection& connection);
  void Commit();

  db::Database& database_;

  // Of the job that has its turn.
  uint64_t generation_ = 0;
  std::unordered_map<int64_t, Counted> added_;  // since the last commit
  bool in_file_ = true;                         // the file has counts
  bool took_away_ = false;  // not any more, once this is committed

  // Projects beyond this one began with no calls, and we saw them all.
  int64_t last_old_project_ = 0;  // constant after construction
  std::mutex mutex_;              // guards the ones below
  bool changed_ = false;          // the file does not have all that is known
  std::unordered_map<int64_t, Counted> known_;
};

}  // namespace bobbin::store
