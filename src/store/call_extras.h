// What a scan of calls can add to each call out of other tables: its feedback
// and its costs. Used by CallStore inside a read job, in the scan's own
// snapshot. Nothing is kept of the calls that have gone by.
//
// All methods throw SQLite::Exception. A view lives until the next call of the
// same object.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "db/connection.h"
#include "json/usage.h"

namespace bobbin::store {

// Costs one search of the index feedback_by_call for each call. (A join would
// put the rows of two tables into every sort of calls; a subquery would have
// to write JSON in SQL, which changes what clients sent.)
class CallFeedback {
 public:
  CallFeedback(db::Connection& connection, int64_t project)
      : connection_(connection), project_(project) {}

  // The feedback on a call, oldest first: a JSON array.
  std::string_view Of(std::string_view call_id);

 private:
  db::Connection& connection_;
  const int64_t project_;
  std::string text_;
};

// A price that a call may have to pay.
struct ModelPrice {
  int64_t effective_at_us;
  double prompt, completion, cache_read, cache_creation;  // of one token
  std::string about;  // the members of `costs` that tell of the price
};

// Costs one search of the index prices_by_model for each model that the scan
// meets, not for each call: the prices of some models are remembered.
class CallCosts {
 public:
  CallCosts(db::Connection& connection, int64_t project,
            std::string_view project_id)
      : connection_(connection), project_(project), project_id_(project_id) {}

  // What the tokens in `summary.usage` cost at the call's start, by model: a
  // JSON object (contract section 4.5, `costs`); empty if nothing in it has a
  // price.
  std::string_view Of(const std::optional<std::string_view>& summary,
                      int64_t started_at_us);

 private:
  using Prices = std::vector<ModelPrice>;

  const Prices& PricesOf(std::string_view llm_id);

  db::Connection& connection_;
  const int64_t project_;
  const std::string_view project_id_;
  std::map<std::string, Prices, std::less<>> known_;
  json::UsageReader usage_;
  std::string text_;
};

}  // namespace bobbin::store
