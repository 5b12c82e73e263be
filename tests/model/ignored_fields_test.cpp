#include "model/ignored_fields.h"

#include <string>
#include <vector>

#include "model/call.h"
#include "support/catch.h"

namespace bobbin::model {
namespace {

using Strings = std::vector<std::string>;

template <class Record>
void Read(std::string_view text) {
  json::Document document;
  REQUIRE(document.Parse(text, 5).message.empty());
  Record record;
  Details details;
  ReadValue(document.root(), record, Loc{.name = "body"}, details);
}

TEST_CASE("fields that are ignored are named, each once", "[model]") {
  const IgnoredFields ignored;
  Read<CallStartReq>(
      R"({"start":{"project_id":"a/b","foo":1,"bar":{},"foo":2}})");
  CHECK(ignored.names() == Strings{"start.foo", "start.bar"});
}

TEST_CASE("in a batch the index and the arm of the union do not matter",
          "[model]") {
  const IgnoredFields ignored;
  const std::string end =
      R"({"mode":"end","req":{"end":{"project_id":"a/b","id":"1",)"
      R"("ended_at":1,"summary":{},"display_name":"d"}}})";
  Read<CallsUpsertBatchReq>(R"({"batch":[)" + end + "," + end + "]}");
  CHECK(ignored.names() == Strings{"batch[].req.end.display_name"});
}

TEST_CASE("keys of the client's own are no fields", "[model]") {
  const IgnoredFields ignored;
  Read<CallEndReq>(
      R"({"end":{"project_id":"a/b","id":"1","ended_at":1,"summary":)"
      R"({"mine":1,"usage":{"m":{"prompt_tokens":1,"mine":2}}}}})");
  CHECK(ignored.names().empty());
}

TEST_CASE("strict records have no ignored fields", "[model]") {
  const IgnoredFields ignored;
  Read<CallUpdateReq>(R"({"foo":1})");
  CHECK(ignored.names().empty());
}

TEST_CASE("the innermost collects, and without one nothing happens",
          "[model]") {
  const std::string_view text = R"({"start":{"foo":1}})";
  Read<CallStartReq>(text);
  const IgnoredFields outer;
  {
    const IgnoredFields inner;
    Read<CallStartReq>(text);
    CHECK(inner.names() == Strings{"start.foo"});
  }
  CHECK(outer.names().empty());
}

TEST_CASE("of very many fields some are named", "[model]") {
  std::string text = R"({"start":{"x":1)";
  for (int i = 0; i < 300; ++i) text += ",\"x" + std::to_string(i) + "\":1";
  const IgnoredFields ignored;
  Read<CallStartReq>(text + "}}");
  CHECK(ignored.names().size() == IgnoredFields::kMost);
}

}  // namespace
}  // namespace bobbin::model
