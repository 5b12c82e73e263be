// /_bobbin/faults.

#include <string>

#include "support/api_rows.h"

namespace bobbin::testing {
namespace {

constexpr control::Options kOptions{.may_harm = true,
                                    .journal = {.most_entries = 100}};

class Faulty : public Api {
 public:
  explicit Faulty(const control::Options& options = kOptions)
      : Api(Transport::kInProcess, db::Durability::kMemory, 0, options) {}

  std::string Add(const std::string& rule) {
    return Json::parse(Ok("/_bobbin/faults", rule)).at("id");
  }
  Json Faults() {
    return Json::parse(Answer(*this, "GET /_bobbin/faults").body).at("faults");
  }
  Json Journal() {
    return Json::parse(Answer(*this, "GET /_bobbin/journal").body)
        .at("entries");
  }
  api::Response TryStart(const std::string& id) {
    return Post("/call/start", Start(AStart(id)));
  }
  bool Has(const std::string& id) { return !ReadCall(*this, id).is_null(); }
};

TEST_CASE("a fault answers in the place of the service", "[api][control]") {
  Faulty api;
  api.Add(R"({"kind":"status","status":429,"retry_after_s":3,"times":1})");
  const api::Response struck = api.TryStart("c1");
  CHECK(struck.status == 429);
  CHECK(struck.headers == decltype(struck.headers){{"Retry-After", "3"}});
  CHECK_THAT(ReasonOf(struck, 429), Catch::Contains("fault f1"));
  CHECK_FALSE(api.Has("c1"));
  CHECK(api.TryStart("c1").status == 200);
  CHECK(api.Has("c1"));
}

TEST_CASE("a fault answers with the body that was ordered", "[api][control]") {
  Faulty api;
  api.Add(R"({"kind":"status","status":418,"body":"{\"tea\": 1}"})");
  CHECK(api.TryStart("c1").body == R"({"tea": 1})");
}

TEST_CASE("what is applied and then fails is stored", "[api][control]") {
  Faulty api;
  const std::string rule =
      GENERATE(R"({"kind":"apply_then_fail","times":1})",
               R"({"kind":"status","apply":true,"times":1})");
  api.Add(rule);
  CHECK(api.TryStart("c1").status == 503);
  CHECK(api.Has("c1"));
}

TEST_CASE("faults that need the transport are handed to it", "[api][control]") {
  struct Row {
    std::string rule;
    bool stored;
    std::function<bool(const api::Disruption&)> right;
  };
  using D = api::Disruption;
  const Row row = GENERATE(values<Row>({
      {R"({"kind":"delay","ms":7})", true,
       [](const D& d) { return d.delay_ms == 7 && !d.hang && !d.cut; }},
      {R"({"kind":"hang"})", false, [](const D& d) { return d.hang; }},
      {R"({"kind":"hang","apply":true})", true,
       [](const D& d) { return d.hang; }},
      {R"({"kind":"close"})", false, [](const D& d) { return d.silent; }},
      {R"({"kind":"close","apply":true})", true,
       [](const D& d) { return d.silent; }},
      {R"({"kind":"close_mid_body","bytes":3})", true,
       [](const D& d) { return d.cut->bytes == 3U && !d.cut->clean; }},
      // {"id":"c1","trace_id":"t1"}
      {R"({"kind":"close_mid_body"})", true,
       [](const D& d) { return d.cut->bytes == 13U; }},
      {R"({"kind":"truncate_stream","lines":2,"clean":true})", true,
       [](const D& d) { return d.cut->lines == 2U && d.cut->clean; }},
  }));
  CAPTURE(row.rule);
  Faulty api;
  const std::string id = api.Add(row.rule);
  const api::Response response = api.TryStart("c1");
  REQUIRE(response.disruption);
  CHECK(row.right(*response.disruption));
  const bool silent = response.disruption->hang || response.disruption->silent;
  const Json entry = api.Journal().at(0);
  CHECK(entry.at("fault") == id);
  CHECK(entry.at("status") == (silent ? Json() : Json(200)));
  Answer(api, "DELETE /_bobbin/faults");
  CHECK(api.Has("c1") == row.stored);
}

TEST_CASE("a fault strikes the requests that it names", "[api][control]") {
  Faulty api;
  const std::string which = GENERATE(
      R"("route":"/call/start")", R"("route":"/call/*")",
      R"("project_id":"team/app")", R"("project_id":"team/*","op":"o*")");
  api.Add(R"({"kind":"status",)" + which + "}");
  CHECK(api.TryStart("c1").status == 503);
  CHECK(api.Post("/call/start", Start(AStart("c2")
                                          .WithText("project_id", "else/where")
                                          .WithText("op_name", "x")))
            .status == (which.find("route") != std::string::npos ? 503 : 200));
  CHECK(Answer(api, "GET /server_info").status == 200);
}

TEST_CASE("the project of a v2 path counts", "[api][control]") {
  Faulty api;
  api.Add(R"({"kind":"status","project_id":"team/app"})");
  CHECK(api.Post(kCompletePath, Batch({})).status == 503);
  CHECK(api.Post("/v2/team/else/calls/complete", Batch({})).status == 200);
}

TEST_CASE("a fault can strike what is no route", "[api][control]") {
  Faulty api;
  api.Add(R"({"kind":"status","route":"/agents/*"})");
  CHECK(api.Post("/agents/otel/v1/no/such", "{}").status == 503);
}

TEST_CASE("no fault strikes the control plane", "[api][control]") {
  Faulty api;
  api.Add(R"({"kind":"status","route":"*"})");
  CHECK(Answer(api, "GET /health").status == 200);
  CHECK(Answer(api, "GET /server_info").status == 503);
  CHECK(api.Faults().at(0).at("hits") == 1);
}

TEST_CASE("faults are listed as they were sent, with their hits",
          "[api][control]") {
  Faulty api;
  const std::string rule = R"({ "kind":"status", "every":2 })";
  api.Add(rule);
  api.Add(R"({"kind":"hang","project_id":"team/app"})");
  for (const char* id : {"c1", "c2", "c3"}) api.TryStart(id);
  CHECK_THAT(Answer(api, "GET /_bobbin/faults").body,
             Catch::Contains(R"({"id":"f1","rule":)" + rule +
                             R"(,"matched":3,"hits":1})"));
  CHECK(api.Faults().at(1).at("hits") == 2);
  CHECK(Answer(api, "DELETE /_bobbin/faults/f1").status == 200);
  CHECK(Answer(api, "DELETE /_bobbin/faults/f1").status == 404);
  CHECK(api.Faults().size() == 1);
  CHECK(Answer(api, "DELETE /_bobbin/faults?project_id=team/no").body ==
        R"({"deleted":0})");
  CHECK(Answer(api, "DELETE /_bobbin/faults?project_id=team/app").body ==
        R"({"deleted":1})");
  CHECK(api.Faults().empty());
  CHECK(api.TryStart("c4").status == 200);
}

TEST_CASE("a rule must make sense", "[api][control]") {
  Faulty api;
  CheckRows(api, {
                     {"no kind", "POST /_bobbin/faults", "{}", 422,
                      R"([["missing",["body","kind"]]])"},
                     {"an unknown kind", "POST /_bobbin/faults",
                      R"({"kind":"x"})", 400},
                     {"an unknown member", "POST /_bobbin/faults",
                      R"({"kind":"hang","tims":1})", 422,
                      R"([["extra_forbidden",["body","tims"]]])"},
                     {"a member of another kind", "POST /_bobbin/faults",
                      R"({"kind":"hang","lines":1})", 400},
                 });
  CHECK(api.Faults().empty());
}

TEST_CASE("on a file that is not to be harmed there are no faults",
          "[api][control]") {
  Faulty api({.may_harm = false});
  CHECK_THAT(ReasonOf(api.Post("/_bobbin/faults", R"({"kind":"hang"})"), 403),
             Catch::Contains("--control"));
  CHECK(Answer(api, "DELETE /_bobbin/faults").status == 403);
  CHECK(Answer(api, "GET /_bobbin/faults").status == 200);
}

TEST_CASE("faults without a journal", "[api][control]") {
  Faulty api({.may_harm = true});
  api.Add(R"({"kind":"status","nth":2})");
  CHECK(api.TryStart("c1").status == 200);
  CHECK(api.TryStart("c2").status == 503);
  CHECK(api.TryStart("c3").status == 200);
}

}  // namespace
}  // namespace bobbin::testing
