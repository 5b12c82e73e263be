// Whether calls form the tree that a test expects, and if not, how little it
// would take. Knows no database.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "control/call_tree.h"
#include "json/document.h"

namespace bobbin::control {

// One place where the trees differ.
struct TreeDifference {
  enum class Kind {
    kMissingCall,  // expected, and not there
    kExtraCall,    // there, and not expected
    kMissing,      // a value, likewise
    kExtra,
    kDiffers,
  };
  Kind kind = Kind::kDiffers;
  std::string at;     // in what was expected: `expect.children[0].inputs.model`
  std::string call;   // the way there by names: `solve > llm`
  std::string field;  // of the call: `inputs.model`; "" is the call itself
  std::string expected, actual;  // JSON; "" where there is nothing
  std::string call_id;  // of the call that was looked at; of one that is
                        // missing, its parent's; "" if there is none
};
// "missing_call", ...
std::string_view KindName(TreeDifference::Kind kind);

struct TreeMatch {
  // Nothing: the tree is there.
  std::vector<TreeDifference> differences;
  // How many of what is expected of calls does not hold, and calls and values
  // that are too many. A call that is missing counts with all that it says, so
  // that this may be more than there are differences.
  int64_t count = 0;
};

// Both hold for all calls that don't say otherwise, or are below one that
// does.
struct TreeOptions {
  bool exact = false;
  bool any_order = false;
};

// Most siblings that may come in any order.
inline constexpr size_t kMostUnordered = 200;
// Most comparisons of values; past that it would take seconds.
inline constexpr int64_t kMostComparisons = 5'000'000;

// Compares with `expected`, a call or a list of roots. Of a call it may say
//   op            as the name, or the whole ref
//   display_name, inputs, output, exception, attributes
//                 a value or a wildcard (control/value_match.h)
//   children      a list of calls
//   exact, any_order
// What it does not name is not looked at. Siblings are expected in this order,
// and others may be among them. `exact`: no other calls (and without
// `children` none at all), no other members in values. `any_order`: siblings
// come in any order; lists in values do not.
//
// Of all ways to tell which call is meant by which, it takes the one with the
// fewest differences, and of equal ones that which meets what is expected
// first; for that, each expected call is compared with all those
// that it may be.
//   kInvalid   `expected` says what it may not; the message says where.
//   kTooLarge  more than kMostComparisons would be needed.
Result<TreeMatch> MatchTree(json::Value expected, const TreeOptions& options,
                            const CallTree& actual);

// For a person, a line for each difference.
std::string TextOf(const TreeMatch& match);

}  // namespace bobbin::control
