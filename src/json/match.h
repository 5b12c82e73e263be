// How a value inside a stored JSON text compares with a constant: the rules
// of contract section 5 (see query/condition.h for their summary).
//
// `raw` is always the value's own JSON text; an empty one is a missing value.
// `scratch` is room that a caller keeps from one value to the next: plain
// values are looked at in place, those with escapes are resolved there.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "json/document.h"
#include "json/number.h"

namespace bobbin::json {

// True when there is a value and it is not null.
inline bool IsPresent(std::string_view raw) {
  return !raw.empty() && raw != "null";
}

// The value as text: a string's characters, other values' JSON text without
// blanks, "" when missing or null. The view is into `raw` or `scratch`.
std::string_view AsText(std::string_view raw, std::string& scratch);

// Appends a JSON text without blanks; strings are escaped no more than they
// must be.
void AppendMinified(std::string& out, std::string_view raw);

// A constant to compare with, read once from its JSON text.
class Constant {
 public:
  // null, a boolean, a number or a string.
  explicit Constant(std::string_view json);
  Constant(const Constant&) = delete;  // views point into the text
  Constant& operator=(const Constant&) = delete;

  // Nothing when a cast fails, or when there is no order.
  std::optional<bool> Equals(std::string_view raw, std::string& scratch) const;
  // Below 0, 0 or above 0, as the value is less than, equal to or greater
  // than the constant.
  std::optional<int> Order(std::string_view raw, std::string& scratch) const;

 private:
  friend class ConstantList;
  enum class Sort { kNull, kBool, kInt, kDouble, kText };

  // What the value is cast to for a constant of this sort.
  static std::optional<Decimal> Cast(std::string_view raw, Sort sort,
                                     std::string& scratch);
  static Sort SortOf(std::string_view json);
  static std::optional<Decimal> NumberOf(std::string_view json);

  std::string text_;  // of a number, its own; of a string, its characters
  Sort sort_;
  Decimal number_;  // of a number or a boolean
};

// The list of an `$in`. Its constants are of one sort, integers and other
// numbers aside; nulls may be among them.
class ConstantList {
 public:
  // A JSON array.
  explicit ConstantList(std::string_view json);
  ConstantList(const ConstantList&) = delete;
  ConstantList& operator=(const ConstantList&) = delete;

  // True if the value equals one of them; nothing when a cast fails.
  std::optional<bool> Has(std::string_view raw, std::string& scratch) const;

 private:
  std::string json_;
  bool has_null_ = false;
  Constant::Sort sort_ = Constant::Sort::kNull;  // of all but null
  std::vector<std::string> texts_;               // sorted
  std::vector<Decimal> numbers_;                 // sorted
};

// Compares two values: two numbers as such, anything else as text.
bool SameValue(std::string_view a, std::string_view b);
int OrderOf(std::string_view a, std::string_view b);

}  // namespace bobbin::json
