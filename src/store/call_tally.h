// What has been recorded since a moment, counted: how a test run went.
//
// Threads   Any.
// Errors    kBusy, kInternal and kTimeout, as db::Database says.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "db/database.h"

namespace bobbin::store {

struct CallTally {
  int64_t traces = 0;
  int64_t calls = 0;    // that reads can see
  int64_t errors = 0;   // those among them that failed by themselves
  int64_t open = 0;     // and those that have not ended
  int64_t orphans = 0;  // and those whose parent never came
};

// A moment: calls that come later have larger numbers.
Result<int64_t> LastCallRow(db::Database& database);

// Counts the calls that came after `row`, in all projects. A call whose end
// alone came later is not one of them.
Result<CallTally> TallyCalls(db::Database& database, int64_t row);

struct TraceKey {
  std::string project_id;
  std::string trace_id;
  int64_t calls = 0;  // that it has
};
// The trace whose root came last, or if there are only children the last of
// these; nothing if there are no calls after `row`.
Result<std::optional<TraceKey>> LastTrace(db::Database& database, int64_t row);

// Shows `visit` the calls that came after `row`, by project and within one in
// the order of /calls/stream_query. `visit` must not use the database.
Status VisitCallIds(db::Database& database, int64_t row,
                    const std::function<void(std::string_view project_id,
                                             std::string_view id)>& visit);

}  // namespace bobbin::store
