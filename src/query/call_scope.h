// Which calls a report is about, as SQL. For the reports: traces_sql.cpp,
// stats_sql.cpp and search_sql.cpp.
#pragma once

#include <string_view>

#include "base/result.h"
#include "model/reports.h"
#include "query/call_fields.h"
#include "query/statement.h"

namespace bobbin::query {

// A question over many projects, or many ops, would sort all their calls to
// find the newest few. So it is asked once for each, along the index that
// has the order (`s` below is a project or an op):
//
//   FROM <seeds> CROSS JOIN calls c ON c.row_id IN (SELECT c.row_id FROM calls
//     c <driver> WHERE <calls> ORDER BY ... LIMIT ...) WHERE <which>
//     ORDER BY ... LIMIT ...
struct CallScopeSql {
  std::string_view seeds;   // "projects s" or "ops s"
  Statement which;          // " WHERE ...": which of them
  std::string_view driver;  // INDEXED BY ..., or nothing
  Statement calls;          // " WHERE ...": the calls of one of them
  Needs needs;              // of `calls`
  bool filters = false;     // by more than project and time

  // `which` behind other conditions: " AND ...", or nothing.
  Statement AlsoWhich() const;
};

// `request` is borrowed. With `roots` it is about traces, by their roots.
//   kInvalid, kUnprocessable  as ParseWhere, ParseQuery and Condition say; an
//                             unknown status; over 100 ops.
Result<CallScopeSql> ScopeCalls(const model::CallScope& request, bool roots);

// " AND ..." for the times of a scope, over `c`.
void AddTimes(Statement& out, const std::optional<model::Time>& since,
              const std::optional<model::Time>& until);

// Joins call_inputs as `i` and call_outputs as `u`, where they are needed.
void AddJoins(Statement& out, const Needs& needs);

// "SELECT c.row_id FROM ..." as above: the first `limit` calls of a scope from
// the `offset` on, in `order` ("c.started_at_us DESC, ..."). What `scope`
// needs is joined to each call, also for `order`.
void AddFirstCalls(Statement& out, const CallScopeSql& scope,
                   const Statement& order, int64_t limit, int64_t offset);

// kInvalid for a limit or an offset below 0.
Status CheckPage(const std::optional<int64_t>& limit,
                 const std::optional<int64_t>& offset);

}  // namespace bobbin::query
