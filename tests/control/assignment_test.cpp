#include "control/assignment.h"

#include <algorithm>
#include <numeric>
#include <random>

#include "support/catch.h"

namespace bobbin::testing {
namespace {

using Costs = std::vector<std::vector<int64_t>>;

int64_t CostOf(const Costs& costs, const std::vector<size_t>& chosen) {
  int64_t sum = 0;
  for (size_t row = 0; row < costs.size(); ++row) {
    sum += costs[row][chosen[row]];
  }
  return sum;
}

// By trying them all.
int64_t LeastCost(const Costs& costs) {
  std::vector<size_t> columns(costs.front().size());
  std::iota(columns.begin(), columns.end(), 0);
  int64_t least = CostOf(costs, columns);
  while (std::next_permutation(columns.begin(), columns.end())) {
    least = std::min(least, CostOf(costs, columns));
  }
  return least;
}

TEST_CASE("no rows need no columns", "[control]") {
  CHECK(control::CheapestColumns({}).empty());
}

TEST_CASE("each row gets a column of its own, all in all for the least",
          "[control]") {
  std::mt19937 random(7);
  for (int round = 0; round < 200; ++round) {
    const size_t rows = 1 + random() % 5;
    const size_t columns = rows + random() % 3;
    Costs costs(rows, std::vector<int64_t>(columns));
    for (auto& row : costs) {
      for (int64_t& cost : row) cost = static_cast<int64_t>(random() % 9) - 2;
    }
    std::vector<size_t> chosen = control::CheapestColumns(costs);
    REQUIRE(chosen.size() == rows);
    CHECK(CostOf(costs, chosen) == LeastCost(costs));
    std::sort(chosen.begin(), chosen.end());
    CHECK(std::adjacent_find(chosen.begin(), chosen.end()) == chosen.end());
    CHECK(chosen.back() < columns);
  }
}

}  // namespace
}  // namespace bobbin::testing
