// SIGINT and SIGTERM as something to wait for.
#pragma once

#include <atomic>
#include <csignal>
#include <functional>
#include <thread>

namespace bobbin::cli {

// The two.
sigset_t StopSignals();

// Blocks SIGINT and SIGTERM in this thread and in those it starts from now
// on, and ignores SIGPIPE: a client that goes away is no reason to die. Call
// it before there are other threads.
void BlockStopSignals();

// Waits for one of the two and returns it.
int WaitForStopSignal();

// For somebody who has been told to stop, and takes time for it: the next of
// the two signals calls `hurry`, on a thread of its own; one more ends the
// process the hard way, as if it had never been blocked.
//
// Lifetime  Afterwards `hurry` is not running and will not be called.
class Impatience {
 public:
  explicit Impatience(std::function<void()> hurry);
  ~Impatience();
  Impatience(const Impatience&) = delete;
  Impatience& operator=(const Impatience&) = delete;

 private:
  void Watch(const std::function<void()>& hurry) const;

  std::atomic<bool> over_{false};
  std::thread watcher_;
};

}  // namespace bobbin::cli
