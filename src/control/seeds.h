// Projects for which the server makes the same ids and times in every run.
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

namespace bobbin::control {

// What comes next follows from the seed and from how much came before, so
// requests have to come in the same order to get the same.
//
// Threads   Any.
class Seeds {
 public:
  Seeds() = default;
  Seeds(const Seeds&) = delete;
  Seeds& operator=(const Seeds&) = delete;

  struct Clock {
    int64_t now_us = 0;
    int64_t step_us = 0;  // added each time the clock is looked at
  };
  // Begins anew for the project: ids out of `seed`, times by `clock`. What is
  // not given is made as for other projects; neither: the same as Forget().
  void Set(std::string_view project_id, std::optional<int64_t> seed,
           std::optional<Clock> clock);
  void Forget(std::string_view project_id);
  void ForgetAll();

  // The project's next id, a UUID version 7 like others: its time is that of
  // the project's clock, which this does not move on, or else begins at
  // kFirstMs. None: the project has no seed.
  std::optional<std::string> NextId(std::string_view project_id);
  static constexpr int64_t kFirstMs = 1'700'000'000'000;

  // What the project's clock shows, microseconds since the epoch. None: it
  // has no clock of its own.
  std::optional<int64_t> NextUs(std::string_view project_id);

 private:
  struct Seeded {
    std::optional<uint64_t> seed;
    std::optional<Clock> clock;
    uint64_t ids = 0;  // made so far
  };
  Seeded* Find(std::string_view project_id);

  std::atomic<bool> any_{false};  // spares the others the lock
  std::mutex mutex_;              // guards what follows
  std::map<std::string, Seeded, std::less<>> projects_;
};

}  // namespace bobbin::control
