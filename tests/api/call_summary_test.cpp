// What is derived each time a call is read: summary.weave (contract section
// 4.5).

#include <string>

#include "support/api_fixture.h"
#include "support/call_bodies.h"
#include "support/catch.h"

namespace bobbin::testing {
namespace {

Json Weave(Api& api, std::string_view id) {
  return ReadCall(api, id).at("summary").at("weave");
}

TEST_CASE(
    "the status is the first of error, running, descendant_error and "
    "success that holds",
    "[api][summary]") {
  struct Row {
    std::string exception;  // JSON; "" leaves it out
    std::string summary;
    std::string status;
  };
  const Row row = GENERATE(values<Row>({
      {"", "{}", "success"},
      {"null", "{}", "success"},
      {"\"\"", "{}", "success"},
      {"\"broke\"", "{}", "error"},
      {"\" \"", "{}", "error"},
      {"\"broke\"", R"({"status_counts":{"error":1}})", "error"},
      {"", R"({"status_counts":{"error":1}})", "descendant_error"},
      {"\"\"", R"({"status_counts":{"error":"3"}})", "descendant_error"},
      {"", R"({"status_counts":{"error":0,"success":5}})", "success"},
      {"", R"({"status_counts":{}})", "success"},
  }));
  CAPTURE(row.exception, row.summary);
  Body end = AnEnd("c1").With("summary", row.summary);
  if (!row.exception.empty()) end = end.With("exception", row.exception);
  Api api;
  const std::string way = GENERATE("halves", "end first", "complete");
  CAPTURE(way);
  if (way == "complete") {
    Body call = AComplete("c1").With("summary", row.summary);
    if (!row.exception.empty()) call = call.With("exception", row.exception);
    PutComplete(api, call);
  } else {
    if (way == "halves") PutStart(api, AStart("c1"));
    PutEnd(api, end);
    if (way == "end first") PutStart(api, AStart("c1"));
  }
  CHECK(Weave(api, "c1").at("status") == row.status);
}

TEST_CASE("a call that has not ended is running and has no latency",
          "[api][summary]") {
  Api api;
  PutStart(api, AStart("c1"));
  CHECK(ReadCall(api, "c1").at("summary") ==
        Json::parse(R"({"weave":{"status":"running","trace_name":"op"}})"));
}

TEST_CASE("the latency is in whole milliseconds, rounded down",
          "[api][summary]") {
  struct Row {
    std::string started_at;
    std::string ended_at;
    int64_t latency_ms;
  };
  const Row row = GENERATE(values<Row>({
      {"2024-01-01T00:00:00Z", "2024-01-01T00:00:00Z", 0},
      {"2024-01-01T00:00:00Z", "2024-01-01T00:00:00.000999Z", 0},
      {"2024-01-01T00:00:00Z", "2024-01-01T00:00:00.001000Z", 1},
      {"2024-01-01T00:00:00.000500Z", "2024-01-01T00:00:00.002499Z", 1},
      {"2024-01-01T00:00:00Z", "2024-01-02T00:00:00Z", 86'400'000},
      // A clock that was set back.
      {"2024-01-01T00:00:00.000001Z", "2024-01-01T00:00:00Z", -1},
  }));
  CAPTURE(row.started_at, row.ended_at);
  Api api;
  PutComplete(api, AComplete("c1")
                       .WithText("started_at", row.started_at)
                       .WithText("ended_at", row.ended_at));
  CHECK(Weave(api, "c1").at("latency_ms") == row.latency_ms);
  CHECK(Weave(api, "c1").at("latency_ms").is_number_integer());
}

TEST_CASE("a call is called by its display name, or by its op",
          "[api][summary]") {
  struct Row {
    std::string op_name;
    std::string trace_name;  // "": there is none
  };
  const Row row = GENERATE(values<Row>({
      {"op", "op"},
      {"my op: the first", "my op: the first"},
      {"weave:///team/app/op/predict:v1", "predict"},
      {"weave:///team/app/op/predict:0aB9", "predict"},
      {"weave:///team/app/op/predict", "predict"},
      {"weave:///team/app/op/Model.predict-it_2:*", "Model.predict-it_2"},
      {"weave:///team/app/object/Model:abc", "Model"},
      {"weave:///team/app/object/Model:abc/attr/x", "Model"},
      {"weave:///team/app/table/abcdef", ""},
      {"weave:///team/app/call/abcdef", ""},
      {"https://example.com/op/x:1", "https://example.com/op/x:1"},
  }));
  CAPTURE(row.op_name);
  Api api;
  PutStart(api, AStart("plain").WithText("op_name", row.op_name));
  PutStart(api, AStart("named")
                    .WithText("op_name", row.op_name)
                    .WithText("display_name", "Shown"));
  const Json plain = Weave(api, "plain");
  CHECK_FALSE(plain.contains("display_name"));
  if (row.trace_name.empty()) {
    CHECK_FALSE(plain.contains("trace_name"));
  } else {
    CHECK(plain.at("trace_name") == row.trace_name);
  }
  const Json named = Weave(api, "named");
  CHECK(named.at("display_name") == "Shown");
  CHECK_FALSE(named.contains("trace_name"));
}

TEST_CASE(
    "what a client stored in its summary stays, but for the derived "
    "four",
    "[api][summary]") {
  struct Row {
    std::string summary;
    std::string answered;  // without the derived members
  };
  const Row row = GENERATE(values<Row>({
      {"{}", "{}"},
      {"{ }", "{}"},
      {R"({"a":1,"b":{"weave":2}})", R"({"a":1,"b":{"weave":2}})"},
      {R"({"weave":{}})", "{}"},
      {R"({"weave":{"mine":[1],"status":"odd","latency_ms":-5,
                    "trace_name":"x","display_name":"y","more":null}})",
       R"({"weave":{"mine":[1],"more":null}})"},
      {R"({"a":1,"weave":{"mine":1},"b":2})",
       R"({"a":1,"weave":{"mine":1},"b":2})"},
      {R"({"w\u0065ave":{"st\u0061tus":"odd","mine":1}})",
       R"({"weave":{"mine":1}})"},
      {R"({"weave":null,"a":1})", R"({"a":1})"},
      {R"({"weave":{"a":1},"weave":{"b":1}})", R"({"weave":{"b":1}})"},
      {R"({"text":"\"weave\":{"})", R"({"text":"\"weave\":{"})"},
      {R"({"text":"}"})", R"({"text":"}"})"},
      {R"({"a":{"b":{}}} )", R"({"a":{"b":{}}})"},
  }));
  CAPTURE(row.summary);
  Api api;
  PutStart(api, AStart("c1"));
  PutEnd(api, AnEnd("c1").With("summary", row.summary));
  Json summary = ReadCall(api, "c1").at("summary");
  Json& weave = summary.at("weave");
  CHECK(weave.at("status") == "success");
  CHECK(weave.at("trace_name") == "op");
  CHECK(weave.at("latency_ms") == 2000);
  CHECK_FALSE(weave.contains("display_name"));
  for (const char* name : {"status", "trace_name", "latency_ms"}) {
    weave.erase(name);
  }
  if (weave.empty()) summary.erase("weave");
  CHECK(summary == Json::parse(row.answered));
}

