#include "store/call_import.h"

#include <functional>
#include <optional>
#include <span>
#include <string_view>

#include "store/call_refs.h"

namespace bobbin::store {
namespace {

using db::Connection;
using db::Query;
using enum CallField;

constexpr const char* kInsertCall =
    "INSERT INTO calls (project, id, op, output_row, start_bytes, end_bytes, "
    "trace_id, parent_id, started_at_us, ended_at_us, status, wb_user_id, "
    "display_name, thread_id, turn_id, wb_run_id, wb_run_step, "
    "wb_run_step_end, deleted_at_us, exception, usage) VALUES (?, ?, ?, ?, ?, "
    "?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, usage_of(?))";

Status CheckHalves(const TransferLine& line) {
  const bool started = line.Has(kStartedAt);
  for (const CallField field : {kTraceId, kOpName, kAttributes, kInputs}) {
    if (line.Has(field) != started) {
      return Invalid(
          "a call has `trace_id`, `op_name`, `started_at`, `attributes` and "
          "`inputs`, or none of them");
    }
  }
  if (line.Text(kId).empty()) return Invalid("`id` is empty");
  if (line.Has(kDeletedAt) && (started || line.Has(kEndedAt))) {
    return Invalid("a deleted call has neither a start nor an end");
  }
  constexpr int64_t kRunning = 0;  // model::CallStatus
  if ((line.Int(CallField::kStatus) == kRunning) == line.Has(kEndedAt)) {
    return Invalid("a call is running for as long as it has no `ended_at`");
  }
  if (line.Has(kEndedAt) != line.Has(kSummary) ||
      (line.Has(kOutput) && !line.Has(kEndedAt))) {
    return Invalid(
        "a call has `ended_at` and `summary`, or neither, and `output` with "
        "these only");
  }
  return {};
}

// The refs of the line that lie within a member's JSON.
std::span<const std::string_view> RefsWithin(const TransferLine& line,
                                             CallField field) {
  if (!line.Has(field)) return {};
  const std::string_view json = line.Json(field).raw();
  const std::less<const char*> before;
  size_t first = 0;
  const auto& refs = line.refs();
  while (first < refs.size() && before(refs[first].data(), json.data())) {
    ++first;
  }
  size_t end = first;
  while (end < refs.size() &&
         before(refs[end].data(), json.data() + json.size())) {
    ++end;
  }
  return std::span(refs).subspan(first, end - first);
}

int64_t SizeOf(const TransferLine& line, CallField field) {
  return static_cast<int64_t>(line.Text(field).size());
}

int64_t EndSize(const TransferLine& line) {
  constexpr int64_t kNull = 4;
  if (!line.Has(kSummary)) return 0;
  return (line.Has(kOutput) ? SizeOf(line, kOutput) : kNull) +
         SizeOf(line, kSummary);
}

void InsertCall(Connection& connection, int64_t project,
                std::optional<int64_t> op, std::optional<int64_t> outputs,
                const TransferLine& line) {
  Query insert(connection, kInsertCall);
  insert.Bind(project)
      .Bind(line.Text(kId))
      .Bind(op)
      .Bind(outputs)
      .Bind(SizeOf(line, kAttributes) + SizeOf(line, kInputs))
      .Bind(EndSize(line));
  for (const CallField field :
       {kTraceId, kParentId, kStartedAt, kEndedAt, kStatus, kWbUserId,
        kDisplayName, kThreadId, kTurnId, kWbRunId, kWbRunStep, kWbRunStepEnd,
        kDeletedAt, kException, kSummary}) {
    line.Bind(insert, field);
  }
  insert.Run();
}

// Of output and summary; nothing if it has not ended.
std::optional<int64_t> InsertOutputs(Connection& connection,
                                     const TransferLine& line) {
  if (!line.Has(kSummary)) return std::nullopt;
  Query insert(connection,
               "INSERT INTO call_outputs (output, summary) VALUES (?, ?)");
  line.Bind(insert, kOutput);
  line.Bind(insert, kSummary);
  insert.Run();
  return connection.last_insert_row_id();
}

void InsertInputs(Connection& connection, int64_t row,
                  const TransferLine& line) {
  Query insert(connection,
               "INSERT INTO call_inputs (row_id, attributes, inputs, "
               "otel_dump) VALUES (?, ?, ?, ?)");
  insert.Bind(row);
  line.Bind(insert, kAttributes);
  line.Bind(insert, kInputs);
  line.Bind(insert, kOtelDump);
  insert.Run();
}

// What there is of a call already.
struct Known {
  int64_t row;
  bool started, ended, deleted;
};

std::optional<Known> FindKnown(Connection& connection, int64_t project,
                               std::string_view id) {
  Query find(connection,
             "SELECT row_id, started_at_us IS NOT NULL, output_row IS NOT "
             "NULL, deleted_at_us IS NOT NULL FROM calls WHERE "
             " id = ? AND project = ?");
  if (!find.Bind(id).Bind(project).Row()) return std::nullopt;
  return Known{.row = find.Int(0),
               .started = find.Int(1) != 0,
               .ended = find.Int(2) != 0,
               .deleted = find.Int(3) != 0};
}

void AddStart(Connection& connection, int64_t row, int64_t op,
              const TransferLine& line) {
  Query update(connection,
               "UPDATE calls SET op = ?, start_bytes = ?, trace_id = ?, "
               "parent_id = ?, started_at_us = ?, wb_user_id = "
               "coalesce(wb_user_id, ?), display_name = "
               "coalesce(display_name, ?), thread_id = ?, turn_id = ?, "
               "wb_run_id = coalesce(wb_run_id, ?), wb_run_step = ? "
               "WHERE row_id = ?");
  update.Bind(op).Bind(SizeOf(line, kAttributes) + SizeOf(line, kInputs));
  for (const CallField field :
       {kTraceId, kParentId, kStartedAt, kWbUserId, kDisplayName, kThreadId,
        kTurnId, kWbRunId, kWbRunStep}) {
    line.Bind(update, field);
  }
  update.Bind(row).Run();
  InsertInputs(connection, row, line);
  WriteRefs(connection, row, RefSide::kInput, RefsWithin(line, kInputs));
}

void AddEnd(Connection& connection, int64_t row, const TransferLine& line) {
  Query update(connection,
               "UPDATE calls SET output_row = ?, end_bytes = ?, ended_at_us = "
               "?, status = ?, exception = ?, wb_run_step_end = ?, "
               "usage = usage_of(?) WHERE row_id = ?");
  update.Bind(InsertOutputs(connection, line)).Bind(EndSize(line));
  for (const CallField field :
       {kEndedAt, CallField::kStatus, kException, kWbRunStepEnd, kSummary}) {
    line.Bind(update, field);
  }
  update.Bind(row).Run();
  WriteRefs(connection, row, RefSide::kOutput, RefsWithin(line, kOutput));
}

// Gives it the half that it lacks and the line has. False: there is none.
bool Complete(Connection& connection, Names& names, CallCounts& counts,
              int64_t project, const Known& known, const TransferLine& line) {
  const bool start = !known.started && line.Has(kStartedAt);
  const bool end = !known.ended && line.Has(kSummary);
  if (known.deleted || (!start && !end)) return false;
  if (start) {
    AddStart(connection, known.row,
             names.Op(connection, project, line.Text(kOpName)), line);
  }
  if (end) AddEnd(connection, known.row, line);
  if (known.started) {
    counts.Add(connection, project, {.ended = 1});
  } else if (start) {
    counts.Add(connection, project,
               {.calls = 1,
                .roots = line.Has(kParentId) ? 0 : 1,
                .ended = known.ended || end ? 1 : 0});
  }
  return true;
}

}  // namespace

Result<bool> ImportCall(Connection& connection, Names& names,
                        CallCounts& counts, int64_t project,
                        const TransferLine& line) {
  Status halves = CheckHalves(line);
  if (!halves.ok()) return std::move(halves).error();
  const std::optional<Known> known =
      FindKnown(connection, project, line.Text(kId));
  if (known) {
    return Complete(connection, names, counts, project, *known, line);
  }
  std::optional<int64_t> op;
  if (line.Has(kOpName)) op = names.Op(connection, project, line.Text(kOpName));
  const std::optional<int64_t> outputs = InsertOutputs(connection, line);
  InsertCall(connection, project, op, outputs, line);
  const int64_t row = connection.last_insert_row_id();
  if (line.Has(kStartedAt)) {
    InsertInputs(connection, row, line);
    counts.Add(connection, project,
               {.calls = 1,
                .roots = line.Has(kParentId) ? 0 : 1,
                .ended = outputs ? 1 : 0});
  }
  WriteRefs(connection, row, RefSide::kInput, RefsWithin(line, kInputs));
  WriteRefs(connection, row, RefSide::kOutput, RefsWithin(line, kOutput));
  return true;
}

}  // namespace bobbin::store
