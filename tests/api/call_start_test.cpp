// POST /call/start: what it takes and answers when all is well. What is wrong
// with a body is in request_errors_test.cpp.

#include "support/api_fixture.h"
#include "support/call_bodies.h"
#include "support/catch.h"

namespace bobbin::testing {
namespace {

TEST_CASE("a start is answered with exactly its id and trace id",
          "[api][start]") {
  Api api;
  CHECK(api.Ok("/call/start", Start(AStart("c1"))) ==
        R"({"id":"c1","trace_id":"t1"})");
}

TEST_CASE("every field of a start comes back as it was sent", "[api][start]") {
  Api api;
  PutStart(api, AStart("c1")
                    .WithText("display_name", "A name")
                    .WithText("parent_id", "p1")
                    .WithText("thread_id", "th1")
                    .WithText("turn_id", "tu1")
                    .WithText("started_at", "2024-01-02T03:04:05.678901Z")
                    .With("attributes", R"({"acme.language":"Go"})")
                    .With("inputs", R"({"x":1})")
                    .With("otel_dump", R"({"span_id":"ab"})")
                    .WithText("wb_user_id", "someone")
                    .WithText("wb_run_id", "team/app/run1")
                    .With("wb_run_step", "7"));
  const Json expected = Json::parse(R"({
    "id": "c1", "project_id": "team/app", "op_name": "op",
    "display_name": "A name", "trace_id": "t1", "parent_id": "p1",
    "thread_id": "th1", "turn_id": "tu1",
    "started_at": "2024-01-02T03:04:05.678901Z",
    "attributes": {"acme.language": "Go", "otel_span": {"span_id": "ab"}},
    "inputs": {"x": 1},
    "ended_at": null, "exception": null, "output": null,
    "summary": {"weave": {"status": "running", "display_name": "A name"}},
    "wb_user_id": "someone", "wb_run_id": "team/app/run1", "wb_run_step": 7,
    "wb_run_step_end": null, "deleted_at": null, "expire_at": null,
    "storage_size_bytes": null, "total_storage_size_bytes": null})");
  CHECK(ReadCall(api, "c1") == expected);
}

TEST_CASE("the five required fields are enough", "[api][start]") {
  Api api;
  const Json answer =
      Json::parse(api.Ok("/call/start",
                         R"({"start":{"project_id":"team/app","op_name":"op",
                 "started_at":"2024-01-01T00:00:00Z","attributes":{},
                 "inputs":{}}})"));
  CHECK(answer.size() == 2);
  const Json call = ReadCall(api, answer.at("id").get<std::string>());
  CHECK(call.at("trace_id") == answer.at("trace_id"));
  for (const char* name : {"display_name", "parent_id", "thread_id", "turn_id",
                           "wb_run_id", "wb_run_step"}) {
    CAPTURE(name);
    CHECK(call.at(name).is_null());
  }
}

TEST_CASE(
    "an id that is missing, null or empty is made, and is not the same "
    "twice",
    "[api][start]") {
  Api api;
  const std::string name = GENERATE("id", "trace_id");
  const std::string form = GENERATE("missing", "null", "\"\"");
  CAPTURE(name, form);
  const Body start = form == "missing" ? AStart("c1").Without(name)
                                       : AStart("c1").With(name, form);
  const Json first = Json::parse(api.Ok("/call/start", Start(start)));
  CHECK(first.at(name).get<std::string>().starts_with("made-"));
  CHECK(ReadCall(api, first.at("id").get<std::string>()).at(name) ==
        first.at(name));
  if (name == "id") {
    const Json second = Json::parse(api.Ok("/call/start", Start(start)));
    CHECK(second.at("id") != first.at("id"));
  }
}

TEST_CASE("every optional field may be null", "[api][start]") {
  Api api;
  Body start = AStart("c1");
  for (const char* name :
       {"display_name", "parent_id", "thread_id", "turn_id", "otel_dump",
        "wb_user_id", "wb_run_id", "wb_run_step"}) {
    start = start.With(name, "null");
  }
  PutStart(api, start);
  const Json call = ReadCall(api, "c1");
  CHECK(call.at("attributes") == Json::object());
  CHECK(call.at("parent_id").is_null());
  CHECK(call.at("wb_run_step").is_null());
}

TEST_CASE("who did it is `local` unless the client says so", "[api][start]") {
  Api api;
  PutStart(api, AStart("c1"));
  PutStart(api, AStart("c2").WithText("wb_user_id", "someone"));
  CHECK(ReadCall(api, "c1").at("wb_user_id") == "local");
  CHECK(ReadCall(api, "c2").at("wb_user_id") == "someone");
}

