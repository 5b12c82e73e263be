// Whether what arrived is what was expected.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "control/journal.h"

namespace bobbin::control {

enum class Bound { kExactly, kAtLeast, kAtMost };
std::string_view BoundName(Bound bound);  // "exactly", ...

struct Expectation {
  Criteria what;
  Bound bound = Bound::kExactly;
  int64_t wanted = 0;
  bool calls = false;  // what counts is calls that begin in these requests, of
                       // the op if there is one; else the requests
};

// Requests that would have been meant but for one thing.
struct NearMiss {
  std::string_view differs;  // "route", "project_id", "op" or "status"
  std::string was;           // what that was; "" if there was none
  int64_t count = 0;
  int64_t last_seq = 0;
};

// How an expectation has turned out.
struct Outcome {
  bool met = false;
  int64_t count = 0;
  // So many requests that may have been meant are no longer in the journal,
  // so that it is not known whether the expectation is met.
  int64_t dropped = 0;
  std::vector<int64_t> seqs;      // of the newest that count, in order
  std::vector<NearMiss> nearest;  // if not met; the most frequent first
};

// Looks at the requests after seq `since`.
Outcome Verify(const Journal& journal, int64_t since,
               const Expectation& expected);

}  // namespace bobbin::control
