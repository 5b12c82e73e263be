#include "control/faults.h"

#include <algorithm>

#include "control/glob.h"
#include "json/write.h"

namespace bobbin::control {
namespace {

constexpr size_t kMostRules = 1000;

std::optional<std::string> Copy(const std::optional<std::string_view>& text) {
  if (!text) return std::nullopt;
  return std::string(*text);
}

// splitmix64 (Steele, Lea and Flood, 2014): the same numbers on every machine.
uint64_t Next(uint64_t& state) {
  state += 0x9e3779b97f4a7c15;
  uint64_t z = state;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
  z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
  return z ^ (z >> 31);
}

// From 0 to less than 1.
double NextFraction(uint64_t& state) {
  return static_cast<double>(Next(state) >> 11) * 0x1p-53;
}

}  // namespace

Result<std::string> Faults::Add(const model::FaultReq& rule,
                                std::string_view json) {
  Result<Strike> strike = MakeStrike(rule);
  if (!strike.ok()) return std::move(strike).error();
  const std::lock_guard lock(mutex_);
  if (rules_.size() >= kMostRules) {
    return Error{Code::kTooLarge,
                 "There are " + std::to_string(kMostRules) + " faults already"};
  }
  const std::string id = "f" + std::to_string(++last_id_);
  strike.value().rule_id = id;
  rules_.push_back({.id = id,
                    .json = std::string(json),
                    .route = Copy(rule.route),
                    .project_id = Copy(rule.project_id),
                    .op = Copy(rule.op),
                    .nth = rule.nth,
                    .every = rule.every,
                    .times = rule.times,
                    .probability = rule.probability,
                    .strike = std::move(strike).value(),
                    .random = static_cast<uint64_t>(rule.seed.value_or(0))});
  Changed();
  return id;
}

bool Faults::Matches(const Rule& rule, const Question& question) {
  if (rule.route && !Fits(*rule.route, question.route) &&
      !Fits(*rule.route, question.path)) {
    return false;
  }
  const auto& projects = question.facts.project_ids;
  if (rule.project_id &&
      std::ranges::none_of(projects, [&](const std::string& id) {
        return Fits(*rule.project_id, id);
      })) {
    return false;
  }
  return !rule.op ||
         std::ranges::any_of(question.facts.ops, [&](const Facts::Op& op) {
           return OpFits(*rule.op, op.name);
         });
}

// Counts a request that fits.
bool Faults::Strikes(Rule& rule) {
  ++rule.matched;
  if (rule.times && rule.hits >= *rule.times) return false;
  if (rule.nth && rule.matched != *rule.nth) return false;
  if (rule.every && rule.matched % *rule.every != 0) return false;
  if (rule.probability && NextFraction(rule.random) >= *rule.probability) {
    return false;
  }
  ++rule.hits;
  return true;
}

std::optional<Strike> Faults::Ask(const Question& question) {
  const std::lock_guard lock(mutex_);
  for (Rule& rule : rules_) {
    if (!Matches(rule, question) || !Strikes(rule)) continue;
    Strike strike = rule.strike;
    if (strike.max_delay_ms > strike.min_delay_ms) {
      const auto span =
          static_cast<uint64_t>(strike.max_delay_ms - strike.min_delay_ms + 1);
      strike.min_delay_ms += static_cast<int64_t>(Next(rule.random) % span);
    }
    return strike;
  }
  return std::nullopt;
}

void Faults::AppendAll(std::string& out) const {
  const std::lock_guard lock(mutex_);
  out += '[';
  for (const Rule& rule : rules_) {
    if (&rule != &rules_.front()) out += ',';
    out += R"({"id":)";
    json::AppendQuoted(out, rule.id);
    out += R"(,"rule":)";
    out += rule.json;
    out += R"(,"matched":)";
    json::AppendInt(out, rule.matched);
    out += R"(,"hits":)";
    json::AppendInt(out, rule.hits);
    out += '}';
  }
  out += ']';
}

bool Faults::Delete(std::string_view id) {
  const std::lock_guard lock(mutex_);
  const size_t gone =
      std::erase_if(rules_, [&](const Rule& rule) { return rule.id == id; });
  Changed();
  return gone > 0;
}

int64_t Faults::Clear(const std::optional<std::string>& project_id) {
  const std::lock_guard lock(mutex_);
  const size_t gone = std::erase_if(rules_, [&](const Rule& rule) {
    return !project_id || rule.project_id == project_id;
  });
  Changed();
  return static_cast<int64_t>(gone);
}

void Faults::Changed() {
  any_.store(!rules_.empty(), std::memory_order_relaxed);
}

}  // namespace bobbin::control
