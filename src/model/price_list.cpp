#include "model/price_list.h"

#include <array>
#include <optional>
#include <unordered_map>

#include "json/document.h"
#include "model/cost.h"

namespace bobbin::model {
namespace {

using json::Kind;
using json::Value;

constexpr std::string_view kExplanation = "sample_spec";
constexpr std::string_view kProvider = "litellm_provider";

struct CostName {
  std::string_view name;
  double ListedPrice::*cost;
  bool makes_a_price;
};
constexpr auto kCosts = std::to_array<CostName>({
    {"input_cost_per_token", &ListedPrice::prompt_token_cost, true},
    {"output_cost_per_token", &ListedPrice::completion_token_cost, true},
    {"cache_read_input_token_cost", &ListedPrice::cache_read_input_token_cost,
     false},
    {"cache_creation_input_token_cost",
     &ListedPrice::cache_creation_input_token_cost, false},
});

// Reads one member of a model's entry. Returns whether it makes a price.
Result<bool> ReadMember(Value member, ListedPrice& price) {
  if (member.key() == kProvider && member.is(Kind::kString) &&
      !member.text().empty()) {
    price.provider_id = member.text();
  }
  for (const CostName& row : kCosts) {
    if (member.key() != row.name || member.is(Kind::kNull)) continue;
    Details details;
    double cost = -1;
    ReadValue(member, cost, Loc{}, details);
    if (cost < 0) {
      return Invalid("has a price that is not a number of at least 0: " +
                     std::string(row.name) + " of " + price.llm_id + " is " +
                     std::string(member.raw().substr(0, 40)));
    }
    price.*(row.cost) = cost;
    return row.makes_a_price;
  }
  return false;
}

// The price in a model's entry, if it has one.
Result<std::optional<ListedPrice>> ReadEntry(Value entry) {
  ListedPrice price{.llm_id = std::string(entry.key()),
                    .provider_id = std::string(kDefaultProvider)};
  if (!entry.is(Kind::kObject)) return std::optional<ListedPrice>();
  bool priced = false;
  for (Value v = entry.first(); v.exists(); v = v.next()) {
    const Result<bool> read = ReadMember(v, price);
    if (!read.ok()) return read.error();
    priced |= read.value();
  }
  return priced ? std::optional(std::move(price)) : std::nullopt;
}

}  // namespace

Result<PriceList> ReadPriceList(std::string_view text) {
  constexpr std::string_view kMark = "\xef\xbb\xbf";  // some editors' first
  if (text.starts_with(kMark)) text.remove_prefix(kMark.size());
  json::Document document;
  const json::SyntaxError error = document.Parse(text, 2);
  if (!error.message.empty()) {
    return Invalid("is not JSON: " + std::string(error.message) +
                   " at character " + std::to_string(error.offset_chars));
  }
  const Value root = document.root();
  if (!root.is(Kind::kObject)) {
    return Invalid("is not a price list: its JSON is not an object of models");
  }
  PriceList list;
  std::unordered_map<std::string, size_t> places;
  for (Value v = root.first(); v.exists(); v = v.next()) {
    if (v.key() == kExplanation) continue;
    Result<std::optional<ListedPrice>> price = ReadEntry(v);
    if (!price.ok()) return std::move(price).error();
    if (!price.value()) {
      ++list.without_price;
      continue;
    }
    const auto [place, is_new] =
        places.try_emplace(price.value()->llm_id, list.prices.size());
    if (is_new) list.prices.emplace_back();
    list.prices[place->second] = std::move(*price.value());
  }
  if (list.prices.empty()) {
    return Invalid(
        "has no prices: no model in it has an input_cost_per_token or an "
        "output_cost_per_token");
  }
  return list;
}

}  // namespace bobbin::model
