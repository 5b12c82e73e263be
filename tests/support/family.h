// Processes that a test has not started itself, and what it tells them.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

#include "support/process.h"

namespace bobbin::testing {

// A process of somebody else's. It is there when the object is made.
class Relative {
 public:
  explicit Relative(pid_t pid);
  ~Relative();
  Relative(Relative&& other) noexcept
      : pid_(other.pid_), pid_fd_(other.pid_fd_) {
    other.pid_fd_ = -1;
  }
  Relative& operator=(Relative&&) = delete;

  pid_t pid() const { return pid_; }
  void Signal(int signal) const;
  bool Alive() const;
  // As in /proc: 'T' is stopped.
  char State() const;
  // Waits, far longer than that should take. False: it did not end.
  bool WaitForEnd() const;

 private:
  pid_t pid_;
  int pid_fd_;
};

// A named pipe in a folder of its own: holds up whoever opens it for reading
// until the test has something to say.
class Gate {
 public:
  explicit Gate(const std::string& path);

  // Lets the reader read `line`; waits for it to come.
  void Open(const std::string& line = "") const;

 private:
  std::string path_;
};

// A program that has a terminal, as its session's leader.
class OnTerminal {
 public:
  OnTerminal(const std::string& program, const Arguments& arguments,
             const Environment& environment = {});
  ~OnTerminal();
  OnTerminal(const OnTerminal&) = delete;
  OnTerminal& operator=(const OnTerminal&) = delete;

  pid_t pid() const { return pid_; }
  // Types, Ctrl-C as "\x03".
  void Type(const std::string& text) const;
  void Resize(int columns, int rows) const;
  // Reads on until `text` has come, and returns what came after the text of
  // the last call, up to the end of this one. Throws if it does not come.
  std::string ReadUntil(const std::string& text);
  // The terminal is gone.
  void HangUp();
  Exit Wait();

 private:
  pid_t pid_ = -1;
  int master_ = -1;
  std::string unread_;
  bool reaped_ = false;
};

}  // namespace bobbin::testing
