// A command of which no process is left behind, seen from `bobbin run`.
#pragma once

#include <sys/types.h>

#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "cli/guard.h"

struct signalfd_siginfo;

namespace bobbin::cli {

// Signals that are sent to this process go to the command, but for those that
// the terminal has sent to both. When the command is stopped this process
// stops, too, where a shell has it under job control; when one of them is
// continued the other is.
//
// Threads   One, the process's first.
// Lifetime  At the end of the object the command is killed, and all processes
//           that it has started.
class GuardedCommand {
 public:
  // Makes the guard (cli/guard.h). Before there are other threads: the guard
  // is made by fork(2). Nothing is run yet.
  //   kInternal  the system refuses.
  static Result<std::unique_ptr<GuardedCommand>> Make(
      const std::vector<std::string>& command);
  ~GuardedCommand();
  GuardedCommand(const GuardedCommand&) = delete;
  GuardedCommand& operator=(const GuardedCommand&) = delete;

  struct End {
    int not_started = 0;  // why there was no command to run: an errno
    int exit_code = 0;    // 128 and the signal's number if it died of one
    int left = 0;         // processes that could not be ended
    bool guard_died = false;
  };

  // Runs the command, told of the server at `url` (VariablesFor()), until it
  // and what it has left behind have ended. Once.
  End Run(const std::string& url);

 private:
  GuardedCommand(pid_t guard, int socket);

  void Tell(const Order& order) const;
  void PassOn(const signalfd_siginfo& signal) const;
  // False: there are none any more.
  bool Receive(News& news) const;

  const pid_t guard_;
  const int socket_;
  bool reaped_ = false;  // the guard
};

}  // namespace bobbin::cli
