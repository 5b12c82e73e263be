// Lists of traces, and what an id stands for.
#pragma once

#include <string_view>

#include "base/result.h"
#include "model/reports.h"
#include "query/report.h"

namespace bobbin::query {

// The traces whose roots match, a row each (the columns are in the .cpp), the
// newest first unless sort_by says otherwise. Counts are of the whole trace.
// Borrows from `request`.
//   kInvalid        a negative limit or offset; what ScopeCalls refuses.
//   kUnprocessable  a field to sort by that is not one; likewise.
Result<Report> TracesReport(const model::TracesQueryReq& request);

// Calls and traces whose id is, or begins with, `request.id`, at most 20:
// whole ids first, then calls, then traces. For a trace `id` is its trace_id.
//   kInvalid  an empty id.
Result<Report> ResolveReport(const model::ResolveReq& request);

}  // namespace bobbin::query
