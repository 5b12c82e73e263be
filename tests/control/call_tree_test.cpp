#include "control/call_tree.h"

#include <string>

#include "support/catch.h"

namespace bobbin::testing {
namespace {

using control::ArrangeCalls;
using control::CallTree;
using control::TreeCall;

TreeCall ACall(std::string id, std::string parent_id, int64_t started_at_us,
               std::string op = "op", std::string inputs = "{}") {
  TreeCall call;
  call.id = std::move(id);
  call.parent_id = std::move(parent_id);
  call.started_at_us = started_at_us;
  call.name = std::move(op);
  call.inputs = std::move(inputs);
  return call;
}

// "a(b c(d)) e"
std::string Shape(const CallTree& tree, const std::vector<size_t>& siblings) {
  std::string text;
  for (const size_t place : siblings) {
    if (!text.empty()) text += ' ';
    const TreeCall& call = tree.calls[place];
    text += call.id;
    if (!call.children.empty()) text += "(" + Shape(tree, call.children) + ")";
  }
  return text;
}
std::string Shape(const CallTree& tree) { return Shape(tree, tree.roots); }

std::string Order(const CallTree& tree) {
  std::string text;
  for (const TreeCall& call : tree.calls) text += call.id;
  return text;
}

TEST_CASE("calls are put in tree order by their starts", "[control]") {
  const CallTree tree =
      ArrangeCalls({ACall("d", "c", 4), ACall("e", "", 2), ACall("c", "a", 3),
                    ACall("b", "a", 2), ACall("a", "", 1)});
  CHECK(Shape(tree) == "a(b c(d)) e");
  CHECK(Order(tree) == "abcde");
}

TEST_CASE("calls of one moment are put in order by op and inputs, not by id",
          "[control]") {
  const CallTree tree = ArrangeCalls({ACall("a", "", 1, "z"),
                                      ACall("b", "", 1, "y", R"({"x":2})"),
                                      ACall("c", "", 1, "y", R"({"x":1})")});
  CHECK(Shape(tree) == "c b a");
}

TEST_CASE("calls whose parents are not there are roots", "[control]") {
  CHECK(Shape(ArrangeCalls({ACall("a", "gone", 1), ACall("b", "a", 2)})) ==
        "a(b)");
}

TEST_CASE("calls that are their own ancestors are all there, once",
          "[control]") {
  CHECK(Shape(ArrangeCalls({ACall("a", "a", 1)})) == "a");
  CHECK(Shape(ArrangeCalls({ACall("a", "c", 1), ACall("b", "a", 2),
                            ACall("c", "b", 3), ACall("d", "b", 4)})) ==
        "a(b(c d))");
}

TEST_CASE("a long chain of calls is no deep recursion", "[control]") {
  constexpr int kCalls = 100'000;
  std::vector<TreeCall> calls;
  for (int i = 0; i < kCalls; ++i) {
    calls.push_back(
        ACall(std::to_string(i), i == 0 ? "" : std::to_string(i - 1), i));
  }
  const CallTree tree = ArrangeCalls(std::move(calls));
  CHECK(tree.roots.size() == 1);
  CHECK(tree.calls.size() == kCalls);
  CHECK(tree.calls.back().id == std::to_string(kCalls - 1));
}

}  // namespace
}  // namespace bobbin::testing
