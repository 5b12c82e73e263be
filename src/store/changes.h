// Who waits for calls, objects or feedback to change is woken by the writer,
// and need not ask again and again.
//
// Every change has a number: one for each project that a commit touched, each
// greater than the one before. Whoever takes the last() number, then reads,
// and then waits for what is past that number, misses nothing.
//
// Threads   Touch() and TouchAll() are for jobs of Database::Write, which take
//           turns; the rest for any thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <list>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "db/database.h"

namespace bobbin::store {

class Changes {
 public:
  using Time = std::chrono::steady_clock::time_point;

  // Projects whose last change is remembered one by one; if there are more,
  // all of them count as changed.
  static constexpr size_t kMaxProjects = 10'000;

  // Borrows `database`, and must be there until its last Write has returned.
  explicit Changes(db::Database& database);
  ~Changes();
  Changes(const Changes&) = delete;
  Changes& operator=(const Changes&) = delete;

  // Within a job: something of the project changes, or of any project. Those
  // who wait hear of it when the job is committed.
  void Touch(const db::Connection& connection, std::string_view project_id);
  void TouchAll(const db::Connection& connection);

  // The same as TouchAll() at once, where no job can run.
  void AllChanged();

  struct Change {
    uint64_t number = 0;
    std::optional<std::string> project_id;  // none: any project
  };

  // The number of the newest change.
  uint64_t last() const;

  // The changes past `number`, oldest first; of each project only the newest.
  // With `project_id` only what may have changed that project, under its
  // name. A number that is yet to come (another server gave it) is like 0.
  std::vector<Change> Past(uint64_t number,
                           std::optional<std::string_view> project_id) const;

  // How a wait ended.
  enum class End { kChange, kDeadline, kStopped, kCallerGone };

  // Waits until Past() has something to say. Ends as well at the deadline,
  // after Stop(), and soon after the thread's Caller (base/caller.h) has gone.
  End WaitPast(uint64_t number, std::optional<std::string_view> project_id,
               Time deadline);

  // Waits for nothing but the deadline, or one of the other ends.
  End Rest(Time deadline);

  // Ends all waits, those to come as well.
  void Stop();

 private:
  struct Waiter;
  using Order = std::list<Change>;  // oldest first

  // After a rollback what was touched in it was not.
  void Refresh(const db::Connection& connection);
  void Commit(const db::Connection& connection);
  void RememberAll();
  void Remember(const std::string& project_id);
  bool HasPast(uint64_t number,
               std::optional<std::string_view> project_id) const;
  End Wait(std::unique_lock<std::mutex>& lock, Waiter& waiter, Time deadline);

  db::Database& database_;
  uint64_t task_ = 0;

  // Of the job that has its turn.
  uint64_t generation_ = 0;
  std::vector<std::string> touched_;  // since the last commit
  bool touched_all_ = false;

  mutable std::mutex mutex_;  // guards what follows
  uint64_t last_ = 0;
  uint64_t all_changed_ = 0;  // number of the last change of any project
  Order order_;
  std::unordered_map<std::string_view, Order::iterator> by_project_;
  std::vector<Waiter*> waiters_;
  bool stopped_ = false;
};

}  // namespace bobbin::store
