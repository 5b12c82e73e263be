// Prices of models' tokens (contract section 11).
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <tuple>
#include <vector>

#include "model/record.h"

namespace bobbin::model {

// A price as a client sends it, under the name of its model.
struct CostCreateInput {
  std::string_view llm_id;
  double prompt_token_cost = 0;  // of one token
  double completion_token_cost = 0;
  std::optional<double> cache_read_input_token_cost,
      cache_creation_input_token_cost;
  std::optional<std::string_view> prompt_token_cost_unit,
      completion_token_cost_unit;
  std::optional<Time> effective_date;
  std::optional<std::string_view> provider_id;
  static constexpr bool kStrict = true;
  static constexpr auto Fields() {
    using I = CostCreateInput;
    return std::tuple(
        Required("prompt_token_cost", &I::prompt_token_cost),
        Required("completion_token_cost", &I::completion_token_cost),
        Optional("cache_read_input_token_cost",
                 &I::cache_read_input_token_cost),
        Optional("cache_creation_input_token_cost",
                 &I::cache_creation_input_token_cost),
        Optional("prompt_token_cost_unit", &I::prompt_token_cost_unit),
        Optional("completion_token_cost_unit", &I::completion_token_cost_unit),
        Optional("effective_date", &I::effective_date),
        Optional("provider_id", &I::provider_id));
  }
};

// An object of them; of a model that is named twice the last counts.
struct CostInputs {
  std::vector<CostCreateInput> list;
};
void ReadValue(json::Value value, CostInputs& out, const Loc& loc,
               Details& details);

struct CostCreateReq {
  std::string_view project_id;
  CostInputs costs;
  std::optional<std::string_view> wb_user_id;
  static constexpr bool kStrict = true;
  static constexpr auto Fields() {
    using R = CostCreateReq;
    return std::tuple(Required("project_id", &R::project_id),
                      Required("costs", &R::costs),
                      Optional("wb_user_id", &R::wb_user_id));
  }
};

// A price as it is kept. Costs are of one token each; times are microseconds
// since the epoch.
struct Price {
  std::string_view id, llm_id, provider_id;
  double prompt_token_cost = 0;
  double completion_token_cost = 0;
  double cache_read_input_token_cost = 0;
  double cache_creation_input_token_cost = 0;
  std::string_view prompt_token_cost_unit, completion_token_cost_unit;
  int64_t effective_at_us = 0;
  int64_t created_at_us = 0;
  std::string_view created_by;
};

inline constexpr std::string_view kDefaultUnit = "USD";
inline constexpr std::string_view kDefaultProvider = "default";

}  // namespace bobbin::model
