// The same conversations in process and through a real port: what a client
// says, and what of the answer matters to it.

#include <string>
#include <vector>

#include "support/api_fixture.h"
#include "support/call_bodies.h"
#include "support/catch.h"

namespace bobbin::testing {
namespace {

struct Step {
  std::string path;
  std::string body;
  int status;
  std::vector<std::string> fragments;  // of the answer
  std::vector<std::string> not_there = {};
};

using Scenario = std::vector<Step>;

void Play(const Scenario& scenario) {
  const Transport transport = GENERATE(Transport::kInProcess, Transport::kPort);
  CAPTURE(transport == Transport::kPort);
  Api api(transport);
  for (const Step& step : scenario) {
    CAPTURE(step.path, step.body);
    const api::Response response = api.Post(step.path, step.body);
    CHECK(response.status == step.status);
    for (const std::string& fragment : step.fragments) {
      CHECK_THAT(response.body, Catch::Contains(fragment));
    }
    for (const std::string& fragment : step.not_there) {
      CHECK_THAT(response.body, !Catch::Contains(fragment));
    }
  }
}

const std::string kReadC1 = R"({"project_id":"team/app","id":"c1"})";
const std::string kQueryAll = R"({"project_id":"team/app"})";

TEST_CASE("scenario: an empty store answers everything", "[api][scenario]") {
  Play({{"/call/read", kReadC1, 200, {R"({"call":null})"}},
        {"/calls/stream_query", kQueryAll, 200, {}, {"\n", "{"}},
        {"/calls/query", kQueryAll, 200, {R"({"calls":[]})"}},
        {"/calls/query_stats", kQueryAll, 200, {R"("count":0)"}},
        {"/call/end", End(AnEnd("c1")), 200, {"{}"}},
        {"/call/update",
         R"({"project_id":"team/app","call_id":"c2","display_name":"x"})",
         200,
         {"{}"}},
        {"/calls/delete",
         R"({"project_id":"team/app","call_ids":["c3"]})",
         200,
         {R"({"num_deleted":1})"}},
        {"/calls/stream_query", kQueryAll, 200, {}, {"{"}}});
}

TEST_CASE("scenario: a call from start to end", "[api][scenario]") {
  Play({{"/call/start",
         Start(AStart("c1").With("inputs", R"({ "x":1.0, "x":1e400 })")),
         200,
         {R"({"id":"c1","trace_id":"t1"})"}},
        {"/call/read",
         kReadC1,
         200,
         {R"("inputs":{ "x":1.0, "x":1e400 },)", R"("status":"running")",
          R"("ended_at":null)"}},
        {"/call/end",
         End(AnEnd("c1").With("output", R"("\ud83d \u0000")")),
         200,
         {"{}"}},
        {"/call/read",
         kReadC1,
         200,
         {R"("output":"\ud83d \u0000",)", R"("status":"success")",
          R"("latency_ms":2000)"}},
        {"/calls/stream_query",
         kQueryAll,
         200,
         {R"({"id":"c1",)", R"("output":"\ud83d \u0000",)", "}\n"}},
        {"/calls/query_stats", kQueryAll, 200, {R"("count":1)"}}});
}

TEST_CASE("scenario: the JavaScript SDK's batches", "[api][scenario]") {
  Play({{"/call/upsert_batch",
         Batch({StartItem(AStart("root")),
                StartItem(AStart("child").WithText("parent_id", "root")),
                EndItem(AnEnd("child").WithText("display_name", "x"))}),
         200,
         {R"({"res":[{"id":"root","trace_id":"t1"},)"
          R"({"id":"child","trace_id":"t1"},{}]})"}},
        {"/call/upsert_batch",
         Batch({EndItem(AnEnd("root"))}),
         200,
         {R"({"res":[{}]})"}},
        {"/calls/stream_query",
         R"({"project_id":"team/app","filter":{"trace_roots_only":true}})",
         200,
         {R"({"id":"root",)", R"("status":"success")"},
         {"child"}},
        {"/call/upsert_batch",
         Batch({StartItem(AStart("c1")), R"({"mode":"start","req":{}})"}),
         422,
         {R"("CallBatchStartMode")", R"("CallBatchEndMode")",
          R"(["body","batch",1,)"}},
        {"/call/read", kReadC1, 200, {R"({"call":null})"}}});
}

TEST_CASE("scenario: the Python SDK's complete calls", "[api][scenario]") {
  Play({{std::string(kCompletePath),
         Batch({AComplete("child").WithText("parent_id", "c1").json(),
                AComplete("c1").json()}),
         200,
         {"{}"}},
        {std::string(kCompletePath),
         Batch({AComplete("c1").With("output", "\"again\"").json()}),
         200,
         {"{}"}},
        {"/call/read", kReadC1, 200, {R"("output":"again")"}},
        {"/calls/query_stats", kQueryAll, 200, {R"("count":2)"}},
        {"/v2/team/other/calls/complete",
         Batch({AComplete("c2").json()}),
         400,
         {R"("reason":)", R"("error_type":)"}},
        {"/v2/team/app/call/start",
         Start(AStart("c3")),
         200,
         {R"({"id":"c3","trace_id":"t1"})"}},
        {"/v2/team/app/call/end", End(AnEnd("c3")), 200, {"{}"}},
        {"/calls/query_stats", kQueryAll, 200, {R"("count":3)"}}});
}

TEST_CASE("scenario: a call is renamed and deleted for good",
          "[api][scenario]") {
  Play({{"/call/start", Start(AStart("c1")), 200, {}},
        {"/call/update",
         R"({"project_id":"team/app","call_id":"c1","display_name":"New"})",
         200,
         {"{}"}},
        {"/call/read",
         kReadC1,
         200,
         {R"("display_name":"New")"},
         {R"("trace_name")"}},
        {"/call/update",
         R"({"project_id":"team/app","call_id":"c1"})",
         400,
         {R"("reason":"One of [display_name] is required for call update")"}},
        {"/call/start",
         Start(AStart("child").WithText("parent_id", "c1")),
         200,
         {}},
        {"/calls/delete",
         R"({"project_id":"team/app","call_ids":["c1"]})",
         200,
         {R"({"num_deleted":2})"}},
        {"/call/end", End(AnEnd("c1")), 200, {"{}"}},
        {"/call/start", Start(AStart("c1")), 200, {R"("id":"c1")"}},
        {"/call/read", kReadC1, 200, {R"({"call":null})"}},
        {"/calls/query", kQueryAll, 200, {R"({"calls":[]})"}}});
}

TEST_CASE("scenario: what is wrong is said the same way everywhere",
          "[api][scenario]") {
  Play(
      {{"/call/start",
        "",
        422,
        {R"({"detail":[{"type":"missing","loc":["body"],)"}},
       {"/call/start", "{", 422, {R"("type":"json_invalid","loc":["body",1])"}},
       {"/call/start",
        R"({"start":{},"x":1})",
        422,
        {R"("loc":["body","start","project_id"])",
         R"({"type":"extra_forbidden","loc":["body","x"],)"}},
       {"/call/start",
        Start(AStart("c1").WithText("project_id", "x")),
        400,
        {R"({"reason":)", R"("error_type":"InvalidRequest")"}},
       {"/calls/stream_query",
        R"({"project_id":"team/app","sort_by":[{"field":"x","direction":"asc"}]})",
        422,
        {R"("reason":"Field x is not allowed")"}},
       {"/nowhere", "{}", 404, {R"({"detail":"Not Found"})"}},
       {"/health", "{}", 405, {R"({"detail":"Method Not Allowed"})"}},
       {"/traces/call/start", Start(AStart("c1")), 200, {R"("id":"c1")"}},
       {"/traces/call/read", kReadC1, 200, {R"("id":"c1")"}}});
}

TEST_CASE("scenario: an object and the GraphQL around it", "[api][scenario]") {
  Play({{"/obj/create",
         R"({"obj":{"project_id":"team/app","object_id":"x","val":{"a":1}}})",
         200,
         {R"({"digest":"XdhgKMbg1k4iUYb5astpM4ssWXZN95FiEH9cS7NNExA",)"
          R"("object_id":"x"})"}},
        {"/obj/create",
         R"({"obj":{"project_id":"team/app","object_id":"x","val":{"a":1},
             "expected_digest":"other"}})",
         409,
         {R"("error_type":"DigestMismatchError")"}},
        {"/graphql",
         R"({"query":"{ viewer { username } }"})",
         200,
         {R"("username":"local")"}},
        {"/file/content",
         R"({"project_id":"team/app","digest":"none"})",
         404,
         {R"("reason":"File with digest none not found")"}}});
}

