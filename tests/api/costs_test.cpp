// Prices, and what calls cost (contract sections 11 and 4.5).

#include <string>

#include "support/api_fixture.h"
#include "support/call_bodies.h"
#include "support/catch.h"

namespace bobbin::testing {
namespace {

// A /cost/create of these costs (JSON text).
std::string Costs(std::string_view costs, std::string_view project = kProject) {
  return Body{{"project_id", Quoted(project)}, {"costs", std::string(costs)}}
      .json();
}

std::string Asking(std::string_view more) {
  return R"({"project_id":"team/app")" + std::string(more) + "}";
}

TEST_CASE("a created price is answered with its id and model", "[api][costs]") {
  Api api;
  CHECK(api.Ok("/cost/create", Costs(R"({"gpt-4o":{"prompt_token_cost":1,
                                   "completion_token_cost":2},
                         "\u00e9":{"prompt_token_cost":1,
                                   "completion_token_cost":2}})")) ==
        "{\"ids\":[[\"made-1\",\"gpt-4o\"],[\"made-2\",\"\u00e9\"]]}");
  CHECK(api.Ok("/cost/create", Costs("{}")) == R"({"ids":[]})");
}

TEST_CASE("every member of a price comes back, or its default",
          "[api][costs]") {
  Api api;
  api.Ok("/cost/create", Costs(R"({"m":{"prompt_token_cost":"0.5",
                        "completion_token_cost":2.5e-6}})"));
  CHECK(api.Ok("/cost/query", Asking("")) ==
        R"({"results":[{"id":"made-1","llm_id":"m","provider_id":"default",)"
        R"("effective_date":"2023-11-14T22:13:20Z","prompt_token_cost":0.5,)"
        R"("completion_token_cost":2.5e-06,"cache_read_input_token_cost":0.0,)"
        R"("cache_creation_input_token_cost":0.0,)"
        R"("prompt_token_cost_unit":"USD","completion_token_cost_unit":"USD",)"
        R"("created_at":"2023-11-14T22:13:20Z","created_by":"local",)"
        R"("pricing_level":"project","pricing_level_id":"team/app"}]})");
  api.clock.now_us += 1;
  api.Ok("/cost/create",
         R"({"project_id":"team/app","wb_user_id":"me","costs":{"n":{
             "prompt_token_cost":1,"completion_token_cost":2,
             "cache_read_input_token_cost":3,
             "cache_creation_input_token_cost":4,
             "prompt_token_cost_unit":"EUR","completion_token_cost_unit":null,
             "effective_date":"2020-01-02T03:04:05+01:00",
             "provider_id":"mistral"}}})");
  CHECK(api.Ok("/cost/query", Asking(R"(,"offset":1)")) ==
        R"({"results":[{"id":"made-2","llm_id":"n","provider_id":"mistral",)"
        R"("effective_date":"2020-01-02T02:04:05Z","prompt_token_cost":1.0,)"
        R"("completion_token_cost":2.0,"cache_read_input_token_cost":3.0,)"
        R"("cache_creation_input_token_cost":4.0,)"
        R"("prompt_token_cost_unit":"EUR","completion_token_cost_unit":"USD",)"
        R"("created_at":"2023-11-14T22:13:20.000001Z","created_by":"me",)"
        R"("pricing_level":"project","pricing_level_id":"team/app"}]})");
}

