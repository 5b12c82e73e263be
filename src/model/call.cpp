#include "model/call.h"

#include <algorithm>
#include <map>
#include <utility>

namespace bobbin::model {
namespace {

// The two arms of the union, each with the name that errors carry.
struct StartArm {
  Text mode = "start";
  CallStartReq req;
  static constexpr std::string_view kName = "CallBatchStartMode";
  static constexpr bool kStrict = false;
  static constexpr auto Fields() {
    return std::tuple(Optional("mode", &StartArm::mode),
                      Required("req", &StartArm::req));
  }
  CallReport& report() { return req.start; }
};

struct EndArm {
  Text mode = "end";
  CallEndReq req;
  static constexpr std::string_view kName = "CallBatchEndMode";
  static constexpr bool kStrict = false;
  static constexpr auto Fields() {
    return std::tuple(Optional("mode", &EndArm::mode),
                      Required("req", &EndArm::req));
  }
  CallReport& report() { return req.end; }
};

template <class Arm>
bool ReadArm(json::Value value, CallBatchItem& out, const Loc& loc,
             Details& details) {
  Arm arm;
  const Loc at = loc.In(Arm::kName);
  Details own;
  ReadValue(value, arm, at, own);
  if (!own.empty()) {
    details.Append(std::move(own));
    return false;
  }
  out = {arm.mode, std::move(arm.report())};
  return true;
}

// Whether the item carries an end; then it can't be a start, whose errors
// would be collected in vain.
bool LooksLikeEnd(json::Value item) {
  if (!item.is(json::Kind::kObject)) return false;
  for (json::Value v = item.first(); v.exists(); v = v.next()) {
    if (v.key() != "req" || !v.is(json::Kind::kObject)) continue;
    const json::Value first = v.first();
    return first.exists() && first.key() == "end";
  }
  return false;
}

void Join(CallReport& start, const CallReport& end) {
  start.part = CallPart::kComplete;
  start.joined = true;
  start.ended_at = end.ended_at;
  start.exception = end.exception;
  start.output = end.output;
  start.summary = end.summary;
  start.wb_run_step_end = end.wb_run_step_end;
  start.output_refs = end.output_refs;
}

std::span<const std::string_view> Within(std::span<const std::string_view> refs,
                                         std::string_view text) {
  const auto begin = std::ranges::lower_bound(refs, text.data(), std::less<>(),
                                              &std::string_view::data);
  const auto end =
      std::ranges::lower_bound(begin, refs.end(), text.data() + text.size(),
                               std::less<>(), &std::string_view::data);
  return {begin, end};
}

}  // namespace

void ReadValue(json::Value value, CallBatchItem& out, const Loc& loc,
               Details& details) {
  Details ignored;
  if (LooksLikeEnd(value) && ReadArm<EndArm>(value, out, loc, ignored)) return;
  Details both;  // a union that fits no arm reports the errors of each
  if (ReadArm<StartArm>(value, out, loc, both)) return;
  if (ReadArm<EndArm>(value, out, loc, both)) return;
  details.Append(std::move(both));
}

std::vector<CallReport*> JoinHalves(std::span<CallReport* const> reports) {
  std::vector<CallReport*> kept;
  kept.reserve(reports.size());
  // The last report of each call so far, by project and id.
  std::map<std::pair<Text, Text>, CallReport*> last;
  for (CallReport* report : reports) {
    CallReport*& before = last[{report->project_id, *report->id}];
    if (report->part == CallPart::kEnd && before != nullptr &&
        before->part == CallPart::kStart) {
      Join(*before, *report);
    } else {
      kept.push_back(report);
      before = report;
    }
  }
  return kept;
}

void TakeRefs(CallReport& report, std::span<const std::string_view> refs) {
  if (refs.empty()) return;
  if (!report.inputs.json.empty()) {
    report.input_refs = Within(refs, report.inputs.json);
  }
  if (report.output) report.output_refs = Within(refs, report.output->json);
}

}  // namespace bobbin::model
