// What ends a service: a signal, and on request the end of whoever started
// it.
#pragma once

#include "base/result.h"

namespace bobbin::cli {

// Threads   One. It must have called BlockStopSignals() (cli/signals.h).
class EndWatch {
 public:
  EndWatch() = default;
  ~EndWatch();
  EndWatch(const EndWatch&) = delete;
  EndWatch& operator=(const EndWatch&) = delete;

  // The end of the process that is our parent now, however it comes. (One that
  // has ended before this call is not our parent any more: its place has been
  // taken by another process, init in most cases.)
  //   kInternal  it cannot be watched: it is not in our PID namespace, or
  //              the system is older than pidfd_open(2).
  Status WatchParent();

  // The end of standard input. What comes before that is read and dropped.
  void WatchStdin() { stdin_ = true; }

  // Returns at the first of these, or of SIGINT and SIGTERM.
  void Wait() const;

 private:
  int parent_ = -1;  // a pidfd
  bool parent_gone_ = false;
  bool stdin_ = false;
};

}  // namespace bobbin::cli
