#include "store/call_store.h"

#include <unordered_set>
#include <vector>

#include "store/call_extras.h"
#include "store/call_refs.h"
#include "store/call_writer.h"
#include "store/statement.h"

namespace bobbin::store {
namespace {

using db::Connection;
using db::Query;
using model::CallRecord;
using query::CallColumn;

CallRecord ReadRecord(const Query& row, std::string_view project_id) {
  CallRecord call;
  call.project_id = project_id;
  call.id = row.Text(CallColumn::kId);
  call.op_name = row.Text(CallColumn::kOpName);
  call.trace_name = row.OptText(CallColumn::kTraceName);
  call.trace_id = row.Text(CallColumn::kTraceId);
  call.display_name = row.OptText(CallColumn::kDisplayName);
  call.parent_id = row.OptText(CallColumn::kParentId);
  call.thread_id = row.OptText(CallColumn::kThreadId);
  call.turn_id = row.OptText(CallColumn::kTurnId);
  call.started_at_us = row.Int(CallColumn::kStartedAtUs);
  call.ended_at_us = row.OptInt(CallColumn::kEndedAtUs);
  call.status = static_cast<model::CallStatus>(row.Int(CallColumn::kStatus));
  call.exception = row.OptText(CallColumn::kException);
  call.wb_user_id = row.OptText(CallColumn::kWbUserId);
  call.wb_run_id = row.OptText(CallColumn::kWbRunId);
  call.wb_run_step = row.OptInt(CallColumn::kWbRunStep);
  call.wb_run_step_end = row.OptInt(CallColumn::kWbRunStepEnd);
  call.attributes = row.OptText(CallColumn::kAttributes);
  call.inputs = row.OptText(CallColumn::kInputs);
  call.otel_dump = row.OptText(CallColumn::kOtelDump);
  call.output = row.OptText(CallColumn::kOutput);
  call.summary = row.OptText(CallColumn::kSummary);
  call.storage_size_bytes = row.OptInt(CallColumn::kStorageSize);
  call.total_storage_size_bytes = row.OptInt(CallColumn::kTotalStorageSize);
  return call;
}

struct Doomed {
  int64_t row;
  std::optional<int64_t> outputs;
  bool visible;
  bool root;
};

// The given calls and all below them within their traces. UNION, not UNION
// ALL: a ring of parents ends.
std::vector<Doomed> FindDoomed(Connection& connection, int64_t project,
                               std::string_view id) {
  Query query(
      connection,
      "WITH RECURSIVE doomed (row_id, id, trace_id, output_row, visible, "
      "root) AS (SELECT row_id, id, trace_id, output_row, "
      "started_at_us IS NOT NULL, parent_id IS NULL FROM calls "
      "WHERE id = ?1 AND project = ?2 "
      "UNION SELECT c.row_id, c.id, c.trace_id, c.output_row, "
      "c.started_at_us IS NOT NULL, 0 "
      "FROM doomed d JOIN calls c INDEXED BY calls_by_parent "
      "ON c.parent_id = d.id "
      "WHERE c.project = ?2 AND c.trace_id = d.trace_id) "
      "SELECT row_id, output_row, visible, root FROM doomed");
  query.Bind(id).Bind(project);
  std::vector<Doomed> doomed;
  while (query.Row()) {
    doomed.push_back({.row = query.Int(0),
                      .outputs = query.OptInt(1),
                      .visible = query.Int(2) != 0,
                      .root = query.Int(3) != 0});
  }
  return doomed;
}

void Bury(Connection& connection, const Doomed& call, int64_t now_us) {
  Query(connection, "DELETE FROM call_inputs WHERE row_id = ?")
      .Bind(call.row)
      .Run();
  Query(connection, "DELETE FROM call_outputs WHERE row_id = ?")
      .Bind(call.outputs)
      .Run();
  ClearRefs(connection, call.row, RefSide::kInput);
  ClearRefs(connection, call.row, RefSide::kOutput);
  Query(connection,
        "UPDATE calls SET deleted_at_us = coalesce(deleted_at_us, ?2), "
        "trace_id = NULL, parent_id = NULL, op = NULL, started_at_us = NULL, "
        "ended_at_us = NULL, status = 0, output_row = NULL, start_bytes = 0, "
        "end_bytes = 0, wb_user_id = NULL, display_name = NULL, "
        "thread_id = NULL, turn_id = NULL, wb_run_id = NULL, "
        "wb_run_step = NULL, wb_run_step_end = NULL, exception = NULL, "
        "usage = NULL "
        "WHERE row_id = ?1")
      .Bind(call.row)
      .Bind(now_us)
      .Run();
}

// Marks an id that has not arrived, so that it never appears.
void BuryUnseen(Connection& connection, int64_t project, std::string_view id,
                int64_t now_us) {
  Query(connection,
        "INSERT INTO calls (project, id, status, start_bytes, end_bytes, "
        "deleted_at_us) VALUES (?, ?, 0, 0, 0, ?)")
      .Bind(project)
      .Bind(id)
      .Bind(now_us)
      .Run();
}

}  // namespace

CallStore::CallStore(db::Database& database, Names& names)
    : database_(database),
      names_(names),
      counts_(database),
      changes_(database) {}

CallStore::~CallStore() { counts_.Save(); }

Status CallStore::Record(std::span<model::CallReport* const> reports) {
  const std::vector<model::CallReport*> joined = model::JoinHalves(reports);
  return database_.Write([&](Connection& connection) {
    for (model::CallReport* report : joined) {
      WriteReport(connection, names_, counts_, *report);
      changes_.Touch(connection, report->project_id);
    }
    return Status();
  });
}

Status CallStore::SetDisplayName(std::string_view project_id,
                                 std::string_view id,
                                 std::string_view display_name) {
  return database_.Write([&](Connection& connection) {
    Query(connection,
          "INSERT INTO calls (project, id, status, start_bytes, end_bytes, "
          "display_name) VALUES (?, ?, 0, 0, 0, ?) "
          "ON CONFLICT (id, project) DO UPDATE SET "
          "display_name = excluded.display_name "
          "WHERE deleted_at_us IS NULL")
        .Bind(names_.Project(connection, project_id))
        .Bind(id)
        .Bind(display_name)
        .Run();
    changes_.Touch(connection, project_id);
    return Status();
  });
}

Result<int64_t> CallStore::Delete(std::string_view project_id,
                                  std::span<const std::string_view> ids,
                                  int64_t now_us) {
  const std::unordered_set<std::string_view> wanted(ids.begin(), ids.end());
  int64_t deleted = 0;
  const Status status = database_.Write([&](Connection& connection) {
    const int64_t project = names_.Project(connection, project_id);
    // A call below two of the given ids is buried once; one of the given ids
    // may be below another.
    std::unordered_set<int64_t> rows;
    int64_t unseen = 0;
    for (const std::string_view id : wanted) {
      const std::vector<Doomed> doomed = FindDoomed(connection, project, id);
      if (doomed.empty()) {
        BuryUnseen(connection, project, id, now_us);
        ++unseen;
      }
      for (const Doomed& call : doomed) {
        if (!rows.insert(call.row).second) continue;
        Bury(connection, call, now_us);
        if (call.visible) {
          counts_.Add(connection, project,
                      {.calls = -1,
                       .roots = call.root ? -1 : 0,
                       .ended = call.outputs ? -1 : 0});
        }
      }
    }
    changes_.Touch(connection, project_id);
    deleted = unseen + static_cast<int64_t>(rows.size());
    return Status();
  });
  if (!status.ok()) return status.error();
  return deleted;
}

Result<int64_t> CallStore::RowOf(std::string_view project_id) const {
  int64_t project = 0;
  const Status status = database_.Read([&](Connection& connection) {
    project = FindProject(connection, project_id).value_or(0);
    return Status();
  });
  if (!status.ok()) return status.error();
  return project;
}

Result<CallStore::Progress> CallStore::ProgressOf(
    std::string_view project_id) const {
  const Result<int64_t> project = RowOf(project_id);
  if (!project.ok()) return project.error();
  if (project.value() == 0) return Progress{};
  const Result<CallCounts::Counted> counted =
      counts_.WithEnded(project.value());
  if (!counted.ok()) return counted.error();
  return Progress{.calls = counted.value().calls,
                  .ended = counted.value().ended};
}

Result<CallStore::Count> CallStore::CountProject(
    const model::CallsQueryStatsReq& request) const {
  const Result<int64_t> project = RowOf(request.project_id);
  if (!project.ok()) return project.error();
  if (project.value() == 0) return Count{};
  const Result<CallCounts::Counted> counted = counts_.Of(project.value());
  if (!counted.ok()) return counted.error();
  const bool roots =
      request.filter && request.filter->trace_roots_only.value_or(false);
  return Count{.calls = roots ? counted.value().roots : counted.value().calls};
}

Result<std::vector<CallStore::ProjectSummary>> CallStore::Projects() const {
  std::vector<ProjectSummary> projects;
  std::vector<int64_t> rows;
  const Status status = database_.Read([&](Connection& connection) {
    projects.clear();
    rows.clear();
    Query query(connection,
                "SELECT p.row_id, p.project_id, (SELECT max(c.started_at_us) "
                "FROM calls c INDEXED BY calls_by_start WHERE c.project = "
                "p.row_id) AS newest FROM projects p "
                "ORDER BY newest DESC NULLS LAST, p.project_id");
    while (query.Row()) {
      rows.push_back(query.Int(0));
      projects.push_back({.project_id = std::string(query.Text(1)),
                          .last_started_us = query.OptInt(2)});
    }
    return Status();
  });
  if (!status.ok()) return status.error();
  for (size_t i = 0; i < rows.size(); ++i) {
    const Result<CallCounts::Counted> counted = counts_.Of(rows[i]);
    if (!counted.ok()) return counted.error();
    projects[i].calls = counted.value().calls;
    projects[i].roots = counted.value().roots;
  }
  return projects;
}

CallExtras ExtrasOf(const model::CallsQueryReq& request) {
  return {.feedback = request.include_feedback.value_or(false),
          .costs = request.include_costs.value_or(false)};
}

Status CallStore::Scan(
    const query::Statement& statement, std::string_view project_id,
    const CallExtras& extras,
    const std::function<bool(const CallRecord&)>& visit) const {
  return ScanWithRefs(statement, project_id, extras,
                      [&](const CallRecord* call, RefReader&) {
                        return call != nullptr && visit(*call);
                      });
}

Status CallStore::ScanWithRefs(const query::Statement& statement,
                               std::string_view project_id,
                               const CallExtras& extras,
                               const VisitWithRefs& visit) const {
  return database_.Read([&](Connection& connection) -> Status {
    // No row has number 0: an unknown project has no calls.
    const int64_t project = FindProject(connection, project_id).value_or(0);
    RefReader refs(connection);
    Query query(connection, statement.sql);
    BindAll(query, statement, project);
    std::optional<CallFeedback> feedback;
    if (extras.feedback) feedback.emplace(connection, project);
    std::optional<CallCosts> costs;
    if (extras.costs) costs.emplace(connection, project, project_id);
    while (query.Row()) {
      CallRecord call = ReadRecord(query, project_id);
      if (feedback) call.feedback = feedback->Of(call.id);
      if (costs) call.costs = costs->Of(call.summary, call.started_at_us);
      if (!visit(&call, refs)) return {};
    }
    visit(nullptr, refs);
    return {};
  });
}

Status CallStore::Scan(
    const model::CallsQueryReq& request, const query::Selection& selection,
    const std::function<bool(const CallRecord&)>& visit) const {
  const Result<query::Statement> statement =
      query::CallsStatement(request, selection);
  if (!statement.ok()) return statement.error();
  return Scan(statement.value(), request.project_id, ExtrasOf(request), visit);
}

Result<CallStore::Count> CallStore::CountCalls(
    const model::CallsQueryStatsReq& request) const {
  if (query::CountsWholeProject(request)) return CountProject(request);
  const Result<query::Statement> statement =
      query::CallsCountStatement(request);
  if (!statement.ok()) return statement.error();
  Count count;
  const Status status = database_.Read([&](Connection& connection) -> Status {
    const int64_t project =
        FindProject(connection, request.project_id).value_or(0);
    Query query(connection, statement.value().sql);
    BindAll(query, statement.value(), project);
    query.Row();
    count = {query.Int(0), query.OptInt(1)};
    return {};
  });
  if (!status.ok()) return status.error();
  if (request.include_total_storage_size.value_or(false)) {
    count.storage_bytes = count.storage_bytes.value_or(0);
  }
  return count;
}

Result<std::vector<LooseEnds>> CallStore::FindLooseEnds(
    const std::optional<std::string_view>& project_id, int64_t most) const {
  std::vector<LooseEnds> ends;
  const Status status = database_.Read([&](Connection& connection) {
    ends = ReadLooseEnds(connection, project_id, most);
    return Status();
  });
  if (!status.ok()) return status.error();
  return ends;
}

}  // namespace bobbin::store
