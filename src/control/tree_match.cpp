#include "control/tree_match.h"

#include <algorithm>
#include <array>
#include <memory>
#include <optional>
#include <utility>

#include "control/assignment.h"
#include "control/expected_tree.h"
#include "json/write.h"

namespace bobbin::control {
namespace {

using json::Value;
using Kind = TreeDifference::Kind;
using Places = std::vector<size_t>;

// A difference costs kStep; a call of another op a little more, so that where
// nothing at all fits, a call is rather missing than quite another one.
constexpr int64_t kStep = 2;
constexpr int64_t kOtherOp = 1;

void AppendMember(std::string& out, std::string_view name,
                  std::string_view json) {
  out += out.empty() ? '{' : ',';
  json::AppendQuoted(out, name);
  out += ':';
  out += json;
}

std::string Quoted(std::string_view text) {
  std::string json;
  json::AppendQuoted(json, text);
  return json;
}

// A call's values, parsed.
class ActualCall {
 public:
  explicit ActualCall(const TreeCall& call) {
    const auto text = [](const std::optional<std::string>& value) {
      return value ? Quoted(*value) : "null";
    };
    AppendMember(text_, "op", Quoted(call.name));
    AppendMember(text_, "display_name", text(call.display_name));
    AppendMember(text_, "inputs", call.inputs);
    AppendMember(text_, "output", call.output);
    AppendMember(text_, "exception", text(call.exception));
    AppendMember(text_, "attributes", call.attributes);
    AppendMember(text_, "op_name", Quoted(call.op_name));
    text_ += '}';
    document_.Parse(text_, json::kMaxDepth);
    size_t field = 0;
    for (Value v = document_.root().exists() ? document_.root().first()
                                             : Value();
         v.exists(); v = v.next()) {
      (field < kExpectedFields ? values_[field++] : op_name_) = v;
    }
  }
  ActualCall(const ActualCall&) = delete;
  ActualCall& operator=(const ActualCall&) = delete;

  Value value(size_t field) const { return values_[field]; }

  // In how many places a field is not what it should be. An op has two names.
  int64_t Differences(size_t field, const ValuePattern& pattern, bool exact,
                      std::vector<ValueDifference>* found) const {
    if (field == kOp && pattern.Count(op_name_, exact) == 0) return 0;
    return found == nullptr
               ? pattern.Count(values_[field], exact)
               : pattern.Differences(values_[field], exact, *found);
  }

 private:
  std::string text_;
  json::Document document_;
  std::array<Value, kExpectedFields> values_;
  Value op_name_;
};

// Which call is meant by each of some expected siblings, and at what cost.
struct Alignment {
  int64_t cost = 0;
  std::vector<std::optional<size_t>> chosen;  // places among the actual ones
};

class Matcher {
 public:
  explicit Matcher(const CallTree& tree)
      : tree_(tree), actual_(tree.calls.size()) {}

  // True if it took too many comparisons: what it has found is then nothing.
  bool exhausted() const { return comparisons_ > kMostComparisons; }

  TreeMatch Match(const ExpectedTree& expected) {
    const Siblings roots{expected.roots, tree_.roots, expected.options};
    Align(roots);
    if (exhausted()) return {};
    counts_ = false;  // finding it once more takes no more than that
    Explain(roots, "", "");
    return std::move(match_);
  }

 private:
  struct Siblings {
    const std::vector<ExpectedCall>& expected;
    const Places& actual;
    TreeOptions options;

    int64_t ExtraCost() const { return options.exact ? kStep : 0; }
  };
  static Siblings ChildrenOf(const ExpectedCall& expected,
                             const TreeCall& actual) {
    return {expected.children,
            actual.children,
            {expected.exact, expected.any_order}};
  }
  static int64_t MissingCost(const ExpectedCall& call) {
    return call.claims * kStep;
  }

  const ActualCall& Parsed(size_t place) {
    std::unique_ptr<ActualCall>& call = actual_[place];
    if (!call) call = std::make_unique<ActualCall>(tree_.calls[place]);
    return *call;
  }

  void Spend(int64_t comparisons) {
    if (counts_) comparisons_ += comparisons;
  }

  int64_t PairCost(const ExpectedCall& expected, size_t place) {
    Spend(1 + expected.own_claims);
    if (exhausted()) return 0;
    int64_t cost = 0;
    for (size_t field = 0; field < kExpectedFields; ++field) {
      if (!expected.fields[field]) continue;
      const int64_t differences = Parsed(place).Differences(
          field, *expected.fields[field], expected.exact, nullptr);
      cost += differences * kStep;
      if (field == kOp && differences > 0) cost += kOtherOp;
    }
    const Siblings children = ChildrenOf(expected, tree_.calls[place]);
    if (children.expected.empty()) {
      return cost + children.ExtraCost() *
                        static_cast<int64_t>(children.actual.size());
    }
    return cost + Align(children).cost;
  }

