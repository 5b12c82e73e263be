#include "control/assignment.h"

#include <limits>

namespace bobbin::control {

// Rows come one by one; each takes the cheapest way along which those before
// it can move up. `row_price` and `column_price` keep all reduced costs from
// going below zero. Row and column 0 stand for "none yet".
std::vector<size_t> CheapestColumns(
    const std::vector<std::vector<int64_t>>& costs) {
  const size_t rows = costs.size();
  if (rows == 0) return {};
  const size_t columns = costs.front().size();
  std::vector<int64_t> row_price(rows + 1, 0);
  std::vector<int64_t> column_price(columns + 1, 0);
  std::vector<size_t> row_of(columns + 1, 0);
  for (size_t row = 1; row <= rows; ++row) {
    constexpr int64_t kFar = std::numeric_limits<int64_t>::max();
    std::vector<int64_t> distance(columns + 1, kFar);
    std::vector<size_t> from(columns + 1, 0);
    std::vector<bool> seen(columns + 1, false);
    row_of[0] = row;
    size_t at = 0;
    while (row_of[at] != 0) {
      seen[at] = true;
      const size_t here = row_of[at];
      int64_t nearest = kFar;
      size_t next = 0;
      for (size_t column = 1; column <= columns; ++column) {
        if (seen[column]) continue;
        const int64_t cost = costs[here - 1][column - 1] - row_price[here] -
                             column_price[column];
        if (cost < distance[column]) {
          distance[column] = cost;
          from[column] = at;
        }
        if (distance[column] < nearest) {
          nearest = distance[column];
          next = column;
        }
      }
      for (size_t column = 0; column <= columns; ++column) {
        if (seen[column]) {
          row_price[row_of[column]] += nearest;
          column_price[column] -= nearest;
        } else if (distance[column] != kFar) {
          distance[column] -= nearest;
        }
      }
      at = next;
    }
    while (at != 0) {
      row_of[at] = row_of[from[at]];
      at = from[at];
    }
  }
  std::vector<size_t> chosen(rows, 0);
  for (size_t column = 1; column <= columns; ++column) {
    if (row_of[column] != 0) chosen[row_of[column] - 1] = column - 1;
  }
  return chosen;
}

}  // namespace bobbin::control
