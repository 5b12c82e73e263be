// The columns of a statement about calls.

#include <algorithm>
#include <array>

#include "query/calls_sql.h"

namespace bobbin::query {

using model::Texts;

void SelectSummary(Selection& selection) {
  selection.summary = true;
  selection.ended_at = true;
  selection.exception = true;
  selection.display_name = true;
}

Result<Selection> SelectColumns(const Texts& columns) {
  if (!columns) return Selection{};
  struct Row {
    std::string_view name;
    bool Selection::*wanted;  // null: always there, or has no column
  };
  static constexpr auto kRows = std::to_array<Row>({
      {"attributes", &Selection::attributes},
      {"inputs", &Selection::inputs},
      {"output", &Selection::output},
      {"summary", &Selection::summary},
      {"display_name", &Selection::display_name},
      {"parent_id", &Selection::parent_id},
      {"thread_id", &Selection::thread_id},
      {"turn_id", &Selection::turn_id},
      {"ended_at", &Selection::ended_at},
      {"exception", &Selection::exception},
      {"wb_user_id", &Selection::wb_user_id},
      {"wb_run_id", &Selection::wb_run_id},
      {"wb_run_step", &Selection::wb_run_step},
      {"wb_run_step_end", &Selection::wb_run_step_end},
      {"id", nullptr},
      {"trace_id", nullptr},
      {"project_id", nullptr},
      {"op_name", nullptr},
      {"started_at", nullptr},
      {"deleted_at", nullptr},
      {"expire_at", nullptr},
      {"storage_size_bytes", nullptr},
      {"total_storage_size_bytes", nullptr},
  });
  Selection selection;
  for (const Row& row : kRows) {
    if (row.wanted != nullptr) selection.*(row.wanted) = false;
  }
  for (const std::string_view column : *columns) {
    const std::string_view top = column.substr(0, column.find('.'));
    const auto row = std::ranges::find(kRows, top, &Row::name);
    if (row == kRows.end()) {
      return Error{Code::kUnprocessable,
                   "Field " + std::string(column) + " is not allowed",
                   "InvalidFieldError"};
    }
    if (row->wanted != nullptr) selection.*(row->wanted) = true;
    if (row->wanted == &Selection::summary) SelectSummary(selection);
  }
  return selection;
}

// The places of enum CallColumn, in its order.
void AddColumns(Statement& out, const model::CallsQueryReq& request,
                const Selection& selection) {
  const auto column = [&](bool wanted, std::string_view sql) {
    out.Add(", ");
    out.Add(wanted ? sql : "NULL");
  };
  out.Add("SELECT c.id, o.name, o.trace_name, c.trace_id");
  out.Add(", nullif(c.display_name, '')");
  column(selection.parent_id, "c.parent_id");
  column(selection.thread_id, "c.thread_id");
  column(selection.turn_id, "c.turn_id");
  out.Add(", c.started_at_us, c.ended_at_us, c.status, c.exception");
  column(selection.wb_user_id, "c.wb_user_id");
  column(selection.wb_run_id, "c.wb_run_id");
  column(selection.wb_run_step, "c.wb_run_step");
  column(selection.wb_run_step_end, "c.wb_run_step_end");
  column(selection.attributes, "i.attributes");
  column(selection.inputs, "i.inputs");
  column(selection.attributes, "i.otel_dump");
  column(selection.output, "u.output");
  column(selection.summary, "u.summary");
  column(request.include_storage_size.value_or(false),
         "c.start_bytes + c.end_bytes");
  column(request.include_total_storage_size.value_or(false),
         "CASE WHEN c.parent_id IS NULL THEN (SELECT sum(t.start_bytes + "
         "t.end_bytes) FROM calls t INDEXED BY calls_by_trace WHERE "
         "t.trace_id = c.trace_id AND t.project = c.project AND "
         "t.started_at_us IS NOT NULL) END");
}

}  // namespace bobbin::query
