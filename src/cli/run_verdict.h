// What `bobbin run` says about the calls that have come, in the end.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "store/call_tally.h"

namespace bobbin::cli {

// `3 traces, 12 calls, 1 error, 2 still open`; what there is none of, other
// than traces and calls, goes without saying.
std::string TallyText(const store::CallTally& tally);

// What makes a run fail, if that was asked for.
struct RunFaults {
  store::CallTally calls = {};
  int64_t duplicates = 0;  // starts and ends that had come before
};

// What may make a run fail.
inline constexpr std::string_view kFailOnError = "error";
inline constexpr std::string_view kFailOnOpen = "open";
inline constexpr std::string_view kFailOnOrphan = "orphan";
inline constexpr std::string_view kFailOnDuplicate = "duplicate";

// `1 call failed, 2 calls have not ended`: what there is of what was asked
// for; "" if there is nothing. `fail_on` holds the names above.
std::string Faults(const RunFaults& found,
                   const std::vector<std::string>& fail_on);

}  // namespace bobbin::cli
