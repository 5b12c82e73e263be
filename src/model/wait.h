// Waiting for calls to come and to end (POST /_bobbin/wait).
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <tuple>

#include "model/record.h"

namespace bobbin::model {

struct WaitReq {
  std::string_view project_id;
  std::optional<int64_t> calls;     // at least so many are there
  std::optional<int64_t> ended;     // at least so many have ended
  std::optional<bool> none_open;    // all that are there have ended
  std::optional<RawValue> query;    // {"$expr": …}, as to find calls
  std::optional<int64_t> matching;  // at least so many are found; 1
  std::optional<int64_t> timeout_ms;
  static constexpr bool kStrict = true;
  static constexpr auto Fields() {
    using R = WaitReq;
    return std::tuple(
        Required("project_id", &R::project_id), Optional("calls", &R::calls),
        Optional("ended", &R::ended), Optional("none_open", &R::none_open),
        Optional("query", &R::query), Optional("matching", &R::matching),
        Optional("timeout_ms", &R::timeout_ms));
  }
};

}  // namespace bobbin::model
