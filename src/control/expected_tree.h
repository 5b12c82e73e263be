// A tree of calls as a test expects it, read.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "control/tree_match.h"
#include "control/value_match.h"

namespace bobbin::control {

// What may be said of a call, in the order in which it is compared.
enum ExpectedField : size_t {
  kOp,
  kDisplayName,
  kInputs,
  kOutput,
  kException,
  kAttributes,
  kExpectedFields,
};
std::string_view FieldName(size_t field);

struct ExpectedCall {
  std::array<std::optional<ValuePattern>, kExpectedFields> fields;
  std::vector<ExpectedCall> children;
  bool exact = false;
  bool any_order = false;
  int64_t own_claims = 0;  // of its fields
  int64_t claims = 1;      // with those below it; at least 1
  std::string json;        // as it came
  std::string at;          // `expect.children[0]`
  std::string label;       // its name for a person
};

struct ExpectedTree {
  std::vector<ExpectedCall> roots;
  TreeOptions options;  // of the roots
};

//   kInvalid  see MatchTree().
Result<ExpectedTree> ReadExpected(json::Value expected,
                                  const TreeOptions& options);

}  // namespace bobbin::control
