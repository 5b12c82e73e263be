// How many calls, errors and tokens, and how long calls took: by op, by model
// or over time.
#pragma once

#include "base/result.h"
#include "model/reports.h"
#include "query/report.h"

namespace bobbin::query {

// A row for each op, model or bucket of time that has calls; the ops and
// models with the most calls first, times in their order. Percentiles are of
// calls that have ended.
//
// Tokens of an op are those that its calls report, which by the habit of SDKs
// include what the calls below have used. Those of a model, and of a bucket
// of time, are counted once: of calls that have a usage themselves, and
// no matching call with a usage right below. Only such calls count for a
// model.
//
// Without `bucket_s` the buckets are such that there are at most 60 or so.
// Borrows from `request`.
//   kInvalid  a `by` that is none of the three; a bucket below a second; a
//             negative limit; what ScopeCalls refuses.
//   others    as ScopeCalls.
Result<Report> StatsReport(const model::StatsReq& request);

}  // namespace bobbin::query
