#include "db/read_parts.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <future>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include "base/caller.h"
#include "base/log.h"
#include "db/query_watch.h"

namespace bobbin::db {
namespace {

class Parts {
 public:
  using Work = std::function<void(Connection&, int64_t)>;

  Parts(Database& database, int64_t count, const Work& work)
      : database_(database), count_(count), work_(work) {}

  // Takes part after part until there is none left. `has_taken`: any.
  Status Run(bool& has_taken) {
    Status read;
    try {
      read = database_.Read([&](Connection& connection) -> Status {
        while (true) {
          const int64_t part = next_++;
          if (part >= count_ || stopped_) return {};
          has_taken = true;
          if (IsLate()) {
            Error error = QueryWatch::ErrorFor(QueryWatch::Verdict::kTooLong,
                                               limit_.count());
            Log(LogLevel::kWarning, error.message);
            return error;
          }
          work_(connection, part);
          ++done_;
        }
      });
    } catch (...) {
      Stop();
      throw;
    }
    // A thread that never got a connection leaves its share to the others.
    if (!read.ok() && has_taken) Stop();
    return read;
  }

  void Stop() { stopped_ = true; }
  bool is_stopped() const { return stopped_; }
  bool is_dealt() const { return next_ >= count_; }
  bool is_done() const { return done_ == count_; }

 private:
  using Clock = std::chrono::steady_clock;
  bool IsLate() const {
    return limit_.count() > 0 && Clock::now() - begun_ > limit_;
  }

  Database& database_;
  const int64_t count_;
  const Work& work_;
  const std::chrono::microseconds limit_{database_.query_timeout_us()};
  const Clock::time_point begun_ = Clock::now();
  std::atomic<int64_t> next_{0}, done_{0};
  std::atomic<bool> stopped_{false};
};

Status Help(Parts& todo) {
  bool has_taken = false;
  // One that still waits for a connection when all is dealt out need not.
  const Caller caller(
      [&] { return todo.is_stopped() || (!has_taken && todo.is_dealt()); });
  return todo.Run(has_taken);
}

int64_t ThreadsFor(const Database& database, int64_t parts) {
  if (database.durability() == Durability::kMemory) return 1;
  const int64_t processors = std::thread::hardware_concurrency();
  return std::clamp<int64_t>(std::min(processors, parts), 1, kMaxReadThreads);
}

}  // namespace

Status ReadParts(Database& database, int64_t parts,
                 const std::function<void(Connection&, int64_t part)>& work) {
  Parts todo(database, parts, work);
  std::vector<std::future<Status>> helpers;  // whose end waits for them
  for (int64_t i = ThreadsFor(database, parts); i > 1; --i) {
    try {
      helpers.push_back(
          std::async(std::launch::async, [&todo] { return Help(todo); }));
    } catch (const std::system_error&) {
      break;  // no more threads; it takes longer
    }
  }
  bool has_taken = false;
  Status result = todo.Run(has_taken);
  // A part that a helper has begun is worth waiting for; one that nobody will
  // want is not.
  if (!result.ok()) todo.Stop();
  for (std::future<Status>& helper : helpers) {
    Status ended = helper.get();
    if (result.ok()) result = std::move(ended);
  }
  if (todo.is_done()) return {};
  return result;
}

}  // namespace bobbin::db
