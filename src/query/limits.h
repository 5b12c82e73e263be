// How much of something a request may have: contract section 3, "Limits".
#pragma once

#include <cstddef>

namespace bobbin::query {

// Entries of one list of a filter.
inline constexpr size_t kMaxListEntries = 1000;

}  // namespace bobbin::query
