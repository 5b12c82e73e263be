// The query language (contract section 5), read into a tree.
//
//   {"$expr": {"$eq": [{"$getField": "op_name"}, {"$literal": "x"}]}}
//
// Here is its grammar alone: what a field is, and what a comparison means, is
// the business of query/fields.h and query/condition.h.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "json/document.h"

namespace bobbin::query {

enum class Op {
  kAnd,
  kOr,
  kNot,
  kEq,
  kGt,
  kGte,
  kLt,
  kLte,
  kIn,
  kContains,
  kConvert,
  kGetField,
  kLiteral
};

// What `$convert` makes of its input.
enum class CastTo { kDouble, kString, kInt, kBool, kExists };

// Bounds of a query, checked while it is read. An operator within another is
// one level deeper; within a comparison (or `$in`, `$contains`, `$convert`)
// there is less room, because there SQLite's parser needs more.
inline constexpr int kMaxQueryDepth = 24;
inline constexpr int kMaxValueDepth = 3;
inline constexpr size_t kMaxQueryNodes = 10'000;
inline constexpr size_t kMaxInEntries = 5'000;  // of one `$in`
inline constexpr size_t kMaxQueryBytes = size_t{2} << 20;

struct Expr {
  Op op = Op::kLiteral;
  // $and, $or: one or more (none is for Condition() to refuse); $not: one; the
  // comparisons: two; $in: the value, then the list; $contains: input, substr;
  // $convert: input.
  std::vector<Expr> operands = {};
  // $getField: the name. $literal: a string's characters; of anything else
  // its JSON text as sent.
  std::string text = {};
  json::Kind kind = json::Kind::kNull;  // of a $literal
  CastTo to = CastTo::kString;          // of a $convert
  bool case_insensitive = false;        // of a $contains
};

// Reads `json` (the text of a `query` member, which is valid JSON) and returns
// the operation in its `$expr`. Keys are known by their own name and by the
// name of the Python field (`$getField`, `get_field_`).
//   kUnprocessable  a wrong shape: one detail, below `body`, `query`.
//   kInvalid        over one of the bounds above.
Result<Expr> ParseQuery(std::string_view json);

// The tree as the text of a `query`, from which ParseQuery() reads the same
// tree.
std::string QueryText(const Expr& expr);

// The ids that a query names if that is all it does: `$eq` of `field` and a
// text, `$in` of such, or `$or` of any of these. Nothing for other queries.
// (What purges accept, contract sections 10 and 11.)
std::optional<std::vector<std::string>> OnlyTexts(const Expr& expr,
                                                  std::string_view field);

}  // namespace bobbin::query
