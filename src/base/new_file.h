// A file that is made whole or not at all.
#pragma once

#include <string>

#include "base/result.h"

namespace bobbin {

// What is written under another name in the same folder until it is whole.
//
// Threads   One.
// Lifetime  Takes the draft away again, unless Become() gave it its name.
class NewFile {
 public:
  explicit NewFile(std::string path);
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
  Error IsThere() const;

  const std::string path_;
  const std::string draft_;
  bool done_ = false;
};

}  // namespace bobbin
