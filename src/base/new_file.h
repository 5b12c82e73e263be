// A file that is made whole or not at all.
#pragma once

#include <csignal>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace bobbin {

// What is written under another name in the same folder until it is whole.
//
// Threads   One, and one NewFile in a process at a time.
// Lifetime  Takes the draft away again, unless Become() gave it its name; also
//           when SIGINT, SIGTERM or SIGHUP ends the process, which then dies
//           of that signal. kill -9 leaves the draft.
class NewFile {
 public:
  // `beside`: what the writer makes next to the draft while it works, as the
  // end of a name (`-journal`). It goes in any case.
  explicit NewFile(std::string path, std::string_view beside = {});
  ~NewFile();
  NewFile(const NewFile&) = delete;
  NewFile& operator=(const NewFile&) = delete;

  // The reasons, that can be known before, why there will be no such file:
  // one is there, or there is no such folder. Errors as of Become().
  Status Check() const;

  // Where to write.
  const std::string& draft() const { return draft_; }

  // Gives the draft its name; on disk with all that was written, if that is
  // (fsync is the writer's).
  //   kConflict  there is such a file; nothing is replaced.
  //   kInvalid   the system says no, and why.
  Status Become();

  // `Cannot write PATH: REASON.`
  Error CannotWrite(const std::string& reason) const;

 private:
  // What a signal has done until now.
  struct Before {
    int signal;
    struct sigaction action;
  };

  Error IsThere() const;
  void TakeAwayOnSignals();

  const std::string path_;
  const std::string draft_;
  const std::string beside_;  // a path, or empty
  std::vector<Before> before_;
  bool done_ = false;
};

}  // namespace bobbin
