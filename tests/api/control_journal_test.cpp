// /_bobbin/journal and /_bobbin/verify.

#include <string>

#include "support/api_rows.h"

namespace bobbin::testing {
namespace {

constexpr control::Options kWithBodies{
    .may_harm = true, .journal = {.most_entries = 100, .keep_bodies = true}};
constexpr control::Options kWithoutBodies{.journal = {.most_entries = 100}};
constexpr control::Options kWithout{};

class Noting : public Api {
 public:
  explicit Noting(const control::Options& options = kWithBodies,
                  Transport transport = Transport::kInProcess)
      : Api(transport, db::Durability::kMemory, 0, options) {}

  Json Get(const std::string& path) {
    const api::Response response = Answer(*this, "GET " + path);
    INFO(path << "\n" << response.body);
    REQUIRE(response.status == 200);
    return Json::parse(response.body);
  }
  Json Entries(const std::string& query = "") {
    return Get("/_bobbin/journal" + query).at("entries");
  }
};

// What a journal says of its entries, "/call/start 200".
std::string Summary(const Json& entries) {
  std::string summary;
  for (const Json& entry : entries) {
    if (!summary.empty()) summary += ", ";
    summary += entry.at("route").is_null()
                   ? "-"
                   : entry.at("route").get<std::string>();
    summary += ' ' + entry.at("status").dump();
  }
  return summary;
}

TEST_CASE("the journal tells what arrived, in order", "[api][control]") {
  Noting api;
  PutStart(api, AStart("c1"));
  PutEnd(api, AnEnd("c1"));
  api.Post("/call/start", "{}");
  ReadCall(api, "c1");
  api.Post("/traces/no/such", "");
  CHECK(Summary(api.Entries()) ==
        "/call/start 200, /call/end 200, /call/start 422, /call/read 200, - "
        "404");
  const Json first = api.Entries().at(0);
  CHECK(first == Json::parse(R"({"seq":1,"time":"2023-11-14T22:13:20Z",
      "method":"POST","route":"/call/start","path":"/call/start",
      "project_ids":["team/app"],"ops":["op"],"starts":1,"ends":0,
      "status":200,"request_bytes":)" +
                             std::to_string(Start(AStart("c1")).size()) +
                             R"(,"headers":{},"retry_id":null,"retry_of":null,
      "fault":null,"body":)" +
                             Start(AStart("c1")) + "}"));
  const Json last = api.Entries().at(4);
  CHECK(last.at("path") == "/traces/no/such");
  CHECK(last.at("body_text").is_null());
}

