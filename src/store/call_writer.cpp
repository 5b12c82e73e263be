#include "store/call_writer.h"

#include "model/call_record.h"
#include "store/call_refs.h"

namespace bobbin::store {
namespace {

using db::Connection;
using db::Query;
using model::CallPart;
using model::CallReport;
using model::CallStatus;

// The first report of a call is the common case and takes the short way: one
// statement per table, which finds out by itself that the row is new.

constexpr const char* kInsertStart =
    "INSERT INTO calls (project, id, trace_id, parent_id, op, started_at_us, "
    "status, start_bytes, end_bytes, wb_user_id, display_name, thread_id, "
    "turn_id, wb_run_id, wb_run_step) VALUES (?1, ?2, ?3, ?4, ?5, ?6, 0, ?7, "
    "0, coalesce(?8, 'local'), ?9, ?10, ?11, ?12, ?13) "
    "ON CONFLICT (id, project) DO NOTHING";

constexpr const char* kInsertComplete =
    "INSERT INTO calls (project, id, trace_id, parent_id, op, started_at_us, "
    "start_bytes, wb_user_id, display_name, thread_id, turn_id, wb_run_id, "
    "wb_run_step, ended_at_us, status, output_row, end_bytes, exception, "
    "wb_run_step_end, usage) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, "
    "coalesce(?8, 'local'), ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, "
    "?19, ?20) ON CONFLICT (id, project) DO NOTHING";

constexpr const char* kInsertEnd =
    "INSERT INTO calls (project, id, start_bytes, ended_at_us, status, "
    "output_row, end_bytes, exception, wb_run_step_end, usage) "
    "VALUES (?1, ?2, 0, ?3, ?4, ?5, ?6, ?7, ?8, ?9)";

constexpr const char* kInsertInputs =
    "INSERT INTO call_inputs (row_id, attributes, inputs, otel_dump) "
    "VALUES (?, ?, ?, ?)";

constexpr const char* kInsertOutputs =
    "INSERT INTO call_outputs (output, summary) VALUES (?, ?)";

constexpr const char* kEndFirstTime =
    "UPDATE calls SET ended_at_us = ?3, status = ?4, output_row = ?5, "
    "end_bytes = ?6, exception = ?7, wb_run_step_end = ?8, usage = ?9 "
    "WHERE id = ?2 AND project = ?1 AND output_row IS NULL "
    "AND started_at_us IS NOT NULL";

constexpr const char* kFind =
    "SELECT row_id, output_row, deleted_at_us, started_at_us IS NOT NULL, "
    "parent_id IS NULL FROM calls WHERE id = ? AND project = ?";

constexpr const char* kMergeStart =
    "UPDATE calls SET trace_id = coalesce(?3, trace_id), "
    "parent_id = coalesce(?4, parent_id), op = ?5, started_at_us = ?6, "
    "start_bytes = ?7, wb_user_id = coalesce(?8, wb_user_id, 'local'), "
    "display_name = coalesce(?9, display_name), "
    "thread_id = coalesce(?10, thread_id), turn_id = coalesce(?11, turn_id), "
    "wb_run_id = coalesce(?12, wb_run_id), "
    "wb_run_step = coalesce(?13, wb_run_step) WHERE row_id = ?1";

constexpr const char* kReplaceStart =
    "UPDATE calls SET trace_id = ?3, parent_id = ?4, op = ?5, "
    "started_at_us = ?6, start_bytes = ?7, "
    "wb_user_id = coalesce(?8, 'local'), "
    "display_name = coalesce(?9, display_name), thread_id = ?10, "
    "turn_id = ?11, wb_run_id = ?12, wb_run_step = ?13 WHERE row_id = ?1";

constexpr const char* kMergeInputs =
    "INSERT INTO call_inputs (row_id, attributes, inputs, otel_dump) "
    "VALUES (?, ?, ?, ?) ON CONFLICT (row_id) DO UPDATE SET "
    "attributes = excluded.attributes, inputs = excluded.inputs, "
    "otel_dump = coalesce(excluded.otel_dump, otel_dump)";

constexpr const char* kReplaceInputs =
    "INSERT INTO call_inputs (row_id, attributes, inputs, otel_dump) "
    "VALUES (?, ?, ?, ?) ON CONFLICT (row_id) DO UPDATE SET "
    "attributes = excluded.attributes, inputs = excluded.inputs, "
    "otel_dump = excluded.otel_dump";

constexpr const char* kMergeEnd =
    "UPDATE calls SET ended_at_us = ?2, "
    "exception = coalesce(?3, exception), "
    "status = CASE WHEN coalesce(?3, exception, '') <> '' THEN 2 ELSE ?4 END, "
    "wb_run_step_end = coalesce(?5, wb_run_step_end), output_row = ?6, "
    "usage = ?7, "
    "end_bytes = (SELECT coalesce(length(CAST(output AS BLOB)), 4) "
    "+ length(CAST(summary AS BLOB)) FROM call_outputs WHERE row_id = ?6) "
    "WHERE row_id = ?1";

constexpr const char* kForgetEnd =
    "UPDATE calls SET exception = NULL, wb_run_step_end = NULL "
    "WHERE row_id = ?";

constexpr const char* kMergeOutputs =
    "UPDATE call_outputs SET output = coalesce(?2, output), summary = ?3 "
    "WHERE row_id = ?1";

constexpr const char* kReplaceOutputs =
    "UPDATE call_outputs SET output = ?2, summary = ?3 WHERE row_id = ?1";

std::optional<std::string_view> Output(const CallReport& report) {
  if (!report.output) return std::nullopt;
  return report.output->json;
}

std::optional<std::string_view> Usage(const CallReport& report) {
  if (report.summary.usage.empty()) return std::nullopt;
  return report.summary.usage;
}

std::optional<std::string_view> OtelDump(const CallReport& report) {
  if (!report.otel_dump) return std::nullopt;
  return report.otel_dump->json;
}

int64_t StartBytes(const CallReport& report) {
  return static_cast<int64_t>(report.attributes.json.size() +
                              report.inputs.json.size());
}

int64_t EndBytes(const CallReport& report) {
  constexpr size_t kNull = 4;
  return static_cast<int64_t>(
      (report.output ? report.output->json.size() : kNull) +
      report.summary.json.size());
}

// What the end half alone says; contract section 4.5.
int64_t EndStatus(const CallReport& report) {
  if (!report.exception.value_or("").empty()) {
    return static_cast<int64_t>(CallStatus::kError);
  }
  return static_cast<int64_t>(report.summary.has_errors
                                  ? CallStatus::kDescendantError
                                  : CallStatus::kSuccess);
}

class ReportWriter {
 public:
  ReportWriter(Connection& connection, Names& names, CallCounts& counts,
               CallReport& report)
      : connection_(connection),
        counts_(counts),
        report_(report),
        project_(names.Project(connection, report.project_id)) {
    if (report.part != CallPart::kEnd) {
      op_ = names.Op(connection, project_, *report.op_name);
    }
  }

