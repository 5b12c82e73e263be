#include "query/call_fields.h"

#include <algorithm>
#include <array>
#include <string>

#include "query/expand.h"

namespace bobbin::query {
namespace {

constexpr Needs kInputs{.inputs = true};
constexpr Needs kOutputs{.outputs = true};

struct CallField {
  std::string_view name;  // as on the wire
  Type type;              // kJson: `name.path` reaches into it
  std::string_view sql;
  bool nullable = true;
  Needs needs = {};
};

// The first that fits is taken.
constexpr auto kFields = std::to_array<CallField>({
    {"id", Type::kText, "c.id", false},
    {"trace_id", Type::kText, "c.trace_id", false},
    {"parent_id", Type::kText, "c.parent_id"},
    {"thread_id", Type::kText, "c.thread_id"},
    {"turn_id", Type::kText, "c.turn_id"},
    {"op_name", Type::kText, "(SELECT name FROM ops WHERE row_id = c.op)",
     false},
    {"started_at", Type::kTime, "c.started_at_us", false},
    {"ended_at", Type::kTime, "c.ended_at_us"},
    {"display_name", Type::kText, "nullif(c.display_name, '')"},
    {"exception", Type::kText, "c.exception"},
    {"wb_user_id", Type::kText, "c.wb_user_id"},
    {"wb_run_id", Type::kText, "c.wb_run_id"},
    {"wb_run_step", Type::kInt, "c.wb_run_step"},
    {"wb_run_step_end", Type::kInt, "c.wb_run_step_end"},
    {"deleted_at", Type::kTime, "c.deleted_at_us"},
    {"summary.weave.status", Type::kText,
     "CASE c.status WHEN 0 THEN 'running' WHEN 1 THEN 'success' "
     "WHEN 2 THEN 'error' ELSE 'descendant_error' END",
     false},
    {"summary.weave.latency_ms", Type::kInt,
     "((c.ended_at_us - c.started_at_us) / 1000)"},
    {"summary.weave.trace_name", Type::kText,
     "coalesce(nullif(c.display_name, ''), (SELECT coalesce(trace_name, name) "
     "FROM ops WHERE row_id = c.op))",
     false},
    // Shown among the attributes, in place of what the client has there.
    {"attributes.otel_span", Type::kJson,
     "coalesce(i.otel_dump, json_at(i.attributes, 'otel_span'))", true,
     kInputs},
    {"attributes", Type::kJson, "i.attributes", true, kInputs},
    {"inputs", Type::kJson, "i.inputs", true, kInputs},
    {"output", Type::kJson, "u.output", true, kOutputs},
    {"summary", Type::kJson, "u.summary", true, kOutputs},
});

// What follows `column` and a dot in `name`; null if nothing does.
std::string_view PathBelow(std::string_view column, std::string_view name) {
  if (name.size() <= column.size() + 1 || !name.starts_with(column) ||
      name[column.size()] != '.') {
    return {};
  }
  return name.substr(column.size() + 1);
}

}  // namespace

Result<FieldSql> CallFields::Find(std::string_view name) {
  if (name == "project_id") {
    FieldSql field{.nullable = false};
    if (project_id_) {
      field.sql.Add("?", *project_id_);
    } else {
      field.sql.Add(
          "(SELECT project_id FROM projects WHERE row_id = c.project)");
    }
    return field;
  }
  if (name == "input_refs") return RefsOf(0);
  if (name == "output_refs") return RefsOf(1);
  if (name.starts_with("feedback.")) return FindFeedback(name);
  for (const CallField& row : kFields) {
    const std::string_view path = row.type == Type::kJson
                                      ? PathBelow(row.name, name)
                                      : std::string_view();
    if (name != row.name && path.empty()) continue;
    needs_.inputs |= row.needs.inputs;
    needs_.outputs |= row.needs.outputs;
    FieldSql field{.type = row.type,
                   .sql = {std::string(row.sql)},
                   .path = std::string(path),
                   .nullable = row.nullable};
    if (name == "op_name") {
      field.key = "c.op";
      field.names.Add("SELECT row_id FROM ops WHERE project = ");
      AddProject(field.names);
      field.names.Add(" AND name");
    }
    if (Status status = Expand(row.name, field); !status.ok()) {
      return std::move(status).error();
    }
    return field;
  }
  return FieldNotAllowed(name);
}

Status CallFields::Expand(std::string_view column, FieldSql& field) const {
  if (field.type != Type::kJson || field.path.empty() || !expand_columns_) {
    return {};
  }
  std::vector<std::string_view> paths;
  for (const std::string_view expanded : *expand_columns_) {
    const std::string_view path = PathBelow(column, expanded);
    if (expanded == column || !path.empty()) paths.push_back(path);
  }
  return ReachThroughRefs(paths, project_id_.value_or(""), field);
}

void CallFields::AddProject(Statement& out) const {
  if (project_id_) {
    out.Add("?", ProjectRow{});
  } else {
    out.Add("c.project");
  }
}

// `feedback.[<type>].payload[.<path>]`, `.runnable_ref` or `.trigger_ref`. The
// type may have dots; `*` is any.
Result<FieldSql> CallFields::FindFeedback(std::string_view name) {
  constexpr std::string_view kBegin = "feedback.[";
  const size_t end = name.find("].", kBegin.size());
  if (!name.starts_with(kBegin) || end == std::string_view::npos ||
      end == kBegin.size()) {
    return FieldNotAllowed(name);
  }
  const std::string_view type = name.substr(kBegin.size(), end - kBegin.size());
  const std::string_view column = name.substr(end + 2);
  const std::string f = "f" + std::to_string(++aliases_);
  FieldSql field;
  const std::string_view path = PathBelow("payload", column);
  if (column == "payload" || !path.empty()) {
    field.type = Type::kJson;
    field.path = path;
    field.null_exists = true;
    field.sql.Add(f + ".payload");
  } else if (column == "runnable_ref" || column == "trigger_ref") {
    field.sql.Add(f + "." + std::string(column));
  } else {
    return FieldNotAllowed(name);
  }
  Statement& rows = field.rows;
  rows.Add("feedback " + f + " INDEXED BY feedback_by_call WHERE " + f +
           ".call_id = c.id");
  if (type != "*") {
    rows.Add(" AND " + f + ".feedback_type = ?", std::string(type));
  }
  rows.Add(" AND " + f + ".project = ");
  AddProject(rows);
  field.rows_order = f + ".created_at_us DESC, " + f + ".row_id DESC";
  return field;
}

FieldSql CallFields::RefsOf(int64_t side) {
  const std::string number = std::to_string(++aliases_);
  const std::string q = "q" + number;
  const std::string r = "r" + number;
  FieldSql field{.nullable = false};
  field.sql.Add(r + ".ref");
  field.rows.Add("call_refs " + q +
                     " INDEXED BY call_refs_by_call CROSS JOIN "
                     "refs " +
                     r + " ON " + r + ".row_id = " + q + ".ref WHERE " + q +
                     ".call = c.row_id AND " + q + ".side = ?",
                 side);
  return field;
}

}  // namespace bobbin::query