TEST_CASE("a body stands in the journal as it was sent", "[api][control]") {
  Noting api;
  const std::string body =
      R"({ "project_id" : "team/app", "limit": 1.0, "offset":0e0 })";
  api.Post("/calls/stream_query", body);
  api.Send({.method = "POST", .path = "/graphql", .body = "not \"JSON\""});
  const api::Response journal = Answer(api, "GET /_bobbin/journal");
  CHECK_THAT(journal.body, Catch::Contains(R"("body":)" + body + "}"));
  CHECK_THAT(journal.body, Catch::Contains(R"("body_text":"not \"JSON\"")"));
}

TEST_CASE("without bodies there are none in the journal", "[api][control]") {
  Noting api(kWithoutBodies);
  PutStart(api, AStart("c1"));
  CHECK_FALSE(api.Entries().at(0).contains("body"));
  CHECK(api.Entries().at(0).at("request_bytes") > 0);
}

TEST_CASE("the journal is filtered, paged, counted and cleared",
          "[api][control]") {
  Noting api;
  PutStart(api, AStart("c1"));
  PutStart(api, AStart("c2")
                    .WithText("project_id", "team/other")
                    .WithText("op_name", "weave:///team/other/op/add:12"));
  PutComplete(api, AComplete("c3"));
  api.Post("/call/end", "{}");
  const auto summary = [&](const std::string& query) {
    return Summary(api.Entries(query));
  };
  CHECK(summary("?route=/call/start") == "/call/start 200, /call/start 200");
  CHECK(summary("?route=*/complete") ==
        "/v2/{entity}/{project}/calls/complete 200");
  CHECK(summary("?project_id=team/other") == "/call/start 200");
  CHECK(summary("?op=add") == "/call/start 200");
  CHECK(summary("?status=422") == "/call/end 422");
  CHECK(summary("?since=3") == "/call/end 422");
  CHECK(summary("?limit=1") == "/call/start 200");
  const Json counted = api.Get("/_bobbin/journal?count=true");
  CHECK(counted == Json::parse(R"({"count":4,"dropped":0,"last_seq":4})"));
  CHECK(api.Get("/_bobbin/journal?limit=0").at("count") == 4);

  CHECK(Answer(api, "DELETE /_bobbin/journal?project_id=team/app").body ==
        R"({"cleared":2})");
  CHECK(summary("") == "/call/start 200, /call/end 422");
  CHECK(Answer(api, "DELETE /_bobbin/journal").body == R"({"cleared":2})");
  CHECK(summary("") == "");
  CHECK(api.Get("/_bobbin/journal").at("last_seq") == 4);
}

TEST_CASE("what is asked of the journal must make sense", "[api][control]") {
  Noting api;
  CheckRows(api, {
                     {"a limit that is none", "GET /_bobbin/journal?limit=x",
                      "", 400, R"({"error_type":"InvalidRequest"})"},
                     {"a status that is none",
                      "GET /_bobbin/journal?status=1000", "", 400},
                     {"a flag that is none", "GET /_bobbin/journal?count=1", "",
                      400, R"({"reason":"count must be true or false"})"},
                     {"an unknown parameter", "GET /_bobbin/journal?rout=x", "",
                      400, R"({"reason":"There is no parameter 'rout' here"})"},
                 });
}

TEST_CASE("without a journal the answer says how to get one",
          "[api][control]") {
  Noting api(kWithout);
  PutStart(api, AStart("c1"));
  const std::string request =
      GENERATE("GET /_bobbin/journal", "POST /_bobbin/verify");
  CHECK_THAT(ReasonOf(Answer(api, request, R"({"expect":[]})"), 400),
             Catch::Contains("--journal"));
}

TEST_CASE("the control plane itself is not in the journal", "[api][control]") {
  Noting api;
  api.Get("/_bobbin/journal");
  Answer(api, "GET /_bobbin/no/such");
  Answer(api, "GET /health");
  Answer(api, "GET /test/health");
  CHECK(api.Entries().empty());
}

TEST_CASE("headers are in the journal, but no secrets",
          "[api][control][threads]") {
  Noting api(kWithBodies, Transport::kPort);
  api.Send({.method = "POST",
            .path = "/call/start",
            .content_type = "application/json",
            .headers = {{"X-Weave-Retry-Id", "r1"},
                        {"Authorization", "Basic c2VjcmV0"},
                        {"wandb-api-key", "secret"}},
            .body = Start(AStart("c1"))});
  const Json entry = api.Entries().at(0);
  CHECK(entry.at("retry_id") == "r1");
  const Json& headers = entry.at("headers");
  CHECK(headers.at("x-weave-retry-id") == "r1");
  CHECK(headers.at("content-type") == "application/json");
  CHECK(headers.at("authorization") == "[redacted]");
  CHECK(headers.at("wandb-api-key") == "[redacted]");
}

TEST_CASE("an upload is noted with its project and size", "[api][control]") {
  Noting api;
  const api::Response response = api.SendForm(
      "/files/create", {{.name = "project_id", .data = "team/app"},
                        {.name = "file", .filename = "f", .data = "12345"}});
  REQUIRE(response.status == 200);
  const Json entry = api.Entries().at(0);
  CHECK(entry.at("project_ids") == Json::array({"team/app"}));
  CHECK(entry.at("request_bytes") == 13);
}

TEST_CASE("a stream that fails has the status of its failure in the journal",
          "[api][control]") {
  Noting api;
  const std::string body =
      R"({"project_id":"team/app","query":{"$expr":{"$eq":[)"
      R"({"$convert":{"input":{"$getField":"started_at"},"to":"no"}},)"
      R"({"$literal":1}]}}})";
  const int status = api.Post("/calls/stream_query", body).status;
  CHECK(status >= 400);
  CHECK(api.Entries().at(0).at("status") == status);
}

TEST_CASE("a request that is made again names the first", "[api][control]") {
  Noting api;
  PutStart(api, AStart("c1"));
  PutStart(api, AStart("c2"));
  PutStart(api, AStart("c1"));
  const Json entries = api.Entries();
  CHECK(entries.at(1).at("retry_of").is_null());
  CHECK(entries.at(2).at("retry_of") == 1);
}

std::string Expecting(const std::string& expectation) {
  return R"({"expect":[)" + expectation + "]}";
}

TEST_CASE("what was expected has come", "[api][control]") {
  Noting api;
  PutStart(api, AStart("c1"));
  api.Ok("/call/upsert_batch",
         Batch({StartItem(AStart("c2")), StartItem(AStart("c3")),
                EndItem(AnEnd("c2"))}));
  const std::string row = GENERATE(
      R"({"exactly":2})", R"({"at_least":1})", R"({"at_most":2})",
      R"({"route":"/call/start","exactly":1})",
      R"({"route":"/call/*","op":"op","project_id":"team/*","exactly":2})",
      R"({"op":"op","count":"calls","exactly":3})",
      R"({"count":"calls","at_least":3})",
      R"({"route":"/call/upsert_batch","count":"calls","exactly":2})",
      R"({"status":200,"exactly":2})", R"({"status":500,"exactly":0})",
      R"({"op":"other","at_most":0})");
  const api::Response response = api.Post("/_bobbin/verify", Expecting(row));
  INFO(row << "\n" << response.body);
  CHECK(response.status == 200);
  CHECK(Json::parse(response.body).at("expect")[0].at("met") == true);
}

TEST_CASE("what was not as expected is named, with what came nearest",
          "[api][control]") {
  Noting api;
  PutStart(api, AStart("c1"));
  PutStart(api, AStart("c2").WithText("op_name", "other"));
  PutStart(api, AStart("c3").WithText("project_id", "team/else"));
  api.Ok("/call/upsert_batch", Batch({StartItem(AStart("c4"))}));
  api.Post("/call/start", R"({"start":{"project_id":"team/app",)"
                          R"("op_name":"op"}})");
  const api::Response response = api.Post(
      "/_bobbin/verify",
      Expecting(R"({"route":"/call/start","project_id":"team/app","op":"op",
                    "status":200,"exactly":2},
                   {"exactly":5},{"at_least":6})"));
  REQUIRE(response.status == 422);
  const Json body = Json::parse(response.body);
  CHECK(body.at("error_type") == "VerificationFailed");
  CHECK(body.at("expect")[0] == Json::parse(R"({"index":0,"met":false,
      "exactly":2,"count":1,"dropped":0,"seqs":[1],"nearest":[
      {"differs":"op","was":"other","count":1,"last_seq":2},
      {"differs":"project_id","was":"team/else","count":1,"last_seq":3},
      {"differs":"route","was":"/call/upsert_batch","count":1,"last_seq":4},
      {"differs":"status","was":"422","count":1,"last_seq":5}]})"));
  CHECK(body.at("expect")[1].at("met") == true);
  CHECK(body.at("expect")[2].at("met") == false);
  const std::string reason = body.at("reason");
  CHECK_THAT(reason, Catch::StartsWith(
                         "expected exactly 2 requests with route /call/start "
                         "with project_id team/app with op op with status "
                         "200, got 1; 1 came with op other; "));
  CHECK_THAT(reason, Catch::EndsWith("\nexpected at least 6 requests, got 5"));
}

TEST_CASE("requests before `since` do not count", "[api][control]") {
  Noting api;
  PutStart(api, AStart("c1"));
  PutStart(api, AStart("c2"));
  api.Ok("/_bobbin/verify", R"({"since":1,"expect":[{"exactly":1}]})");
}

TEST_CASE("what is no longer in the journal is not taken for not having come",
          "[api][control]") {
  Noting api({.journal = {.most_entries = 2}});
  for (const char* id : {"c1", "c2", "c3"}) PutStart(api, AStart(id));
  const api::Response response =
      api.Post("/_bobbin/verify", Expecting(R"({"exactly":2})"));
  CHECK_THAT(ReasonOf(response, 422),
             Catch::Contains("got 2 and 1 that may count are no longer"));
  api.Ok("/_bobbin/verify", Expecting(R"({"at_least":2})"));
  api.Ok("/_bobbin/verify",
         Expecting(R"({"project_id":"team/new","exactly":0})"));
  api.Ok("/_bobbin/verify", R"({"since":1,"expect":[{"exactly":2}]})");
}

TEST_CASE("what is to be verified must make sense", "[api][control]") {
  Noting api;
  CheckRows(api,
            {
                {"no expectations", "POST /_bobbin/verify", "{}", 422,
                 R"([["missing",["body","expect"]]])"},
                {"an unknown member", "POST /_bobbin/verify",
                 Expecting(R"({"exactly":1,"rout":"/"})"), 422,
                 R"([["extra_forbidden",["body","expect",0,"rout"]]])"},
                {"no bound", "POST /_bobbin/verify", Expecting("{}"), 400,
                 R"({"reason":"Say one of exactly, at_least and at_most"})"},
                {"two bounds", "POST /_bobbin/verify",
                 Expecting(R"({"exactly":1,"at_most":1})"), 400},
                {"something else to count", "POST /_bobbin/verify",
                 Expecting(R"({"exactly":1,"count":"ends"})"), 400,
                 R"({"reason":"count must be requests or calls"})"},
            });
}

}  // namespace
}  // namespace bobbin::testing
