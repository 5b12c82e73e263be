#include "db/price_book.h"

#include <algorithm>
#include <array>
#include <cstdlib>

namespace bobbin::db {
namespace {

double NumberOf(json::Value value) {
  return std::strtod(std::string(value.raw()).c_str(), nullptr);
}

int64_t IntegerOf(json::Value value) {
  return std::strtoll(std::string(value.raw()).c_str(), nullptr, 10);
}

}  // namespace

void PriceBook::Costs::Add(const Costs& more) {
  prompt += more.prompt;
  completion += more.completion;
  cache_read += more.cache_read;
  cache_creation += more.cache_creation;
}

PriceBook::PriceBook(std::string_view json) {
  constexpr int kDepth = 2;
  constexpr size_t kPlaces = 7;
  json::Document document;
  if (!document.Parse(json, kDepth).message.empty()) return;
  for (json::Value row = document.root().first(); row.exists();
       row = row.next()) {
    std::array<json::Value, kPlaces> places;
    size_t count = 0;
    for (json::Value v = row.first(); v.exists() && count < kPlaces;
         v = v.next()) {
      places[count++] = v;
    }
    if (count < kPlaces) continue;
    const auto& [project, model, from, prompt, completion, read, creation] =
        places;
    prices_[{std::string(model.text()), IntegerOf(project)}].push_back(
        {.effective_at_us = IntegerOf(from),
         .of_token = {.prompt = NumberOf(prompt),
                      .completion = NumberOf(completion),
                      .cache_read = NumberOf(read),
                      .cache_creation = NumberOf(creation)}});
  }
}

const PriceBook::Price* PriceBook::Best(int64_t project, std::string_view model,
                                        int64_t started_at_us) const {
  const Price* later = nullptr;  // if none was in force yet
  for (const int64_t level : {project, int64_t{0}}) {
    const auto found = prices_.find(Less::View(model, level));
    if (found == prices_.end()) continue;
    for (const Price& price : found->second) {
      if (price.effective_at_us <= started_at_us) return &price;
      if (later == nullptr) later = &price;
    }
  }
  return later;
}

std::optional<PriceBook::Costs> PriceBook::CostsOf(
    int64_t project, std::string_view model, int64_t started_at_us,
    const json::TokenCounts& tokens) const {
  const Price* const price = Best(project, model, started_at_us);
  if (price == nullptr) return std::nullopt;
  const auto read = static_cast<double>(tokens.cache_read);
  const auto creation = static_cast<double>(tokens.cache_creation);
  // Tokens that went through a cache are paid at the cache's price alone.
  const double paid = static_cast<double>(tokens.prompt) - read - creation;
  const Costs& of_token = price->of_token;
  return Costs{.prompt = paid * of_token.prompt,
               .completion =
                   static_cast<double>(tokens.completion) * of_token.completion,
               .cache_read = read * of_token.cache_read,
               .cache_creation = creation * of_token.cache_creation};
}

}  // namespace bobbin::db