  Alignment Align(const Siblings& siblings) {
    std::vector<std::vector<int64_t>> costs;
    for (const ExpectedCall& expected : siblings.expected) {
      std::vector<int64_t>& row = costs.emplace_back();
      for (const size_t place : siblings.actual) {
        row.push_back(PairCost(expected, place));
        if (exhausted()) return {};
      }
    }
    return siblings.options.any_order ? AlignAnyhow(siblings, std::move(costs))
                                      : AlignInOrder(siblings, costs);
  }

  Alignment AlignAnyhow(const Siblings& siblings,
                        std::vector<std::vector<int64_t>> costs) {
    const size_t rows = siblings.expected.size();
    const size_t columns = siblings.actual.size();
    Spend(static_cast<int64_t>(rows * (rows + columns)));
    // Each may be missing as well: a column of its own stands for that. A call
    // that is taken is not one too many.
    for (size_t row = 0; row < rows; ++row) {
      for (int64_t& cost : costs[row]) cost -= siblings.ExtraCost();
      costs[row].resize(columns + rows, MissingCost(siblings.expected[row]));
    }
    const std::vector<size_t> chosen = CheapestColumns(costs);
    Alignment alignment;
    alignment.cost = siblings.ExtraCost() * static_cast<int64_t>(columns);
    for (size_t row = 0; row < rows; ++row) {
      alignment.cost += costs[row][chosen[row]];
      alignment.chosen.push_back(
          chosen[row] < columns ? std::optional(chosen[row]) : std::nullopt);
    }
    return alignment;
  }

  // least[row][column]: what it costs to align those from there on.
  static Alignment AlignInOrder(
      const Siblings& siblings,
      const std::vector<std::vector<int64_t>>& costs) {
    const size_t rows = siblings.expected.size();
    const size_t columns = siblings.actual.size();
    const int64_t extra = siblings.ExtraCost();
    std::vector<std::vector<int64_t>> least(
        rows + 1, std::vector<int64_t>(columns + 1, 0));
    for (size_t column = columns; column-- > 0;) {
      least[rows][column] = least[rows][column + 1] + extra;
    }
    for (size_t row = rows; row-- > 0;) {
      const int64_t missing = MissingCost(siblings.expected[row]);
      least[row][columns] = least[row + 1][columns] + missing;
      for (size_t column = columns; column-- > 0;) {
        least[row][column] = std::min(
            {costs[row][column] + least[row + 1][column + 1],
             extra + least[row][column + 1], missing + least[row + 1][column]});
      }
    }
    Alignment alignment{.cost = least[0][0], .chosen = {}};
    size_t column = 0;
    for (size_t row = 0; row < rows; ++row) {
      const int64_t missing = MissingCost(siblings.expected[row]);
      while (column < columns &&
             least[row][column] !=
                 costs[row][column] + least[row + 1][column + 1] &&
             least[row][column] == extra + least[row][column + 1]) {
        ++column;
      }
      const bool is_missing =
          column == columns ||
          (least[row][column] !=
               costs[row][column] + least[row + 1][column + 1] &&
           least[row][column] == missing + least[row + 1][column]);
      alignment.chosen.push_back(is_missing ? std::nullopt
                                            : std::optional(column++));
    }
    return alignment;
  }

  // Notes where siblings differ.
  void Explain(const Siblings& siblings, const std::string& above,
               const std::string& parent_id) {
    const Alignment alignment = Align(siblings);
    std::vector<bool> taken(siblings.actual.size(), false);
    for (size_t i = 0; i < siblings.expected.size(); ++i) {
      const ExpectedCall& expected = siblings.expected[i];
      const std::string way =
          above.empty() ? expected.label : above + " > " + expected.label;
      if (!alignment.chosen[i]) {
        match_.count += expected.claims;
        match_.differences.push_back({.kind = Kind::kMissingCall,
                                      .at = expected.at,
                                      .call = way,
                                      .field = "",
                                      .expected = expected.json,
                                      .actual = "",
                                      .call_id = parent_id});
        continue;
      }
      taken[*alignment.chosen[i]] = true;
      const size_t place = siblings.actual[*alignment.chosen[i]];
      ExplainPair(expected, place, way);
    }
    if (!siblings.options.exact) return;
    for (size_t i = 0; i < taken.size(); ++i) {
      if (!taken[i]) AddExtra(siblings.actual[i], above);
    }
  }

