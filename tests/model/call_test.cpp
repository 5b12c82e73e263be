#include "model/call.h"

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "support/call_bodies.h"
#include "support/catch.h"

namespace bobbin::model {
namespace {

using testing::AComplete;
using testing::AnEnd;
using testing::AStart;
using testing::Json;

// Deep enough for every body of this file.
constexpr int kDepth = 5;

// A T and the text it was read from.
template <class T>
struct Reading {
  explicit Reading(std::string json) : text(std::move(json)) {
    REQUIRE(document.Parse(text, kDepth).message.empty());
    Details found;
    ReadValue(document.root(), value, Loc{.name = "item"}, found);
    details = found.empty() ? Json::array()
                            : Json::parse(std::move(found).Take().detail);
  }
  std::string text;
  json::Document document;
  T value;
  Json details;
};

TEST_CASE("a batch item is what its shape says, whatever its mode", "[model]") {
  const std::string mode = GENERATE("\"mode\":\"start\",", "\"mode\":\"end\",",
                                    "\"mode\":\"no such mode\",", "");
  const std::string trailing_mode = GENERATE("", ",\"mode\":\"later\"");
  CAPTURE(mode, trailing_mode);
  const Reading<CallBatchItem> start("{" + mode +
                                     "\"req\":" + testing::Start(AStart("c1")) +
                                     trailing_mode + "}");
  CHECK(start.details.empty());
  CHECK(start.value.report.part == CallPart::kStart);
  CHECK(start.value.report.id == "c1");
  const Reading<CallBatchItem> end("{" + mode +
                                   "\"req\":" + testing::End(AnEnd("c2")) +
                                   trailing_mode + "}");
  CHECK(end.details.empty());
  CHECK(end.value.report.part == CallPart::kEnd);
  CHECK(end.value.report.id == "c2");
}

TEST_CASE("a batch item without a mode has the mode of its shape", "[model]") {
  CHECK(
      Reading<CallBatchItem>(R"({"req":)" + testing::Start(AStart("c1")) + "}")
          .value.mode == "start");
  CHECK(Reading<CallBatchItem>(R"({"req":)" + testing::End(AnEnd("c1")) + "}")
            .value.mode == "end");
}

TEST_CASE("a batch item that fits neither shape has the errors of both",
          "[model]") {
  struct Row {
    std::string item;
    std::string want;  // [type, loc]
  };
  const auto [item, want] = GENERATE(values<Row>({
      {R"({"mode":"start","req":{"start":{"op_name":1}}})",
       R"([["missing",["item","CallBatchStartMode","req","start","project_id"]],
           ["string_type",["item","CallBatchStartMode","req","start","op_name"]],
           ["missing",["item","CallBatchStartMode","req","start","started_at"]],
           ["missing",["item","CallBatchStartMode","req","start","attributes"]],
           ["missing",["item","CallBatchStartMode","req","start","inputs"]],
           ["missing",["item","CallBatchEndMode","req","end"]],
           ["extra_forbidden",["item","CallBatchEndMode","req","start"]]])"},
      {R"({"mode":"end","req":{"end":{"project_id":"team/app","id":"c1","summary":{}}}})",
       R"([["missing",["item","CallBatchStartMode","req","start"]],
           ["extra_forbidden",["item","CallBatchStartMode","req","end"]],
           ["missing",["item","CallBatchEndMode","req","end","ended_at"]]])"},
      {R"({"mode":"start"})",
       R"([["missing",["item","CallBatchStartMode","req"]],
           ["missing",["item","CallBatchEndMode","req"]]])"},
      {R"({"mode":5,"req":null})",
       R"([["string_type",["item","CallBatchStartMode","mode"]],
           ["model_attributes_type",["item","CallBatchStartMode","req"]],
           ["string_type",["item","CallBatchEndMode","mode"]],
           ["model_attributes_type",["item","CallBatchEndMode","req"]]])"},
      {"[]",
       R"([["model_attributes_type",["item","CallBatchStartMode"]],
           ["model_attributes_type",["item","CallBatchEndMode"]]])"},
      {R"({"req":{}})",
       R"([["missing",["item","CallBatchStartMode","req","start"]],
           ["missing",["item","CallBatchEndMode","req","end"]]])"},
  }));
  CAPTURE(item);
  const Reading<CallBatchItem> reading(item);
  Json got = Json::array();
  for (const Json& detail : reading.details) {
    got.push_back({detail.at("type"), detail.at("loc")});
  }
  CHECK(got == Json::parse(want));
}

TEST_CASE("an item that is both a start and an end is neither", "[model]") {
  const Reading<CallBatchItem> reading(R"({"mode":"start","req":{"start":)" +
                                       AStart("c1").json() + R"(,"end":)" +
                                       AnEnd("c1").json() + "}}");
  REQUIRE(reading.details.size() == 2);
  CHECK(reading.details[0].at("loc") ==
        Json::parse(R"(["item","CallBatchStartMode","req","end"])"));
  CHECK(reading.details[1].at("loc") ==
        Json::parse(R"(["item","CallBatchEndMode","req","start"])"));
}

TEST_CASE("a complete call lacks nothing of either half", "[model]") {
  const std::string name =
      GENERATE("project_id", "id", "op_name", "trace_id", "started_at",
               "ended_at", "attributes", "inputs", "summary");
  CAPTURE(name);
  const Reading<CallComplete> without(AComplete("c1").Without(name).json());
  REQUIRE(without.details.size() == 1);
  CHECK(without.details[0].at("type") == "missing");
  CHECK(without.details[0].at("loc") == Json({"item", name}));
  const Reading<CallComplete> null(AComplete("c1").With(name, "null").json());
  REQUIRE(null.details.size() == 1);
  CHECK(null.details[0].at("loc") == Json({"item", name}));
}

TEST_CASE("an end keeps what a client adds to it out of the way", "[model]") {
  const Reading<CallEnd> end(
      AnEnd("c1").With("display_name", "5").With("anything", "[]").json());
  CHECK(end.details.empty());
  CHECK_FALSE(end.value.display_name);
}

TEST_CASE("refs belong to the part of the body that they lie in", "[model]") {
  const std::string ref = "\"weave:///e/p/object/";
  // Another call's refs before and after, and some between.
  const std::string text =
      "[" + ref + "a:1\",{\"attributes\":{\"x\":" + ref +
      "b:1\"},\"inputs\":{\"x\":[" + ref + "c:1\",{\"y\":" + ref +
      "d:1\"}]},\"summary\":{\"z\":" + ref + "e:1\"},\"output\":" + ref +
      "f:1\"}," + ref + "g:1\"]";
  json::Document document;
  REQUIRE(document.Parse(text, kDepth).message.empty());
  REQUIRE(document.refs().size() == 7);
  CallReport report;
  for (json::Value v = document.root().first().next().first(); v.exists();
       v = v.next()) {
    if (v.key() == "inputs") report.inputs.json = v.raw();
    if (v.key() == "output") report.output = RawValue{v.raw()};
  }
  TakeRefs(report, document.refs());
  const std::vector<std::string_view> inputs(report.input_refs.begin(),
                                             report.input_refs.end());
  CHECK(inputs == std::vector<std::string_view>{"weave:///e/p/object/c:1",
                                                "weave:///e/p/object/d:1"});
  const std::vector<std::string_view> outputs(report.output_refs.begin(),
                                              report.output_refs.end());
  CHECK(outputs == std::vector<std::string_view>{"weave:///e/p/object/f:1"});
}

}  // namespace
}  // namespace bobbin::model
