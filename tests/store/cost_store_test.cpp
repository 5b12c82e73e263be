#include "store/cost_store.h"

#include <nlohmann/json.hpp>

#include "support/catch.h"
#include "support/store_fixture.h"

namespace bobbin::testing {
namespace {

using Json = nlohmann::json;

class CostFixture : public StoreFixture {
 protected:
  CostFixture() : costs(*database, names) {}

  // A price of model "m" whose prompt cost says which one it is.
  model::Price Priced(double prompt, int64_t effective_at_us,
                      std::string_view model = "m") {
    ids.push_back("p" + std::to_string(ids.size()));
    return {.id = ids.back(),
            .llm_id = model,
            .provider_id = "default",
            .prompt_token_cost = prompt,
            .prompt_token_cost_unit = "USD",
            .completion_token_cost_unit = "USD",
            .effective_at_us = effective_at_us,
            .created_at_us = ++now_us,
            .created_by = "me"};
  }
  void Own(double prompt, int64_t effective_at_us,
           std::string_view project = kProject) {
    const model::Price price = Priced(prompt, effective_at_us);
    REQUIRE(costs.Add(project, {&price, 1}).ok());
  }
  void Default(double prompt, int64_t effective_at_us) {
    const model::Price price = Priced(prompt, effective_at_us);
    REQUIRE(costs.ReplaceDefaults({&price, 1}).ok());
  }

  // The costs of a call that started at `started_at_us`.
  Json CostsOf(int64_t started_at_us, std::string_view summary,
               std::string_view project = kProject) {
    REQUIRE(Record(AComplete("c" + std::to_string(++calls_made))
                       .In(project)
                       .At(started_at_us)
                       .Until(started_at_us + 1)
                       .Summary(summary))
                .ok());
    const std::string id = "c" + std::to_string(calls_made);
    model::CallsQueryReq request = ARequest();
    request.project_id = project;
    request.filter->call_ids = {{id}};
    request.include_costs = true;
    Json found;
    const Status status =
        calls.Scan(request, {}, [&](const model::CallRecord& call) {
          REQUIRE(call.costs);
          if (!call.costs->empty()) found = Json::parse(*call.costs);
          return true;
        });
    REQUIRE(status.ok());
    return found;
  }
  // Which price a call of model "m" pays; null if none.
  Json PriceAt(int64_t started_at_us, std::string_view project = kProject) {
    const Json costs_found = CostsOf(
        started_at_us, R"({"usage":{"m":{"prompt_tokens":1}}})", project);
    if (costs_found.is_null()) return costs_found;
    return costs_found.at("m").at("prompt_token_cost");
  }

