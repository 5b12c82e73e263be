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

// What may make a run fail.
inline constexpr std::string_view kFailOnError = "error";
inline constexpr std::string_view kFailOnOpen = "open";
inline constexpr std::string_view kFailOnOrphan = "orphan";

// `1 call failed, 2 calls have not ended`: what there is of what was asked
// for; "" if there is nothing. `fail_on` holds the names above.
std::string Faults(const store::CallTally& tally,
                   const std::vector<std::string>& fail_on);

}  // namespace bobbin::cli
