#include "cli/signals.h"

#include <utility>

namespace bobbin::cli {

sigset_t StopSignals() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGINT);
  sigaddset(&set, SIGTERM);
  return set;
}

void BlockStopSignals() {
  const sigset_t set = StopSignals();
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
}

int WaitForStopSignal() {
  const sigset_t set = StopSignals();
  int signal = 0;
  sigwait(&set, &signal);
  return signal;
}

Impatience::Impatience(std::function<void()> hurry)
    : watcher_([this, hurry = std::move(hurry)] { Watch(hurry); }) {}

Impatience::~Impatience() {
  over_ = true;
  // It waits for a signal; this one is for that thread alone.
  pthread_kill(watcher_.native_handle(), SIGINT);
  watcher_.join();
}

void Impatience::Watch(const std::function<void()>& hurry) const {
  WaitForStopSignal();
  if (over_) return;
  hurry();
  const int last = WaitForStopSignal();
  if (over_) return;
  const sigset_t set = StopSignals();
  pthread_sigmask(SIG_UNBLOCK, &set, nullptr);
  std::signal(last, SIG_DFL);  // a shell may have had it ignored
  raise(last);
}

}  // namespace bobbin::cli
