#include "http/thread_pool.h"

#include <chrono>
#include <utility>

namespace bobbin::http {
namespace {

constexpr auto kIdleThreadEnds = std::chrono::seconds(10);

// Only the pages that a thread has touched cost memory. Below 2 MB, so that
// no huge page is ever given to a stack. Unoptimised and instrumented frames
// are several times as large.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__) || \
    !defined(__OPTIMIZE__)
constexpr size_t kStackBytes = 8 << 20;
#else
constexpr size_t kStackBytes = 512 << 10;
#endif

}  // namespace

bool ThreadPool::Run(std::function<void()> task) {
  std::unique_lock<std::mutex> lock(mutex_);
  JoinEnded(lock);
  if (joining_) return false;
  if (free_ == tasks_.size() && (threads_ == max_threads_ || !Spawn())) {
    return false;
  }
  tasks_.push_back(std::move(task));
  task_added_.notify_one();
  return true;
}

void ThreadPool::Join() {
  std::unique_lock<std::mutex> lock(mutex_);
  joining_ = true;
  task_added_.notify_all();
  thread_ended_.wait(lock, [this] { return threads_ == 0; });
  JoinEnded(lock);
}

bool ThreadPool::Spawn() {
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, kStackBytes);
  pthread_t thread;
  const bool made =
      pthread_create(&thread, &attributes, &ThreadPool::ThreadMain, this) == 0;
  pthread_attr_destroy(&attributes);
  if (made) {
    ++threads_;
    ++free_;
  }
  return made;
}

void ThreadPool::JoinEnded(std::unique_lock<std::mutex>& lock) {
  const std::vector<pthread_t> ended = std::exchange(ended_, {});
  if (ended.empty()) return;
  lock.unlock();
  for (const pthread_t thread : ended) pthread_join(thread, nullptr);
  lock.lock();
}

void* ThreadPool::ThreadMain(void* pool) {
  static_cast<ThreadPool*>(pool)->Work();
  return nullptr;
}

void ThreadPool::Work() {
  std::unique_lock<std::mutex> lock(mutex_);
  while (true) {
    task_added_.wait_for(lock, kIdleThreadEnds,
                         [this] { return !tasks_.empty() || joining_; });
    if (tasks_.empty()) break;
    const std::function<void()> task = std::move(tasks_.back());
    tasks_.pop_back();
    --free_;
    lock.unlock();
    task();
    lock.lock();
    ++free_;
  }
  JoinEnded(lock);  // so that only the last of a crowd is left to Run()
  --free_;
  --threads_;
  ended_.push_back(pthread_self());
  thread_ended_.notify_all();
}

}  // namespace bobbin::http
