#include "control/fault_kinds.h"

#include <algorithm>
#include <array>

namespace bobbin::control {
namespace {

using model::FaultReq;

// An hour: whoever wants more wants "hang".
constexpr int64_t kMaxMs = 3'600'000;
constexpr int64_t kMaxBytes = int64_t{1} << 40;

Strike::Answer AnswerOf(const FaultReq& rule) {
  return {.status = static_cast<int>(rule.status.value_or(503)),
          .body = std::string(rule.body.value_or("")),
          .retry_after_s = rule.retry_after_s};
}

constexpr auto kKinds = std::to_array<FaultKind>({
    {"status", " status body retry_after_s apply ",
     [](const FaultReq& rule) {
       return Strike{.apply = rule.apply.value_or(false),
                     .answer = AnswerOf(rule)};
     }},
    {"apply_then_fail", " status body retry_after_s ",
     [](const FaultReq& rule) { return Strike{.answer = AnswerOf(rule)}; }},
    {"delay", " ms min_ms max_ms ",
     [](const FaultReq& rule) {
       const int64_t least = rule.min_ms.value_or(0);
       return Strike{
           .min_delay_ms = rule.ms.value_or(least),
           .max_delay_ms = rule.ms.value_or(rule.max_ms.value_or(least))};
     }},
    {"hang", " apply ",
     [](const FaultReq& rule) {
       return Strike{.apply = rule.apply.value_or(false), .hang = true};
     }},
    {"close", " apply ",
     [](const FaultReq& rule) {
       return Strike{.apply = rule.apply.value_or(false), .close = true};
     }},
    {"close_mid_body", " bytes ",
     [](const FaultReq& rule) {
       return Strike{.cut = true, .cut_bytes = rule.bytes};
     }},
    {"truncate_stream", " lines clean ",
     [](const FaultReq& rule) {
       return Strike{.cut = true,
                     .cut_lines = rule.lines.value_or(0),
                     .cut_clean = rule.clean.value_or(false)};
     }},
});

std::string Names() {
  std::string names;
  for (const FaultKind& kind : kKinds) {
    if (!names.empty()) names += ", ";
    names += kind.name;
  }
  return names;
}

struct Number {
  std::string_view name;
  std::optional<int64_t> value;
  int64_t least, most;
};

Status CheckNumbers(const FaultReq& rule) {
  constexpr int64_t kAny = int64_t{1} << 53;
  const auto numbers = std::to_array<Number>({
      {"nth", rule.nth, 1, kAny},
      {"every", rule.every, 1, kAny},
      {"times", rule.times, 1, kAny},
      {"status", rule.status, 200, 599},
      {"retry_after_s", rule.retry_after_s, 0, kMaxMs},
      {"ms", rule.ms, 0, kMaxMs},
      {"min_ms", rule.min_ms, 0, kMaxMs},
      {"max_ms", rule.max_ms, rule.min_ms.value_or(0), kMaxMs},
      {"bytes", rule.bytes, 0, kMaxBytes},
      {"lines", rule.lines, 0, kMaxBytes},
  });
  for (const Number& n : numbers) {
    if (n.value && (*n.value < n.least || *n.value > n.most)) {
      return Invalid(std::string(n.name) + " must be from " +
                     std::to_string(n.least) + " to " + std::to_string(n.most));
    }
  }
  if (rule.probability && (*rule.probability < 0 || *rule.probability > 1)) {
    return Invalid("probability must be from 0 to 1");
  }
  return {};
}

Status CheckMembers(const FaultReq& rule, const FaultKind& kind) {
  struct Member {
    std::string_view name;
    bool set;
  };
  const auto members = std::to_array<Member>({
      {"status", rule.status.has_value()},
      {"body", rule.body.has_value()},
      {"retry_after_s", rule.retry_after_s.has_value()},
      {"apply", rule.apply.has_value()},
      {"ms", rule.ms.has_value()},
      {"min_ms", rule.min_ms.has_value()},
      {"max_ms", rule.max_ms.has_value()},
      {"bytes", rule.bytes.has_value()},
      {"lines", rule.lines.has_value()},
      {"clean", rule.clean.has_value()},
  });
  for (const Member& member : members) {
    const std::string padded = " " + std::string(member.name) + " ";
    if (member.set && kind.takes.find(padded) == std::string_view::npos) {
      return Invalid("A fault of kind " + std::string(kind.name) +
                     " takes no " + std::string(member.name));
    }
  }
  return {};
}

}  // namespace

std::span<const FaultKind> FaultKinds() { return kKinds; }

Result<Strike> MakeStrike(const FaultReq& rule) {
  const auto kind = std::ranges::find(kKinds, rule.kind, &FaultKind::name);
  if (kind == kKinds.end()) {
    return Invalid("There is no fault of kind '" + std::string(rule.kind) +
                   "'; there are " + Names());
  }
  Status status = CheckMembers(rule, *kind);
  if (status.ok()) status = CheckNumbers(rule);
  if (!status.ok()) return std::move(status).error();
  if (rule.ms && (rule.min_ms || rule.max_ms)) {
    return Invalid("ms is a fixed delay, min_ms and max_ms are bounds of one");
  }
  if (rule.kind == "delay" && !rule.ms && !rule.max_ms) {
    return Invalid("delay needs ms, or max_ms and perhaps min_ms");
  }
  const int ways =
      (rule.nth ? 1 : 0) + (rule.every ? 1 : 0) + (rule.probability ? 1 : 0);
  if (ways > 1) {
    return Invalid("One of nth, every and probability at most");
  }
  return kind->make(rule);
}

}  // namespace bobbin::control
