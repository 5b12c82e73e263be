// Waiting until a project has what a test expects.
#pragma once

#include <cstdint>
#include <optional>

#include "base/result.h"
#include "model/wait.h"
#include "store/call_store.h"

namespace bobbin::control {

inline constexpr int64_t kDefaultWaitMs = 10'000;
inline constexpr int64_t kLongestWaitMs = 600'000;

// How far a project has come.
struct Reached {
  int64_t calls = 0;
  int64_t ended = 0;
  std::optional<int64_t> matching = {};  // no more than were asked for; none:
                                         // there was no query
  int64_t open() const { return calls - ended; }
};

// How much of a request is not there yet: each is 0, or how many are too few
// (of `open`: too many).
struct Missing {
  int64_t calls = 0;
  int64_t ended = 0;
  int64_t open = 0;
  int64_t matching = 0;
  bool any() const { return calls + ended + open + matching > 0; }
};
Missing MissingOf(const model::WaitReq& wanted, const Reached& reached);

// Waits until all that `wanted` asks for is there at once, and returns what is
// there; or, when its time is over, what is there by then: MissingOf() tells.
//   kInvalid  nothing is asked for, a number is out of its bounds, or what
//             CallStore::CountCalls() says of the query. Said at once.
//   kBusy     the server stops, or the caller has gone.
Result<Reached> Wait(store::CallStore& calls, const model::WaitReq& wanted);

}  // namespace bobbin::control
