// Trees of calls as a test expects them. Actual trees are written like
// expected ones; their calls start in the order in which they stand.
#include "control/tree_match.h"

#include <nlohmann/json.hpp>
#include <string>

#include "support/catch.h"

namespace bobbin::testing {
namespace {

using control::CallTree;
using control::TreeCall;
using control::TreeDifference;
using control::TreeMatch;
using Json = nlohmann::ordered_json;

void AddCalls(const Json& list, const std::string& parent_id,
              std::vector<TreeCall>& calls) {
  for (const Json& one : list) {
    TreeCall call;
    call.id = "c" + std::to_string(calls.size());
    call.parent_id = parent_id;
    call.started_at_us = static_cast<int64_t>(calls.size());
    call.name = one.at("op").get<std::string>();
    call.op_name = "weave:///team/app/op/" + call.name + ":abc";
    if (one.contains("inputs")) call.inputs = one.at("inputs").dump();
    if (one.contains("output")) call.output = one.at("output").dump();
    if (one.contains("attributes")) {
      call.attributes = one.at("attributes").dump();
    }
    if (one.contains("exception")) call.exception = one.at("exception");
    if (one.contains("display_name")) {
      call.display_name = one.at("display_name");
    }
    calls.push_back(call);
    if (one.contains("children")) {
      AddCalls(one.at("children"), call.id, calls);
    }
  }
}

CallTree TreeOf(const std::string& json) {
  std::vector<TreeCall> calls;
  AddCalls(Json::parse(json), "", calls);
  return control::ArrangeCalls(std::move(calls));
}

Result<TreeMatch> Match(const std::string& expected, const std::string& actual,
                        const control::TreeOptions& options = {}) {
  json::Document document;
  REQUIRE(document.Parse(expected, json::kMaxDepth).message.empty());
  return control::MatchTree(document.root(), options, TreeOf(actual));
}

// "missing_call solve > llm; differs solve inputs.a"
std::string Differences(const std::string& expected, const std::string& actual,
                        const control::TreeOptions& options = {}) {
  const Result<TreeMatch> match = Match(expected, actual, options);
  if (!match.ok()) return match.error().message;
  std::string text;
  for (const TreeDifference& one : match.value().differences) {
    if (!text.empty()) text += "; ";
    text += std::string(control::KindName(one.kind)) + " " + one.call;
    if (!one.field.empty()) text += " " + one.field;
  }
  CHECK((match.value().count == 0) == text.empty());
  return text;
}

struct Row {
  std::string expected, actual, differences;
};

TEST_CASE("a tree is expected to be part of what is there", "[control]") {
  const Row row = GENERATE(values<Row>({
      {"[]", "[]", ""},
      {"[]", R"([{"op":"a"}])", ""},
      {"{}", R"([{"op":"a"}])", ""},
      {"{}", "[]", "missing_call call"},
      {R"({"op":"a"})", R"([{"op":"b"},{"op":"a"}])", ""},
      {R"({"op":"weave:///team/app/op/a:abc"})", R"([{"op":"a"}])", ""},
      {R"({"op":{"$regex":"^a"}})", R"([{"op":"b"},{"op":"ab"}])", ""},
      {R"({"op":"a","children":[{"op":"c"},{"op":"d"}]})",
       R"([{"op":"a","children":[{"op":"b"},{"op":"c"},{"op":"d"}]}])", ""},
      {R"({"op":"a","display_name":null,"exception":null,"output":null})",
       R"([{"op":"a"}])", ""},
      {R"({"op":"a","exception":{"$regex":"^ValueError"},"display_name":"n"})",
       R"([{"op":"a","exception":"ValueError: x","display_name":"n"}])", ""},
      {R"({"op":"a","attributes":{"env":"t"}})",
       R"([{"op":"a","attributes":{"weave":{},"env":"t"}}])", ""},
      {R"({"op":"a","inputs":{"x":1}})", R"([{"op":"a","inputs":{"x":2}}])",
       "differs a inputs.x"},
      {R"({"op":"a","inputs":{"x":1}})", R"([{"op":"a","inputs":{}}])",
       "missing a inputs.x"},
      // Of all calls that it could be, the nearest.
      {R"({"op":"a","inputs":{"x":1,"y":2}})",
       R"([{"op":"a","inputs":{"x":3,"y":4}},{"op":"a","inputs":{"x":1}}])",
       "missing a inputs.y"},
      {R"({"op":"a","inputs":{"x":1}})",
       R"([{"op":"b","inputs":{"x":1}},{"op":"a","inputs":{"x":2}}])",
       "differs a inputs.x"},
      // Nothing of it is like that.
      {R"([{"op":"a","output":1}])", R"([{"op":"b","output":2}])",
       "missing_call a"},
      {R"([{"op":"a","output":1}])", R"([{"op":"b","output":1}])",
       "differs a op"},
      // Order.
      {R"([{"op":"a"},{"op":"b"}])", R"([{"op":"b"},{"op":"a"}])",
       "missing_call b"},
      {R"([{"op":"a"},{"op":"a"}])", R"([{"op":"a"}])", "missing_call a #2"},
      {R"({"op":"r","children":[{"op":"a"},{"op":"b","children":[{"op":"c"}]}]})",
       R"([{"op":"r","children":[{"op":"a"},{"op":"b"}]}])",
       "missing_call r > b > c"},
  }));
  CAPTURE(row.expected, row.actual);
  CHECK(Differences(row.expected, row.actual) == row.differences);
}

TEST_CASE("an exact tree has nothing beside it", "[control]") {
  const Row row = GENERATE(values<Row>({
      {"[]", "[]", ""},
      {"[]", R"([{"op":"a"}])", "extra_call a"},
      {R"({"op":"a"})", R"([{"op":"a"}])", ""},
      {R"({"op":"a"})", R"([{"op":"a","children":[{"op":"b"}]}])",
       "extra_call a > b"},
      {R"({"op":"a","exact":false})",
       R"([{"op":"a","inputs":{"x":1},"children":[{"op":"b"}]}])", ""},
      {R"([{"op":"a"},{"op":"c"}])", R"([{"op":"a"},{"op":"b"},{"op":"c"}])",
       "extra_call b"},
      {R"([{"op":"a"},{"op":"b"}])", R"([{"op":"a"},{"op":"c"}])",
       "differs b op"},
      {R"({"op":"a","inputs":{"x":1}})",
       R"([{"op":"a","inputs":{"x":1,"y":2}}])", "extra a inputs.y"},
      {R"([{"op":"a"},{"op":"b"}])", R"([{"op":"b"},{"op":"a"}])",
       "missing_call b; extra_call b"},
  }));
  CAPTURE(row.expected, row.actual);
  CHECK(Differences(row.expected, row.actual, {.exact = true}) ==
        row.differences);
}

TEST_CASE("siblings may come in any order", "[control]") {
  const bool exact = GENERATE(false, true);
  const Row row = GENERATE(values<Row>({
      {R"([{"op":"a"},{"op":"b"}])", R"([{"op":"b"},{"op":"a"}])", ""},
      {R"({"op":"r","children":[{"op":"a"},{"op":"b"}]})",
       R"([{"op":"r","children":[{"op":"b"},{"op":"a"}]}])", ""},
      // Taking the first that fits would leave nothing for the second.
      {R"([{"op":{"$any":true}},{"op":"a"}])", R"([{"op":"a"},{"op":"b"}])",
       ""},
      {R"([{"op":"a","output":1},{"op":"a","output":2}])",
       R"([{"op":"a","output":2},{"op":"a","output":3}])",
       "differs a #1 output"},
      {R"([{"op":"a"},{"op":"b"},{"op":"c"}])", R"([{"op":"c"},{"op":"a"}])",
       "missing_call b"},
  }));
  CAPTURE(row.expected, row.actual, exact);
  CHECK(Differences(row.expected, row.actual,
                    {.exact = exact, .any_order = true}) == row.differences);
}

TEST_CASE("what a call says of order holds below it", "[control]") {
  const std::string actual =
      R"([{"op":"a","children":[{"op":"c"},{"op":"b"}]}])";
  CHECK(Differences(
            R"({"op":"a","any_order":true,"children":[{"op":"b"},{"op":"c"}]})",
            actual)
            .empty());
  CHECK(
      Differences(
          R"({"op":"a","any_order":false,"children":[{"op":"b"},{"op":"c"}]})",
          actual, {.any_order = true}) == "missing_call a > c");
}

TEST_CASE("a difference says where, and what there is", "[control]") {
  const Result<TreeMatch> match = Match(
      R"({"op":"solve","children":[{"op":"llm","inputs":{"model":"gpt-4o"}},
          {"op":"tool"}]})",
      R"([{"op":"solve","children":[{"op":"llm","inputs":{"model":"o1"}}]}])");
  REQUIRE(match.ok());
  const auto& differences = match.value().differences;
  REQUIRE(differences.size() == 2);
  CHECK(differences[0].at == "expect.children[0].inputs.model");
  CHECK(differences[0].expected == R"("gpt-4o")");
  CHECK(differences[0].actual == R"("o1")");
  CHECK(differences[0].call_id == "c1");
  CHECK(differences[1].at == "expect.children[1]");
  CHECK(differences[1].expected == R"({"op":"tool"})");
  CHECK(differences[1].call_id == "c0");
  CHECK(TextOf(match.value()) ==
        "The calls differ from what is expected in 2 places, at the nearest:\n"
        "  solve > llm: inputs.model: expected \"gpt-4o\", it is \"o1\"\n"
        "  solve > tool: this call is missing: {\"op\":\"tool\"}");
}

