// What a published value says about itself: contract section 6.2.

#include "model/object.h"

#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "support/catch.h"

namespace bobbin::model {
namespace {

using Json = nlohmann::json;
using OptText = std::optional<std::string>;

ObjectNature NatureOfGood(std::string_view val,
                          std::optional<std::string_view> builtin = {}) {
  Result<ObjectNature> nature = NatureOf(val, builtin);
  INFO(val << (nature.ok() ? "" : nature.error().message));
  REQUIRE(nature.ok());
  return std::move(nature).value();
}

TEST_CASE("the classes of a value are read from its bases", "[model]") {
  struct Row {
    std::string val;
    OptText base;
    OptText leaf;
  };
  const auto [val, base, leaf] = GENERATE(values<Row>({
      {R"({"_class_name":"StringPrompt","_bases":["Prompt","Object","BaseModel"]})",
       "Prompt", "StringPrompt"},
      {R"({"_class_name":"Deep","_bases":["A","B","Object","BaseModel"]})", "B",
       "Deep"},
      {R"({"_class_name":"Evaluation","_bases":["Object","BaseModel"]})",
       "Evaluation", "Evaluation"},
      {R"({"_class_name":"X","_bases":["BaseObject","BaseModel"]})", "X", "X"},
      {R"({"_class_name":"X","_bases":["A","BaseObject","BaseModel"]})", "A",
       "X"},
      {R"({"_class_name":"X","_bases":["BaseModel","Object"]})", {}, {}},
      {R"({"_class_name":"X","_bases":["Object","BaseModel","A"]})", {}, {}},
      {R"({"_class_name":"X","_bases":["BaseModel"]})", {}, {}},
      {R"({"_class_name":"X","_bases":[]})", {}, {}},
      {R"({"_class_name":"X","_bases":"Object"})", {}, {}},
      {R"({"_class_name":"X"})", {}, {}},
      {R"([{"_class_name":"X","_bases":["Object","BaseModel"]}])", {}, {}},
      {"null", {}, {}},
      {"\"text\"", {}, {}},
      {"1.0", {}, {}},
  }));
  const ObjectNature nature = NatureOfGood(val);
  CAPTURE(val);
  CHECK(nature.base_object_class == base);
  CHECK(nature.leaf_object_class == leaf);
  CHECK(nature.kind == "object");
  CHECK(nature.val == val);
}

TEST_CASE("an op is known by its type", "[model]") {
  struct Row {
    std::string val;
    std::string kind;
  };
  const auto [val, kind] = GENERATE(values<Row>({
      {R"({"_type":"CustomWeaveType","weave_type":{"type":"Op"},
           "files":{"obj.py":"d"}})",
       "op"},
      {R"({"_type":"Anything","weave_type":{"type":"Op"}})", "op"},
      {R"({"_type":"Op"})", "op"},
      {R"({"_type":"CustomWeaveType","weave_type":{"type":"Image"}})",
       "object"},
      {R"({"weave_type":"Op"})", "object"},
      {R"({"type":"Op"})", "object"},
      {R"([{"_type":"Op"}])", "object"},
      {"\"Op\"", "object"},
  }));
  CAPTURE(val);
  CHECK(NatureOfGood(val).kind == kind);
}

TEST_CASE("a built-in class brings the members that are missing", "[model]") {
  struct Row {
    std::string val;
    std::string kept;
  };
  const auto [val, kept] = GENERATE(values<Row>({
      {"{}",
       R"({"_type":"Leaderboard","_class_name":"Leaderboard",
           "_bases":["Object","BaseModel"]})"},
      {R"({ "name" : "x" })",
       R"({"name":"x","_type":"Leaderboard","_class_name":"Leaderboard",
           "_bases":["Object","BaseModel"]})"},
      {R"({"_type":"Own","name":{"}":"}"}})",
       R"({"_type":"Own","name":{"}":"}"},"_class_name":"Leaderboard",
           "_bases":["Object","BaseModel"]})"},
      {R"({"_bases":["A","Object","BaseModel"],"_class_name":"Leaderboard",
           "_type":"T"})",
       R"({"_bases":["A","Object","BaseModel"],"_class_name":"Leaderboard",
           "_type":"T"})"},
  }));
  CAPTURE(val);
  const ObjectNature nature = NatureOfGood(val, "Leaderboard");
  CHECK(Json::parse(nature.val) == Json::parse(kept));
  CHECK(nature.leaf_object_class == "Leaderboard");
}

TEST_CASE("a full value keeps its own text under a built-in class", "[model]") {
  const std::string val =
      R"({ "_type":"Evaluation", "n":1.0, "_class_name":"Evaluation",)"
      R"("_bases":["Object","BaseModel"], "n":1e400 })";
  CHECK(NatureOfGood(val, "Evaluation").val == val);
}

TEST_CASE("a built-in class on something else is refused", "[model]") {
  const std::string val =
      GENERATE(R"({"_class_name":"Other"})", R"({"_class_name":1})", "[]",
               "null", "1", "\"text\"");
  CAPTURE(val);
  const Result<ObjectNature> nature = NatureOf(val, "Leaderboard");
  REQUIRE_FALSE(nature.ok());
  CHECK(nature.error().code == Code::kInvalid);
}

TEST_CASE("a file path that leads outside is refused", "[model]") {
  struct Row {
    std::string path;
    bool good;
  };
  const auto [path, good] = GENERATE(values<Row>({
      {"obj.py", true},
      {"folder/obj.py", true},
      {"/etc/passwd", false},
      {"../obj.py", false},
      {"a/../../b", false},
      {"\\u002fetc", false},
  }));
  CAPTURE(path);
  const std::string files = R"("files":{"good":"d1",")" + path + R"(":"d2"}})";
  const Result<ObjectNature> nature =
      NatureOf(R"({"_type":"CustomWeaveType",)" + files, {});
  CHECK(nature.ok() == good);
  if (!good) {
    CHECK_THAT(nature.error().message,
               Catch::StartsWith("Invalid file path key"));
  }
  CHECK(NatureOf(R"({"_type":"Mine",)" + files, {}).ok());
}

}  // namespace
}  // namespace bobbin::model
