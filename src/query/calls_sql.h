// Questions about calls, as SQL. Runs nothing, and knows no connection.
//
// Values from the client become parameters, never text. Each statement names
// the index that drives it (INDEXED BY), so that the plan does not depend on
// what SQLite guesses about the data.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "model/calls_query.h"
#include "query/statement.h"

namespace bobbin::query {

// The columns of a calls statement, by place.
enum CallColumn : int {
  kId,
  kOpName,
  kTraceName,
  kTraceId,
  kDisplayName,
  kParentId,
  kThreadId,
  kTurnId,
  kStartedAtUs,
  kEndedAtUs,
  kStatus,
  kException,
  kWbUserId,
  kWbRunId,
  kWbRunStep,
  kWbRunStepEnd,
  kAttributes,
  kInputs,
  kOtelDump,
  kOutput,
  kSummary,
  kStorageSize,
  kTotalStorageSize,
};

// The top-level columns that a request's `columns` name (contract section
// 4.4); all of them when there is no list.
struct Selection {
  bool attributes = true;
  bool inputs = true;
  bool output = true;
  bool summary = true;
  bool display_name = true;
  bool parent_id = true;
  bool thread_id = true;
  bool turn_id = true;
  bool ended_at = true;
  bool exception = true;
  bool wb_user_id = true;
  bool wb_run_id = true;
  bool wb_run_step = true;
  bool wb_run_step_end = true;
};

// Adds the summary, and the columns that come with it.
void SelectSummary(Selection& selection);

// Unknown names are InvalidField errors.
Result<Selection> SelectColumns(const model::Texts& columns);

// `SELECT` and the columns above: `c` is calls, `o` ops, `i` call_inputs, `u`
// call_outputs.
void AddColumns(Statement& out, const model::CallsQueryReq& request,
                const Selection& selection);

// The calls of a project that match, in order, one row each with the columns
// above; JSON that `selection` leaves out is NULL and not read.
// The request's texts are borrowed; its JSON documents may go.
//   kInvalid        a list of over 1,000 entries, over 16 sort fields, a
//                   negative limit or offset; what ParseQuery and Condition
//                   refuse.
//   kUnprocessable  a field to sort by that is not one, likewise.
Result<Statement> CallsStatement(const model::CallsQueryReq& request,
                                 const Selection& selection);

// True if `request` asks for no more than how many calls, or roots, its
// project has.
bool CountsWholeProject(const model::CallsQueryStatsReq& request);

// One row: the number of matching calls (at most `limit`) and, when asked,
// the sum of their storage sizes.
Result<Statement> CallsCountStatement(const model::CallsQueryStatsReq& request);

}  // namespace bobbin::query