TEST_CASE("each derived member is there once", "[api][summary]") {
  Api api;
  PutStart(api, AStart("c1"));
  PutEnd(api,
         AnEnd("c1").With(
             "summary",
             R"({"weave":{"status":"x","feedback":[1],"costs":{"gpt":1}}})"));
  const std::string text =
      api.Ok("/calls/stream_query",
             R"({"project_id":"team/app","include_feedback":true})");
  for (const char* key : {"\"status\":", "\"weave\":", "\"feedback\":"}) {
    CAPTURE(key);
    const size_t first = text.find(key);
    REQUIRE(first != std::string::npos);
    CHECK(text.find(key, first + 1) == std::string::npos);
  }
  CHECK(Json::parse(text).at("summary").at("weave").at("feedback") ==
        Json::array());
}

TEST_CASE("feedback is an empty list when asked for, and else not there",
          "[api][summary]") {
  Api api;
  PutStart(api, AStart("c1"));
  CHECK_FALSE(Weave(api, "c1").contains("feedback"));
  CHECK(QueryCalls(api, R"("include_feedback":true)")
            .at(0)
            .at("summary")
            .at("weave")
            .at("feedback") == Json::array());
}

TEST_CASE("costs are left out where no price is known", "[api][summary]") {
  Api api;
  PutComplete(api, AComplete("c1").With(
                       "summary", R"({"usage":{"gpt":{"prompt_tokens":1}}})"));
  const Json call = Json::parse(
      api.Ok("/call/read",
             R"({"project_id":"team/app","id":"c1","include_costs":true})"));
  CHECK_FALSE(call.at("call").at("summary").at("weave").contains("costs"));
}

TEST_CASE("a display name of a client's summary does not name the call",
          "[api][summary]") {
  Api api;
  PutStart(api, AStart("c1").WithText("display_name", "mine"));
  PutEnd(api,
         AnEnd("c1").With("summary", R"({"weave":{"display_name":"theirs"}})"));
  CHECK(Weave(api, "c1").at("display_name") == "mine");
}

}  // namespace
}  // namespace bobbin::testing
