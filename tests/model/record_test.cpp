#include "model/record.h"

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "support/catch.h"

namespace bobbin::model {
namespace {

using Json = nlohmann::json;

struct Leaf {
  std::string_view name;
  std::optional<int64_t> size;
  static constexpr bool kStrict = false;
  static constexpr auto Fields() {
    return std::tuple(Required("name", &Leaf::name),
                      Optional("size", &Leaf::size));
  }
};

struct Tree {
  std::string_view id;
  std::optional<std::string_view> label;
  std::optional<Time> planted;  // may not be null
  std::optional<Leaf> best;
  std::vector<Leaf> leaves;
  std::optional<std::vector<std::string_view>> names;
  std::string_view kind = "oak";
  static constexpr bool kStrict = true;
  static constexpr auto Fields() {
    return std::tuple(
        Required("id", &Tree::id), Optional("label", &Tree::label),
        NotNull("planted", &Tree::planted), Optional("best", &Tree::best),
        Optional("leaves", &Tree::leaves), Optional("names", &Tree::names),
        Optional("kind", &Tree::kind));
  }
};

// A tree and the text it was read from.
struct Reading {
  explicit Reading(std::string json) : text(std::move(json)) {
    REQUIRE(document.Parse(text, 4).message.empty());
    Details found;
    ReadValue(document.root(), tree, Loc{.name = "body"}, found);
    details = found.empty() ? Json::array()
                            : Json::parse(std::move(found).Take().detail);
  }
  // "type loc/loc", one line per error.
  std::string Errors() const {
    std::string lines;
    for (const Json& detail : details) {
      lines += detail.at("type").get<std::string>() + " ";
      for (const Json& step : detail.at("loc")) {
        lines +=
            "/" + (step.is_string() ? step.get<std::string>() : step.dump());
      }
      lines += "\n";
    }
    return lines;
  }

  std::string text;
  json::Document document;
  Tree tree;
  Json details;
};

TEST_CASE("a record is read by its rows", "[model]") {
  const Reading reading(R"({"leaves":[{"name":"a","size":"3"},{"name":"b"}],
      "planted":0,"best":{"name":"c","more":1},"names":["x","y"],
      "label":"l","id":"t1"})");
  CHECK(reading.Errors() == "");
  const Tree& tree = reading.tree;
  CHECK(tree.id == "t1");
  CHECK(tree.label == "l");
  CHECK(tree.planted->us == 0);
  CHECK(tree.best->name == "c");
  REQUIRE(tree.leaves.size() == 2);
  CHECK(tree.leaves[0].size == 3);
  CHECK_FALSE(tree.leaves[1].size);
  CHECK(tree.names == std::vector<std::string_view>{"x", "y"});
  CHECK(tree.kind == "oak");
}

TEST_CASE("an optional field may be null, which is as if it were missing",
          "[model]") {
  const Reading reading(
      R"({"id":"t","planted":0,"label":null,"best":null,"names":null})");
  CHECK(reading.Errors() == "");
  CHECK_FALSE(reading.tree.label);
  CHECK_FALSE(reading.tree.best);
  CHECK_FALSE(reading.tree.names);
}

struct Row {
  std::string text;
  std::string errors;
};

TEST_CASE("what is wrong with a record, and where", "[model]") {
  const auto [text, errors] = GENERATE(values<Row>({
      {"{}", "missing /body/id\nmissing /body/planted\n"},
      {"[]", "model_attributes_type /body\n"},
      {"null", "model_attributes_type /body\n"},
      {R"({"id":null,"planted":null})",
       "string_type /body/id\ndatetime_type /body/planted\n"},
      // In the order of the rows, however they were sent; extras last, in
      // the order of the text.
      {R"({"zz":1,"kind":1,"planted":[],"aa":2,"label":3,"id":"t"})",
       "string_type /body/label\ndatetime_type /body/planted\n"
       "string_type /body/kind\nextra_forbidden /body/zz\n"
       "extra_forbidden /body/aa\n"},
      {R"({"id":"t","planted":0,"leaves":[{"name":"a"},{},5,{"size":"x"}]})",
       "missing /body/leaves/1/name\nmodel_attributes_type /body/leaves/2\n"
       "missing /body/leaves/3/name\nint_parsing /body/leaves/3/size\n"},
      {R"({"id":"t","planted":0,"leaves":{},"names":"x"})",
       "list_type /body/leaves\nlist_type /body/names\n"},
      {R"({"id":"t","planted":0,"leaves":null})", "list_type /body/leaves\n"},
      {R"({"id":"t","planted":0,"names":["a",1,null]})",
       "string_type /body/names/1\nstring_type /body/names/2\n"},
      {R"({"id":"t","planted":0,"best":{"more":1}})",
       "missing /body/best/name\n"},
      {R"({"id":"t","planted":0,"kind":null})", "string_type /body/kind\n"},
      {R"({"id":"t","planted":0,"":1,"a/\"b":2})",
       "extra_forbidden /body/\nextra_forbidden /body/a/\"b\n"},
  }));
  CAPTURE(text);
  CHECK(Reading(text).Errors() == errors);
}

TEST_CASE("a record takes the last of a key that is there twice", "[model]") {
  const Reading reading(R"({"id":5,"planted":"?","id":"t","planted":0})");
  CHECK(reading.Errors() == "");
  CHECK(reading.tree.id == "t");
}

TEST_CASE("a key may be spelt with escapes", "[model]") {
  const Reading reading(R"({"\u0069d":"t","pl\u0061nted":0})");
  CHECK(reading.Errors() == "");
  CHECK(reading.tree.id == "t");
}

TEST_CASE("a missing field's input is the object that lacks it", "[model]") {
  const Reading reading(R"({"id":"t","planted":0,"leaves":[{"size":1}]})");
  REQUIRE(reading.details.size() == 1);
  CHECK(reading.details[0].at("input") == Json::parse(R"({"size":1})"));
  CHECK(reading.details[0].at("msg") == "Field required");
}

TEST_CASE("an extra field's input is its value", "[model]") {
  const Reading reading(R"({"id":"t","planted":0,"more":{"a":[1]}})");
  REQUIRE(reading.details.size() == 1);
  CHECK(reading.details[0].at("input") == Json::parse(R"({"a":[1]})"));
  CHECK(reading.details[0].at("msg") == "Extra inputs are not permitted");
}

TEST_CASE("details are bounded however many errors there are", "[model]") {
  std::string text = R"({"id":"t","planted":0,"names":[)";
  for (int i = 0; i < 200'000; ++i) text += i == 0 ? "1" : ",1";
  const Reading reading(text + "]}");
  CHECK(reading.details.size() > 1000);
  CHECK(reading.details.size() < 20'000);
}

}  // namespace
}  // namespace bobbin::model
