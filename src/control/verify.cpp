#include "control/verify.h"

#include <algorithm>

#include "control/glob.h"

namespace bobbin::control {
namespace {

constexpr size_t kMostKinds = 200;  // of misses, that are told apart
constexpr size_t kMostMisses = 5;   // that are shown
constexpr size_t kMostSeqs = 20;

bool Holds(const Expectation& expected, int64_t count) {
  switch (expected.bound) {
    case Bound::kExactly:
      return count == expected.wanted;
    case Bound::kAtLeast:
      return count >= expected.wanted;
    case Bound::kAtMost:
      return count <= expected.wanted;
  }
  return false;
}

// What came more often before would still hold.
bool HoldsWithMore(const Expectation& expected, int64_t count) {
  return expected.bound == Bound::kAtLeast && count >= expected.wanted;
}

int64_t CallsIn(const Entry& entry, const Criteria& what) {
  if (!what.op) return entry.facts.starts;
  int64_t calls = 0;
  for (const Facts::Op& op : entry.facts.ops) {
    if (OpFits(*what.op, op.name)) calls += op.calls;
  }
  return calls;
}

std::string Joined(const std::vector<std::string>& texts) {
  std::string joined;
  for (const std::string& text : texts) {
    if (!joined.empty()) joined += ", ";
    joined += text;
  }
  return joined;
}

std::string OpsOf(const Entry& entry) {
  std::vector<std::string> names;
  for (const Facts::Op& op : entry.facts.ops) names.push_back(op.name);
  return Joined(names);
}

void AddMiss(std::vector<NearMiss>& misses, const Criteria& what,
             const Entry& entry) {
  const bool route = what.RouteFits(entry);
  const bool project = what.ProjectFits(entry);
  const bool op = what.OpIs(entry);
  const bool status = what.StatusIs(entry);
  NearMiss miss;
  if (project && op && status) {
    miss = {"route",
            std::string(entry.route.empty() ? entry.path : entry.route)};
  } else if (route && op && status) {
    miss = {"project_id", Joined(entry.facts.project_ids)};
  } else if (route && project && status) {
    miss = {"op", OpsOf(entry)};
  } else if (route && project && op) {
    miss = {"status", entry.status == 0 ? "" : std::to_string(entry.status)};
  } else {
    return;
  }
  auto known = std::ranges::find_if(misses, [&](const NearMiss& other) {
    return other.differs == miss.differs && other.was == miss.was;
  });
  if (known == misses.end()) {
    if (misses.size() == kMostKinds) return;
    known = misses.insert(known, std::move(miss));
  }
  ++known->count;
  known->last_seq = entry.seq;
}

}  // namespace

std::string_view BoundName(Bound bound) {
  switch (bound) {
    case Bound::kExactly:
      return "exactly";
    case Bound::kAtLeast:
      return "at_least";
    case Bound::kAtMost:
      return "at_most";
  }
  return "";
}

Outcome Verify(const Journal& journal, int64_t since,
               const Expectation& expected) {
  Outcome outcome;
  std::vector<NearMiss> misses;
  journal.Visit(since, [&](const Entry& entry) {
    if (expected.what.Match(entry)) {
      outcome.count += expected.calls ? CallsIn(entry, expected.what) : 1;
      outcome.seqs.push_back(entry.seq);
    } else {
      AddMiss(misses, expected.what, entry);
    }
    return true;
  });
  if (outcome.seqs.size() > kMostSeqs) {
    outcome.seqs.erase(
        outcome.seqs.begin(),
        outcome.seqs.end() - static_cast<std::ptrdiff_t>(kMostSeqs));
  }
  outcome.dropped = journal.Dropped(since, expected.what.project_id);
  outcome.met = outcome.dropped > 0 ? HoldsWithMore(expected, outcome.count)
                                    : Holds(expected, outcome.count);
  if (outcome.met) return outcome;
  std::ranges::stable_sort(misses, std::ranges::greater(), &NearMiss::count);
  if (misses.size() > kMostMisses) misses.resize(kMostMisses);
  outcome.nearest = std::move(misses);
  return outcome;
}

}  // namespace bobbin::control
