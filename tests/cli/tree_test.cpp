#include "cli/tree.h"

#include <sstream>
#include <string>
#include <vector>

#include "base/display.h"
#include "support/catch.h"

namespace bobbin::testing {
namespace {

using cli::Look;
using cli::RenderTree;
using cli::TreeCall;

TreeCall ACall(const std::string& id, const std::string& parent,
               int64_t begin_ms, int64_t end_ms) {
  return {.id = id,
          .parent_id = parent,
          .name = id,
          .started_us = begin_ms * 1000,
          .ended_us = end_ms * 1000};
}

std::vector<TreeCall> ATrace() {
  std::vector<TreeCall> calls{
      ACall("answer", "", 0, 1000), ACall("llm", "answer", 400, 1000),
      ACall("retrieve", "answer", 0, 300), ACall("embed", "retrieve", 0, 100)};
  calls[1].status = "error";
  calls[1].exception = "RateLimit: slow down\nTraceback";
  calls[1].tokens = 1204;
  return calls;
}

TEST_CASE("a tree shows order, time and failure", "[cli]") {
  CHECK(RenderTree(ATrace(), {.width = 60}) ==
        "✓ answer      "
        "████████████████████████████████  1.00s\n"
        "├╴✓ retrieve  "
        "█████████▌                        300ms\n"
        "│ └╴✓ embed   "
        "███▏                              100ms\n"
        "└╴✗ llm       "
        "            ████████████████████  600ms  1,204\n"
        "    RateLimit: slow down\n");
}

TEST_CASE("without Unicode a tree is ASCII", "[cli]") {
  const std::string text =
      RenderTree(ATrace(), {.width = 60, .unicode = false});
  for (const char c : text) CHECK(static_cast<unsigned char>(c) < 0x80);
  CHECK_THAT(text, Catch::Contains("|-+ retrieve"));
  CHECK_THAT(text, Catch::Contains("`-x llm"));
}

TEST_CASE("a tree keeps to the width of the terminal", "[cli]") {
  const int width = GENERATE(30, 60, 80, 200);
  CAPTURE(width);
  std::vector<TreeCall> calls = ATrace();
  calls[0].name = std::string(300, 'x');
  for (int i = 0; i < 60; ++i) {  // ever deeper
    const std::string parent =
        i == 0 ? "embed" : "deep " + std::to_string(i - 1);
    calls.push_back(ACall("deep " + std::to_string(i), parent, i, i + 1));
  }
  calls.back().exception = std::string(300, 'e');
  std::istringstream lines(RenderTree(calls, {.width = width}));
  int count = 0;
  for (std::string line; std::getline(lines, line); ++count) {
    CHECK(DisplayWidth(line) <= width);
  }
  CHECK(count == 66);
}

TEST_CASE("every call is shown once, whatever the parents say", "[cli]") {
  std::vector<TreeCall> calls{ACall("a", "b", 0, 1), ACall("b", "a", 0, 1),
                              ACall("own", "own", 2, 3),
                              ACall("orphan", "gone", 4, 5)};
  const std::string text = RenderTree(calls, {.width = 40});
  for (const char* name : {" a ", " b ", " own ", " orphan "}) {
    CAPTURE(name);
    const size_t at = text.find(name);
    REQUIRE(at != std::string::npos);
    CHECK(text.find(name, at + 1) == std::string::npos);
  }
}

TEST_CASE("a call that runs reaches to the end of the axis", "[cli]") {
  std::vector<TreeCall> calls{ACall("done", "", 0, 100),
                              ACall("open", "", 50, 0)};
  calls[1].ended_us.reset();
  calls[1].status = "running";
  const std::string text = RenderTree(calls, {.width = 60});
  CHECK_THAT(text, Catch::Contains("… open"));
  CHECK_THAT(text, Catch::EndsWith("█  running\n"));
}

TEST_CASE("names and exceptions in a tree are harmless", "[cli]") {
  std::vector<TreeCall> calls{ACall("a", "", 0, 1)};
  calls[0].name = "evil\x1b]0;title\x07";
  calls[0].exception = "bad\x1b[2J";
  const std::string text = RenderTree(calls, {.width = 60});
  CHECK(text.find('\x1b') == std::string::npos);
  CHECK(text.find('\x07') == std::string::npos);
}

TEST_CASE("a chain of ten thousand calls is no trouble", "[cli]") {
  std::vector<TreeCall> calls;
  for (int i = 0; i < 10'000; ++i) {
    calls.push_back(ACall(std::to_string(i),
                          i == 0 ? "" : std::to_string(i - 1), i, 10'000));
  }
  const std::string text = RenderTree(calls, {.width = 80});
  CHECK(std::ranges::count(text, '\n') == 10'000);
}

}  // namespace
}  // namespace bobbin::testing
