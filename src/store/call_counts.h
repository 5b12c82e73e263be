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
#include <vector>

#include "base/result.h"
#include "db/database.h"

namespace bobbin::store {

class CallCounts {
 public:
  struct Counted {
    int64_t calls = 0;  // that reads can see
    int64_t roots = 0;  // those among them without a parent
    int64_t ended = 0;  // those among them whose end has come
  };

  // Borrows `database`, and must be there until its last Write has returned.
  explicit CallCounts(db::Database& database);
  ~CallCounts();
  CallCounts(const CallCounts&) = delete;
  CallCounts& operator=(const CallCounts&) = delete;

  // Within a job: `project` gets so many more calls, and so many more of them
  // are roots or have ended. May be negative. Holds from the job's commit on.
  // Throws SQLite::Exception.
  void Add(db::Connection& connection, int64_t project, Counted more);

  // Within a job: the project is gone, or all are. Holds from the job's commit
  // on, and for nothing that is added after this. No project of theirs comes
  // back under the same number.
  void Forget(db::Connection& connection, int64_t project);
  void ForgetAll(db::Connection& connection);
  // The same at once, where no job can run.
  void ForgetAll();

  // What has been committed, but for `ended`, which is 0. The first time after
  // a crash this counts, and holds writers up meanwhile. In a file that
  // somebody else may be writing (Database::read_only) it counts each time,
  // unless the file has the number: nobody has written since then.
  Result<Counted> Of(int64_t project);

  // All that has been committed. Of a project that was there when the server
  // started it is counted the first time, as above.
  Result<Counted> WithEnded(int64_t project);

  // Leaves what is known in the file, for the next server. If that fails it
  // has to count. No Add() may come afterwards.
  void Save();

 private:
  struct Known {
    Counted counted = {};
    bool with_ended = false;
  };

  void Load();
  Result<Counted> Count(int64_t project, bool with_ended);
  // The file has no counts from this job on.
  void TakeAway(db::Connection& connection);
  static Counted CountNow(db::Connection& connection, int64_t project,
                          bool with_ended);
  // After a rollback what was added in it never happened.
  void Refresh(const db::Connection& connection);
  void Commit(const db::Connection& connection);

  db::Database& database_;
  uint64_t task_ = 0;

  // Of the job that has its turn.
  uint64_t generation_ = 0;
  std::unordered_map<int64_t, Counted> added_;  // since the last commit
  std::vector<int64_t> forgotten_;              // since then
  bool all_forgotten_ = false;
  bool in_file_ = true;     // the file has counts
  bool took_away_ = false;  // not any more, once this is committed

  // Projects beyond this one began with no calls, and we saw them all.
  int64_t last_old_project_ = 0;  // constant after construction
  std::mutex mutex_;              // guards the ones below
  bool changed_ = false;          // the file does not have all that is known
  std::unordered_map<int64_t, Known> known_;
};

}  // namespace bobbin::store
