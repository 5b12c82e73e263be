// SQL aggregates over calls: tokens, costs, and how long calls took.
//
// GROUP BY would sort all calls first; these keep their groups themselves,
// in one pass and in 8 bytes for each call.

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "db/function_values.h"
#include "db/price_book.h"
#include "json/usage.h"
#include "json/write.h"

namespace bobbin::db {
namespace {

using json::TokenCounts;
using OptCosts = std::optional<PriceBook::Costs>;

// The places of the arguments that all the aggregates have.
enum Argument : int { kPrices, kProject, kStartedAt, kUsage, kMore };

void AddCosts(OptCosts& sum, const OptCosts& more) {
  if (!more) return;
  if (!sum) sum.emplace();
  sum->Add(*more);
}

// Calls `visit(model, tokens, costs)` for each model in the usage of a row.
class Usage {
 public:
  template <class Visit>
  void Each(sqlite3_value** arguments, const Visit& visit) {
    if (IsNull(arguments[kUsage])) return;
    if (!prices_) prices_.emplace(TextOf(arguments[kPrices]));
    const int64_t project = sqlite3_value_int64(arguments[kProject]);
    const int64_t started_at_us = sqlite3_value_int64(arguments[kStartedAt]);
    for (json::UsageTextReader v(TextOf(arguments[kUsage])); v.Next();) {
      visit(v.model(), v.counts(),
            prices_->CostsOf(project, v.model(), started_at_us, v.counts()));
    }
  }

 private:
  std::optional<PriceBook> prices_;  // from the first row
};

// --- sums -----------------------------------------------------------------

struct Sum {
  bool any = false;
  TokenCounts tokens;
  OptCosts costs;

  void Add(const TokenCounts& more, const OptCosts& price) {
    any = true;
    tokens.Add(more);
    AddCosts(costs, price);
  }
};

void AppendNumber(std::string& out, double number) {
  // JSON has no infinity; the largest number there is, then.
  constexpr double kMost = 1.7976931348623157e308;
  json::AppendDouble(
      out, std::isnan(number) ? 0 : std::clamp(number, -kMost, kMost));
}

// `,prompt,completion,total,cost`
void AppendSum(std::string& out, const Sum& sum) {
  if (!sum.any) {
    out += ",null,null,null,null";
    return;
  }
  for (const int64_t count :
       {sum.tokens.prompt, sum.tokens.completion, sum.tokens.all()}) {
    out += ',';
    json::AppendInt(out, count);
  }
  out += ',';
  if (sum.costs) {
    AppendNumber(out, sum.costs->all());
  } else {
    out += "null";
  }
}

struct Totals {
  Usage usage;
  Sum sum;

  void Add(sqlite3_value** arguments) {
    usage.Each(arguments,
               [this](std::string_view, const TokenCounts& tokens,
                      const OptCosts& costs) { sum.Add(tokens, costs); });
  }

  std::string Text() const {
    if (!sum.any) return {};
    std::string out;
    AppendSum(out, sum);
    out.front() = '[';
    return out + ']';
  }
};

struct ByModel {
  Usage usage;
  std::map<std::string, Sum, std::less<>> sums;
  bool with_costs = false;

  void Add(sqlite3_value** arguments) {
    with_costs = !IsNull(arguments[kPrices]);
    usage.Each(arguments,
               [this](std::string_view model, const TokenCounts& tokens,
                      const OptCosts& costs) {
                 auto found = sums.find(model);
                 if (found == sums.end()) {
                   found = sums.emplace(std::string(model), Sum{}).first;
                 }
                 found->second.Add(tokens, costs);
               });
  }

  std::string Text() const {
    std::string out = "{";
    for (const auto& [model, sum] : sums) {
      if (out.size() > 1) out += ',';
      json::AppendQuoted(out, model);
      out += ":{";
      AppendCounts(out, sum.tokens);
      AppendCosts(out, with_costs ? sum.costs : std::nullopt);
      out += '}';
    }
    return out + '}';
  }

