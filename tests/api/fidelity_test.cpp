// What a client sent is what a reader gets: the same bytes.

#include <algorithm>
#include <string>
#include <string_view>

#include "support/api_fixture.h"
#include "support/call_bodies.h"
#include "support/catch.h"

namespace bobbin::testing {
namespace {

// `value` inside 200 levels: arrays and objects in turn.
std::string Nested(int levels, std::string_view value) {
  std::string open;
  std::string close;
  for (int i = 0; i < levels; ++i) {
    open += i % 2 == 0 ? "[" : "{\"k\":";
    close.insert(0, i % 2 == 0 ? "]" : "}");
  }
  return open + std::string(value) + close;
}

TEST_CASE("the JSON of a call comes back byte by byte", "[api][fidelity]") {
  const std::string value = GENERATE(
      "1", "1.0", "1.00", "-0", "-0.0", "1e0", "1E+2", "1e400", "-1e400",
      "0.1000000000000000055511151231257827", "123456789012345678901234567890",
      "-123456789012345678901234567890", "9007199254740993", "true", "false",
      "null", "\"\"", "[]", "{}", R"("\u00e9")", "\"\u00e9\"", "\"\U0001f600\"",
      R"("\ud83d\ude00")", R"("\uD83D\uDE00")", R"("\ud83d")", R"("\ude00")",
      R"("\ude00\ud83d")", R"("\u0000")", R"("a\u0000b")", R"("\/")", R"("/")",
      R"("\"\\\b\f\n\r\t")", "\"\x7f\"", "\"\u2028\u2029\"", R"({"b":1,"a":2})",
      R"({"a":1,"a":2})", R"({"":0})", R"({"\u0061":1,"a":2})",
      R"({ "a" : [ 1 , 2 ] })", "[ \t1 ,2 ]", R"("{\"nested\":\"json\"}")",
      R"({"weave":{"status":"mine"}})", R"("'; DROP TABLE calls; --")",
      R"("%s ?1 :x @y $z")");
  CAPTURE(value);
  const std::string object = R"({"x":)" + value + ", \"y\" :[" + value + "]}";
  const std::string way = GENERATE("halves", "batch", "complete");
  CAPTURE(way);
  Api api;
  const Body start =
      AStart("c1").With("attributes", object).With("inputs", object);
  const Body end = AnEnd("c1").With("output", value);
  if (way == "halves") {
    PutStart(api, start);
    PutEnd(api, end);
  } else if (way == "batch") {
    api.Ok("/call/upsert_batch", Batch({StartItem(start), EndItem(end)}));
  } else {
    PutComplete(api, AComplete("c1")
                         .With("attributes", object)
                         .With("inputs", object)
                         .With("output", value));
  }
  const std::string expected = R"("attributes":)" + object + R"(,"inputs":)" +
                               object + R"(,"ended_at":)";
  const std::string expected_output = R"("output":)" + value + R"(,"summary":)";
  for (const std::string& answer :
       {ReadText(api, "c1"),
        api.Ok("/calls/stream_query", R"({"project_id":"team/app"})"),
        api.Ok("/calls/query", R"({"project_id":"team/app"})")}) {
    CHECK_THAT(answer, Catch::Contains(expected));
    CHECK_THAT(answer, Catch::Contains(expected_output));
  }
}

TEST_CASE("members of a summary come back byte by byte", "[api][fidelity]") {
  const std::string members = GENERATE(
      R"("b":1.0,"a":123456789012345678901234567890)",
      R"("x":"\ud83d","y":"\u0000","z":1e400)", R"("a":1,"a":2)",
      R"("usage":{"gpt":{"requests":1.0,"own":1e400,"prompt_tokens":"5"}})");
  CAPTURE(members);
  Api api;
  PutStart(api, AStart("c1"));
  PutEnd(api, AnEnd("c1").With("summary", "{" + members + "}"));
  CHECK_THAT(ReadText(api, "c1"),
             Catch::Contains(R"("summary":{)" + members + R"(,"weave":{)"));
}

TEST_CASE("a summary with a part of ours keeps its other text",
          "[api][fidelity]") {
  Api api;
  PutStart(api, AStart("c1"));
  PutEnd(api,
         AnEnd("c1").With(
             "summary",
             R"({"n":1.0,"weave":{"mine":1e400,"s":"\ud83d"},"m":[ 1.0 ]})"));
  const std::string answer = ReadText(api, "c1");
  CHECK_THAT(answer, Catch::Contains(R"("n":1.0)"));
  CHECK_THAT(answer, Catch::Contains(R"("m":[ 1.0 ])"));
  CHECK_THAT(answer, Catch::Contains(R"("mine":1e400)"));
  CHECK_THAT(answer, Catch::Contains(R"("s":"\ud83d")"));
}

TEST_CASE("two hundred levels of nesting come back", "[api][fidelity]") {
  Api api;
  const std::string deep = Nested(200, "\"core\"");
  const std::string object = R"({"x":)" + Nested(199, "\"core\"") + "}";
  const std::string way = GENERATE("batch", "complete");
  CAPTURE(way);
  if (way == "batch") {
    api.Ok("/call/upsert_batch",
           Batch({StartItem(AStart("c1").With("inputs", object)),
                  EndItem(AnEnd("c1").With("output", deep))}));
  } else {
    PutComplete(api,
                AComplete("c1").With("inputs", object).With("output", deep));
  }
  const std::string answer = ReadText(api, "c1");
  CHECK(answer.find(R"("inputs":)" + object + ",") != std::string::npos);
  CHECK(answer.find(R"("output":)" + deep + ",") != std::string::npos);
}

TEST_CASE("a string of 20 MB comes back", "[api][fidelity]") {
  Api api;
  std::string value;
  while (value.size() < (20u << 20)) {
    value += "twenty megabytes of text, \\n and \u00e9 ";
  }
  PutStart(api, AStart("c1").With("inputs", R"({"x":")" + value + "\"}"));
  const std::string answer = ReadText(api, "c1");
  CHECK(answer.find(value) != std::string::npos);
  CHECK(answer.size() > value.size());
  CHECK(api.Ok("/calls/stream_query", R"({"project_id":"team/app"})")
            .find(value) != std::string::npos);
}

