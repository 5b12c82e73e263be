// A shared mutex that lets a writer in.
#pragma once

#include <mutex>
#include <shared_mutex>

namespace bobbin::db {

// std::shared_mutex lets readers in for as long as one of them is inside, so
// readers that overlap keep a writer out forever. Here those who come after a
// waiting writer wait behind it. For std::unique_lock and std::shared_lock.
class FairMutex {
 public:
  void lock() {
    const std::lock_guard turn(turn_);
    inside_.lock();
  }
  void unlock() { inside_.unlock(); }
  void lock_shared() {
    const std::lock_guard turn(turn_);
    inside_.lock_shared();
  }
  void unlock_shared() { inside_.unlock_shared(); }

 private:
  std::mutex turn_;  // held while waiting for inside_
  std::shared_mutex inside_;
};

}  // namespace bobbin::db
