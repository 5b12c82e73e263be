// Trees of calls as a test expects them (POST /_bobbin/assert/tree,
// /_bobbin/golden).
#pragma once

#include <optional>
#include <string_view>
#include <tuple>

#include "model/record.h"

namespace bobbin::model {

struct AssertTreeReq {
  std::string_view project_id;
  std::optional<std::string_view> trace_id;  // this trace alone
  RawValue expect;  // a call, or a list of them; see control/tree_match.h
  std::optional<bool> exact, any_order;
  static constexpr bool kStrict = true;
  static constexpr auto Fields() {
    using R = AssertTreeReq;
    return std::tuple(
        Required("project_id", &R::project_id),
        Optional("trace_id", &R::trace_id), Required("expect", &R::expect),
        Optional("exact", &R::exact), Optional("any_order", &R::any_order));
  }
};

}  // namespace bobbin::model
