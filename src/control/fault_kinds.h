// The ways in which an answer can go wrong: a row each.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "model/control.h"

namespace bobbin::control {

// What happens to one request. Plain data; api/ obeys it.
struct Strike {
  struct Answer {
    int status = 503;
    std::string body = {};  // empty: one that says that it was ordered
    std::optional<int64_t> retry_after_s = {};
  };

  std::string rule_id = {};
  bool apply = true;                  // the request is handled as ever
  std::optional<Answer> answer = {};  // given in place of its own
  int64_t min_delay_ms = 0;           // of the answer
  int64_t max_delay_ms = 0;           // more: a chance in between
  bool hang = false;                  // no answer, and the connection stays
  bool close = false;                 // no answer, and the connection ends
  // Where the body of the answer breaks off: after so many bytes or lines, or
  // in its middle.
  bool cut = false;
  std::optional<int64_t> cut_bytes = {}, cut_lines = {};
  bool cut_clean = false;  // as if that were all
};

struct FaultKind {
  std::string_view name;
  std::string_view takes;  // the members that belong to it, " status body "
  Strike (*make)(const model::FaultReq& rule);
};

std::span<const FaultKind> FaultKinds();

// What a rule does.
//   kInvalid  there is no such kind, a member does not belong to it, or makes
//             no sense.
Result<Strike> MakeStrike(const model::FaultReq& rule);

}  // namespace bobbin::control
