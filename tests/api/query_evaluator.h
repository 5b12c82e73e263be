// What random queries are judged by: an evaluator that goes over calls one by
// one. It is written from the words of contract section 5 ("-> local" rules),
// with no look at the one in src/, and for the values that query_property_test
// makes.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace bobbin::testing {

using Text = std::optional<std::string>;
using Truth = std::optional<bool>;  // nothing: NULL

enum class Kind { kMissing, kNull, kBool, kNumber, kString, kContainer };

// A JSON value as the client wrote it.
struct JsonValue {
  Kind kind = Kind::kMissing;
  std::string json;  // as sent
  std::string text;  // as text: a string's characters, minified JSON
};

// A call, as far as queries see it.
struct Call {
  std::string id;
  std::map<std::string, JsonValue> json;  // "inputs.x", ...
  std::map<std::string, Text> texts;      // columns
  std::map<std::string, std::optional<int64_t>> ints;
  std::map<std::string, std::optional<int64_t>> seconds;
};

// A part of a query.
struct Node {
  std::string op;  // "$and", ..., "field", "literal", "convert"
  std::vector<Node> children = {};
  std::string name = {};  // a field's name, or the type of a convert
  JsonValue literal = {};
  bool no_case = false;

  // As it goes into a request.
  std::string json() const;
};

// Whether a call is found.
Truth Holds(const Node& node, const Call& call);

}  // namespace bobbin::testing
