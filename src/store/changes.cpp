#include "store/changes.h"

#include <algorithm>
#include <condition_variable>

#include "base/caller.h"

namespace bobbin::store {
namespace {

// A caller that hangs up wakes nobody, so it has to be asked.
constexpr auto kAskCallerEvery = std::chrono::milliseconds(200);

}  // namespace

// One wait. Has a place of its own to be woken at, so that a commit wakes
// those alone whom it concerns.
struct Changes::Waiter {
  enum class Kind { kProject, kAnyProject, kNoChange };

  bool Hears(std::string_view touched) const {
    return kind == Kind::kAnyProject ||
           (kind == Kind::kProject && project_id == touched);
  }
  void Wake() {
    woken = true;
    wakes.notify_one();
  }

  Kind kind = Kind::kNoChange;
  std::string_view project_id = {};
  bool woken = false;
  std::condition_variable wakes = {};
};

Changes::Changes(db::Database& database)
    : database_(database),
      task_(database.AfterCommit(
          [this](const db::Connection& connection) { Commit(connection); })) {}

Changes::~Changes() { database_.NotAfterCommit(task_); }

void Changes::Refresh(const db::Connection& connection) {
  if (generation_ == connection.generation()) return;
  generation_ = connection.generation();
  touched_.clear();
  touched_all_ = false;
}

void Changes::Touch(const db::Connection& connection,
                    std::string_view project_id) {
  Refresh(connection);
  // Reports of one project come together.
  if (!touched_.empty() && touched_.back() == project_id) return;
  if (std::ranges::find(touched_, project_id) != touched_.end()) return;
  touched_.emplace_back(project_id);
}

void Changes::TouchAll(const db::Connection& connection) {
  Refresh(connection);
  touched_all_ = true;
}

void Changes::Commit(const db::Connection& connection) {
  Refresh(connection);
  if (touched_.empty() && !touched_all_) return;
  const std::lock_guard lock(mutex_);
  if (touched_all_) RememberAll();
  for (const std::string& project_id : touched_) {
    Remember(project_id);
    for (Waiter* waiter : waiters_) {
      if (waiter->Hears(project_id)) waiter->Wake();
    }
  }
  touched_.clear();
  touched_all_ = false;
}

void Changes::AllChanged() {
  const std::lock_guard lock(mutex_);
  RememberAll();
}

void Changes::RememberAll() {
  all_changed_ = ++last_;
  by_project_.clear();
  order_.clear();
  for (Waiter* waiter : waiters_) {
    if (waiter->kind != Waiter::Kind::kNoChange) waiter->Wake();
  }
}

void Changes::Remember(const std::string& project_id) {
  ++last_;
  const auto known = by_project_.find(project_id);
  if (known != by_project_.end()) {
    order_.splice(order_.end(), order_, known->second);
    known->second->number = last_;
    return;
  }
  if (order_.size() == kMaxProjects) {
    all_changed_ = last_;
    by_project_.clear();
    order_.clear();
    return;
  }
  order_.push_back({last_, project_id});
  by_project_.emplace(*order_.back().project_id, std::prev(order_.end()));
}

uint64_t Changes::last() const {
  const std::lock_guard lock(mutex_);
  return last_;
}

bool Changes::HasPast(uint64_t number,
                      std::optional<std::string_view> project_id) const {
  if (number > last_ || all_changed_ > number) return true;
  if (!project_id) return last_ > number;
  const auto known = by_project_.find(*project_id);
  return known != by_project_.end() && known->second->number > number;
}

std::vector<Changes::Change> Changes::Past(
    uint64_t number, std::optional<std::string_view> project_id) const {
  const std::lock_guard lock(mutex_);
  if (!HasPast(number, project_id)) return {};
  if (project_id) return {{last_, std::string(*project_id)}};
  std::vector<Change> past;
  if (number > last_) return {{last_, std::nullopt}};
  for (auto change = order_.rbegin();
       change != order_.rend() && change->number > number; ++change) {
    past.push_back(*change);
  }
  if (all_changed_ > number) past.push_back({all_changed_, std::nullopt});
  std::ranges::reverse(past);
  return past;
}

Changes::End Changes::Wait(std::unique_lock<std::mutex>& lock, Waiter& waiter,
                           Time deadline) {
  waiters_.push_back(&waiter);
  End end = End::kChange;
  while (!waiter.woken) {
    const Time now = std::chrono::steady_clock::now();
    if (stopped_) {
      end = End::kStopped;
      break;
    }
    if (now >= deadline) {
      end = End::kDeadline;
      break;
    }
    waiter.wakes.wait_until(lock, std::min(deadline, now + kAskCallerEvery));
    if (waiter.woken || stopped_) continue;
    lock.unlock();
    const bool gone = Caller::IsGone();
    lock.lock();
    if (gone && !waiter.woken) {
      end = End::kCallerGone;
      break;
    }
  }
  std::erase(waiters_, &waiter);
  return end;
}

Changes::End Changes::WaitPast(uint64_t number,
                               std::optional<std::string_view> project_id,
                               Time deadline) {
  Waiter waiter;
  waiter.kind = project_id ? Waiter::Kind::kProject : Waiter::Kind::kAnyProject;
  waiter.project_id = project_id.value_or("");
  std::unique_lock lock(mutex_);
  if (stopped_) return End::kStopped;
  if (HasPast(number, project_id)) return End::kChange;
  return Wait(lock, waiter, deadline);
}

Changes::End Changes::Rest(Time deadline) {
  Waiter waiter;
  std::unique_lock lock(mutex_);
  return Wait(lock, waiter, deadline);
}

void Changes::Stop() {
  const std::lock_guard lock(mutex_);
  stopped_ = true;
  for (Waiter* waiter : waiters_) waiter->wakes.notify_one();
}

}  // namespace bobbin::store
