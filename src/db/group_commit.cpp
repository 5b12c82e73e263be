#include "db/group_commit.h"

#include <linux/futex.h>
#include <sched.h>
#include <sqlite3.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <exception>
#include <limits>
#include <new>
#include <string>
#include <utility>

#include "base/log.h"

namespace bobbin::db {
namespace {

// A futex (futex(2)) as it is: std::atomic::wait spins first, and the thread
// that is waited for needs the core.
void WaitFor(std::atomic<uint32_t>& done) {
  while (done.load(std::memory_order_acquire) == 0) {
    syscall(SYS_futex, &done, FUTEX_WAIT_PRIVATE, 0, nullptr, nullptr, 0);
  }
}

void Wake(std::atomic<uint32_t>& done) {
  done.store(1, std::memory_order_release);
  constexpr int kAll = std::numeric_limits<int>::max();
  syscall(SYS_futex, &done, FUTEX_WAKE_PRIVATE, kAll, nullptr, nullptr, 0);
}

// What has been thrown.
Error Caught() {
  try {
    throw;
  } catch (const SQLite::Exception& exception) {
    return FromSqlite(exception);
  } catch (const std::bad_alloc&) {
    return Internal("out of memory");  // short enough to need none itself
  } catch (const std::exception& exception) {
    return Internal(std::string("a write threw: ") + exception.what());
  } catch (...) {
    return Internal("a write threw what is no std::exception");
  }
}

}  // namespace

bool IsDiskFull(const SQLite::Exception& exception) {
  return exception.getErrorCode() == SQLITE_FULL ||
         exception.getExtendedErrorCode() == SQLITE_IOERR_SHMSIZE;
}

bool IsDamage(const SQLite::Exception& exception) {
  return (exception.getErrorCode() & 0xff) == SQLITE_CORRUPT;
}

Error FromSqlite(const SQLite::Exception& exception) {
  const int code = exception.getErrorCode() & 0xff;
  if (code == SQLITE_BUSY || code == SQLITE_LOCKED) {
    return {Code::kBusy, "The file is locked by another program; try again."};
  }
  std::string what = std::string("SQLite: ") + exception.what() + " (code " +
                     std::to_string(exception.getExtendedErrorCode()) + ")";
  if (IsDiskFull(exception)) {
    Log(LogLevel::kError, what);
    return {Code::kBusy, "The disk is full.", std::string(kDiskFull)};
  }
  if (IsDamage(exception)) {
    Log(LogLevel::kError, what);
    return {Code::kInternal, "The file is damaged: `bobbin check` says where.",
            std::string(kFileDamaged)};
  }
  return Internal(std::move(what));
}

Status GroupCommit::Write(const Database::Job& job) {
  Pending self{&job, {}};
  std::shared_ptr<Group> group;
  bool leads = false;
  {
    const std::lock_guard lock(queue_mutex_);
    leads = !open_;
    group = leads ? std::make_shared<Group>() : open_;
    group->members.push_back(&self);
    open_ = group;  // last: a group without its leader would never run
  }
  if (!leads) {
    WaitFor(group->done);
  } else if (options_.sync) {
    LeadAndSync(*group);
    Wake(group->done);
  } else {
    Lead(*group);
    Wake(group->done);
  }
  return std::move(self.result);
}

uint64_t GroupCommit::AfterCommit(Database::AfterCommitTask task) {
  after_commit_.push_back({++last_task_, std::move(task)});
  return last_task_;
}

void GroupCommit::NotAfterCommit(uint64_t task) {
  std::erase_if(after_commit_,
                [task](const Task& other) { return other.number == task; });
}

void GroupCommit::LeadAndSync(Group& group) {
  {
    std::unique_lock lock(syncs_mutex_);
    sync_freed_.wait(lock, [this] { return free_syncs_ > 0; });
    --free_syncs_;
  }
  Lead(group);
  const Status synced = options_.sync();
  {
    const std::lock_guard lock(syncs_mutex_);
    ++free_syncs_;
  }
  sync_freed_.notify_one();
  if (synced.ok()) return;
  for (Pending* member : group.members) {
    if (member->result.ok()) member->result = synced;
  }
}

void GroupCommit::Lead(Group& group) {
  const std::lock_guard turn(turn_mutex_);
  // Threads that are ready to run may be about to join: with them in the
  // group, their commits cost next to nothing. If there are none, this
  // returns at once.
  sched_yield();
  {
    const std::lock_guard lock(queue_mutex_);
    open_.reset();  // from here on nobody joins
  }
  Run(group);
}

void GroupCommit::RunAlone(const std::function<void()>& task) {
  const std::lock_guard turn(turn_mutex_);
  task();
}

void GroupCommit::Run(Group& group) {
  std::unique_lock<FairMutex> alone;
  if (options_.readers != nullptr) {
    alone = std::unique_lock(*options_.readers);
  }
  if (group.members.size() > 1 && RunTogether(group)) return;
  for (Pending* member : group.members) {
    member->result = RunSolo(*member->job);
  }
}

Status GroupCommit::RunJob(const Database::Job& job) {
  try {
    return job(*writer_);
  } catch (...) {
    return Caught();
  }
}

// All jobs in one transaction. A savepoint around each would cost every job a
// copy of each page it touches; instead a job that fails takes the group
// back, and each then runs on its own: then the answer is false.
bool GroupCommit::RunTogether(Group& group) {
  try {
    writer_->Begin();
  } catch (...) {
    // Another program has the file. To wait for it again for each member
    // would take as many timeouts.
    writer_->Rollback();
    const Error error = Caught();
    for (Pending* member : group.members) member->result = error;
    return true;
  }
  try {
    for (Pending* member : group.members) {
      member->result = RunJob(*member->job);
      if (!member->result.ok()) {
        writer_->Rollback();
        return false;
      }
    }
    Commit();
    return true;
  } catch (...) {
    writer_->Rollback();
    return false;
  }
}

void GroupCommit::Commit() {
  writer_->Commit();
  for (const Task& task : after_commit_) task.run(*writer_);
}

Status GroupCommit::RunSolo(const Database::Job& job) {
  try {
    writer_->Begin();
    Status status = RunJob(job);
    if (status.ok()) {
      Commit();
    } else {
      writer_->Rollback();
    }
    return status;
  } catch (...) {
    writer_->Rollback();
    return Caught();
  }
}

}  // namespace bobbin::db
