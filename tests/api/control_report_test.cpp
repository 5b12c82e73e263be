// /_bobbin/report.

#include <string>

#include "support/api_rows.h"

namespace bobbin::testing {
namespace {

constexpr control::Options kCounting{.journal = {.most_entries = 100}};

class Reporting : public Api {
 public:
  explicit Reporting(const control::Options& options = kCounting)
      : Api(Transport::kInProcess, db::Durability::kMemory, 0, options) {}

  Json Report(const std::string& query = "") {
    const api::Response response = Answer(*this, "GET /_bobbin/report" + query);
    INFO(response.body);
    REQUIRE(response.status == 200);
    return Json::parse(response.body);
  }
  Json Project() { return Report().at("projects").at(0); }
};

TEST_CASE("of nothing there is nothing to report", "[api][control]") {
  Reporting api;
  CHECK(api.Report() == Json::parse(R"({"counting":true,"total":{"calls":0,
      "ended":0,"open":{"count":0},"orphans":{"count":0},
      "ends_without_start":{"count":0},"duplicate_starts":{"count":0},
      "duplicate_ends":{"count":0},"retried_requests":{"count":0,
      "by_retry_id":0,"by_body":0}},"projects":[],"retried":[],
      "unknown_routes":[],"unknown_fields":[]})"));
}

TEST_CASE("the report names what is missing in the store", "[api][control]") {
  Reporting api;
  PutStart(api, AStart("open").WithText("parent_id", "never"));
  PutComplete(api, AComplete("done"));
  PutEnd(api, AnEnd("lost"));
  PutStart(api, AStart("other").WithText("project_id", "team/other"));
  const Json report = api.Report();
  CheckPart(Json::parse(R"({"calls":3,"ended":1,"open":{"count":2},
      "orphans":{"count":1},"ends_without_start":{"count":1}})"),
            report.at("total"));
  const Json& project = report.at("projects").at(0);
  CHECK(project.at("project_id") == "team/app");
  CHECK(project.at("open") == Json::parse(R"({"count":1,"calls":[
      {"id":"open","trace_id":"t1","parent_id":"never","op_name":"op",
       "started_at":"2024-01-01T00:00:00Z","ended_at":null}]})"));
  CHECK(project.at("orphans").at("calls")[0].at("id") == "open");
  CHECK(project.at("ends_without_start").at("calls")[0].at("id") == "lost");
  CHECK(report.at("projects").at(1).at("open").at("count") == 1);
  CHECK(api.Report("?project_id=team/other").at("projects").size() == 1);
  CHECK(api.Report("?project_id=team/none").at("projects").empty());
  CHECK(
      api.Report("?limit=0").at("projects")[0].at("open").at("calls").empty());
}

TEST_CASE("duplicates are counted as they come", "[api][control]") {
  Reporting api;
  PutStart(api, AStart("a"));
  PutStart(api, AStart("a").WithText("display_name", "again"));
  PutEnd(api, AnEnd("a"));
  api.Ok("/call/upsert_batch",
         Batch({EndItem(AnEnd("a").With("output", "1")), StartItem(AStart("b")),
                EndItem(AnEnd("b"))}));
  const Json project = api.Project();
  CHECK(project.at("duplicate_starts") ==
        Json::parse(R"({"count":1,"call_ids":["a"]})"));
  CHECK(project.at("duplicate_ends") ==
        Json::parse(R"({"count":1,"call_ids":["a"]})"));
  CHECK(api.Report().at("total").at("duplicate_ends").at("count") == 1);
}

