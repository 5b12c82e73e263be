// The process that stands between `bobbin run` and its command:
//
//   bobbin run  <- a socket ->  guard  ->  command  ->  its processes
//
// Whichever of them dies first, and however, none of the others is left:
//   the command   the guard ends what the command has left behind
//   bobbin run    the guard sees the socket close and kills all below it
//   the guard     the system kills the command (PR_SET_PDEATHSIG, prctl(2));
//                 what that leaves behind falls to bobbin run, which ends it
// All three are in one process group, so that a terminal's keys reach the
// command, and a shell sees one job.
#pragma once

#include <csignal>
#include <string>
#include <utility>
#include <vector>

namespace bobbin::cli {

// What is passed on to the command when somebody sends it to us.
sigset_t PassedSignals();

// How signals were treated when this process began: the command shall find
// them like that.
class InheritedSignals {
 public:
  // Takes note, and blocks what is passed on and SIGCHLD, and ignores SIGPIPE:
  // a client that goes away is no reason to die. Before there are threads.
  InheritedSignals();

  // Makes system calls only.
  void Restore() const;

 private:
  sigset_t mask_ = {};
  struct sigaction pipe_ = {};
  struct sigaction child_ = {};
};

// What goes over the socket (SOCK_SEQPACKET), one struct at a time.
struct Order {
  enum Kind : int {
    kStart,    // the first one
    kSignal,   // pass on `signal`, unless the terminal has done so
    kMayStop,  // answers kStopped: SIGTSTP would stop us now
  };
  Kind kind = kStart;
  int signal = 0;
  bool from_terminal = false;
  char url[64] = {};  // for kStart: of the server
};
struct News {
  enum Kind : int {
    kNotStarted,  // the last one; `value` is an errno
    kStopped,     // the command was stopped, by Ctrl-Z say
    kEnded,       // the last one; `value` is a status of waitpid(2)
  };
  Kind kind = kEnded;
  int value = 0;
  int left = 0;  // processes that could not be ended
};

// What the command finds in its environment.
std::vector<std::pair<std::string, std::string>> VariablesFor(
    const std::string& url);

// Is the guard, in a process of its own, a child of bobbin run's without
// threads, until the command has ended and nothing is left of it; then ends
// the process.
[[noreturn]] void BeGuard(int socket, const std::vector<std::string>& command,
                          const InheritedSignals& inherited);

}  // namespace bobbin::cli