  void Start() {
    if (!Insert(kInsertStart, [this](Query& query) { BindStart(query); })) {
      Merge();
      return;
    }
    FinishInsert(connection_.last_insert_row_id(), false);
  }

  void Complete() {
    const int64_t outputs = InsertOutputs();
    if (!Insert(kInsertComplete, [&](Query& query) {
          BindStart(query);
          BindEnd(query, outputs);
        })) {
      DeleteOutputs(outputs);
      Merge();
      return;
    }
    const int64_t row = connection_.last_insert_row_id();
    FinishInsert(row, true);
    WriteRefs(connection_, row, RefSide::kOutput, report_.output_refs);
  }

  void End() {
    const int64_t outputs = InsertOutputs();
    Query update(connection_, kEndFirstTime);
    update.Bind(project_).Bind(*report_.id);
    BindEnd(update, outputs);
    update.Run();
    if (connection_.changes() == 0) {
      DeleteOutputs(outputs);
      Merge();
      return;
    }
    counts_.Add(connection_, project_, {.ended = 1});
    if (report_.output_refs.empty()) return;
    WriteRefs(connection_, Find()->row, RefSide::kOutput, report_.output_refs);
  }

 private:
  struct Found {
    int64_t row;
    std::optional<int64_t> outputs;
    bool deleted;
    bool visible;
    bool root;
  };

  std::optional<Found> Find() {
    Query find(connection_, kFind);
    find.Bind(*report_.id).Bind(project_);
    if (!find.Row()) return std::nullopt;
    return Found{.row = find.Int(0),
                 .outputs = find.OptInt(1),
                 .deleted = !find.IsNull(2),
                 .visible = find.Int(3) != 0,
                 .root = find.Int(4) != 0};
  }

  template <class Bind>
  bool Insert(const char* sql, const Bind& bind) {
    Query insert(connection_, sql);
    bind(insert);
    insert.Run();
    return connection_.changes() == 1;
  }

  // The rest of a call's first row.
  void FinishInsert(int64_t row, bool ended) {
    counts_.Add(connection_, project_,
                {.calls = 1,
                 .roots = report_.parent_id ? 0 : 1,
                 .ended = ended ? 1 : 0});
    WriteInputs(kInsertInputs, row);
    WriteRefs(connection_, row, RefSide::kInput, report_.input_refs);
  }

  // The long way: the row was there before.
  void Merge() {
    const std::optional<Found> found = Find();
    if (!found) {
      InsertEnd();
      return;
    }
    if (found->deleted) return;
    CountEnd(*found);
    report_.repeats_start = report_.part != CallPart::kEnd && found->visible;
    report_.repeats_end =
        report_.part != CallPart::kStart && found->outputs.has_value();
    const bool replace = report_.part == CallPart::kComplete && !report_.joined;
    if (report_.part != CallPart::kEnd) MergeStart(*found, replace);
    if (report_.part != CallPart::kStart) MergeEnd(*found, replace);
  }

  // Of the calls that can be seen, does this one now count as ended?
  void CountEnd(const Found& found) {
    const bool was = found.visible && found.outputs;
    const bool is = (found.visible || report_.part != CallPart::kEnd) &&
                    (found.outputs || report_.part != CallPart::kStart);
    if (is && !was) counts_.Add(connection_, project_, {.ended = 1});
  }

