// A project or a trace, as text that is the same from run to run.
#pragma once

#include <optional>
#include <string_view>
#include <tuple>
#include <vector>

#include "model/record.h"

namespace bobbin::model {

struct GoldenReq {
  std::string_view project_id;
  std::optional<std::string_view> trace_id;  // this trace alone
  std::optional<std::string_view> times;     // "drop" or "relative"
  std::optional<std::string_view> siblings;  // by "start" or by "name"
  Texts mask, unmask;                        // see control/golden.h
  static constexpr bool kStrict = true;
  static constexpr auto Fields() {
    using R = GoldenReq;
    return std::tuple(
        Required("project_id", &R::project_id),
        Optional("trace_id", &R::trace_id), Optional("times", &R::times),
        Optional("siblings", &R::siblings), Optional("mask", &R::mask),
        Optional("unmask", &R::unmask));
  }
};

}  // namespace bobbin::model