  store::CostStore costs;
  std::deque<std::string> ids;
  int64_t now_us = 0;
  int calls_made = 0;
};

TEST_CASE_METHOD(CostFixture, "a call pays the newest price of its time",
                 "[store]") {
  Own(1, 100);
  Own(3, 300);
  Own(2, 200);
  CHECK(PriceAt(100) == 1);
  CHECK(PriceAt(199) == 1);
  CHECK(PriceAt(200) == 2);
  CHECK(PriceAt(299) == 2);
  CHECK(PriceAt(1000) == 3);
}

TEST_CASE_METHOD(CostFixture,
                 "a call before all prices pays the newest of them",
                 "[store]") {
  Own(1, 100);
  Own(2, 200);
  CHECK(PriceAt(1) == 2);
}

TEST_CASE_METHOD(CostFixture, "of prices of one time the last made counts",
                 "[store]") {
  Own(1, 100);
  Own(2, 100);
  CHECK(PriceAt(150) == 2);
}

TEST_CASE_METHOD(CostFixture, "a project's own price goes before a default",
                 "[store]") {
  Default(1, 200);
  CHECK(PriceAt(300) == 1);
  Own(2, 100);
  CHECK(PriceAt(300) == 2);
  CHECK(PriceAt(1) == 2);
}

TEST_CASE_METHOD(CostFixture,
                 "a default in force goes before an own price that is not yet",
                 "[store]") {
  Default(1, 100);
  Own(2, 200);
  CHECK(PriceAt(150) == 1);
  CHECK(PriceAt(250) == 2);
}

TEST_CASE_METHOD(CostFixture, "another project's price is nobody's business",
                 "[store]") {
  Own(1, 100, "team/other");
  CHECK(PriceAt(150).is_null());
  CHECK(PriceAt(150, "team/other") == 1);
}

TEST_CASE_METHOD(CostFixture, "new defaults take the place of all old ones",
                 "[store]") {
  Default(1, 100);
  Own(5, 100, "team/other");
  const model::Price price = Priced(2, 50, "n");
  REQUIRE(costs.ReplaceDefaults({&price, 1}).ok());
  CHECK(PriceAt(150).is_null());
  CHECK(RowsIn(*database, "SELECT llm_id FROM prices WHERE project IS NULL") ==
        std::vector<std::string>{"n"});
  CHECK(PriceAt(150, "team/other") == 5);
}

TEST_CASE_METHOD(CostFixture, "a purge cannot touch defaults", "[store]") {
  Default(1, 100);
  Own(2, 100);
  const std::vector<std::string> all(ids.begin(), ids.end());
  REQUIRE(costs.Purge(kProject, all).ok());
  REQUIRE(costs.Purge("un/known", all).ok());
  CHECK(PriceAt(150) == 1);
}

TEST_CASE_METHOD(CostFixture, "usage that can't be priced has no costs",
                 "[store]") {
  Own(1, 100);
  const std::string summary =
      GENERATE(as<std::string>(), "{}", R"({"usage":{}})", R"({"usage":null})",
               R"({"usage":{"other":{"prompt_tokens":1}}})",
               R"({"usage":{"M":{"prompt_tokens":1}}})",
               R"({"other":{"m":{"prompt_tokens":1}}})");
  CAPTURE(summary);
  CHECK(CostsOf(150, summary).is_null());
}

TEST_CASE_METHOD(CostFixture, "counts are read in all forms that are let in",
                 "[store]") {
  Own(1, 100);
  CHECK(CostsOf(150, R"({"usage":{"m":{"prompt_tokens":"5","input_tokens":2.0,
                         "completion_tokens":null,"requests":true,
                         "x":"y"}}})")
            .at("m")
            .at("prompt_tokens") == 7);
}

TEST_CASE_METHOD(CostFixture, "counts that leave all bounds do no harm",
                 "[store]") {
  Own(1, 100);
  const Json found =
      CostsOf(150, R"({"usage":{"m":{"prompt_tokens":9223372036854775807,
                       "input_tokens":9223372036854775807}}})");
  CHECK(found.at("m").at("prompt_tokens") == 9223372036854775807);
}

TEST_CASE_METHOD(CostFixture, "a scan over more models than are remembered",
                 "[store]") {
  constexpr int kModels = 600;
  std::string usage;
  for (int i = 0; i < kModels; ++i) {
    const std::string name = "m" + std::to_string(i);
    const model::Price price = Priced(i, 100, name);
    REQUIRE(costs.Add(kProject, {&price, 1}).ok());
    usage += (i == 0 ? "\"" : ",\"") + name + R"(":{"prompt_tokens":2})";
  }
  const Json found = CostsOf(150, R"({"usage":{)" + usage + "}}");
  REQUIRE(found.size() == kModels);
  for (int i = 0; i < kModels; ++i) {
    CHECK(found.at("m" + std::to_string(i)).at("prompt_tokens_total_cost") ==
          2.0 * i);
  }
}

TEST_CASE_METHOD(CostFixture, "prices are looked up and taken away by index",
                 "[store]") {
  for (const char* sql :
       {"SELECT id FROM prices INDEXED BY prices_by_model WHERE llm_id = ?1 "
        "AND project = ?2 UNION ALL SELECT id FROM prices INDEXED BY "
        "prices_by_model WHERE llm_id = ?1 AND project IS NULL",
        "DELETE FROM prices WHERE project IS NULL",
        "DELETE FROM prices WHERE project = ? AND id = ?"}) {
    std::string plan;
    REQUIRE(database
                ->Read([&](db::Connection& connection) {
                  db::Query query(connection,
                                  std::string("EXPLAIN QUERY PLAN ") + sql);
                  while (query.Row()) plan += query.Text(3);
                  return Status();
                })
                .ok());
    CAPTURE(sql, plan);
    CHECK(plan.find("SEARCH prices USING") != std::string::npos);
    CHECK(plan.find("SCAN") == std::string::npos);
  }
}

}  // namespace
}  // namespace bobbin::testing
