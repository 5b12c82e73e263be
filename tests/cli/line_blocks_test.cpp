#include "cli/line_blocks.h"

#include <sstream>
#include <string>
#include <vector>

#include "support/catch.h"

namespace bobbin::cli {
namespace {

std::vector<std::string> BlocksOf(const std::string& text, size_t bytes) {
  std::istringstream in(text);
  LineBlocks blocks(in, bytes);
  std::vector<std::string> all;
  while (true) {
    const Result<std::string_view> block = blocks.Next();
    REQUIRE(block.ok());
    if (block.value().empty()) break;
    all.emplace_back(block.value());
  }
  CHECK(blocks.bytes() == static_cast<int64_t>(text.size()));
  return all;
}

using Blocks = std::vector<std::string>;

TEST_CASE("a text comes in blocks of whole lines", "[cli]") {
  CHECK(BlocksOf("", 4).empty());
  CHECK(BlocksOf("a\nb\nc\nd\n", 4) == Blocks{"a\nb\n", "c\nd\n"});
  CHECK(BlocksOf("a\nbc\nd\n", 4) == Blocks{"a\n", "bc\nd\n"});
  CHECK(BlocksOf("a\nb", 4) == Blocks{"a\nb"});
  CHECK(BlocksOf("a\n\n\n\nb", 4) == Blocks{"a\n\n\n", "\nb"});
}

TEST_CASE("a line that is longer than a block comes whole", "[cli]") {
  const std::string lng(1000, 'x');
  CHECK(BlocksOf(lng + "\naaaa\n", 4) == Blocks{lng + "\n", "aaaa\n"});
  CHECK(BlocksOf("a\n" + lng, 4) == Blocks{"a\n", lng});
}

TEST_CASE("what can't be read is no end", "[cli]") {
  std::istringstream in("abc\n");
  in.setstate(std::ios::badbit);
  LineBlocks blocks(in, 4);
  CHECK_FALSE(blocks.Next().ok());
}

}  // namespace
}  // namespace bobbin::cli