TEST_CASE("an unknown key inside the start is ignored", "[api][start]") {
  Api api;
  PutStart(api, AStart("c1").With("no_such_field", "[1]"));
  CHECK_FALSE(ReadCall(api, "c1").contains("no_such_field"));
}

TEST_CASE("of a key that is there twice the last one counts", "[api][start]") {
  Api api;
  std::string start = AStart("c1").json();
  start.insert(1, R"("op_name":5,"id":"earlier",)");
  CHECK(api.Ok("/call/start", R"({"start":1,"start":)" + start + "}") ==
        R"({"id":"c1","trace_id":"t1"})");
}

struct TimeRow {
  std::string sent;
  std::string answered;
};

TEST_CASE("a time is taken in every form and answered as UTC", "[api][start]") {
  const auto [sent, answered] = GENERATE(values<TimeRow>({
      {R"("2024-01-01T00:00:00Z")", "2024-01-01T00:00:00Z"},
      {R"("2024-01-01t00:00:00z")", "2024-01-01T00:00:00Z"},
      {R"("2024-01-01 00:00:00")", "2024-01-01T00:00:00Z"},
      {R"("2024-01-01_00:00:00")", "2024-01-01T00:00:00Z"},
      {R"("2024-01-01T00:00")", "2024-01-01T00:00:00Z"},
      {R"("2024-01-01")", "2024-01-01T00:00:00Z"},
      {R"("2024-01-01T02:00:00+02:00")", "2024-01-01T00:00:00Z"},
      {R"("2023-12-31T19:00:00-05:00")", "2024-01-01T00:00:00Z"},
      {R"("2024-01-01T00:00:00.5Z")", "2024-01-01T00:00:00.500000Z"},
      {R"("2024-01-01T00:00:00.123456Z")", "2024-01-01T00:00:00.123456Z"},
      {R"("2024-01-01T00:00:00.123456789Z")", "2024-01-01T00:00:00.123456Z"},
      {R"("2024-01-01T00:00:00.000000Z")", "2024-01-01T00:00:00Z"},
      {"1704067200", "2024-01-01T00:00:00Z"},
      {"1704067200.25", "2024-01-01T00:00:00.250000Z"},
      {"1704067200123", "2024-01-01T00:00:00.123000Z"},
      {"1.7040672e9", "2024-01-01T00:00:00Z"},
      {R"("1704067200")", "2024-01-01T00:00:00Z"},
      {R"("1704067200123")", "2024-01-01T00:00:00.123000Z"},
      {R"("2024-01-01T00:00:00\u005a")", "2024-01-01T00:00:00Z"},
      {"0", "1970-01-01T00:00:00Z"},
      {"-1", "1969-12-31T23:59:59Z"},
      {R"("0001-01-01")", "0001-01-01T00:00:00Z"},
      {R"("9999-12-31T23:59:59.999999Z")", "9999-12-31T23:59:59.999999Z"},
  }));
  CAPTURE(sent);
  Api api;
  PutStart(api, AStart("c1").With("started_at", sent));
  PutEnd(api, AnEnd("c1").With("ended_at", sent));
  const Json call = ReadCall(api, "c1");
  CHECK(call.at("started_at") == answered);
  CHECK(call.at("ended_at") == answered);
}

struct IntRow {
  std::string sent;
  int64_t answered;
};

TEST_CASE("an integer is taken in every lax form", "[api][start]") {
  const auto [sent, answered] = GENERATE(values<IntRow>({
      {"5", 5},
      {"5.0", 5},
      {"\"5\"", 5},
      {"\"5.0\"", 5},
      {"\" 5 \"", 5},
      {"true", 1},
      {"false", 0},
      {"-3", -3},
      {"1e3", 1000},
      {"9223372036854775807", INT64_MAX},
  }));
  CAPTURE(sent);
  Api api;
  PutStart(api, AStart("c1").With("wb_run_step", sent));
  CHECK(ReadCall(api, "c1").at("wb_run_step") == answered);
}

