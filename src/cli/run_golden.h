// The calls of a run as a golden trace, for `bobbin run --golden`.
#pragma once

#include <string>

#include "base/result.h"
#include "cli/source.h"
#include "db/database.h"

namespace bobbin::cli {

// The golden traces (control/golden.h) of all projects that have calls, one
// after another by the projects' names. `source` answers for `database`.
// Errors: those of `source` and `database`.
Result<std::string> GoldenOf(db::Database& database, Source& source);

// What is wrong with `golden` by the file `path`, for people: that there is no
// such file, or where the two part, in lines with `-` that the file has and
// lines with `+` that it has not. "" if they are the same.
//   kInvalid  the file can't be read.
Result<std::string> CompareGolden(const std::string& golden,
                                  const std::string& path);

// Writes `golden` in place of the file, or makes it. Returns whether that
// changes anything.
//   kInvalid  it can't be written; what was there is as it was.
Result<bool> UpdateGolden(const std::string& golden, const std::string& path);

}  // namespace bobbin::cli
