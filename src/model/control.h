// What clients ask of the control plane (schema/openapi.json).
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <tuple>
#include <vector>

#include "model/record.h"

namespace bobbin::model {

// A rule: which answers go wrong, and how. Which of the members from `status`
// on may be set depends on `kind`; see control/fault_kinds.cpp.
struct FaultReq {
  std::string_view kind;
  // Which requests: patterns with `*`.
  std::optional<std::string_view> route, project_id, op;
  // Which of them: the n-th, every k-th, or by chance; how often at most.
  std::optional<int64_t> nth, every, seed, times;
  std::optional<double> probability;
  std::optional<int64_t> status;
  std::optional<std::string_view> body;
  std::optional<int64_t> retry_after_s;
  std::optional<bool> apply;
  std::optional<int64_t> ms, min_ms, max_ms;
  std::optional<int64_t> bytes, lines;
  std::optional<bool> clean;
  static constexpr bool kStrict = true;
  static constexpr auto Fields() {
    using R = FaultReq;
    return std::tuple(
        Required("kind", &R::kind), Optional("route", &R::route),
        Optional("project_id", &R::project_id), Optional("op", &R::op),
        Optional("nth", &R::nth), Optional("every", &R::every),
        Optional("probability", &R::probability), Optional("seed", &R::seed),
        Optional("times", &R::times), Optional("status", &R::status),
        Optional("body", &R::body),
        Optional("retry_after_s", &R::retry_after_s),
        Optional("apply", &R::apply), Optional("ms", &R::ms),
        Optional("min_ms", &R::min_ms), Optional("max_ms", &R::max_ms),
        Optional("bytes", &R::bytes), Optional("lines", &R::lines),
        Optional("clean", &R::clean));
  }
};

// How many requests, or calls in them, are expected to have come.
struct ExpectationReq {
  std::optional<std::string_view> route, project_id, op;
  std::optional<int64_t> status;                      // 0: given no answer
  std::optional<int64_t> exactly, at_least, at_most;  // one of them
  std::optional<std::string_view> count;              // "requests" or "calls"
  static constexpr bool kStrict = true;
  static constexpr auto Fields() {
    using R = ExpectationReq;
    return std::tuple(
        Optional("route", &R::route), Optional("project_id", &R::project_id),
        Optional("op", &R::op), Optional("status", &R::status),
        Optional("exactly", &R::exactly), Optional("at_least", &R::at_least),
        Optional("at_most", &R::at_most), Optional("count", &R::count));
  }
};

struct VerifyReq {
  std::vector<ExpectationReq> expect;
  std::optional<int64_t> since;
  static constexpr bool kStrict = true;
  static constexpr auto Fields() {
    return std::tuple(Required("expect", &VerifyReq::expect),
                      Optional("since", &VerifyReq::since));
  }
};

}  // namespace bobbin::model
