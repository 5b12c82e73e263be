// The rules by which answers go wrong.
#pragma once

#include <atomic>
#include <cstdint>
#include <list>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "control/facts.h"
#include "control/fault_kinds.h"
#include "model/control.h"

namespace bobbin::control {

// What is asked of the rules.
struct Question {
  std::string_view route;  // its pattern; empty: unknown
  std::string_view path;
  const Facts& facts;
};

// Threads   Call any method from any thread.
class Faults {
 public:
  Faults() = default;
  Faults(const Faults&) = delete;
  Faults& operator=(const Faults&) = delete;

  // Adds a rule behind the others and returns its id. `json` is the rule as
  // it was sent.
  //   kInvalid   MakeStrike() says so.
  //   kTooLarge  there are too many rules.
  Result<std::string> Add(const model::FaultReq& rule, std::string_view json);

  // False: no rule there is.
  bool any() const { return any_.load(std::memory_order_relaxed); }

  // What happens to a request: the rules are asked in their order, and the
  // first that strikes is the one. A rule counts the requests that fit it and
  // got as far as to it.
  std::optional<Strike> Ask(const Question& question);

  // Appends the rules as a JSON list, with their counts.
  void AppendAll(std::string& out) const;

  // False: there is no such rule.
  bool Delete(std::string_view id);
  // Deletes all rules, or those of exactly this `project_id`. Returns how many.
  int64_t Clear(const std::optional<std::string>& project_id);

 private:
  struct Rule {
    std::string id, json;
    std::optional<std::string> route, project_id, op;
    std::optional<int64_t> nth, every, times;
    std::optional<double> probability;
    Strike strike;
    uint64_t random = 0;  // the state of its generator
    int64_t matched = 0;
    int64_t hits = 0;
  };

  static bool Matches(const Rule& rule, const Question& question);
  static bool Strikes(Rule& rule);
  void Changed();

  std::atomic<bool> any_{false};
  mutable std::mutex mutex_;  // guards the two below
  std::list<Rule> rules_;
  int64_t last_id_ = 0;
};

}  // namespace bobbin::control