TEST_CASE("what is wrong with the shape of a price, and where",
          "[api][costs]") {
  struct Row {
    std::string path;
    std::string body;
    std::string details;  // [type, loc]
  };
  const Row row = GENERATE(values<Row>({
      {"/cost/create", "{}",
       R"([["missing",["body","project_id"]],["missing",["body","costs"]]])"},
      {"/cost/create", R"({"project_id":"team/app","costs":[]})",
       R"([["dict_type",["body","costs"]]])"},
      {"/cost/create", R"({"project_id":"team/app","costs":{"m":1},"x":1})",
       R"([["model_attributes_type",["body","costs","m"]],
           ["extra_forbidden",["body","x"]]])"},
      {"/cost/create",
       R"({"project_id":"team/app","costs":{"m":{"prompt_token_cost":"x",
           "cache_read_input_token_cost":[],"prompt_token_cost_unit":1,
           "effective_date":"soon","provider_id":1,"more":1}}})",
       R"([["float_parsing",["body","costs","m","prompt_token_cost"]],
           ["missing",["body","costs","m","completion_token_cost"]],
           ["float_type",["body","costs","m","cache_read_input_token_cost"]],
           ["string_type",["body","costs","m","prompt_token_cost_unit"]],
           ["datetime_from_date_parsing",
            ["body","costs","m","effective_date"]],
           ["string_type",["body","costs","m","provider_id"]],
           ["extra_forbidden",["body","costs","m","more"]]])"},
      {"/cost/query", R"({"project_id":1,"fields":"id"})",
       R"([["string_type",["body","project_id"]],
           ["list_type",["body","fields"]]])"},
      {"/cost/purge", R"({"project_id":"team/app"})",
       R"([["missing",["body","query"]]])"},
  }));
  CAPTURE(row.path, row.body);
  Api api;
  Json got = Json::array();
  for (const Json& detail : DetailsOf(api.Post(row.path, row.body))) {
    got.push_back({detail.at("type"), detail.at("loc")});
  }
  CHECK(got == Json::parse(row.details));
}

TEST_CASE("what can't be done with prices, and why", "[api][costs]") {
  struct Row {
    std::string path;
    std::string body;
    std::string reason;
  };
  const std::string only_ids =
      "Can only purge costs by specifying one or more cost ids";
  const Row row = GENERATE_COPY(values<Row>({
      {"/cost/create",
       Costs(R"({"":{"prompt_token_cost":1,"completion_token_cost":2}})"),
       "llm_id must not be empty"},
      {"/cost/create", Costs("{}", "app"),
       "Invalid project_id: 'app'. Expected entity/project"},
      {"/cost/query", R"({"project_id":"app"})",
       "Invalid project_id: 'app'. Expected entity/project"},
      {"/cost/query", Asking(R"(,"limit":-1)"), "limit must not be negative"},
      {"/cost/query", Asking(R"(,"offset":-5)"), "offset must not be negative"},
      {"/cost/query", Asking(R"(,"fields":["cost"])"), "Unknown field: cost"},
      {"/cost/query", Asking(R"(,"sort_by":[{"field":"cost",
                                             "direction":"asc"}])"),
       "Unknown field: cost"},
      {"/cost/query", Asking(R"(,"query":{"$expr":{"$eq":[{"$getField":"cost"},
                                           {"$literal":1}]}})"),
       "Unknown field: cost"},
      {"/cost/purge", R"({"project_id":"app","query":{"$expr":{"$eq":
                          [{"$getField":"id"},{"$literal":"p"}]}}})",
       "Invalid project_id: 'app'. Expected entity/project"},
      {"/cost/purge",
       Asking(R"(,"query":{"$expr":{"$eq":[{"$getField":"llm_id"},
                                           {"$literal":"m"}]}})"),
       only_ids},
      {"/cost/purge", Asking(R"(,"query":{"$expr":{"$eq":[{"$literal":"1"},
                                                   {"$literal":"1"}]}})"),
       only_ids},
  }));
  CAPTURE(row.path, row.body);
  Api api;
  CHECK(ReasonOf(api.Post(row.path, row.body), 400) == row.reason);
}

// Prices of the models a (1), b (2) and c (3), a second apart, and one of
// another project.
void Fill(Api& api) {
  for (const char* name : {"a", "b", "c"}) {
    api.Ok("/cost/create",
           Costs(R"({")" + std::string(name) + R"(":{"prompt_token_cost":)" +
                 std::to_string(name[0] - 'a' + 1) +
                 R"(,"completion_token_cost":0}})"));
    api.clock.now_us += 1'000'000;
  }
  api.Ok("/cost/create",
         Costs(R"({"x":{"prompt_token_cost":1,"completion_token_cost":0}})",
               "team/other"));
}

