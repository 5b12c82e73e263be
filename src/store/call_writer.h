// One report of a call, written into its rows. Used by CallStore inside a
// write job.
#pragma once

#include "db/connection.h"
#include "model/call.h"
#include "store/call_counts.h"
#include "store/names.h"

namespace bobbin::store {

// May set the report's `kept_trace_id` and, with it, `trace_id`. Throws
// SQLite::Exception.
void WriteReport(db::Connection& connection, Names& names, CallCounts& counts,
                 model::CallReport& report);

}  // namespace bobbin::store
