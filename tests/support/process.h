// A child process: started, signalled, waited for, never left behind.
#pragma once

#include <sys/types.h>

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace bobbin::testing {

using Arguments = std::vector<std::string>;
using Environment = std::map<std::string, std::string>;

// How a process ended: by itself (`code`) or by a signal.
struct Exit {
  int code = -1;
  int signal = 0;
};

// A running program. Every wait is bounded, far above what it should take; a
// program that needs longer makes it throw.
//
// Lifetime  The child is killed with the object, and with the thread that
//           made the object.
class Process {
 public:
  // Starts `program`. Its environment is that of the test without bobbin's
  // own variables and $XDG_DATA_HOME, plus `environment`. It runs in
  // `folder`, or else where the test runs.
  Process(const std::string& program, const Arguments& arguments,
          const Environment& environment = {}, const std::string& folder = {});
  ~Process();
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  pid_t pid() const { return pid_; }
  void Signal(int signal) const;

  // The next line of its stdout, without the line break; nothing if it ends
  // first.
  std::optional<std::string> ReadLine();
  // What is left of its stdout when it has closed that.
  std::string ReadRest();
  // What it has written to stderr so far.
  std::string Stderr() const;

  Exit Wait();

 private:
  bool ReadSome();

  pid_t pid_ = -1;
  int pid_fd_ = -1;
  int out_ = -1;  // a pipe, from its stdout
  int err_ = -1;  // a file in memory: a program is never held up by it
  std::string unread_;
  std::optional<Exit> exit_;
};

// What a program that runs to its end leaves.
struct Finished {
  int code;
  std::string out;
  std::string err;
};
Finished RunToEnd(const std::string& program, const Arguments& arguments,
                  const Environment& environment = {});

}  // namespace bobbin::testing