 private:
  static void AppendCounts(std::string& out, const TokenCounts& tokens) {
    const auto add = [&](std::string_view name, int64_t count) {
      json::AppendQuoted(out, name);
      out += ':';
      json::AppendInt(out, count);
      out += ',';
    };
    add("requests", tokens.requests);
    add("prompt_tokens", tokens.prompt);
    add("completion_tokens", tokens.completion);
    add("total_tokens", tokens.all());
    add("cache_read_input_tokens", tokens.cache_read);
    add("cache_creation_input_tokens", tokens.cache_creation);
  }

  static void AppendCosts(std::string& out, const OptCosts& costs) {
    struct Row {
      std::string_view name;
      double PriceBook::Costs::*cost;
    };
    static constexpr auto kRows = std::to_array<Row>({
        {"prompt_tokens_total_cost", &PriceBook::Costs::prompt},
        {"completion_tokens_total_cost", &PriceBook::Costs::completion},
        {"cache_read_input_tokens_total_cost", &PriceBook::Costs::cache_read},
        {"cache_creation_input_tokens_total_cost",
         &PriceBook::Costs::cache_creation},
    });
    std::string_view separator;
    for (const Row& row : kRows) {
      out += separator;
      separator = ",";
      json::AppendQuoted(out, row.name);
      out += ':';
      if (costs) {
        AppendNumber(out, (*costs).*(row.cost));
      } else {
        out += "null";
      }
    }
  }
};

// --- statistics -----------------------------------------------------------

// The value that at least so much of all is not above; sorts a part.
int64_t Percentile(std::vector<int64_t>& values, double part) {
  const auto rank =
      static_cast<size_t>(std::ceil(part * static_cast<double>(values.size())));
  const auto at = values.begin() +
                  static_cast<std::ptrdiff_t>(std::max<size_t>(rank, 1)) - 1;
  std::ranges::nth_element(values, at);
  return *at;
}

// `,p50,p95,p99` in milliseconds.
void AppendPercentiles(std::string& out, std::vector<int64_t>& latencies_us) {
  for (const double part : {0.5, 0.95, 0.99}) {
    out += ',';
    if (latencies_us.empty()) {
      out += "null";
    } else {
      const auto us = static_cast<double>(Percentile(latencies_us, part));
      json::AppendDouble(out, us / 1000);
    }
  }
}

constexpr int64_t kErrorStatus = 2;  // calls.status

struct Group {
  int64_t calls = 0;
  int64_t errors = 0;
  std::vector<int64_t> latencies_us;  // of the calls that have ended
  Sum sum;

  void AddCall(sqlite3_value* status, sqlite3_value* latency_us) {
    ++calls;
    if (sqlite3_value_int64(status) == kErrorStatus) ++errors;
    if (!IsNull(latency_us)) {
      latencies_us.push_back(sqlite3_value_int64(latency_us));
    }
  }

  // `,calls,errors,p50,p95,p99,prompt,completion,total,cost`; milliseconds.
  void AppendTo(std::string& out) {
    out += ',';
    json::AppendInt(out, calls);
    out += ',';
    json::AppendInt(out, errors);
    AppendPercentiles(out, latencies_us);
    AppendSum(out, sum);
  }
};

struct ByKey {
  Usage usage;
  std::unordered_map<int64_t, Group> groups;

  void Add(sqlite3_value** arguments) {
    Group& group = groups[sqlite3_value_int64(arguments[kMore])];
    group.AddCall(arguments[kMore + 1], arguments[kMore + 2]);
    usage.Each(arguments, [&group](std::string_view, const TokenCounts& tokens,
                                   const OptCosts& costs) {
      group.sum.Add(tokens, costs);
    });
  }

