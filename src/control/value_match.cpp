#include "control/value_match.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <optional>
#include <utility>

#include "json/number.h"
#include "json/path.h"
#include "json/write.h"

namespace bobbin::control {
namespace {

using json::Value;
using DifferenceKind = ValueDifference::Kind;

double NumberOf(Value value) {
  return std::strtod(std::string(value.raw()).c_str(), nullptr);
}

std::string TextOf(Value value) { return json::Unquote(value.raw()); }

bool IsInteger(Value value) {
  const std::optional<json::Decimal> number = json::ReadDecimal(value.raw());
  return number && number->is_integer();
}

constexpr std::array<std::string_view, 7> kTypes{
    "string", "number", "integer", "boolean", "null", "object", "array"};

bool IsOfType(Value value, std::string_view type) {
  switch (value.kind()) {
    case json::Kind::kNull:
      return type == "null";
    case json::Kind::kFalse:
    case json::Kind::kTrue:
      return type == "boolean";
    case json::Kind::kNumber:
      return type == "number" || (type == "integer" && IsInteger(value));
    case json::Kind::kString:
      return type == "string";
    case json::Kind::kArray:
      return type == "array";
    case json::Kind::kObject:
      return type == "object";
  }
  return false;
}

std::string Below(const std::string& path, std::string_view name) {
  const bool plain =
      !name.empty() && name.find_first_of(".[]\" ") == std::string_view::npos;
  if (plain) return path + "." + std::string(name);
  std::string quoted;
  json::AppendQuoted(quoted, name);
  return path + "[" + quoted + "]";
}

std::string Below(const std::string& path, size_t index) {
  return path + "[" + std::to_string(index) + "]";
}

void Add(std::vector<ValueDifference>* found, const std::string& path,
         DifferenceKind kind, std::string_view expected, Value actual) {
  if (found == nullptr) return;
  found->push_back(
      {.path = path,
       .kind = kind,
       .expected = std::string(expected),
       .actual = actual.exists() ? std::string(actual.raw()) : ""});
}

// How long a regular expression is, about, when `{n}` are written out.
size_t PartsOf(std::string_view regex) {
  std::vector<size_t> open{0};  // sizes of the groups that we are in
  size_t last = 0;              // of what a `{n}` would repeat
  bool in_class = false;
  for (size_t i = 0; i < regex.size(); ++i) {
    const char c = regex[i];
    if (c == '\\') {
      ++i;
    } else if (in_class || c == '[') {
      in_class = c != ']';
      if (in_class) continue;
    } else if (c == '(') {
      open.push_back(0);
      continue;
    } else if (c == ')' && open.size() > 1) {
      last = open.back() + 1;
      open.pop_back();
      open.back() += last;
      continue;
    } else if (c == '{') {
      size_t most = 0;
      size_t number = 0;
      for (; i + 1 < regex.size() && regex[i + 1] != '}'; ++i) {
        const char digit = regex[i + 1];
        const bool is_digit = digit >= '0' && digit <= '9';
        number = is_digit ? number * 10 + static_cast<size_t>(digit - '0') : 0;
        number = std::min(number, kMostRegexParts);
        most = std::max(most, number);
      }
      last = std::min(last * most, kMostRegexParts + 1);
      open.back() += last;
      continue;
    }
    last = 1;
    ++open.back();
  }
  size_t all = 0;
  for (const size_t size : open) all += size;
  return all;
}

Error Wrong(const std::string& path, std::string_view what) {
  return Invalid(path + ": " + std::string(what));
}

}  // namespace

Result<ValuePattern> ValuePattern::Read(Value value, const std::string& path) {
  return ReadOne(value, path, false);
}

Result<ValuePattern> ValuePattern::ReadOne(Value value, const std::string& path,
                                           bool literal) {
  ValuePattern pattern;
  pattern.json_ = value.raw();
  const bool wildcard = !literal && value.is(json::Kind::kObject) &&
                        value.first().exists() &&
                        value.first().key().starts_with('$');
  Status status = wildcard ? pattern.ReadWildcard(value, path)
                           : pattern.ReadPlain(value, path, literal);
  if (!status.ok()) return std::move(status).error();
  return pattern;
}

Status ValuePattern::ReadWildcard(Value value, const std::string& path) {
  const Value first = value.first();
  const std::string_view name = first.key();
  Status status;
  if (name == "$approx") {
    status = ReadApprox(value);
  } else if (first.next().exists()) {
    status = Invalid("A wildcard has one member.");
  } else if (name == "$any") {
    kind_ = Kind::kAny;
    if (!first.is(json::Kind::kTrue)) status = Invalid("$any is true.");
  } else if (name == "$type") {
    status = ReadTypes(first);
  } else if (name == "$regex") {
    status = ReadRegex(first);
  } else if (name == "$literal") {
    return ReadPlain(first, path, true);
  } else {
    status = Invalid("There is no wildcard " + std::string(name) +
                     "; there are $any, $type, $regex, $approx, $literal.");
  }
  if (!status.ok()) return Wrong(path, status.error().message);
  return status;
}

Status ValuePattern::ReadApprox(Value value) {
  constexpr double kRelative = 1e-6;
  constexpr double kAbsolute = 1e-12;
  kind_ = Kind::kApprox;
  const Value first = value.first();
  if (!first.is(json::Kind::kNumber)) return Invalid("$approx is a number.");
  number_ = NumberOf(first);
  tolerance_ = std::max(std::fabs(number_) * kRelative, kAbsolute);
  const Value second = first.next();
  if (!second.exists()) return {};
  if (second.key() != "$tolerance" || second.next().exists()) {
    return Invalid("Beside $approx there may be $tolerance only.");
  }
  if (!second.is(json::Kind::kNumber) || NumberOf(second) < 0) {
    return Invalid("$tolerance is a number from 0 on.");
  }
  tolerance_ = NumberOf(second);
  return {};
}

Status ValuePattern::ReadTypes(Value value) {
  kind_ = Kind::kType;
  const auto add = [this](Value type) {
    if (!type.is(json::Kind::kString)) return false;
    names_.push_back(TextOf(type));
    return std::ranges::find(kTypes, names_.back()) != kTypes.end();
  };
  bool known = true;
  if (value.is(json::Kind::kArray)) {
    for (Value v = value.first(); v.exists() && known; v = v.next()) {
      known = add(v);
    }
  } else {
    known = add(value);
  }
  if (known && !names_.empty()) return {};
  return Invalid(
      "$type is string, number, integer, boolean, null, object or array, or a "
      "list of these.");
}

Status ValuePattern::ReadRegex(Value value) {
  kind_ = Kind::kRegex;
  if (!value.is(json::Kind::kString)) return Invalid("$regex is a string.");
  const std::string text = TextOf(value);
  if (text.size() > kMostRegexBytes || PartsOf(text) > kMostRegexParts) {
    return Invalid("$regex is too long, or repeats too much.");
  }
  // The usual way of std::regex takes stack for each character of what it
  // searches, and for some patterns for ever; this one does not.
  constexpr auto kLinear =
      std::regex::ECMAScript | std::regex_constants::__polynomial;
  try {
    const std::regex alone(text, kLinear);
    // Searching would begin at each character anew; matching goes through
    // once.
    regex_ =
        std::make_shared<const std::regex>("[^]*(?:" + text + ")[^]*", kLinear);
  } catch (const std::regex_error& error) {
    return Invalid(std::string("$regex: ") + error.what());
  }
  return {};
}

Status ValuePattern::ReadPlain(Value value, const std::string& path,
                               bool literal) {
  switch (value.kind()) {
    case json::Kind::kNull:
      kind_ = Kind::kNull;
      return {};
    case json::Kind::kFalse:
    case json::Kind::kTrue:
      kind_ = Kind::kPlain;
      return {};
    case json::Kind::kNumber:
      kind_ = Kind::kNumber;
      return {};
    case json::Kind::kString:
      kind_ = Kind::kText;
      text_ = TextOf(value);
      return {};
    case json::Kind::kArray:
      kind_ = Kind::kList;
      return ReadContainer(value, path, literal);
    case json::Kind::kObject:
      kind_ = Kind::kObject;
      return ReadContainer(value, path, literal);
  }
  return {};
}

Status ValuePattern::ReadContainer(Value value, const std::string& path,
                                   bool literal) {
  claims_ = 0;
  size_t index = 0;
  for (Value v = value.first(); v.exists(); v = v.next(), ++index) {
    const bool member = kind_ == Kind::kObject;
    Result<ValuePattern> part =
        ReadOne(v, member ? Below(path, v.key()) : Below(path, index), literal);
    if (!part.ok()) return part.error();
    if (member) names_.emplace_back(v.key());
    claims_ += part.value().claims();
    parts_.push_back(std::move(part).value());
  }
  claims_ = std::max<int64_t>(claims_, 1);
  return {};
}

bool ValuePattern::Meets(Value actual) const {
  if (!actual.exists()) return kind_ == Kind::kNull;
  switch (kind_) {
    case Kind::kAny:
      return true;
    case Kind::kType:
      return std::ranges::any_of(names_, [&](const std::string& type) {
        return IsOfType(actual, type);
      });
    case Kind::kRegex: {
      if (!actual.is(json::Kind::kString)) return false;
      const std::string text = TextOf(actual);
      return text.size() <= kMostSearchedBytes &&
             std::regex_match(text, *regex_);
    }
    case Kind::kApprox:
      return actual.is(json::Kind::kNumber) &&
             std::fabs(NumberOf(actual) - number_) <= tolerance_;
    case Kind::kNull:
      return actual.is(json::Kind::kNull);
    case Kind::kPlain:
      return actual.raw() == json_;
    case Kind::kNumber: {
      if (!actual.is(json::Kind::kNumber)) return false;
      const auto wanted = json::ReadDecimal(json_);
      const auto got = json::ReadDecimal(actual.raw());
      return wanted && got && json::Compare(*wanted, *got) == 0;
    }
    case Kind::kText:
      return actual.is(json::Kind::kString) && TextOf(actual) == text_;
    case Kind::kList:
      return actual.is(json::Kind::kArray);
    case Kind::kObject:
      return actual.is(json::Kind::kObject);
  }
  return false;
}

int64_t ValuePattern::Compare(Value actual, bool exact, const std::string& path,
                              Found* found) const {
  if (!Meets(actual)) {
    Add(found, path,
        actual.exists() ? DifferenceKind::kDiffers : DifferenceKind::kMissing,
        json_, actual);
    return claims_;
  }
  if (kind_ == Kind::kList) return CompareLists(actual, exact, path, found);
  if (kind_ == Kind::kObject) return CompareObjects(actual, exact, path, found);
  return 0;
}

int64_t ValuePattern::CompareLists(Value actual, bool exact,
                                   const std::string& path,
                                   Found* found) const {
  int64_t count = 0;
  size_t index = 0;
  Value v = actual.first();
  for (; index < parts_.size(); ++index) {
    const std::string place = found ? Below(path, index) : "";
    if (v.exists()) {
      count += parts_[index].Compare(v, exact, place, found);
      v = v.next();
    } else {  // not even null
      Add(found, place, DifferenceKind::kMissing, parts_[index].json_, v);
      count += parts_[index].claims_;
    }
  }
  for (; v.exists(); v = v.next(), ++index, ++count) {
    Add(found, found ? Below(path, index) : "", DifferenceKind::kExtra, "", v);
  }
  return count;
}

int64_t ValuePattern::CompareObjects(Value actual, bool exact,
                                     const std::string& path,
                                     Found* found) const {
  int64_t count = 0;
  std::vector<Value> members(parts_.size());
  for (Value v = actual.first(); v.exists(); v = v.next()) {
    const auto name = std::ranges::find(names_, v.key());
    if (name != names_.end()) {
      members[static_cast<size_t>(name - names_.begin())] = v;
    } else if (exact) {
      Add(found, found ? Below(path, v.key()) : "", DifferenceKind::kExtra, "",
          v);
      ++count;
    }
  }
  for (size_t i = 0; i < parts_.size(); ++i) {
    count += parts_[i].Compare(members[i], exact,
                               found ? Below(path, names_[i]) : "", found);
  }
  return count;
}

}  // namespace bobbin::control
