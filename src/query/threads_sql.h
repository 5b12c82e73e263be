// Threads, usage of calls, sizes of projects (contract sections 4.6 and 12).
// All borrow from their requests.
#pragma once

#include "base/result.h"
#include "model/usage_query.h"
#include "query/report.h"

namespace bobbin::query {

// A row for each thread that has turns: calls whose id is their turn_id. The
// one that was active last comes first unless sort_by says otherwise.
//   kInvalid  a field that is not to be sorted by; a negative limit or
//             offset; a list of over 1,000 threads.
Result<Report> ThreadsReport(const model::ThreadsQueryReq& request);

// A row for each of the given ids that is a call: id, usage (by model, see
// usage_by_model in db/functions.h), is_open.
//   kInvalid  a limit below 1; over 1,000 ids.
Result<Report> CallsUsageReport(const model::CallsUsageReq& request);

// One row: too_many, whether the traces of the given calls have more calls
// than the limit.
Report CallsOfTraces(const model::CallsUsageReq& request);

// How much a project keeps, in bytes; 0 of what was not asked for.
//   kInvalid  nothing was asked for.
Result<Report> ProjectSizesReport(const model::ProjectStatsReq& request);

inline constexpr int64_t kUsageLimit = 10'000;  // calls, by default

}  // namespace bobbin::query
