#include "cli/trace_diff.h"

#include <algorithm>
#include <string_view>
#include <unordered_map>

namespace bobbin::cli {
namespace {

using Order = std::vector<size_t>;

// The roots and the children of a trace, in the order of their start.
struct TraceTree {
  const std::vector<TraceCall>& calls;
  Order roots;
  std::vector<Order> children;

  explicit TraceTree(const std::vector<TraceCall>& all)
      : calls(all), children(all.size()) {
    std::unordered_map<std::string_view, size_t> by_id;
    for (size_t i = 0; i < all.size(); ++i) by_id[all[i].tree.id] = i;
    for (size_t i = 0; i < all.size(); ++i) {
      const auto parent = by_id.find(all[i].tree.parent_id);
      const bool below = parent != by_id.end() && parent->second != i;
      (below ? children[parent->second] : roots).push_back(i);
    }
  }
  std::string_view NameOf(size_t call) const { return calls[call].tree.name; }
};

class Pairing {
 public:
  Pairing(const TraceTree& before, const TraceTree& after)
      : before_(before), after_(after) {}

  std::vector<CallPair> Pairs() {
    if (before_.roots.size() == 1 && after_.roots.size() == 1) {
      open_.push_back({before_.roots.front(), after_.roots.front(), 0});
    } else {
      Align(before_.roots, after_.roots, 0);
    }
    while (!open_.empty()) {
      const CallPair pair = open_.back();
      open_.pop_back();
      pairs_.push_back(pair);
      const Order none;
      Align(pair.before ? before_.children[*pair.before] : none,
            pair.after ? after_.children[*pair.after] : none, pair.depth + 1);
    }
    return std::move(pairs_);
  }

 private:
  bool Alike(size_t a, size_t b) const {
    return before_.NameOf(a) == after_.NameOf(b);
  }

  // Beyond this the table would be too large: then place by place.
  static bool TooMany(const Order& a, const Order& b) {
    constexpr size_t kMost = 4'000'000;
    return a.size() * b.size() > kMost;
  }

  // Opens the pairs of two lists of siblings; the last one first, as they are
  // taken from the end.
  void Align(const Order& a, const Order& b, int depth) {
    const std::vector<CallPair> pairs =
        TooMany(a, b) ? ByPlace(a, b, depth) : ByName(a, b, depth);
    open_.insert(open_.end(), pairs.rbegin(), pairs.rend());
  }

  std::vector<CallPair> ByPlace(const Order& a, const Order& b,
                                int depth) const {
    std::vector<CallPair> pairs;
    for (size_t i = 0; i < std::max(a.size(), b.size()); ++i) {
      const bool both = i < a.size() && i < b.size() && Alike(a[i], b[i]);
      if (both) {
        pairs.push_back({a[i], b[i], depth});
        continue;
      }
      if (i < a.size()) pairs.push_back({a[i], std::nullopt, depth});
      if (i < b.size()) pairs.push_back({std::nullopt, b[i], depth});
    }
    return pairs;
  }

  std::vector<CallPair> ByName(const Order& a, const Order& b,
                               int depth) const {
    // length[i][j]: of the longest common subsequence of a[i...] and b[j...].
    const size_t columns = b.size() + 1;
    std::vector<int> length((a.size() + 1) * columns, 0);
    const auto at = [&](size_t i, size_t j) -> int& {
      return length[i * columns + j];
    };
    for (size_t i = a.size(); i-- > 0;) {
      for (size_t j = b.size(); j-- > 0;) {
        at(i, j) = Alike(a[i], b[j]) ? at(i + 1, j + 1) + 1
                                     : std::max(at(i + 1, j), at(i, j + 1));
      }
    }
    std::vector<CallPair> pairs;
    size_t i = 0;
    size_t j = 0;
    while (i < a.size() || j < b.size()) {
      if (i < a.size() && j < b.size() && Alike(a[i], b[j])) {
        pairs.push_back({a[i++], b[j++], depth});
      } else if (j == b.size() ||
                 (i < a.size() && at(i + 1, j) >= at(i, j + 1))) {
        pairs.push_back({a[i++], std::nullopt, depth});
      } else {
        pairs.push_back({std::nullopt, b[j++], depth});
      }
    }
    return pairs;
  }

  const TraceTree& before_;
  const TraceTree& after_;
  std::vector<CallPair> open_;
  std::vector<CallPair> pairs_;
};

}  // namespace

std::vector<CallPair> PairCalls(const std::vector<TraceCall>& before,
                                const std::vector<TraceCall>& after) {
  const TraceTree a(before);
  const TraceTree b(after);
  return Pairing(a, b).Pairs();
}

}  // namespace bobbin::cli
