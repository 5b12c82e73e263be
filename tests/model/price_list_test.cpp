#include "model/price_list.h"

#include "support/catch.h"

namespace bobbin::model {
namespace {

TEST_CASE("a price list gives each model's price for a token", "[model]") {
  const Result<PriceList> list = ReadPriceList(R"({
    "sample_spec": {"input_cost_per_token": 0, "mode": "one of: chat"},
    "gpt-4o": {"input_cost_per_token": 2.5e-06, "output_cost_per_token": 1e-05,
               "cache_read_input_token_cost": 1.25e-06,
               "litellm_provider": "openai", "max_tokens": 16384,
               "supports_vision": true, "mode": "chat"},
    "claude": {"input_cost_per_token": 3e-06, "output_cost_per_token": 1.5e-05,
               "cache_creation_input_token_cost": 3.75e-06,
               "search_context_cost_per_query": {"high": 0.01}},
    "embed": {"input_cost_per_token": 1e-07, "output_cost_per_token": null,
              "litellm_provider": ""},
    "free": {"input_cost_per_token": 0, "output_cost_per_token": 0},
    "dall-e-3": {"input_cost_per_pixel": 1.9e-07},
    "odd": 1
  })");
  REQUIRE(list.ok());
  CHECK(list.value().without_price == 2);
  const auto& prices = list.value().prices;
  REQUIRE(prices.size() == 4);
  CHECK(prices[0].llm_id == "gpt-4o");
  CHECK(prices[0].provider_id == "openai");
  CHECK(prices[0].prompt_token_cost == 2.5e-06);
  CHECK(prices[0].completion_token_cost == 1e-05);
  CHECK(prices[0].cache_read_input_token_cost == 1.25e-06);
  CHECK(prices[0].cache_creation_input_token_cost == 0);
  CHECK(prices[1].llm_id == "claude");
  CHECK(prices[1].provider_id == "default");
  CHECK(prices[1].cache_creation_input_token_cost == 3.75e-06);
  CHECK(prices[2].llm_id == "embed");
  CHECK(prices[2].provider_id == "default");
  CHECK(prices[2].prompt_token_cost == 1e-07);
  CHECK(prices[2].completion_token_cost == 0);
  CHECK(prices[3].llm_id == "free");
}

TEST_CASE("of a model that is listed twice the last price counts", "[model]") {
  const Result<PriceList> list = ReadPriceList(
      R"({"m":{"input_cost_per_token":1},"n":{"input_cost_per_token":2},
          "m":{"input_cost_per_token":3}})");
  REQUIRE(list.ok());
  REQUIRE(list.value().prices.size() == 2);
  CHECK(list.value().prices[0].prompt_token_cost == 3);
}

TEST_CASE("a list may begin with a byte order mark", "[model]") {
  CHECK(ReadPriceList("\xef\xbb\xbf{\"m\":{\"input_cost_per_token\":1}}").ok());
}

TEST_CASE("what is not a price list is said to be none, and why", "[model]") {
  struct Row {
    std::string text;
    std::string why;
  };
  const auto [text, why] = GENERATE(values<Row>({
      {"", "is not JSON"},
      {"model,price\n", "is not JSON: Expecting value at character 0"},
      {R"({"m":{"input_cost_per_token":1})", "is not JSON"},
      {"[]", "not an object of models"},
      {"\"x\"", "not an object of models"},
      {"{}", "has no prices"},
      {R"({"sample_spec":{"input_cost_per_token":1}})", "has no prices"},
      {R"({"m":{"max_tokens":1}})", "has no prices"},
      {R"({"m":{"input_cost_per_token":"much"}})",
       R"(input_cost_per_token of m is "much")"},
      {R"({"m":{"output_cost_per_token":-1}})",
       "output_cost_per_token of m is -1"},
      {R"({"m":{"cache_read_input_token_cost":[1]}})",
       "cache_read_input_token_cost of m is [1]"},
      {R"({"m":{"input_cost_per_token":1e400}})",
       "input_cost_per_token of m is 1e400"},
  }));
  CAPTURE(text);
  const Result<PriceList> list = ReadPriceList(text);
  REQUIRE_FALSE(list.ok());
  CHECK(list.error().code == Code::kInvalid);
  CHECK_THAT(list.error().message, Catch::Contains(why));
}

}  // namespace
}  // namespace bobbin::model
