#include "http/thread_pool.h"

#include <atomic>
#include <future>
#include <set>
#include <thread>

#include "support/catch.h"

namespace bobbin::http {
namespace {

TEST_CASE("each task has a thread, up to the bound", "[http][threads]") {
  constexpr int kTasks = 10;
  std::atomic<int> running = 0;
  std::promise<void> leave;
  const std::shared_future<void> may_leave = leave.get_future().share();
  ThreadPool pool(kTasks);
  for (int i = 0; i < kTasks; ++i) {
    REQUIRE(pool.Run([&] {
      ++running;
      may_leave.wait();
    }));
  }
  CHECK_FALSE(pool.Run([] {}));
  while (running < kTasks) std::this_thread::yield();
  leave.set_value();
  pool.Join();
  CHECK_FALSE(pool.Run([] {}));
}

TEST_CASE("a thread whose task has ended takes the next one",
          "[http][threads]") {
  std::set<std::thread::id> threads;
  ThreadPool pool(1);
  for (int i = 0; i < 100; ++i) {
    std::promise<void> done;
    // The thread may not have come back yet from the last task.
    while (!pool.Run([&] {
      threads.insert(std::this_thread::get_id());
      done.set_value();
    })) {
      std::this_thread::yield();
    }
    done.get_future().wait();
  }
  pool.Join();
  CHECK(threads.size() == 1);
}

TEST_CASE("all tasks are run, whoever asks for them", "[http][threads]") {
  std::atomic<int> run = 0;
  std::atomic<int> taken = 0;
  {
    ThreadPool pool(8);
    std::vector<std::thread> askers;
    for (int i = 0; i < 4; ++i) {
      askers.emplace_back([&] {
        for (int j = 0; j < 500; ++j) {
          if (pool.Run([&] { ++run; })) ++taken;
        }
      });
    }
    for (std::thread& asker : askers) asker.join();
  }
  CHECK(run == taken);
  CHECK(taken > 0);
}

}  // namespace
}  // namespace bobbin::http