TEST_CASE("text comes back whatever it is made of", "[api][start]") {
  const std::string text =
      GENERATE(R"(\"quoted\" \\ \/)", "\u00e9\u4e2d\U0001f600",
               R"(\u00e9\ud83d\ude00)", R"(nul \u0000 inside)",
               R"(lone \ud83d surrogate)", R"(line\nbreak\ttab\u0001)", " ");
  CAPTURE(text);
  Api api;
  PutStart(api, AStart("c1")
                    .WithText("op_name", text)
                    .WithText("thread_id", text)
                    .WithText("display_name", text));
  const std::string answer = ReadText(api, "c1");
  // nlohmann takes no lone surrogate, so these are compared as text.
  if (text.find("lone") != std::string::npos) {
    CHECK_THAT(answer, Catch::Contains(R"("op_name":"lone \ud83d surrogate")"));
    CHECK_THAT(answer,
               Catch::Contains(R"("display_name":"lone \ud83d surrogate")"));
    return;
  }
  const Json call = Json::parse(answer).at("call");
  const Json expected = Json::parse(Quoted(text));
  CHECK(call.at("op_name") == expected);
  CHECK(call.at("thread_id") == expected);
  CHECK(call.at("display_name") == expected);
}

TEST_CASE("ids may be any text, and are the client's own", "[api][start]") {
  const std::string id =
      GENERATE("0190c0ff-ee00-7000-8000-000000000001", "0123456789abcdef",
               "with spaces and /slashes", "\u00fcml\u00e4ut", R"(a\"b)", "1");
  CAPTURE(id);
  Api api;
  CHECK(Json::parse(api.Ok("/call/start", Start(AStart(id)))).at("id") ==
        Json::parse(Quoted(id)));
  CHECK(ReadCall(api, id).at("id") == Json::parse(Quoted(id)));
}

TEST_CASE("the same id in two projects names two calls", "[api][start]") {
  Api api;
  PutStart(api, AStart("c1").WithText("op_name", "here"));
  PutStart(api, AStart("c1")
                    .WithText("project_id", "team/other")
                    .WithText("op_name", "there"));
  CHECK(ReadCall(api, "c1").at("op_name") == "here");
  const Json other = Json::parse(
      api.Ok("/call/read", R"({"project_id":"team/other","id":"c1"})"));
  CHECK(other.at("call").at("op_name") == "there");
}

TEST_CASE("a project id is `entity/project`", "[api][start]") {
  Api api;
  SECTION("anything else is refused") {
    const std::string id = GENERATE("app", "", "/app", "team/", "/");
    CAPTURE(id);
    CHECK_THAT(ReasonOf(api.Post("/call/start", Start(AStart("c1").WithText(
                                                    "project_id", id))),
                        400),
               Catch::Contains("project_id"));
  }
  SECTION("the project may have slashes of its own") {
    PutStart(api, AStart("c1").WithText("project_id", "team/app/deep"));
    const Json answer = Json::parse(
        api.Ok("/call/read", R"({"project_id":"team/app/deep","id":"c1"})"));
    CHECK(answer.at("call").at("project_id") == "team/app/deep");
  }
}

TEST_CASE("the v2 path starts and ends calls as v1 does", "[api][start]") {
  Api api;
  CHECK(api.Ok("/v2/team/app/call/start", Start(AStart("c1"))) ==
        R"({"id":"c1","trace_id":"t1"})");
  CHECK(api.Ok("/v2/team/app/call/end", End(AnEnd("c1"))) == "{}");
  CHECK(ReadCall(api, "c1").at("summary").at("weave").at("status") ==
        "success");
}

TEST_CASE("a v2 path names a project with slashes by encoding them",
          "[api][start]") {
  Api api(Transport::kPort);
  const std::string prefix = GENERATE("", "/traces");
  const std::string path = prefix + "/v2/team/app%2Fdeep%2fer";
  const Body start = AStart("c1").WithText("project_id", "team/app/deep/er");
  CHECK(api.Ok(path + "/call/start", Start(start)) ==
        R"({"id":"c1","trace_id":"t1"})");
  // The path is split before it is decoded, everywhere.
  for (const std::string wrong :
       {"/v2/team/app/deep/er/call/start", "/v2/team/app%2Fcall/start",
        "/v2%2Fteam/app/call/start", "/call%2Fstart", "%2Fcall/start",
        "/traces%2Fcall/start"}) {
    CAPTURE(wrong);
    CHECK(api.Post(prefix + wrong, Start(start)).status == 404);
  }
}

TEST_CASE("a v2 path that names another project than its body is refused",
          "[api][start]") {
  Api api;
  const std::string path =
      GENERATE("/v2/team/other", "/v2/other/app", "/v2/Team/app");
  CAPTURE(path);
  ReasonOf(api.Post(path + "/call/start", Start(AStart("c1"))), 400);
  ReasonOf(api.Post(path + "/call/end", End(AnEnd("c1"))), 400);
  ReasonOf(api.Post(path + "/calls/complete", Batch({AComplete("c1").json()})),
           400);
  CHECK(ReadCall(api, "c1").is_null());
}

}  // namespace
}  // namespace bobbin::testing