TEST_CASE("an expected tree that is none is refused, with its place",
          "[control]") {
  const auto [expected, place] = GENERATE(table<std::string, std::string>({
      {"1", "expect: "},
      {"[1]", "expect[0]: "},
      {R"({"ops":"a"})", "expect.ops: "},
      {R"({"exact":1})", "expect.exact: "},
      {R"({"children":{}})", "expect.children: "},
      {R"([{"children":[{"inputs":{"a":{"$x":1}}}]}])",
       "expect[0].children[0].inputs.a: "},
  }));
  CAPTURE(expected);
  const Result<TreeMatch> match = Match(expected, "[]");
  REQUIRE_FALSE(match.ok());
  CHECK(match.error().code == Code::kInvalid);
  CHECK(match.error().message.starts_with(place));
}

TEST_CASE("too much to compare is refused, not begun", "[control]") {
  std::string many = "[{}";
  for (size_t i = 0; i < control::kMostUnordered; ++i) many += ",{}";
  many += "]";
  const Result<TreeMatch> match = Match(many, "[]", {.any_order = true});
  REQUIRE_FALSE(match.ok());
  CHECK(match.error().code == Code::kInvalid);

  std::vector<TreeCall> calls(3000);
  for (size_t i = 0; i < calls.size(); ++i) calls[i].id = std::to_string(i);
  std::string list = R"([{"op":"a"})";
  for (int i = 1; i < 3000; ++i) list += R"(,{"op":"a"})";
  list += "]";
  json::Document document;
  REQUIRE(document.Parse(list, json::kMaxDepth).message.empty());
  const Result<TreeMatch> large = control::MatchTree(
      document.root(), {}, control::ArrangeCalls(std::move(calls)));
  REQUIRE_FALSE(large.ok());
  CHECK(large.error().code == Code::kTooLarge);
}

}  // namespace
}  // namespace bobbin::testing
