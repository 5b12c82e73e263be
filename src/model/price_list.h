// The price list that LiteLLM publishes (model_prices_and_context_window.json):
//
//   {"gpt-4o": {"input_cost_per_token": 2.5e-06, "litellm_provider": "openai",
//               "output_cost_per_token": 1e-05, ...}, ...}
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace bobbin::model {

struct ListedPrice {
  std::string llm_id, provider_id;
  double prompt_token_cost = 0;
  double completion_token_cost = 0;
  double cache_read_input_token_cost = 0;
  double cache_creation_input_token_cost = 0;
};

struct PriceList {
  std::vector<ListedPrice> prices;  // each model once
  size_t without_price = 0;         // entries that have no price per token
};

// Reads the list. The entry `sample_spec`, which explains the others, is left
// out. A model that has one of the two costs pays nothing for the other.
//   kInvalid  not JSON, not an object, a cost that is not a number or is below
//             zero, or no price in it at all; in a sentence that continues
//             "The file ".
Result<PriceList> ReadPriceList(std::string_view text);

}  // namespace bobbin::model