TEST_CASE("prices are found by query, those of the project alone",
          "[api][costs]") {
  struct Row {
    std::string more;
    std::string models;
  };
  const Row row = GENERATE(values<Row>({
      {"", "a b c"},
      // What the SDK sends when nothing is asked.
      {R"(,"query":{"$expr":{"$eq":[{"$literal":"1"},{"$literal":"1"}]}})",
       "a b c"},
      {R"(,"query":{"$expr":{"$eq":[{"$getField":"llm_id"},
                                    {"$literal":"b"}]}})",
       "b"},
      {R"(,"query":{"$expr":{"$in":[{"$getField":"llm_id"},
                       [{"$literal":"b"},{"$literal":"x"}]]}})",
       "b"},
      {R"(,"query":{"$expr":{"$gte":[{"$getField":"prompt_token_cost"},
                                     {"$literal":2}]}})",
       "b c"},
      {R"(,"query":{"$expr":{"$gt":[{"$getField":"effective_date"},
                                    {"$literal":"2023-11-14T22:13:21Z"}]}})",
       "c"},
      {R"(,"query":{"$expr":{"$eq":[{"$getField":"id"},
                                    {"$literal":"made-4"}]}})",
       ""},
      {R"(,"query":{"$expr":{"$eq":[{"$getField":"pricing_level"},
                                    {"$literal":"project"}]}})",
       "a b c"},
      {R"(,"query":{"$expr":{"$eq":[{"$getField":"pricing_level_id"},
                                    {"$literal":"team/app"}]}})",
       "a b c"},
      {R"(,"sort_by":[{"field":"prompt_token_cost","direction":"desc"}])",
       "c b a"},
      {R"(,"limit":1,"offset":1)", "b"},
  }));
  CAPTURE(row.more);
  Api api;
  Fill(api);
  std::string models;
  const Json found = Json::parse(api.Ok("/cost/query", Asking(row.more)));
  for (const Json& price : found.at("results")) {
    models +=
        (models.empty() ? "" : " ") + price.at("llm_id").get<std::string>();
  }
  CHECK(models == row.models);
}

TEST_CASE("an answer about prices has the fields asked for", "[api][costs]") {
  Api api;
  Fill(api);
  CHECK(api.Ok("/cost/query",
               Asking(R"(,"fields":["llm_id","prompt_token_cost"],)"
                      R"("limit":1)")) ==
        R"({"results":[{"llm_id":"a","prompt_token_cost":1.0}]})");
  CHECK(api.Ok("/cost/query", Asking(R"j(,"fields":["count(*)"])j")) ==
        R"j({"results":[{"count(*)":3}]})j");
}

TEST_CASE("purged prices are gone, those of other projects not",
          "[api][costs]") {
  Api api;
  Fill(api);
  const auto purge = [&](const std::string& operation) {
    CHECK(api.Ok("/cost/purge",
                 Asking(R"(,"query":{"$expr":)" + operation + "}")) == "{}");
    std::string left;
    for (const char* project : {"team/app", "team/other"}) {
      const std::string request =
          R"({"project_id":")" + std::string(project) + "\"}";
      const Json found = Json::parse(api.Ok("/cost/query", request));
      for (const Json& price : found.at("results")) {
        left += price.at("llm_id").get<std::string>();
      }
    }
    return left;
  };
  CHECK(purge(R"({"$eq":[{"$getField":"id"},{"$literal":"made-4"}]})") ==
        "abcx");
  CHECK(purge(R"({"$eq":[{"$getField":"id"},{"$literal":"made-1"}]})") ==
        "bcx");
  CHECK(purge(R"({"$or":[{"$eq":[{"$getField":"id"},{"$literal":"made-2"}]},
                         {"$eq":[{"$getField":"id"},{"$literal":"no"}]}]})") ==
        "cx");
  CHECK(purge(R"({"$in":[{"$getField":"id"},[{"$literal":"made-3"}]]})") ==
        "x");
}

// A call of 2024 that used model "m": 100 tokens in, 30 of them out of a cache
// and 20 into it, 10 out.
void PutPriced(Api& api) {
  PutComplete(api, AComplete("c1").With(
                       "summary",
                       R"({"usage":{"m":{"prompt_tokens":90,"input_tokens":10,
                           "completion_tokens":7,"output_tokens":3,
                           "cache_read_input_tokens":30,
                           "cache_creation_input_tokens":20,
                           "requests":2,"total_tokens":110},
                           "unpriced":{"prompt_tokens":5}},
                         "weave":{"costs":"theirs","kept":1}})"));
}

