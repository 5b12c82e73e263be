#include "store/table_plan.h"

#include <deque>
#include <random>

#include "base/hash.h"
#include "support/catch.h"

namespace bobbin::testing {
namespace {

using store::kMaxChunkRows;
using store::PlannedRow;
using store::TablePlan;

// Digests that the plans point to: `n` in 43 digits.
class Digests {
 public:
  std::string_view operator()(int64_t n) {
    std::string digits = std::to_string(n);
    return texts_.emplace_back(std::string(kDigestChars - digits.size(), '0') +
                               digits);
  }

 private:
  std::deque<std::string> texts_;
};

// A plan that begins with a table of full chunks, numbered from 1, whose rows
// are 0, 1, 2, ...
TablePlan ABase(Digests& digests, int64_t chunks, size_t rows_each) {
  std::vector<TablePlan::Chunk> list;
  std::vector<char> all;
  int64_t n = 0;
  for (int64_t chunk = 1; chunk <= chunks; ++chunk) {
    list.push_back({chunk, 10 * chunk, rows_each});
    for (size_t i = 0; i < rows_each; ++i) {
      const std::string_view digest = digests(n++);
      all.insert(all.end(), digest.begin(), digest.end());
    }
  }
  return TablePlan(list, std::move(all));
}

std::vector<std::string> RowsOf(const TablePlan& plan) {
  std::vector<std::string> rows;
  for (const TablePlan::Piece& piece : plan.pieces()) {
    for (size_t at = 0; at < piece.digests.size(); at += kDigestChars) {
      rows.emplace_back(piece.digests.substr(at, kDigestChars));
    }
    for (const PlannedRow& row : piece.rows) rows.emplace_back(row.digest);
  }
  return rows;
}

// The chunks that are taken as they are; 0 for those to be made.
std::vector<int64_t> ChunksOf(const TablePlan& plan) {
  std::vector<int64_t> chunks;
  for (const TablePlan::Piece& piece : plan.pieces()) {
    chunks.push_back(piece.chunk);
  }
  return chunks;
}

using Chunks = std::vector<int64_t>;

TEST_CASE("an empty plan is the empty table", "[store]") {
  const TablePlan plan;
  CHECK(plan.row_count() == 0);
  CHECK(plan.pieces().empty());
  CHECK(plan.Digest() == HexSha256(""));
}

TEST_CASE("a change opens the chunk that it touches and no other", "[store]") {
  Digests digests;
  TablePlan plan = ABase(digests, 4, 10);
  CHECK(ChunksOf(plan) == Chunks{1, 2, 3, 4});
  SECTION("append") {
    plan.Append({digests(99)});
    CHECK(ChunksOf(plan) == Chunks{1, 2, 3, 0});
  }
  SECTION("insert within") {
    REQUIRE(plan.Insert(15, {digests(99)}).ok());
    CHECK(ChunksOf(plan) == Chunks{1, 0, 3, 4});
  }
  SECTION("insert at the first row of a chunk") {
    REQUIRE(plan.Insert(10, {digests(99)}).ok());
    CHECK(ChunksOf(plan) == Chunks{1, 0, 3, 4});
  }
  SECTION("insert at the end is an append") {
    REQUIRE(plan.Insert(40, {digests(99)}).ok());
    CHECK(ChunksOf(plan) == Chunks{1, 2, 3, 0});
  }
  SECTION("pop") {
    const auto popped = plan.Pop(39);
    REQUIRE(popped.ok());
    CHECK(popped.value() == digests(39));
    CHECK(ChunksOf(plan) == Chunks{1, 2, 3, 0});
  }
  SECTION("nothing remains of a chunk") {
    for (int i = 0; i < 10; ++i) REQUIRE(plan.Pop(10).ok());
    CHECK(ChunksOf(plan) == Chunks{1, 3, 4});
  }
}

TEST_CASE("a full chunk is not opened by what is appended to it", "[store]") {
  Digests digests;
  TablePlan plan = ABase(digests, 2, kMaxChunkRows);
  plan.Append({digests(-1)});
  CHECK(ChunksOf(plan) == Chunks{1, 2, 0});
  CHECK(plan.pieces().back().rows.size() == 1);
}

TEST_CASE("no chunk grows beyond its bound", "[store]") {
  Digests digests;
  TablePlan plan;
  const bool in_front = GENERATE(false, true);
  for (size_t i = 0; i < 5 * kMaxChunkRows; ++i) {
    const PlannedRow row{digests(static_cast<int64_t>(i))};
    if (in_front) {
      REQUIRE(plan.Insert(0, row).ok());
    } else {
      plan.Append(row);
    }
  }
  CHECK(plan.row_count() == 5 * kMaxChunkRows);
  CHECK(plan.pieces().size() <= 10);
  for (const TablePlan::Piece& piece : plan.pieces()) {
    CHECK(piece.row_count() <= kMaxChunkRows);
  }
}

TEST_CASE("an index out of range changes nothing", "[store]") {
  Digests digests;
  TablePlan plan = ABase(digests, 2, 5);
  for (const int64_t index : {int64_t{-1}, int64_t{11}, INT64_MAX, INT64_MIN}) {
    CAPTURE(index);
    const Status status = plan.Insert(index, {digests(99)});
    REQUIRE(!status.ok());
    CHECK(status.error().code == Code::kInvalid);
    CHECK(status.error().message == "Index out of range");
    CHECK(!plan.Pop(index).ok());
  }
  CHECK(!plan.Pop(10).ok());
  CHECK(!TablePlan().Pop(0).ok());
  CHECK(plan.row_count() == 10);
  CHECK(ChunksOf(plan) == Chunks{1, 2});
}

TEST_CASE("a plan stays what a list would be, whatever is done to it",
          "[store]") {
  const unsigned seed = GENERATE(range(1u, 21u));
  CAPTURE(seed);
  std::mt19937 random(seed);
  const auto below = [&](size_t n) {
    return static_cast<size_t>(random() % n);
  };
  Digests digests;
  TablePlan plan = ABase(digests, 5, seed % 2 == 0 ? kMaxChunkRows : 7);
  std::vector<std::string> list = RowsOf(plan);
  for (int64_t step = 0; step < 1500; ++step) {
    const std::string_view digest = digests(1'000'000 + step);
    const size_t kind = below(5);
    if (kind < 2 && !list.empty()) {
      const size_t at = below(list.size());
      const auto popped = plan.Pop(static_cast<int64_t>(at));
      REQUIRE(popped.ok());
      REQUIRE(popped.value() == list[at]);
      list.erase(list.begin() + static_cast<std::ptrdiff_t>(at));
    } else if (kind < 4) {
      const size_t at = below(list.size() + 1);
      REQUIRE(plan.Insert(static_cast<int64_t>(at), {digest}).ok());
      list.emplace(list.begin() + static_cast<std::ptrdiff_t>(at), digest);
    } else {
      plan.Append({digest});
      list.emplace_back(digest);
    }
  }
  CHECK(plan.row_count() == list.size());
  CHECK(RowsOf(plan) == list);
  std::string all;
  for (const std::string& digest : list) all += digest;
  CHECK(plan.Digest() == HexSha256(all));
}

}  // namespace
}  // namespace bobbin::testing
