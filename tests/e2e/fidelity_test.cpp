// What was sent is what is read, byte for byte, through the real port.
#include <string>
#include <vector>

#include "support/catch.h"
#include "support/served.h"
#include "support/temp_dir.h"

namespace bobbin::testing {
namespace {

std::string Nested(int levels, const std::string& open,
                   const std::string& close) {
  std::string text;
  for (int i = 0; i < levels; ++i) text += open;
  text += "1";
  for (int i = 0; i < levels; ++i) text += close;
  return text;
}

// JSON values that a parse and a print would change.
std::vector<std::string> Values() {
  return {
      "1",
      "1.0",
      "-0",
      "-0.0",
      "1.10",
      "1E5",
      "1e+05",
      "123456789012345678901234567890",
      "-123456789012345678901234567890",
      "0.1000000000000000055511151231257827",
      "1e400",
      "-1e400",
      "1e-400",
      "9007199254740993",
      R"("")",
      R"("\"\\\/\b\f\n\r\t")",
      R"("\u0041\u00e9\u00E9\u2028")",
      R"("\u0000 and \u001f")",
      R"("\ud83d\ude00 and 😀")",
      R"("lone \ud83d high")",
      R"("lone \ude00 low")",
      R"("\ud83d\ud83d\ude00")",
      "\"\xe2\x80\xa8 raw line separator, \x7f\"",
      R"({"b":1,"a":2,"c":{"z":1,"y":2}})",
      R"({"a":1,"a":2,"a":{"a":3,"a":4}})",
      R"({"":0,"a.b":1,"$ref":2,"\u0000":3,"é":4,"\u00e9":5})",
      R"({"1":1,"01":2,"1.0":3})",
      "[]",
      "[[],{},[{}],null,true,false]",
      Nested(200, "[", "]"),
      Nested(199, R"({"a":)", "}"),
  };
}

TEST_CASE("values come back in the text they were sent in", "[e2e]") {
  const TempDir dir;
  const Arguments arguments = {"--db", dir.File("calls.db")};
  std::vector<std::string> values = Values();
  const auto id = [](size_t i) { return "c" + std::to_string(i); };
  // The deepest value fits as an output; inputs put an object around it.
  const auto inputs = [&](size_t i) {
    return R"({"n":[1,1.0],"v":)" + values[i] + "}";
  };
  {
    Served bobbin(arguments);
    Client client = bobbin.NewClient();
    for (size_t i = 0; i < values.size(); ++i) {
      CAPTURE(values[i]);
      const bool deepest = values[i].starts_with("[[[[");
      REQUIRE(
          client
              .Post("/call/start", StartBody(id(i), deepest ? "{}" : inputs(i)))
              .status == 200);
      REQUIRE(client.Post("/call/end", EndBody(id(i), values[i])).status ==
              200);
    }
  }
  // From the file, not from some memory of it.
  Served bobbin(arguments);
  Client client = bobbin.NewClient();
  const std::string stream =
      client.Post("/calls/stream_query", R"({"project_id":"team/e2e"})").body;
  for (size_t i = 0; i < values.size(); ++i) {
    CAPTURE(values[i]);
    const std::string call = client.Post("/call/read", ReadBody(id(i))).body;
    CHECK(RawMember(call, "output") == values[i]);
    if (!values[i].starts_with("[[[[")) {
      CHECK(RawMember(call, "inputs") == inputs(i));
    }
    const std::string in_stream = RawMember(call, "call") + "\n";
    CHECK(stream.find(in_stream) != std::string::npos);
  }
}

TEST_CASE("attributes and summary come back in the text they were sent in",
          "[e2e]") {
  Served bobbin({"--ephemeral"});
  Client client = bobbin.NewClient();
  const std::string attributes =
      R"({"b":1.0,"a":123456789012345678901234567890,"acme.x":"\ud83d","b":2})";
  std::string start = StartBody("c1");
  start.replace(start.find("{}"), 2, attributes);
  std::string end = EndBody("c1");
  const std::string members =
      R"("z":1.0,"y":[1e400,"\u0041"],"x":{"b":1,"a":2})";
  end.replace(end.find("{}"), 2, "{" + members + "}");
  REQUIRE(client.Post("/call/start", start).status == 200);
  REQUIRE(client.Post("/call/end", end).status == 200);

  const std::string call = client.Post("/call/read", ReadBody("c1")).body;
  CHECK(RawMember(call, "attributes") == attributes);
  CHECK_THAT(RawMember(call, "summary"), Catch::Contains(members));
}

TEST_CASE("a line of the stream is a line, whatever the client's layout",
          "[e2e]") {
  Served bobbin({"--ephemeral"});
  Client client = bobbin.NewClient();
  const std::string inputs =
      "{\r\n\t\"a b\" : [ 1.0,\n 2 ] ,\n \"c\":\"x\\ny\"}";
  REQUIRE(client.Post("/call/start", StartBody("c1", inputs)).status == 200);

  const std::string stream =
      client.Post("/calls/stream_query", R"({"project_id":"team/e2e"})").body;
  CHECK(stream.find('\n') == stream.size() - 1);
  CHECK(stream.find('\r') == std::string::npos);
  CHECK_THAT(stream, Catch::Contains("1.0"));
  CHECK_THAT(stream, Catch::Contains(R"("x\ny")"));
}

}  // namespace
}  // namespace bobbin::testing
