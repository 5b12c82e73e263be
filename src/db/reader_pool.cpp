#include "db/reader_pool.h"

#include <chrono>
#include <utility>

namespace bobbin::db {
namespace {

constexpr auto kLookEvery = std::chrono::milliseconds(50);

}  // namespace

std::optional<ReaderPool::Lease> ReaderPool::Take(
    const std::function<bool()>& give_up) {
  std::unique_lock lock(mutex_);
  while (!returned_.wait_for(lock, kLookEvery, [this] {
    return !idle_.empty() || made_ < size_.max;
  })) {
    if (give_up()) return std::nullopt;
  }
  if (!idle_.empty()) {
    // The last one back: its pages and statements are the warmest.
    std::unique_ptr<Connection> connection = std::move(idle_.back());
    idle_.pop_back();
    return Lease(*this, std::move(connection));
  }
  ++made_;
  lock.unlock();
  try {
    return Lease(*this, make_());
  } catch (...) {
    lock.lock();
    --made_;
    returned_.notify_one();
    throw;
  }
}

std::vector<std::unique_ptr<Connection>> ReaderPool::Replace(
    std::unique_ptr<Connection> fresh) {
  std::vector<std::unique_ptr<Connection>> old;
  const std::lock_guard lock(mutex_);
  old.swap(idle_);
  idle_.push_back(std::move(fresh));
  made_ = 1;
  return old;
}

ReaderPool::Lease::~Lease() {
  if (connection_) pool_.TakeBack(std::move(connection_));
}

void ReaderPool::TakeBack(std::unique_ptr<Connection> connection) {
  {
    const std::lock_guard lock(mutex_);
    if (std::cmp_less(idle_.size(), size_.kept)) {
      idle_.push_back(std::move(connection));
    } else {
      --made_;
    }
  }
  returned_.notify_one();
  // One that is not kept is closed here, without the lock.
}

}  // namespace bobbin::db
