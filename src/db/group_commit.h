// Many writers, one transaction: the writes that arrive while another group
// is being committed form the next one.
//
// The first writer of a group leads it: it waits for the connection, runs all
// jobs of the group in one transaction, commits, makes the commit durable, and
// wakes the others with one call. So a lone writer never waits for another
// thread, and a busy file pays one commit for many writes.
//
// The commit itself does not sync (synchronous=NORMAL); the leader does, after
// it has given the connection on. While one group waits for the disk the next
// one is already running, and its sync may overlap. A sync covers all that
// was written to the WAL before it, so the order of groups is kept.
#pragma once

#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <vector>

#include "base/result.h"
#include "db/database.h"
#include "db/fair_mutex.h"

namespace bobbin::db {

class GroupCommit {
 public:
  struct Options {
    // When set, makes durable what has been committed so far. Called by many
    // threads, at most kMaxSyncs at once.
    std::function<Status()> sync = {};
    // When set, held alone during each transaction: for a database whose
    // readers have no snapshots.
    FairMutex* readers = nullptr;
  };
  // Two may overlap: while the disk works for one group, the next is not kept
  // waiting. More would only make the groups smaller.
  static constexpr int kMaxSyncs = 2;

  // Borrows `writer`, the only connection that writes.
  GroupCommit(Connection& writer, Options options)
      : writer_(&writer), options_(std::move(options)) {}

  // See Database::AfterCommit.
  uint64_t AfterCommit(Database::AfterCommitTask task);
  void NotAfterCommit(uint64_t task);

  // See Database::Write.
  Status Write(const Database::Job& job);

  // Runs `task` alone on the writer's turn, outside any transaction.
  void RunAlone(const std::function<void()>& task);

  // Within RunAlone(): writes with this connection from now on.
  void Use(Connection& writer) { writer_ = &writer; }

 private:
  struct Pending {
    const Database::Job* job;
    Status result;
  };
  struct Group {
    std::vector<Pending*> members;
    std::atomic<uint32_t> done{0};  // a futex
  };

  void Lead(Group& group);
  void LeadAndSync(Group& group);
  void Run(Group& group);
  Status RunJob(const Database::Job& job);
  Status RunSolo(const Database::Job& job);
  bool RunTogether(Group& group);
  void Commit();

  Connection* writer_;  // guarded by turn_mutex_
  const Options options_;
  struct Task {
    uint64_t number;
    Database::AfterCommitTask run;
  };
  std::vector<Task> after_commit_;
  uint64_t last_task_ = 0;
  // Not std::counting_semaphore: libstdc++'s may sleep although one is free
  // (GCC bug 104928).
  std::mutex syncs_mutex_;  // guards free_syncs_
  std::condition_variable sync_freed_;
  int free_syncs_ = kMaxSyncs;
  std::mutex queue_mutex_;       // guards open_
  std::shared_ptr<Group> open_;  // still taking members; null: none waits
  std::mutex turn_mutex_;        // held while writer_ is in use
};

// There was no room, also for the index of the log (a file that is mapped).
bool IsDiskFull(const SQLite::Exception& exception);

// What is read is not what was written.
bool IsDamage(const SQLite::Exception& exception);

// What a client is told of a failure in SQLite: kBusy for locks and for a full
// disk (kDiskFull; it is logged), kInternal for a damaged file (kFileDamaged;
// it is logged) and for the rest (the text goes to the log).
Error FromSqlite(const SQLite::Exception& exception);

}  // namespace bobbin::db
