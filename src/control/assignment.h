// Who goes with whom, so that it costs the least.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace bobbin::control {

// Costs of giving each row a column: costs[row][column]. There are at least as
// many columns as rows, each row has as many. Of each row the column that it
// is given, no column twice, the sum of the costs the least possible (the
// Hungarian method: rows^2 * columns steps).
std::vector<size_t> CheapestColumns(
    const std::vector<std::vector<int64_t>>& costs);

}  // namespace bobbin::control
