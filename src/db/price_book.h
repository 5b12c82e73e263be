// What tokens cost, for the SQL functions that sum up costs.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "json/usage.h"

namespace bobbin::db {

class PriceBook {
 public:
  // Reads a JSON array of prices, best first (a project's own before those
  // for all, the newest before older ones), each
  //   [project's row or 0 for all, model, effective_at_us,
  //    prompt, completion, cache read, cache creation: the price of a token]
  // An empty text has none.
  explicit PriceBook(std::string_view json);

  // What the four kinds of tokens cost at that time (contract section 4.5);
  // nothing if the model has no price.
  struct Costs {
    double prompt = 0, completion = 0, cache_read = 0, cache_creation = 0;
    double all() const {
      return prompt + completion + cache_read + cache_creation;
    }
    void Add(const Costs& more);
  };
  std::optional<Costs> CostsOf(int64_t project, std::string_view model,
                               int64_t started_at_us,
                               const json::TokenCounts& tokens) const;

 private:
  struct Price {
    int64_t effective_at_us;
    Costs of_token;
  };
  using Key = std::pair<std::string, int64_t>;  // model, project
  using Prices = std::vector<Price>;

  struct Less {
    using is_transparent = void;
    using View = std::pair<std::string_view, int64_t>;
    static View ViewOf(const Key& key) { return {key.first, key.second}; }
    static View ViewOf(const View& key) { return key; }
    template <class A, class B>
    bool operator()(const A& a, const B& b) const {
      return ViewOf(a) < ViewOf(b);
    }
  };

  const Price* Best(int64_t project, std::string_view model,
                    int64_t started_at_us) const;

  std::map<Key, Prices, Less> prices_;
};

}  // namespace bobbin::db
