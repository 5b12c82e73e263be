#include "query/call_fields.h"

#include <array>

namespace bobbin::query {
namespace {

constexpr Needs kOps{.ops = true};
constexpr Needs kInputs{.inputs = true};
constexpr Needs kOutputs{.outputs = true};

constexpr auto kFields = std::to_array<CallField>({
    {"id", "c.id", {}, false},
    {"project_id", "c.project", {}, false},
    {"trace_id", "c.trace_id", {}, false},
    {"parent_id", "c.parent_id"},
    {"thread_id", "c.thread_id"},
    {"turn_id", "c.turn_id"},
    {"op_name", "o.name", kOps, false},
    {"started_at", "c.started_at_us", {}, false},
    {"ended_at", "c.ended_at_us"},
    {"display_name", "nullif(c.display_name, '')"},
    {"exception", "c.exception"},
    {"wb_user_id", "c.wb_user_id"},
    {"wb_run_id", "c.wb_run_id"},
    {"wb_run_step", "c.wb_run_step"},
    {"wb_run_step_end", "c.wb_run_step_end"},
    {"deleted_at", "c.deleted_at_us"},
    {"summary.weave.status",
     "CASE c.status WHEN 0 THEN 'running' WHEN 1 THEN 'success' "
     "WHEN 2 THEN 'error' ELSE 'descendant_error' END",
     {},
     false},
    {"summary.weave.latency_ms", "(c.ended_at_us - c.started_at_us) / 1000"},
    {"summary.weave.trace_name",
     "coalesce(nullif(c.display_name, ''), o.trace_name, o.name)", kOps, false},
    {"attributes", "i.attributes", kInputs, true, true},
    {"inputs", "i.inputs", kInputs, true, true},
    {"output", "u.output", kOutputs, true, true},
    {"summary", "u.summary", kOutputs, true, true},
});

}  // namespace

std::optional<FieldRef> FindCallField(std::string_view name) {
  for (const CallField& field : kFields) {
    if (name == field.name) return FieldRef{&field};
    if (field.json && name.size() > field.name.size() + 1 &&
        name.starts_with(field.name) && name[field.name.size()] == '.') {
      return FieldRef{&field, name.substr(field.name.size() + 1)};
    }
  }
  return std::nullopt;
}

}  // namespace bobbin::query
