// Standard output, through a pager where it is long.
#pragma once

#include <sys/types.h>

#include <string>
#include <string_view>

#include "cli/look.h"

namespace bobbin::cli {

// Long output on a terminal goes to $PAGER, or else `less -FRX`; none if that
// is empty or `cat`, or can't be started. What fits the screen is written at
// the end.
//
// Lifetime  Finish() or the end of the object waits for the pager.
class Output {
 public:
  explicit Output(const Look& look) : look_(look) {}
  ~Output() { Finish(); }
  Output(const Output&) = delete;
  Output& operator=(const Output&) = delete;

  // False: nobody reads on. The rest need not be made.
  bool Write(std::string_view text);
  // A line of the API's. On a terminal what it would obey is shown as an
  // escape, which is the same JSON; elsewhere it is written as it is.
  bool WriteJson(std::string_view line);
  // For output that comes bit by bit, while somebody watches.
  void NoPager() { direct_ = true; }
  // Writes what has come so far. False: nobody reads on.
  bool Flush();
  // Writes what is left. False: not all of it could be written.
  bool Finish();

 private:
  bool Page();
  bool Put(std::string_view text);

  const Look look_;
  std::string held_;  // while it may fit the screen, or to be written at once
  int lines_ = 0;
  bool direct_ = false;  // held_ is only a buffer
  int fd_ = 1;
  pid_t pager_ = -1;
  bool open_ = true;
};

// Says that Finish() returned false; returns the exit code.
int FailToWrite();

}  // namespace bobbin::cli
