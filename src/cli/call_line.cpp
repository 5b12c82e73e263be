#include "cli/call_line.h"

#include <array>
#include <utility>

#include "base/time.h"
#include "cli/fields.h"
#include "json/chars.h"

namespace bobbin::cli {
namespace {

// {weave: {costs: {<model>: {<cost>}}}}
constexpr int kDownToCosts = 4;

void Take(std::string& field, json::Value value) {
  if (value.is(json::Kind::kString)) field = Utf8(value.text());
}
void Take(CallLine::Text& field, json::Value value) {
  if (value.is(json::Kind::kString)) field = Utf8(value.text());
}

struct TextField {
  std::string_view key;
  std::string CallLine::*field;
};
constexpr auto kTexts = std::to_array<TextField>({
    {"id", &CallLine::id},
    {"project_id", &CallLine::project_id},
    {"trace_id", &CallLine::trace_id},
    {"op_name", &CallLine::op_name},
    {"started_at", &CallLine::started_at},
});

struct OptTextField {
  std::string_view key;
  CallLine::Text CallLine::*field;
};
constexpr auto kOptTexts = std::to_array<OptTextField>({
    {"parent_id", &CallLine::parent_id},
    {"display_name", &CallLine::display_name},
    {"ended_at", &CallLine::ended_at},
    {"exception", &CallLine::exception},
    {"thread_id", &CallLine::thread_id},
    {"turn_id", &CallLine::turn_id},
    {"wb_user_id", &CallLine::wb_user_id},
    {"wb_run_id", &CallLine::wb_run_id},
});

struct RawField {
  std::string_view key;
  std::string_view CallLine::*field;
};
constexpr auto kRaws = std::to_array<RawField>({
    {"attributes", &CallLine::attributes},
    {"inputs", &CallLine::inputs},
    {"output", &CallLine::output},
    {"summary", &CallLine::summary},
});

void TakeMember(CallLine& call, json::Value value) {
  for (const TextField& row : kTexts) {
    if (value.key() == row.key) Take(call.*row.field, value);
  }
  for (const OptTextField& row : kOptTexts) {
    if (value.key() == row.key) Take(call.*row.field, value);
  }
  for (const RawField& row : kRaws) {
    if (value.key() == row.key) call.*row.field = value.raw();
  }
}

}  // namespace

Result<CallLine> CallLineReader::Read(std::string_view line) {
  // No deeper: what is in a payload may be much.
  if (!line_.Parse(line, 1).message.empty()) {
    return Internal("The answer has a line that is no JSON.");
  }
  const json::Value root = line_.root();
  CallLine call;
  for (json::Value v = root.is(json::Kind::kObject) ? root.first()
                                                    : json::Value();
       v.exists(); v = v.next()) {
    TakeMember(call, v);
  }
  call.started_us = TimeOf(root, "started_at").value_or(0);
  call.ended_us = TimeOf(root, "ended_at");
  call.wb_run_step = IntOf(root, "wb_run_step");
  call.wb_run_step_end = IntOf(root, "wb_run_step_end");
  if (summary_.Parse(call.summary, kDownToCosts).message.empty()) {
    const json::Value weave = Member(summary_.root(), "weave");
    call.status = TextOf(weave, "status");
    call.latency_ms = IntOf(weave, "latency_ms");
    call.cost = CostIn(summary_.root());
  }
  for (json::Value v = usage_.First(call.summary); v.exists(); v = v.next()) {
    if (!v.is(json::Kind::kObject)) continue;
    call.models.push_back(Utf8(v.key()));
    if (!call.tokens) call.tokens.emplace();
    call.tokens->Add(json::ReadTokenCounts(v));
  }
  return call;
}

std::optional<double> CostIn(json::Value summary) {
  constexpr std::string_view kParts[] = {
      "prompt_tokens_total_cost", "completion_tokens_total_cost",
      "cache_read_input_tokens_total_cost",
      "cache_creation_input_tokens_total_cost"};
  const json::Value costs = Member(Member(summary, "weave"), "costs");
  std::optional<double> sum;
  if (!costs.exists() || !costs.is(json::Kind::kObject)) return sum;
  for (json::Value v = costs.first(); v.exists(); v = v.next()) {
    for (const std::string_view part : kParts) {
      if (const auto cost = NumberOf(v, part)) sum = sum.value_or(0) + *cost;
    }
  }
  return sum;
}

std::string Utf8(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  const char* p = text.data();
  const char* const end = p + text.size();
  while (p != end) {
    if (json::IsSurrogate(p, end)) {
      out += "\uFFFD";
      p += 3;
    } else {
      out += *p++;
    }
  }
  return out;
}

}  // namespace bobbin::cli
