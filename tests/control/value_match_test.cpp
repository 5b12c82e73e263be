// Wildcards, and values as a test expects them.
#include "control/value_match.h"

#include <string>

#include "support/catch.h"

namespace bobbin::testing {
namespace {

using control::ValueDifference;
using control::ValuePattern;

Result<ValuePattern> Read(const std::string& json) {
  json::Document document;
  REQUIRE(document.Parse(json, json::kMaxDepth).message.empty());
  return ValuePattern::Read(document.root(), "it");
}

// "missing .a, differs .b[0]"
std::string Differences(const std::string& expected, const std::string& actual,
                        bool exact = false) {
  const Result<ValuePattern> pattern = Read(expected);
  REQUIRE(pattern.ok());
  json::Document document;
  REQUIRE(document.Parse(actual, json::kMaxDepth).message.empty());
  std::vector<ValueDifference> found;
  const int64_t count =
      pattern.value().Differences(document.root(), exact, found);
  CHECK(count == pattern.value().Count(document.root(), exact));
  CHECK((count == 0) == found.empty());
  std::string text;
  for (const ValueDifference& one : found) {
    if (!text.empty()) text += ", ";
    text += one.kind == ValueDifference::Kind::kMissing ? "missing "
            : one.kind == ValueDifference::Kind::kExtra ? "extra "
                                                        : "differs ";
    text += one.path;
  }
  return text;
}

struct Row {
  std::string expected;
  std::string actual;
};

TEST_CASE("a value is met", "[control]") {
  const Row row = GENERATE(values<Row>({
      {"null", "null"},
      {"true", "true"},
      {"1", "1.0"},
      {"1e2", "100"},
      {"123456789012345678901234567890", "123456789012345678901234567890"},
      {R"("é")", R"("\u00e9")"},
      {R"("\ud83d")", R"("\ud83d")"},
      {"{}", R"({"a":1})"},
      {R"({"a":{"b":1}})", R"({"c":2,"a":{"d":3,"b":1}})"},
      {R"({"a":null})", "{}"},
      {"[]", "[]"},
      {R"([1,{"a":1}])", R"([1,{"a":1,"b":2}])"},
      {R"({"$any":true})", "null"},
      {R"({"a":{"$any":true}})", R"({"a":[]})"},
      {R"({"$type":"string"})", R"("")"},
      {R"({"$type":"number"})", "1.5"},
      {R"({"$type":"integer"})", "2.0"},
      {R"({"$type":"boolean"})", "false"},
      {R"({"$type":"null"})", "null"},
      {R"({"$type":"object"})", "{}"},
      {R"({"$type":["null","array"]})", "[1]"},
      {R"({"$regex":"^gpt-\\d"})", R"("gpt-4o")"},
      {R"({"$regex":"4o"})", R"("gpt-4o")"},
      {R"({"$regex":"^b|o$"})", R"("gpt\n4o")"},
      {R"({"$approx":0.3})", "0.30000000000000004"},
      {R"({"$approx":1000000})", "1000000.5"},
      {R"({"$approx":10,"$tolerance":2})", "8"},
      {R"({"$literal":{"$any":true}})", R"({"$any":true})"},
  }));
  CAPTURE(row.expected, row.actual);
  CHECK(Differences(row.expected, row.actual).empty());
}

TEST_CASE("a value is not met", "[control]") {
  const Row row = GENERATE(values<Row>({
      {"null", "0"},
      {"true", "1"},
      {"1", R"("1")"},
      {"123456789012345678901234567890", "123456789012345678901234567891"},
      {R"("a")", R"("A")"},
      {"{}", "[]"},
      {"[]", "{}"},
      {R"({"$type":"integer"})", "1.5"},
      {R"({"$type":"string"})", "null"},
      {R"({"$regex":"^4o"})", R"("gpt-4o")"},
      {R"({"$regex":"1"})", "1"},
      {R"({"$approx":0.3})", "0.301"},
      {R"({"$approx":0.3})", R"("0.3")"},
      {R"({"$approx":10,"$tolerance":2})", "7.9"},
      {R"({"$literal":{"$any":true}})", "1"},
  }));
  CAPTURE(row.expected, row.actual);
  CHECK(Differences(row.expected, row.actual) == "differs ");
}

TEST_CASE("long texts are searched in little stack, longer ones not at all",
          "[control]") {
  const std::string text(control::kMostSearchedBytes, 'a');
  CHECK(Differences(R"({"$regex":"(a|b)*$"})", '"' + text + '"').empty());
  CHECK(Differences(R"({"$regex":"(a|b)*c"})", '"' + text + '"') == "differs ");
  CHECK(Differences(R"({"$regex":"(a*)*b"})", '"' + text + '"') == "differs ");
  CHECK(Differences(R"({"$regex":"a"})", '"' + text + "a\"") == "differs ");
}

TEST_CASE("a pattern that would be enormous is refused", "[control]") {
  CHECK(
      Read(R"({"$regex":"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$"})").ok());
  const std::string wrong = GENERATE(values<std::string>({
      "(a?){3000}",
      "((a{50}){50}){1,50}",
      "a{99999999999999999999999}",
      std::string(control::kMostRegexBytes, '(') + "a",
  }));
  CAPTURE(wrong);
  const Result<ValuePattern> pattern = Read(R"({"$regex":")" + wrong + "\"}");
  REQUIRE_FALSE(pattern.ok());
  CHECK(pattern.error().code == Code::kInvalid);
}

TEST_CASE("where a value is not met is said", "[control]") {
  struct Case {
    std::string expected, actual;
    bool exact;
    std::string differences;
  };
  const Case row = GENERATE(values<Case>({
      {R"({"a":1,"b":{"c":2}})", R"({"b":{"c":3},"x":0})", false,
       "missing .a, differs .b.c"},
      {R"({"b":{"c":2}})", R"({"b":{"c":2,"y":1},"x":0})", true,
       "extra .x, extra .b.y"},
      {"[1,2,3]", "[1,3]", false, "differs [1], missing [2]"},
      {"[1]", "[1,2,3]", false, "extra [1], extra [2]"},
      {R"([{"a b":[1]}])", R"([{"a b":[2]}])", false,
       R"(differs [0]["a b"][0])"},
      {R"({"a":{"$any":true}})", "{}", false, "missing .a"},
      {R"({"a":1})", R"({"a":2,"a":1})", false, ""},
  }));
  CAPTURE(row.expected, row.actual);
  CHECK(Differences(row.expected, row.actual, row.exact) == row.differences);
}

TEST_CASE("a container that is none counts with all it says", "[control]") {
  const Result<ValuePattern> pattern = Read(R"({"a":1,"b":[1,2,{}]})");
  REQUIRE(pattern.ok());
  CHECK(pattern.value().claims() == 4);
  CHECK(pattern.value().Count({}, false) == 4);
}

TEST_CASE("a wildcard that is none is refused, with its place", "[control]") {
  const std::string wrong = GENERATE(values<std::string>({
      R"({"$any":false})",
      R"({"$any":true,"b":1})",
      R"({"$all":1})",
      R"({"$type":"text"})",
      R"({"$type":[]})",
      R"({"$type":1})",
      R"({"$regex":"("})",
      R"({"$regex":1})",
      R"({"$regex":"a)(b"})",
      R"({"$regex":"(a)\\1"})",
      R"({"$approx":"1"})",
      R"({"$approx":1,"$near":2})",
      R"({"$approx":1,"$tolerance":-1})",
  }));
  CAPTURE(wrong);
  const Result<ValuePattern> pattern = Read(R"({"a":[)" + wrong + "]}");
  REQUIRE_FALSE(pattern.ok());
  CHECK(pattern.error().code == Code::kInvalid);
  CHECK(pattern.error().message.starts_with("it.a[0]: "));
}

}  // namespace
}  // namespace bobbin::testing
