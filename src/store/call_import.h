// A call out of an export. For jobs of Database::Write; throws
// SQLite::Exception.
#pragma once

#include <cstdint>

#include "base/result.h"
#include "db/connection.h"
#include "store/call_counts.h"
#include "store/names.h"
#include "store/transfer_line.h"

namespace bobbin::store {

// Keeps it with all that is derived from it (refs, sizes, counts). A call of
// that id which the project has already stays as it is, but for a start or an
// end that it lacks. False: it lacks nothing.
//   kInvalid  it has started and lacks what goes with that, or has ended and
//             has no summary, or the reverse.
Result<bool> ImportCall(db::Connection& connection, Names& names,
                        CallCounts& counts, int64_t project,
                        const TransferLine& line);

}  // namespace bobbin::store
