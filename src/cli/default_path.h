// Where the file is when nobody says.
#pragma once

#include <string>

#include "base/result.h"

namespace bobbin::cli {

// `bobbin/bobbin.db` under $XDG_DATA_HOME, or under ~/.local/share (XDG Base
// Directory Specification 0.8). Empty if there is no home either.
std::string DefaultDbPath();

// Makes the folders that `path` lies in, where they are missing.
//   kInvalid  they can't be made.
Status MakeFoldersFor(const std::string& path);

}  // namespace bobbin::cli
