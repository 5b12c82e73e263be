// Between dispatch and a handler while the control plane looks on: the faults
// are asked before, the journal takes note after.
#pragma once

#include <functional>
#include <string_view>

#include "api/dispatch.h"
#include "api/request.h"
#include "api/services.h"

namespace bobbin::api {

// Where the request leads.
struct Watched {
  std::string_view route;  // its pattern; empty: there is none
  std::string_view path;   // without the prefix
  const PathValues& values;
};

// False: a request to the control plane itself, or whether we are there. It
// has no faults and no entry, so that a suite can always find out what is
// going on.
bool IsWatched(std::string_view path);

// Answers `request`: as `answer` does, unless a fault strikes. `answer` may be
// given another request that reads the same.
Response AnswerWatched(Services& services, const Request& request,
                       const Watched& watched,
                       const std::function<Response(const Request&)>& answer);

}  // namespace bobbin::api
