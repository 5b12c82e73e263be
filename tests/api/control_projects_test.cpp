// Projects as a whole: emptied, copied, put back, seeded.
#include <map>
#include <string>
#include <thread>
#include <vector>

#include "store/cost_store.h"
#include "support/catch.h"
#include "support/object_bodies.h"
#include "support/project_bodies.h"

namespace bobbin::testing {
namespace {

std::string Named(
    std::string_view project,
    std::initializer_list<std::pair<std::string, std::string>> more = {}) {
  Body body{{"project_id", Quoted(project)}};
  for (const auto& [name, text] : more) body = body.WithText(name, text);
  return body.json();
}

const std::map<std::string, std::string> kNothing;

TEST_CASE("a reset leaves nothing at all", "[api][control]") {
  const auto durability =
      GENERATE(db::Durability::kMemory, db::Durability::kNormal);
  Api api(Transport::kInProcess, durability);
  Fill(api, "team/app");
  Fill(api, "team/other");
  api.Ok("/_bobbin/snapshot", Named("team/app", {{"name", "s"}}));
  const uint64_t before = api.changes().last();
  const std::string how = GENERATE("/_bobbin/reset", "/test/reset");
  CHECK(api.Send({.method = "POST", .path = how}).status == 200);
  CHECK(Rows(api) == kNothing);
  CHECK(api.changes().Past(before, "team/app").size() == 1);
  CHECK(api.Ok("/calls/query_stats", Named("team/app")).find(R"("count":0)") !=
        std::string::npos);
  // And all works as on the first day.
  Fill(api, "team/app");
  Api fresh(Transport::kInProcess, durability);
  Fill(fresh, "team/app");
  CHECK(Rows(api) == Rows(fresh));
  CHECK(Json::parse(api.Ok("/_bobbin/wait", R"({"project_id":"team/app",)"
                                            R"("calls":2})")) ==
        Json::parse(R"({"calls":2,"ended":1,"open":1})"));
}

TEST_CASE("the reset of a project leaves the others alone", "[api][control]") {
  Api api(Transport::kInProcess,
          GENERATE(db::Durability::kMemory, db::Durability::kNormal));
  Fill(api, "team/other");
  const auto rows = Rows(api);
  const std::string other = All(api, "team/other");
  Fill(api, "team/app");
  const bool by_mock = GENERATE(true, false);
  if (by_mock) {
    CHECK(api.Send({.method = "POST",
                    .path = "/test/reset",
                    .query = {{"project_id", "team/app"}}})
              .body == R"({"ok":true})");
  } else {
    CHECK(api.Ok("/_bobbin/reset", Named("team/app")) == "{}");
  }
  CHECK(Rows(api) == rows);
  CHECK(All(api, "team/other") == other);
  CHECK(api.Ok("/_bobbin/reset", Named("team/never")) == "{}");
  CHECK(api.Ok("/_bobbin/reset", Named("team/other")) == "{}");
  CHECK(Rows(api) == kNothing);
}

TEST_CASE("the default prices outlive a reset", "[api][control]") {
  Api api(Transport::kInProcess,
          GENERATE(db::Durability::kMemory, db::Durability::kNormal));
  Fill(api, "team/app");
  store::Names names;
  const model::Price price{.id = "p",
                           .llm_id = "m",
                           .provider_id = "x",
                           .prompt_token_cost_unit = "USD",
                           .completion_token_cost_unit = "USD",
                           .created_by = "me"};
  REQUIRE(store::CostStore(api.database(), names)
              .ReplaceDefaults({&price, 1})
              .ok());
  api.Ok("/_bobbin/reset", "{}");
  CHECK(Rows(api) == std::map<std::string, std::string>{{"prices", "1"}});
}

TEST_CASE("a snapshot brings a project back, again and again",
          "[api][control]") {
  Api api(Transport::kInProcess,
          GENERATE(db::Durability::kMemory, db::Durability::kNormal));
  Fill(api, "team/other");
  Fill(api, "team/app");
  const std::string other = All(api, "team/other");
  const std::string before = All(api, "team/app");
  CHECK(api.Ok("/_bobbin/snapshot", Named("team/app", {{"name", "s-1"}})) ==
        R"({"name":"s-1"})");
  const auto rows = Rows(api);
  for (int i = 0; i < 3; ++i) {
    PutEnd(api, AnEnd("root-w"));
    PutStart(api, AStart("more"));
    Fill(api, "team/app", "x");
    CHECK(All(api, "team/app") != before);
    CHECK(api.Ok("/_bobbin/restore",
                 Named("team/app", {{"snapshot", "s-1"}})) == "{}");
    CHECK(All(api, "team/app") == before);
    CHECK(Rows(api) == rows);
  }
  // Also into the calls that were open then.
  PutEnd(api, AnEnd("root-w"));
  CHECK(ReadCall(api, "root-w").at("ended_at") == kEndedAt);
  PutStart(api, AStart("hidden-w"));
  CHECK(api.Ok("/_bobbin/wait", R"({"project_id":"team/app","ended":3})") ==
        R"({"calls":3,"ended":3,"open":0})");
  CHECK(All(api, "team/other") == other);
}

TEST_CASE("an empty project can be kept as well", "[api][control]") {
  Api api;
  api.Ok("/_bobbin/snapshot", Named("team/app", {{"name", "empty"}}));
  Fill(api, "team/app");
  api.Ok("/_bobbin/restore", Named("team/app", {{"snapshot", "empty"}}));
  CHECK(api.Ok("/calls/query", Named("team/app")) == R"({"calls":[]})");
}

TEST_CASE("a fork is a copy that goes its own way", "[api][control]") {
  Api api(Transport::kInProcess,
          GENERATE(db::Durability::kMemory, db::Durability::kNormal));
  Fill(api, "team/app");
  const std::string app = All(api, "team/app");
  CHECK(api.Ok("/_bobbin/fork", Named("team/app", {{"to", "team/copy"}})) ==
        "{}");
  // Refs in texts still say whose they were.
  CHECK(api.Ok("/calls/query", Named("team/copy"))
            .find("weave:///team/app/object/o:vw") != std::string::npos);
  api.Ok("/call/update",
         Named("team/copy", {{"call_id", "root-w"}, {"display_name", "copy"}}));
  PutEnd(api, AnEnd("root-w").WithText("project_id", "team/copy"));
  CHECK(All(api, "team/app") == app);
  api.Ok("/_bobbin/drop", Named("team/app"));
  CHECK(api.Ok("/calls/query_stats", Named("team/copy")).find("\"count\":2") !=
        std::string::npos);
  api.Ok("/_bobbin/drop", Named("team/copy"));
  CHECK(Rows(api) == kNothing);
}

std::string Snapshots(Api& api, const std::string& project = "") {
  std::vector<std::pair<std::string, std::string>> query;
  if (!project.empty()) query.emplace_back("project_id", project);
  return Get(api, "/_bobbin/snapshots", query).body;
}

TEST_CASE("snapshots are listed and dropped", "[api][control]") {
  Api api;
  Fill(api, "team/app");
  api.Ok("/_bobbin/snapshot", Named("team/app", {{"name", "b"}}));
  api.Ok("/_bobbin/snapshot", Named("team/o", {{"name", "a"}}));
  CHECK(api.Ok("/_bobbin/snapshot", Named("team/app")) ==
        R"({"name":"made-3"})");
  CHECK(Snapshots(api) ==
        R"({"snapshots":[{"project_id":"team/app","name":"b"},)"
        R"({"project_id":"team/o","name":"a"},)"
        R"({"project_id":"team/app","name":"made-3"}]})");
  CHECK(Snapshots(api, "team/o") ==
        R"({"snapshots":[{"project_id":"team/o","name":"a"}]})");
  api.Ok("/_bobbin/reset", Named("team/app"));
  api.Ok("/_bobbin/drop", Named("team/app", {{"snapshot", "b"}}));
  CHECK(Snapshots(api, "team/app") ==
        R"({"snapshots":[{"project_id":"team/app","name":"made-3"}]})");
  api.Ok("/_bobbin/drop", Named("team/app"));
  api.Ok("/_bobbin/drop", Named("team/o", {{"snapshot", "a"}}));
  CHECK(Rows(api) == kNothing);
}

TEST_CASE("nobody sees the calls of a snapshot", "[api][control]") {
  Api api;
  Fill(api, "team/app");
  const uint64_t before = api.changes().last();
  api.Ok("/_bobbin/snapshot", Named("team/app", {{"name", "s"}}));
  CHECK(Column(api, "SELECT id FROM v_calls").size() == 2);
  CHECK(api.changes().Past(before, {}).empty());
}

TEST_CASE("what cannot be done to a project is said", "[api][control]") {
  struct Row {
    std::string path;
    std::string body;
    int status;
    std::string reason;
  };
  const Row row = GENERATE(values<Row>({
      {"reset", Named("app"), 400,
       "Invalid project_id: 'app'. Expected entity/project"},
      {"restore", Named("team/app", {{"snapshot", "no"}}), 404,
       "Project team/app has no snapshot no"},
      {"restore", Named("team/app", {{"snapshot", "a/b"}}), 400,
       "The name of a snapshot has up to 100 letters, digits and -_."},
      {"snapshot", Named("team/app", {{"name", ""}}), 400,
       "The name of a snapshot has up to 100 letters, digits and -_."},
      {"snapshot", Named("team/app", {{"name", "there"}}), 409,
       "Project team/app has a snapshot there"},
      {"fork", Named("team/never", {{"to", "team/new"}}), 404,
       "There is no project team/never"},
      {"fork", Named("team/app", {{"to", "team/app"}}), 409,
       "There is a project team/app"},
      {"fork", Named("team/app", {{"to", "new"}}), 400,
       "Invalid project_id: 'new'. Expected entity/project"},
      {"drop", Named("team/never"), 404, "There is no project team/never"},
      {"drop", Named("team/app", {{"snapshot", "no"}}), 404,
       "Project team/app has no snapshot no"},
  }));
  CAPTURE(row.path, row.body);
  Api api;
  Fill(api, "team/app");
  api.Ok("/_bobbin/snapshot", Named("team/app", {{"name", "there"}}));
  const auto rows = Rows(api);
  CHECK(ReasonOf(api.Post("/_bobbin/" + row.path, row.body), row.status) ==
        row.reason);
  CHECK(Rows(api) == rows);
}

TEST_CASE("the hooks of the upstream mock answer", "[api][control]") {
  Api api;
  CHECK(Get(api, "/test/health", {}).body == R"({"ok":true})");
  CHECK(ReasonOf(Get(api, "/test/getCalls", {}), 400) ==
        "project_id is required");
  CHECK(Get(api, "/test/getCalls", {{"project_id", "team/app"}}).body ==
        R"({"calls":[]})");
  PutComplete(api, AComplete("c1"));
  CHECK(Get(api, "/test/getCalls", {{"project_id", "team/app"}}).body ==
        api.Ok("/calls/query", Named("team/app")));
}

// --- seeds ----------------------------------------------------------------

std::string Seeded(std::string_view more,
                   std::string_view project = "team/app") {
  return R"({"project_id":)" + Quoted(project) + "," + std::string(more) + "}";
}

// What the server makes in answer to the same requests.
std::string Made(Api& api, std::string_view project = "team/app") {
  const std::string p = Quoted(project);
  std::string made;
  for (int i = 0; i < 2; ++i) {
    made += api.Ok("/call/start", Start(AStart("x")
                                            .With("project_id", p)
                                            .Without("id")
                                            .Without("trace_id"))) +
            "\n";
  }
  made += api.Ok("/feedback/create",
                 R"({"project_id":)" + p +
                     R"(,"weave_ref":"weave:///team/app/call/c",)"
                     R"("feedback_type":"note","payload":{"note":"n"}})");
  return made;
}

TEST_CASE("the same seed makes the same ids and times", "[api][control]") {
  const std::string seed =
      Seeded(R"("seed":7,"clock":{"now":"2024-01-01T00:00:00Z",)"
             R"("step_us":1000000})");
  Api api;
  CHECK(api.Ok("/_bobbin/seed", seed) == "{}");
  const std::string made = Made(api);
  CHECK(api.Ok("/feedback/query", Named("team/app"))
            .find("2024-01-01T00:00:00") != std::string::npos);
  CHECK(Made(api).find(R"("created_at":"2024-01-01T00:00:01)") !=
        std::string::npos);

  SECTION("after a reset, which ends it") {
    api.Ok("/_bobbin/reset",
           GENERATE(as<std::string>(), "{}", Named("team/app")));
    CHECK(Made(api).find("made-") != std::string::npos);
    api.Ok("/_bobbin/reset", "{}");
    api.Ok("/_bobbin/seed", seed);
    CHECK(Made(api) == made);
  }
  SECTION("on another server") {
    Api another;
    another.clock.now_us += 1;
    another.Ok("/_bobbin/seed", seed);
    CHECK(Made(another) == made);
  }
  SECTION("another seed makes others") {
    Api another;
    another.Ok("/_bobbin/seed", Seeded(R"("seed":8)"));
    CHECK(Made(another) != made);
  }
}

TEST_CASE("a seed is for its project alone", "[api][control]") {
  Api api;
  api.Ok("/_bobbin/seed", Seeded(R"("seed":7)"));
  CHECK(Made(api, "team/other").find("made-1") != std::string::npos);
  CHECK(Made(api).find("made-") == std::string::npos);
  api.Ok("/_bobbin/seed", Seeded(R"("seed":7)", "team/other"));
  api.Ok("/_bobbin/drop", Named("team/app"));
  CHECK(Made(api).find("made-") != std::string::npos);
  CHECK(Made(api, "team/other").find("made-") == std::string::npos);
}

TEST_CASE("seeded ids are UUIDs of version 7, in order", "[api][control]") {
  Api api;
  api.Ok("/_bobbin/seed", Seeded(R"("seed":-1)"));
  std::string last;
  for (int i = 0; i < 50; ++i) {
    const std::string id =
        Json::parse(api.Ok("/call/start", Start(AStart("x").Without("id"))))
            .at("id");
    CAPTURE(id);
    REQUIRE(id.size() == 36);
    CHECK(id.substr(0, 8) == "018bcfe5");
    CHECK(id[14] == '7');
    CHECK(std::string("89ab").find(id[19]) != std::string::npos);
    CHECK(id > last);
    last = id;
  }
}

}  // namespace
}  // namespace bobbin::testing
