#include "db/reader_pool.h"

namespace bobbin::db {

ReaderPool::Lease ReaderPool::Take() {
  std::unique_lock lock(mutex_);
  returned_.wait(lock, [this] { return !idle_.empty() || made_ < max_; });
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

ReaderPool::Lease::~Lease() {
  {
    const std::lock_guard lock(pool_.mutex_);
    pool_.idle_.push_back(std::move(connection_));
  }
  pool_.returned_.notify_one();
}

}  // namespace bobbin::db