TEST_CASE("scenario: a file through either transport", "[api][scenario]") {
  Api api(GENERATE(Transport::kInProcess, Transport::kPort));
  const std::string bytes("hello\0\r\n--x\r\n\xff", 14);
  const api::Response created =
      api.SendForm("/file/create", {{.name = "project_id", .data = "team/app"},
                                    {.name = "file",
                                     .filename = "blob",
                                     .content_type = "application/octet-stream",
                                     .data = bytes}});
  INFO(created.body);
  REQUIRE(created.status == 200);
  const std::string digest = Json::parse(created.body).at("digest");
  const api::Response read =
      api.Post("/files/content",
               R"({"project_id":"team/app","digest":")" + digest + "\"}");
  CHECK(read.status == 200);
  CHECK(read.content_type == "application/octet-stream");
  CHECK(read.body == bytes);
}

TEST_CASE("scenario: a stream's name and a server's health",
          "[api][scenario]") {
  Api api(GENERATE(Transport::kInProcess, Transport::kPort));
  CHECK(api.Send({.method = "GET", .path = "/health"}).body ==
        R"({"status":"ok"})");
  CHECK(api.Send({.method = "GET", .path = "/server_info"}).status == 200);
  CHECK(api.Send({.method = "POST",
                  .path = "/calls/stream_query",
                  .content_type = "application/json",
                  .accept = "application/x-ndjson",
                  .body = kQueryAll})
            .content_type == "application/x-ndjson");
}

TEST_CASE("scenario: megabytes in, megabytes out", "[api][scenario]") {
  Api api(GENERATE(Transport::kInProcess, Transport::kPort));
  std::vector<std::string> items;
  for (int i = 0; i < 100; ++i) {
    items.push_back(StartItem(
        AStart("c" + std::to_string(i))
            .With("inputs", R"({"x":")" + std::string(50'000, 'x') + "\"}")));
  }
  api.Ok("/call/upsert_batch", Batch(items));
  CHECK(QueryCalls(api).size() == 100);
}

}  // namespace
}  // namespace bobbin::testing