  void AddExtra(size_t place, const std::string& above) {
    const TreeCall& call = tree_.calls[place];
    std::string json;
    AppendMember(json, "op", Quoted(call.name));
    AppendMember(json, "inputs", call.inputs);
    json += '}';
    ++match_.count;
    match_.differences.push_back(
        {.kind = Kind::kExtraCall,
         .at = "",
         .call = above.empty() ? call.name : above + " > " + call.name,
         .field = "",
         .expected = "",
         .actual = std::move(json),
         .call_id = call.id});
  }

  void ExplainPair(const ExpectedCall& expected, size_t place,
                   const std::string& way) {
    const TreeCall& call = tree_.calls[place];
    for (size_t field = 0; field < kExpectedFields; ++field) {
      if (!expected.fields[field]) continue;
      std::vector<ValueDifference> found;
      match_.count += Parsed(place).Differences(field, *expected.fields[field],
                                                expected.exact, &found);
      for (ValueDifference& one : found) {
        const std::string name = std::string(FieldName(field)) + one.path;
        match_.differences.push_back({.kind = KindOf(one.kind),
                                      .at = expected.at + "." + name,
                                      .call = way,
                                      .field = name,
                                      .expected = std::move(one.expected),
                                      .actual = std::move(one.actual),
                                      .call_id = call.id});
      }
    }
    Explain(ChildrenOf(expected, call), way, call.id);
  }

  static Kind KindOf(ValueDifference::Kind kind) {
    switch (kind) {
      case ValueDifference::Kind::kMissing:
        return Kind::kMissing;
      case ValueDifference::Kind::kExtra:
        return Kind::kExtra;
      case ValueDifference::Kind::kDiffers:
        return Kind::kDiffers;
    }
    return Kind::kDiffers;
  }

  const CallTree& tree_;
  std::vector<std::unique_ptr<ActualCall>> actual_;
  bool counts_ = true;
  int64_t comparisons_ = 0;
  TreeMatch match_;
};

// The beginning of a value, without half a character.
std::string Shortened(std::string_view json) {
  constexpr size_t kMostBytes = 200;
  if (json.size() <= kMostBytes) return std::string(json);
  size_t end = kMostBytes;
  while ((static_cast<unsigned char>(json[end]) & 0xC0U) == 0x80U) --end;
  return std::string(json.substr(0, end)) + "…";
}

std::string LineOf(const TreeDifference& difference) {
  const std::string expected = Shortened(difference.expected);
  const std::string actual = Shortened(difference.actual);
  std::string line = "  " + difference.call + ": ";
  const std::string field = difference.field + ": expected ";
  switch (difference.kind) {
    case Kind::kMissingCall:
      return line + "this call is missing: " + expected;
    case Kind::kExtraCall:
      return line + "this call is one too many: " + actual;
    case Kind::kMissing:
      return line + field + expected + ", there is nothing";
    case Kind::kExtra:
      return line + field + "nothing, there is " + actual;
    case Kind::kDiffers:
      return line + field + expected + ", it is " + actual;
  }
  return line;
}

}  // namespace

std::string_view KindName(TreeDifference::Kind kind) {
  switch (kind) {
    case Kind::kMissingCall:
      return "missing_call";
    case Kind::kExtraCall:
      return "extra_call";
    case Kind::kMissing:
      return "missing";
    case Kind::kExtra:
      return "extra";
    case Kind::kDiffers:
      return "differs";
  }
  return "";
}

Result<TreeMatch> MatchTree(Value expected, const TreeOptions& options,
                            const CallTree& actual) {
  const Result<ExpectedTree> tree = ReadExpected(expected, options);
  if (!tree.ok()) return tree.error();
  Matcher matcher(actual);
  TreeMatch match = matcher.Match(tree.value());
  if (!matcher.exhausted()) return match;
  return Error{Code::kTooLarge,
               "There are too many calls to compare each with each. Name one "
               "trace by trace_id, or expect less."};
}

std::string TextOf(const TreeMatch& match) {
  const size_t places = match.differences.size();
  std::string text =
      "The calls differ from what is expected in " + std::to_string(places) +
      (places == 1 ? " place, at the nearest:" : " places, at the nearest:");
  for (const TreeDifference& difference : match.differences) {
    text += "\n" + LineOf(difference);
  }
  return text;
}

}  // namespace bobbin::control
