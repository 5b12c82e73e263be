// Threads for connections: as many as there are tasks, up to a bound.
#pragma once

#include <pthread.h>

#include <condition_variable>
#include <cstddef>
#include <functional>
#include <mutex>
#include <vector>

namespace bobbin::http {

// No task ever waits behind another one: a task lasts as long as a connection
// does, and most of those are idle for most of the time.
//
// A thread whose task has ended waits a while for the next one, so that
// clients that connect anew for each request do not pay for a thread each
// time, and then ends: a crowd of connections leaves nothing behind.
//
// Threads   Any, except that Join() must not be called by a task.
class ThreadPool {
 public:
  explicit ThreadPool(size_t max_threads) : max_threads_(max_threads) {}
  ~ThreadPool() { Join(); }
  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;

  // Runs `task` on a thread of its own. False, and nothing is run: the bound
  // is reached, the system gives no more threads, or Join() was called.
  bool Run(std::function<void()> task);

  // Waits for the running tasks to end; no thread is left then.
  void Join();

 private:
  static void* ThreadMain(void* pool);
  void Work();
  bool Spawn();
  void JoinEnded(std::unique_lock<std::mutex>& lock);

  const size_t max_threads_;
  std::mutex mutex_;  // guards all below
  std::condition_variable task_added_;
  std::condition_variable thread_ended_;
  std::vector<std::function<void()>> tasks_;  // never more than free_
  size_t threads_ = 0;
  size_t free_ = 0;               // of the threads: not running a task
  std::vector<pthread_t> ended_;  // to be joined
  bool joining_ = false;
};

}  // namespace bobbin::http
