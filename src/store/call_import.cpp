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
    "wb_run_step_end, deleted_at_us, exception) VALUES (?, ?, ?, ?, ?, ?, ?, "
    "?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";

Status CheckHalves(const TransferLine& line) {
  const bool started = line.Has(kStartedAt);
  for (const CallField field : {kTraceId, kOpName, kAttributes, kInputs}) {
    if (line.Has(field) != started) {
      return Invalid(
          "a call has `trace_id`, `op_name`, `started_at`, `attributes` and "
          "`inputs`, or none of them");
    }
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
        kDeletedAt, kException}) {
    line.Bind(insert, field);
  }
  insert.Run();
}

}  // namespace

Result<bool> ImportCall(Connection& connection, Names& names,
                        CallCounts& counts, int64_t project,
                        const TransferLine& line) {
  Status halves = CheckHalves(line);
  if (!halves.ok()) return std::move(halves).error();
  {
    Query find(connection, "SELECT 1 FROM calls WHERE id = ? AND project = ?");
    if (find.Bind(line.Text(kId)).Bind(project).Row()) return false;
  }
  std::optional<int64_t> op;
  if (line.Has(kOpName)) op = names.Op(connection, project, line.Text(kOpName));
  std::optional<int64_t> outputs;
  if (line.Has(kSummary)) {
    Query insert(connection,
                 "INSERT INTO call_outputs (output, summary) VALUES (?, ?)");
    line.Bind(insert, kOutput);
    line.Bind(insert, kSummary);
    insert.Run();
    outputs = connection.last_insert_row_id();
  }
  InsertCall(connection, project, op, outputs, line);
  const int64_t row = connection.last_insert_row_id();
  const bool started = line.Has(kStartedAt);
  if (started) {
    Query insert(connection,
                 "INSERT INTO call_inputs (row_id, attributes, inputs, "
                 "otel_dump) VALUES (?, ?, ?, ?)");
    insert.Bind(row);
    line.Bind(insert, kAttributes);
    line.Bind(insert, kInputs);
    line.Bind(insert, kOtelDump);
    insert.Run();
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
