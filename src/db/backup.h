// A copy of the database, made while others may be writing it.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "base/result.h"
#include "db/connection.h"

namespace bobbin::db {

// Copies what the connection's snapshot holds to `path`, within a job of
// Database::Read: one moment, whatever others write meanwhile, and nobody
// waits for it. The copy is a file of its own, flushed to disk. It is made
// under another name beside it and renamed when it is whole: `path` is never
// half a copy, and never replaces a file. `progress` hears the pages that are
// done, of how many.
//   kConflict  there is a file of that name.
//   kInvalid   the copy can't be made there (no such folder, no permission),
//              or the disk is full. The message says which.
// Nothing is left behind then.
Status BackUp(Connection& connection, const std::string& path,
              const std::function<void(int64_t, int64_t)>& progress);

}  // namespace bobbin::db