TEST_CASE("a call's costs are those of its tokens, by model", "[api][costs]") {
  Api api;
  PutPriced(api);
  api.Ok("/cost/create",
         Costs(R"({"m":{"prompt_token_cost":2,"completion_token_cost":4,
                        "cache_read_input_token_cost":0.5,
                        "cache_creation_input_token_cost":3,
                        "effective_date":"2023-01-01T00:00:00Z",
                        "provider_id":"openai"}})"));
  const Json expected = Json::parse(R"({"m":{
      "prompt_tokens":100,"completion_tokens":10,"cache_read_input_tokens":30,
      "cache_creation_input_tokens":20,"requests":2,"total_tokens":110,
      "prompt_tokens_total_cost":100.0,"completion_tokens_total_cost":40.0,
      "cache_read_input_tokens_total_cost":15.0,
      "cache_creation_input_tokens_total_cost":60.0,
      "prompt_token_cost":2.0,"completion_token_cost":4.0,
      "cache_read_input_token_cost":0.5,"cache_creation_input_token_cost":3.0,
      "prompt_token_cost_unit":"USD","completion_token_cost_unit":"USD",
      "effective_date":"2023-01-01T00:00:00Z","provider_id":"openai",
      "pricing_level":"project","pricing_level_id":"team/app",
      "created_at":"2023-11-14T22:13:20Z","created_by":"local"}})");

  SECTION("in a stream, also with few columns") {
    const std::string columns =
        GENERATE("", R"(,"columns":["id"])", R"(,"columns":["summary"])");
    CAPTURE(columns);
    const Json call =
        QueryCalls(api, R"("include_costs":true)" + columns).at(0);
    const Json& weave = call.at("summary").at("weave");
    CHECK(weave.at("costs") == expected);
    CHECK(weave.at("kept") == 1);
    CHECK(weave.at("latency_ms") == 2000);
  }
  SECTION("in a list") {
    CHECK(
        Json::parse(api.Ok("/calls/query", Asking(R"(,"include_costs":true)")))
            .at("calls")[0]
            .at("summary")
            .at("weave")
            .at("costs") == expected);
  }
  SECTION("alone") {
    CHECK(Json::parse(api.Ok("/call/read",
                             Asking(R"(,"id":"c1","include_costs":true)")))
              .at("call")
              .at("summary")
              .at("weave")
              .at("costs") == expected);
  }
  SECTION("only when asked for") {
    CHECK(ReadCall(api, "c1").at("summary").at("weave").at("costs") ==
          "theirs");
    CHECK(QueryCalls(api, R"("include_costs":false)")
              .at(0)
              .at("summary")
              .at("weave")
              .at("costs") == "theirs");
  }
}

TEST_CASE("without a price there are no costs, the client's own neither",
          "[api][costs]") {
  Api api;
  PutPriced(api);
  const Json call = QueryCalls(api, R"("include_costs":true)").at(0);
  CHECK_FALSE(call.at("summary").at("weave").contains("costs"));
  PutStart(api, AStart("running"));
  CHECK_FALSE(
      Json::parse(api.Ok("/call/read", Asking(R"(,"id":"running",)"
                                              R"("include_costs":true)")))
          .at("call")
          .at("summary")
          .at("weave")
          .contains("costs"));
}

TEST_CASE("feedback and costs come together", "[api][costs]") {
  Api api;
  PutPriced(api);
  api.Ok("/cost/create",
         Costs(R"({"m":{"prompt_token_cost":1,"completion_token_cost":1}})"));
  api.Ok("/feedback/create",
         R"({"project_id":"team/app","weave_ref":"weave:///team/app/call/c1",
             "feedback_type":"custom","payload":{}})");
  const Json weave =
      QueryCalls(api, R"("include_costs":true,"include_feedback":true)")
          .at(0)
          .at("summary")
          .at("weave");
  CHECK(weave.at("costs").contains("m"));
  CHECK(weave.at("feedback").size() == 1);
}

TEST_CASE("prices are there after a restart", "[api][costs]") {
  Api api(Transport::kInProcess, db::Durability::kNormal);
  Fill(api);
  const std::string before = api.Ok("/cost/query", Asking(""));
  api.Restart();
  CHECK(api.Ok("/cost/query", Asking("")) == before);
}

}  // namespace
}  // namespace bobbin::testing
