// The two comparisons of `bobbin diff`: of JSON and of trees.

#include <string>
#include <vector>

#include "cli/json_diff.h"
#include "cli/trace_diff.h"
#include "support/catch.h"

namespace bobbin::testing {
namespace {

using cli::TraceCall;

std::string Differences(std::string_view before, std::string_view after,
                        size_t most = 100) {
  std::string text;
  for (const auto& found : cli::JsonDiff(before, after, most)) {
    text += found.path + ": " + found.before + " | " + found.after + '\n';
  }
  return text;
}

TEST_CASE("JSON differs at its innermost places", "[cli]") {
  CHECK(Differences(R"({"a":1,"b":{"c":[1,2]}})",
                    R"({"b":{"c":[1,3,4]},"d":0})") ==
        "a: 1 | \n"
        "b.c.1: 2 | 3\n"
        "b.c.2:  | 4\n"
        "d:  | 0\n");
  CHECK(Differences("1", R"("1")") == ": 1 | \"1\"\n");
}

TEST_CASE("JSON is compared by what it says, not by how it is spaced",
          "[cli]") {
  CHECK(Differences(R"({"a":1,"b":"\u0041"})", R"({ "b": "A", "a": 1 })")
            .empty());
  CHECK(Differences("1", "1.0") == ": 1 | 1.0\n");
}

TEST_CASE("no more differences are found than asked for", "[cli]") {
  CHECK(cli::JsonDiff("[1,2,3]", "[4,5,6]", 2).size() == 2);
}

TraceCall ACall(const std::string& id, const std::string& parent,
                const std::string& name) {
  TraceCall call;
  call.tree.id = id;
  call.tree.parent_id = parent;
  call.tree.name = name;
  return call;
}

std::string Pairs(const std::vector<TraceCall>& a,
                  const std::vector<TraceCall>& b) {
  std::string text;
  for (const cli::CallPair& pair : cli::PairCalls(a, b)) {
    text += std::string(static_cast<size_t>(pair.depth), ' ') +
            (pair.before ? a[*pair.before].tree.id : "-") + "=" +
            (pair.after ? b[*pair.after].tree.id : "-") + '\n';
  }
  return text;
}

TEST_CASE("calls of one name are paired in their order", "[cli]") {
  const std::vector<TraceCall> a{
      ACall("a1", "", "root"), ACall("a2", "a1", "load"),
      ACall("a3", "a1", "llm"), ACall("a4", "a3", "http")};
  const std::vector<TraceCall> b{
      ACall("b1", "", "root"),   ACall("b2", "b1", "check"),
      ACall("b3", "b1", "load"), ACall("b4", "b1", "llm"),
      ACall("b5", "b4", "http"), ACall("b6", "b4", "http")};
  CHECK(Pairs(a, b) ==
        "a1=b1\n"
        " -=b2\n"
        " a2=b3\n"
        " a3=b4\n"
        "  a4=b5\n"
        "  -=b6\n");
}

TEST_CASE("two roots belong together, whatever they are called", "[cli]") {
  CHECK(Pairs({ACall("a1", "", "x"), ACall("a2", "a1", "y")},
              {ACall("b1", "", "z"), ACall("b2", "b1", "y")}) ==
        "a1=b1\n"
        " a2=b2\n");
  // Of several only those of the same name.
  CHECK(Pairs({ACall("a1", "", "x"), ACall("a2", "", "y")},
              {ACall("b1", "", "z")}) ==
        "a1=-\n"
        "a2=-\n"
        "-=b1\n");
}

}  // namespace
}  // namespace bobbin::testing
