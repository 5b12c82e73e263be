// The calls of a run in a file, for `bobbin run --export`.
#pragma once

#include <cstdint>
#include <string>

#include "base/result.h"
#include "cli/source.h"
#include "db/database.h"

namespace bobbin::cli {

// Writes the calls that came after `row` (store/call_tally.h) to `path`, in
// place of what is there: one line of JSON each, `{"type":"call","value":…}`
// with the call as /calls/stream_query of `source`, which answers for
// `database`, gives it. By project, and within one by start.
//   kInvalid  the file can't be written; what was there is as it was.
// Other errors are those of `source` and `database`.
Status ExportCalls(db::Database& database, int64_t row, Source& source,
                   const std::string& path);

}  // namespace bobbin::cli
