// Knowing that another process has written to a database file.
#pragma once

#include <functional>
#include <string>

#include "base/result.h"

namespace bobbin::cli {

// Calls `look`, and again whenever the file at `path` or its write-ahead log
// has been written to since it was called last, and once more when that must
// be on the disk, until it returns false. Asks the system to be woken
// (inotify(7)), so the file must be on this machine.
//   kInternal  the system refuses.
Status FollowFile(const std::string& path, const std::function<bool()>& look);

}  // namespace bobbin::cli