  // An end without its start: kept, hidden until that comes.
  void InsertEnd() {
    const int64_t outputs = InsertOutputs();
    Query insert(connection_, kInsertEnd);
    insert.Bind(project_).Bind(*report_.id);
    BindEnd(insert, outputs);
    insert.Run();
    WriteRefs(connection_, connection_.last_insert_row_id(), RefSide::kOutput,
              report_.output_refs);
  }

  void KeepTraceId(int64_t row) {
    Query query(connection_, "SELECT trace_id FROM calls WHERE row_id = ?");
    if (!query.Bind(row).Row() || query.IsNull(0)) return;
    report_.kept_trace_id = query.Text(0);
    report_.trace_id = report_.kept_trace_id;
  }

  void MergeStart(const Found& found, bool replace) {
    const int64_t row = found.row;
    // A root may turn out to have a parent; the reverse only if it is replaced.
    const bool root = !report_.parent_id && (replace || found.root);
    const int64_t was_root = found.visible && found.root ? 1 : 0;
    counts_.Add(
        connection_, project_,
        {.calls = found.visible ? 0 : 1, .roots = (root ? 1 : 0) - was_root});
    if (report_.made_trace_id) KeepTraceId(row);
    Query update(connection_, replace ? kReplaceStart : kMergeStart);
    update.Bind(row).BindNull();
    BindStartTail(update);
    update.Run();
    WriteInputs(replace ? kReplaceInputs : kMergeInputs, row);
    ClearRefs(connection_, row, RefSide::kInput);
    WriteRefs(connection_, row, RefSide::kInput, report_.input_refs);
  }

  void MergeEnd(const Found& found, bool replace) {
    if (replace) Query(connection_, kForgetEnd).Bind(found.row).Run();
    int64_t outputs = 0;
    if (found.outputs) {
      outputs = *found.outputs;
      Query(connection_, replace ? kReplaceOutputs : kMergeOutputs)
          .Bind(outputs)
          .Bind(Output(report_))
          .Bind(report_.summary.json)
          .Run();
    } else {
      outputs = InsertOutputs();
    }
    Query(connection_, kMergeEnd)
        .Bind(found.row)
        .Bind(report_.ended_at->us)
        .Bind(report_.exception)
        .Bind(EndStatus(report_))
        .Bind(report_.wb_run_step_end)
        .Bind(outputs)
        .Bind(Usage(report_))
        .Run();
    if (!replace && !report_.output) return;  // the earlier output stays
    ClearRefs(connection_, found.row, RefSide::kOutput);
    WriteRefs(connection_, found.row, RefSide::kOutput, report_.output_refs);
  }

  // ?1 to ?13
  void BindStart(Query& query) {
    query.Bind(project_).Bind(*report_.id);
    BindStartTail(query);
  }

  // ?3 to ?13
  void BindStartTail(Query& query) {
    query.Bind(report_.trace_id)
        .Bind(report_.parent_id)
        .Bind(op_)
        .Bind(report_.started_at->us)
        .Bind(StartBytes(report_))
        .Bind(report_.wb_user_id)
        .Bind(report_.display_name)
        .Bind(report_.thread_id)
        .Bind(report_.turn_id)
        .Bind(report_.wb_run_id)
        .Bind(report_.wb_run_step);
  }

  // ended_at_us, status, output_row, end_bytes, exception, wb_run_step_end,
  // usage
  void BindEnd(Query& query, int64_t outputs) {
    query.Bind(report_.ended_at->us)
        .Bind(EndStatus(report_))
        .Bind(outputs)
        .Bind(EndBytes(report_))
        .Bind(report_.exception)
        .Bind(report_.wb_run_step_end)
        .Bind(Usage(report_));
  }

  void WriteInputs(const char* sql, int64_t row) {
    Query(connection_, sql)
        .Bind(row)
        .Bind(report_.attributes.json)
        .Bind(report_.inputs.json)
        .Bind(OtelDump(report_))
        .Run();
  }

  int64_t InsertOutputs() {
    Query(connection_, kInsertOutputs)
        .Bind(Output(report_))
        .Bind(report_.summary.json)
        .Run();
    return connection_.last_insert_row_id();
  }

  void DeleteOutputs(int64_t outputs) {
    Query(connection_, "DELETE FROM call_outputs WHERE row_id = ?")
        .Bind(outputs)
        .Run();
  }

  Connection& connection_;
  CallCounts& counts_;
  CallReport& report_;
  const int64_t project_;
  int64_t op_ = 0;
};

}  // namespace

void WriteReport(Connection& connection, Names& names, CallCounts& counts,
                 CallReport& report) {
  report.repeats_start = report.repeats_end = false;
  ReportWriter writer(connection, names, counts, report);
  switch (report.part) {
    case CallPart::kStart:
      writer.Start();
      return;
    case CallPart::kEnd:
      writer.End();
      return;
    case CallPart::kComplete:
      writer.Complete();
      return;
  }
}

}  // namespace bobbin::store
