// Opening the file that a command works on, and saying what went wrong.
#pragma once

#include <memory>
#include <string>

#include "base/result.h"
#include "cli/place.h"
#include "db/database.h"

namespace bobbin::cli {

// Opens or makes the file, and the folders that it lies in; kMemory has none.
// The migrations are seen to. The errors are those of db::Database::Open.
Result<std::unique_ptr<db::Database>> OpenFile(db::OpenOptions options);

// Opens the file that a user named, or memory. `query_timeout_s`: see
// --query-timeout; 0 is no limit. A new file that could not be made into a
// database is taken away again. Errors as above.
Result<std::unique_ptr<db::Database>> OpenPlace(const Place& place,
                                                double query_timeout_s);

// The exit code for an error of these two.
int ExitCodeOf(const Error& error);

// Tells the user, in one line, and returns `exit_code`.
int Fail(const Error& error, int exit_code);

}  // namespace bobbin::cli
