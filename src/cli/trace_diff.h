// Two trees of calls, laid beside each other.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "cli/trace_calls.h"

namespace bobbin::cli {

// A call of one of them, or one of each that belong together.
struct CallPair {
  std::optional<size_t> before, after;  // index of the call
  int depth = 0;
};

// Pairs the roots, one of each whatever they are called, and below each pair
// the children: in their order, those of the same name, as many as possible (a
// longest common subsequence). What is
// left over stands alone, and so does all below it. In the order of the
// trees, each call once.
std::vector<CallPair> PairCalls(const std::vector<TraceCall>& before,
                                const std::vector<TraceCall>& after);

}  // namespace bobbin::cli
