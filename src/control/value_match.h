// What a JSON value should be, as a test writes it down: the value itself, or
// a wildcard in its place.
//
//   {"$any": true}        whatever it is, if only it is there
//   {"$type": "number"}   or string, integer, boolean, null, object, array; a
//                         list of these: one of them
//   {"$regex": "^a.*z$"}  a string in which this is found (ECMAScript, but no
//                         references back to a group)
//   {"$approx": 0.3}      a number that is as near as 1e-6 of it, or 1e-12;
//                         with "$tolerance": 0.1, as near as that
//   {"$literal": {…}}     what stands there, though it looks like a wildcard
//
// An object is met by one that has its members, and
// perhaps more; a list by one of the same length,
// element by element; numbers by their value (1 is
// 1.0); null also by what is not there.
#pragma once

#include <cstdint>
#include <memory>
#include <regex>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "json/document.h"

namespace bobbin::control {

// One place where a value is not what it should be.
struct ValueDifference {
  enum class Kind { kMissing, kExtra, kDiffers };
  std::string path;  // `.messages[0].content`,
                     // behind where the value stands
  Kind kind = Kind::kDiffers;
  std::string expected,
      actual;  // JSON; "" where there is nothing
};

// The longest text in which a $regex is looked for;
// in longer ones it is not found. The longest
// $regex, and the most that it may stand for when
// all its
// `{n}` are written out.
inline constexpr size_t kMostSearchedBytes = size_t{16} << 10;
inline constexpr size_t kMostRegexBytes = 500;
inline constexpr size_t kMostRegexParts = 2000;

class ValuePattern {
 public:
  // Reads a pattern that stands at `path`, which
  // errors name.
  //   kInvalid  an unknown wildcard, or one that is
  //   not well formed.
  static Result<ValuePattern> Read(json::Value value, const std::string& path);

  // How many places it speaks of: at least 1.
  int64_t claims() const { return claims_; }
  // Its JSON, as it came.
  const std::string& json() const { return json_; }
  // What it says if it is one string.
  const std::string* text() const {
    return kind_ == Kind::kText ? &text_ : nullptr;
  }

  // In how many places `actual`, which may not
  // exist, is not that. A container that is none
  // counts as often as it has claims. With `exact`
  // members that are not named are too many. `path`
  // and what is found are for Differences().
  int64_t Count(json::Value actual, bool exact) const {
    return Compare(actual, exact, "", nullptr);
  }
  // The same, and says where.
  int64_t Differences(json::Value actual, bool exact,
                      std::vector<ValueDifference>& found) const {
    return Compare(actual, exact, "", &found);
  }

 private:
  enum class Kind {
    kAny,
    kType,
    kRegex,
    kApprox,
    kNull,
    kPlain,  // a boolean
    kNumber,
    kText,
    kList,
    kObject
  };
  using Found = std::vector<ValueDifference>;

  Status ReadWildcard(json::Value value, const std::string& path);
  Status ReadApprox(json::Value value);
  Status ReadTypes(json::Value value);
  Status ReadRegex(json::Value value);
  Status ReadPlain(json::Value value, const std::string& path, bool literal);
  Status ReadContainer(json::Value value, const std::string& path,
                       bool literal);
  static Result<ValuePattern> ReadOne(json::Value value,
                                      const std::string& path, bool literal);

  int64_t Compare(json::Value actual, bool exact, const std::string& path,
                  Found* found) const;
  int64_t CompareLists(json::Value actual, bool exact, const std::string& path,
                       Found* found) const;
  int64_t CompareObjects(json::Value actual, bool exact,
                         const std::string& path, Found* found) const;
  bool Meets(json::Value actual) const;

  Kind kind_ = Kind::kNull;
  std::string json_;
  std::string text_;                 // of a string, its characters
  std::vector<std::string> names_;   // of kType; of kObject, the members'
  std::vector<ValuePattern> parts_;  // elements or members
  std::shared_ptr<const std::regex> regex_;
  double number_ = 0;
  double tolerance_ = 0;
  int64_t claims_ = 1;
};

}  // namespace bobbin::control