  std::string Text() {
    std::string out = "[";
    for (auto& [key, group] : groups) {
      if (out.size() > 1) out += ',';
      out += '[';
      json::AppendInt(out, key);
      group.AppendTo(out);
      out += ']';
    }
    return out + ']';
  }
};

struct ModelStats {
  Usage usage;
  std::map<std::string, Group, std::less<>> groups;

  void Add(sqlite3_value** arguments) {
    usage.Each(arguments, [&](std::string_view model, const TokenCounts& tokens,
                              const OptCosts& costs) {
      auto found = groups.find(model);
      if (found == groups.end()) {
        found = groups.emplace(std::string(model), Group{}).first;
      }
      found->second.AddCall(arguments[kMore], arguments[kMore + 1]);
      found->second.sum.Add(tokens, costs);
    });
  }

  std::string Text() {
    std::string out = "[";
    for (auto& [model, group] : groups) {
      if (out.size() > 1) out += ',';
      out += '[';
      json::AppendQuoted(out, model);
      group.AppendTo(out);
      out += ']';
    }
    return out + ']';
  }
};

struct Latencies {
  std::vector<int64_t> us;

  void Add(sqlite3_value** arguments) {
    if (!IsNull(arguments[0])) us.push_back(sqlite3_value_int64(arguments[0]));
  }

  std::string Text() {
    if (us.empty()) return {};
    std::string out;
    AppendPercentiles(out, us);
    out.front() = '[';
    return out + ']';
  }
};

struct FirstAndLast {
  using Place = std::pair<int64_t, std::string>;
  std::optional<Place> first, last;

  void Add(sqlite3_value** arguments) {
    Place place(sqlite3_value_int64(arguments[0]), TextOf(arguments[1]));
    if (!last || *last < place) last = place;
    if (!first || place < *first) first = std::move(place);
  }

  std::string Text() const {
    std::string out = "[";
    json::AppendQuoted(out, first->second);
    out += ',';
    json::AppendQuoted(out, last->second);
    return out + ']';
  }
};

template <class State>
void Step(sqlite3_context* context, int, sqlite3_value** arguments) {
  auto** const place =
      static_cast<State**>(sqlite3_aggregate_context(context, sizeof(State*)));
  if (place == nullptr) return sqlite3_result_error_nomem(context);
  if (*place == nullptr) *place = new State;
  (*place)->Add(arguments);
}

// NULL if there was no row, or no text.
template <class State>
void Final(sqlite3_context* context) {
  auto** const place =
      static_cast<State**>(sqlite3_aggregate_context(context, 0));
  if (place == nullptr || *place == nullptr) return;
  const std::unique_ptr<State> state(*place);
  const std::string text = state->Text();
  if (!text.empty()) Return(context, text);
}

template <class State>
constexpr Aggregate Row(const char* name, int arguments) {
  return {name, arguments, Step<State>, Final<State>};
}

constexpr auto kAggregates = std::to_array<Aggregate>({
    Row<Totals>("usage_totals", kMore),
    Row<ByModel>("usage_by_model", kMore),
    Row<ByKey>("call_stats", kMore + 3),
    Row<ModelStats>("model_stats", kMore + 2),
    Row<Latencies>("latency_percentiles", 1),
    Row<FirstAndLast>("first_and_last", 2),
});

// --- functions ------------------------------------------------------------

void UsageOf(sqlite3_context* context, int, sqlite3_value** arguments) {
  static thread_local json::UsageReader reader;
  const std::string_view summary = TextOf(arguments[0]);
  if (summary.empty()) return;
  const std::string usage = json::UsageText(reader, summary);
  if (!usage.empty()) Return(context, usage);
}

constexpr auto kUsageFunctions = std::to_array<Function>({
    {"usage_of", 1, UsageOf},
});

}  // namespace

std::span<const Function> UsageFunctions() { return kUsageFunctions; }

std::span<const Aggregate> UsageAggregates() { return kAggregates; }

}  // namespace bobbin::db