TEST_CASE("white space around a body or between its tokens does not matter",
          "[api][fidelity]") {
  Api api;
  std::string body = Start(AStart("c1").With("inputs", R"({ "x": 1 })"));
  body = " \n\t" + body + "\r\n ";
  api.Ok("/call/start", body);
  CHECK_THAT(ReadText(api, "c1"), Catch::Contains(R"("inputs":{ "x": 1 },)"));
}

TEST_CASE("an answer is one line per call whatever the call holds",
          "[api][fidelity]") {
  Api api;
  PutStart(api, AStart("c1")
                    .With("inputs", "{\n  \"x\": \"a\\nb\",\r\n \"y\": 2\n}")
                    .With("attributes", "{\r}"));
  PutEnd(api, AnEnd("c1").With("summary", "{\n}").With("output", "[\n1]"));
  PutStart(api, AStart("c2"));
  const std::string lines =
      api.Ok("/calls/stream_query", R"({"project_id":"team/app"})");
  CHECK(std::count(lines.begin(), lines.end(), '\n') == 2);
  CHECK(std::count(lines.begin(), lines.end(), '\r') == 0);
  CHECK_THAT(lines, Catch::Contains(R"({   "x": "a\nb",   "y": 2 })"));
  // Where there is one value in the answer, it is as it was.
  CHECK_THAT(ReadText(api, "c1"),
             Catch::Contains("{\n  \"x\": \"a\\nb\",\r\n \"y\": 2\n}"));
}

}  // namespace
}  // namespace bobbin::testing
