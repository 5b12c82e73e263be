#include "store/call_tally.h"

namespace bobbin::store {

using db::Connection;
using db::Query;

Result<int64_t> LastCallRow(db::Database& database) {
  int64_t row = 0;
  const Status read = database.Read([&](Connection& connection) {
    Query last(connection, "SELECT coalesce(max(row_id), 0) FROM calls");
    last.Row();
    row = last.Int(0);
    return Status();
  });
  if (!read.ok()) return read.error();
  return row;
}

Result<CallTally> TallyCalls(db::Database& database, int64_t row) {
  CallTally tally;
  const Status read = database.Read([&](Connection& connection) {
    Query counts(connection,
                 "SELECT count(*), coalesce(sum(status = 2), 0), "
                 "coalesce(sum(ended_at_us IS NULL), 0), "
                 "coalesce(sum(parent_id IS NOT NULL AND NOT EXISTS (SELECT 1 "
                 "FROM calls p WHERE p.id = c.parent_id AND p.project = "
                 "c.project AND p.started_at_us IS NOT NULL)), 0) "
                 "FROM calls c WHERE row_id > ? AND started_at_us IS NOT NULL");
    counts.Bind(row).Row();
    tally.calls = counts.Int(0);
    tally.errors = counts.Int(1);
    tally.open = counts.Int(2);
    tally.orphans = counts.Int(3);
    Query traces(connection,
                 "SELECT count(*) FROM (SELECT DISTINCT project, trace_id FROM "
                 "calls WHERE row_id > ? AND started_at_us IS NOT NULL)");
    traces.Bind(row).Row();
    tally.traces = traces.Int(0);
    return Status();
  });
  if (!read.ok()) return read.error();
  return tally;
}

Result<std::optional<TraceKey>> LastTrace(db::Database& database, int64_t row) {
  std::optional<TraceKey> key;
  const Status read = database.Read([&](Connection& connection) {
    Query last(connection,
               "SELECT p.project_id, c.trace_id, (SELECT count(*) FROM calls "
               "t WHERE t.trace_id = c.trace_id AND t.project = c.project AND "
               "t.started_at_us IS NOT NULL) FROM calls c JOIN projects p ON "
               "p.row_id = c.project WHERE c.row_id > ? AND "
               "c.started_at_us IS NOT NULL "
               "ORDER BY c.parent_id IS NULL DESC, c.row_id DESC LIMIT 1");
    if (last.Bind(row).Row()) {
      key = TraceKey{std::string(last.Text(0)), std::string(last.Text(1)),
                     last.Int(2)};
    }
    return Status();
  });
  if (!read.ok()) return read.error();
  return key;
}

Status VisitCallIds(db::Database& database, int64_t row,
                    const std::function<void(std::string_view project_id,
                                             std::string_view id)>& visit) {
  return database.Read([&](Connection& connection) {
    Query calls(connection,
                "SELECT p.project_id, c.id FROM calls c JOIN projects p ON "
                "p.row_id = c.project WHERE c.row_id > ? AND c.started_at_us "
                "IS NOT NULL ORDER BY p.project_id, c.started_at_us, c.id");
    calls.Bind(row);
    while (calls.Row()) visit(calls.Text(0), calls.Text(1));
    return Status();
  });
}

}  // namespace bobbin::store