TEST_CASE("retried requests are counted and named", "[api][control]") {
  Reporting api;
  const auto send = [&](const std::string& id, const std::string& retry_id) {
    api::Request request{.method = "POST",
                         .path = "/call/start",
                         .content_type = "application/json",
                         .body = Start(AStart(id))};
    request.headers = {{"x-weave-retry-id", retry_id}};
    REQUIRE(api.Send(request).status == 200);
  };
  send("a", "r1");
  send("a", "r1");
  send("a", "r2");
  send("b", "r3");
  const Json report = api.Report();
  CHECK(report.at("total").at("retried_requests") ==
        Json::parse(R"({"count":2,"by_retry_id":1,"by_body":1})"));
  CHECK(report.at("projects")[0].at("retried_requests").at("count") == 2);
  CHECK(report.at("retried") ==
        Json::parse(R"([{"seq":2,"retry_of":1,"route":"/call/start",
                         "project_ids":["team/app"]},
                        {"seq":3,"retry_of":1,"route":"/call/start",
                         "project_ids":["team/app"]}])"));
}

TEST_CASE("unknown routes and fields are counted", "[api][control]") {
  Reporting api;
  api.Post("/no/such", "{}");
  api.Post("/no/such", "{}");
  Answer(api, "GET /call/start");
  PutStart(api, AStart("a").With("extra", "1"));
  api.Ok("/call/upsert_batch",
         Batch({EndItem(AnEnd("a").WithText("display_name", "d"))}));
  // A request that is refused has no field that was ignored.
  api.Post("/call/start", R"({"start":{"bad":1}})");
  const Json report = api.Report();
  CHECK(report.at("unknown_routes") ==
        Json::parse(R"([{"method":"GET","path":"/call/start","count":1},
                        {"method":"POST","path":"/no/such","count":2}])"));
  CHECK(report.at("unknown_fields") ==
        Json::parse(R"([{"route":"/call/start","field":"start.extra",
                         "count":1},
                        {"route":"/call/upsert_batch",
                         "field":"batch[].req.end.display_name","count":1}])"));
}

TEST_CASE("without a journal nothing is counted, and that is said",
          "[api][control]") {
  Reporting api(control::Options{});
  PutStart(api, AStart("a"));
  PutStart(api, AStart("a"));
  const Json report = api.Report();
  CHECK(report.at("counting") == false);
  CHECK(report.at("total").at("open").at("count") == 1);
  CHECK(report.at("total").at("duplicate_starts").is_null());
  CHECK(report.at("retried").is_null());
  CHECK(report.at("unknown_routes").is_null());
}

TEST_CASE("clearing the journal clears what was counted", "[api][control]") {
  Reporting api;
  PutStart(api, AStart("a"));
  PutStart(api, AStart("a"));
  api.Post("/no/such", "{}");
  Answer(api, "DELETE /_bobbin/journal?project_id=team/app");
  CHECK(api.Project().at("duplicate_starts").at("count") == 0);
  CHECK(api.Project().at("retried_requests").at("count") == 0);
  CHECK(api.Report().at("unknown_routes").size() == 1);
  Answer(api, "DELETE /_bobbin/journal");
  CHECK(api.Report().at("unknown_routes").empty());
}

TEST_CASE("a reset also empties the journal and the counts", "[api][control]") {
  Reporting api({.may_harm = true, .journal = {.most_entries = 100}});
  PutStart(api, AStart("a"));
  PutStart(api, AStart("a"));
  PutStart(api, AStart("b").WithText("project_id", "team/other"));
  api.Ok("/_bobbin/reset", R"({"project_id":"team/app"})");
  CHECK(api.Report().at("projects").size() == 1);
  CHECK(api.Report().at("total").at("duplicate_starts").at("count") == 0);
  CHECK_THAT(Answer(api, "GET /_bobbin/journal?count=true").body,
             Catch::StartsWith(R"({"count":1,)"));
  api.Ok("/_bobbin/reset", "{}");
  CHECK_THAT(Answer(api, "GET /_bobbin/journal?count=true").body,
             Catch::StartsWith(R"({"count":0,)"));
}

TEST_CASE("what is asked of the report must make sense", "[api][control]") {
  Reporting api;
  CHECK(Answer(api, "GET /_bobbin/report?limit=-1").status == 400);
  CHECK(Answer(api, "GET /_bobbin/report?project=x").status == 400);
}

}  // namespace
}  // namespace bobbin::testing
