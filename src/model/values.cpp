#include "model/values.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "base/time.h"
#include "json/usage.h"
#include "json/write.h"
#include "model/record.h"

namespace bobbin::model {
namespace {

using json::Kind;
using json::Value;

std::string ErrorContext(std::string_view why) {
  std::string context = R"({"error":)";
  json::AppendQuoted(context, why);
  context += '}';
  return context;
}

std::string_view Trimmed(std::string_view text) {
  const auto space = [](char c) {
    return std::isspace(static_cast<unsigned char>(c)) != 0;
  };
  while (!text.empty() && space(text.front())) text.remove_prefix(1);
  while (!text.empty() && space(text.back())) text.remove_suffix(1);
  return text;
}

enum class IntResult { kOk, kNotANumber, kFraction, kNotFinite, kTooLarge };

IntResult FromDigits(std::string_view text, int64_t& out) {
  const char* const end = text.data() + text.size();
  int64_t whole = 0;
  const auto [stop, error] = std::from_chars(text.data(), end, whole);
  if (stop != end || error == std::errc::invalid_argument) {
    return IntResult::kNotANumber;
  }
  if (error == std::errc::result_out_of_range) return IntResult::kTooLarge;
  out = whole;
  return IntResult::kOk;
}

// In a string: digits, with single underscores between them, and a fraction
// that may only be zeros.
IntResult IntOfText(std::string_view text, int64_t& out) {
  if (const size_t point = text.find('.'); point != std::string_view::npos) {
    const std::string_view fraction = text.substr(point + 1);
    if (fraction.empty() ||
        fraction.find_first_not_of('0') != std::string_view::npos) {
      return IntResult::kNotANumber;
    }
    text = text.substr(0, point);
  }
  if (text.starts_with('+') && !text.starts_with("+-")) text.remove_prefix(1);
  if (text.ends_with('_')) return IntResult::kNotANumber;
  std::string digits;
  bool after_digit = false;
  for (const char c : text) {
    if (c != '_' || !after_digit) digits += c;  // FromDigits takes no `_`
    after_digit = c >= '0' && c <= '9';
  }
  return FromDigits(digits, out);
}

IntResult IntOfNumber(std::string_view raw, int64_t& out) {
  if (raw.find_first_of(".eE") == std::string_view::npos) {
    return FromDigits(raw, out);
  }
  const double number = std::strtod(std::string(raw).c_str(), nullptr);
  if (!std::isfinite(number)) return IntResult::kNotFinite;
  if (number != std::floor(number)) return IntResult::kFraction;
  if (std::fabs(number) >= 9.2e18) return IntResult::kTooLarge;
  out = static_cast<int64_t>(number);
  return IntResult::kOk;
}

void AddInt(IntResult result, Value value, const Loc& loc, Details& details) {
  switch (result) {
    case IntResult::kOk:
      return;
    case IntResult::kNotANumber:
      details.Add("int_parsing", loc,
                  "Input should be a valid integer, unable to parse string as "
                  "an integer",
                  value.raw());
      return;
    case IntResult::kFraction:
      details.Add("int_from_float", loc,
                  "Input should be a valid integer, got a number with a "
                  "fractional part",
                  value.raw());
      return;
    case IntResult::kNotFinite:
      details.Add("finite_number", loc, "Input should be a finite number",
                  value.raw());
      return;
    case IntResult::kTooLarge:
      details.Add("int_parsing_size", loc,
                  "Unable to parse input string as an integer, exceeded "
                  "maximum size",
                  value.raw());
      return;
  }
}

std::string Lower(std::string_view text) {
  std::string lower(text);
  std::ranges::transform(lower, lower.begin(), [](unsigned char c) {
    return static_cast<char>(std::tolower(c));
  });
  return lower;
}

std::optional<bool> ParseBool(Value value) {
  static constexpr std::array kTrue{"true", "yes", "on", "1", "t", "y"};
  static constexpr std::array kFalse{"false", "no", "off", "0", "f", "n"};
  if (value.is(Kind::kNumber)) {
    const double number =
        std::strtod(std::string(value.raw()).c_str(), nullptr);
    if (number == 1) return true;
    if (number == 0) return false;
    return std::nullopt;
  }
  const std::string text = Lower(value.text());
  if (std::ranges::find(kTrue, text) != kTrue.end()) return true;
  if (std::ranges::find(kFalse, text) != kFalse.end()) return false;
  return std::nullopt;
}

bool HasFraction(Value value) {
  if (!value.is(Kind::kNumber)) return false;
  const double number = std::strtod(std::string(value.raw()).c_str(), nullptr);
  return number != std::floor(number);
}

ParsedTime TimeOf(Value value) {
  if (value.is(Kind::kString)) return ParseTime(value.text());
  const std::string_view raw = value.raw();
  if (raw.find_first_of("eE") == std::string_view::npos) return ParseTime(raw);
  // As far outside of the years 1 to 9999 as a number need be.
  constexpr double kFar = 1e18;
  const double number =
      std::clamp(std::strtod(std::string(raw).c_str(), nullptr), -kFar, kFar);
  std::array<char, 32> fixed{};
  std::snprintf(fixed.data(), fixed.size(), "%.6f", number);
  return ParseTime(fixed.data());
}

// The token counts of one model in `summary.usage`; other keys are free.
struct Usage {
  std::optional<int64_t> prompt_tokens, input_tokens, completion_tokens,
      output_tokens, requests, total_tokens, cache_read_input_tokens,
      cache_creation_input_tokens;
  static constexpr auto Fields() {
    return std::tuple(
        Optional("prompt_tokens", &Usage::prompt_tokens),
        Optional("input_tokens", &Usage::input_tokens),
        Optional("completion_tokens", &Usage::completion_tokens),
        Optional("output_tokens", &Usage::output_tokens),
        Optional("requests", &Usage::requests),
        Optional("total_tokens", &Usage::total_tokens),
        Optional("cache_read_input_tokens", &Usage::cache_read_input_tokens),
        Optional("cache_creation_input_tokens",
                 &Usage::cache_creation_input_tokens));
  }
};

bool IsDict(Value value, const Loc& loc, Details& details) {
  if (value.is(Kind::kObject)) return true;
  AddDictType(value, loc, details);
  return false;
}

// The number that a text spells, in the forms that Python reads; nothing for
// other texts.
std::optional<double> NumberOfText(std::string_view text) {
  const std::string trimmed(Trimmed(text));
  // strtod reads more ("0x1p3"), and so does Python ("inf"), which has no
  // place in JSON.
  if (trimmed.empty() ||
      trimmed.find_first_not_of("0123456789+-.eE") != std::string::npos) {
    return std::nullopt;
  }
  char* stop = nullptr;
  const double number = std::strtod(trimmed.c_str(), &stop);
  if (stop != trimmed.c_str() + trimmed.size()) return std::nullopt;
  return number;
}

// Reads each value of an object as a T, for what is wrong with them.
template <class T>
bool CheckMembers(Value object, const Loc& loc, Details& details) {
  if (!IsDict(object, loc, details)) return false;
  for (Value v = object.first(); v.exists(); v = v.next()) {
    T ignored{};
    ReadValue(v, ignored, loc.In(v.key()), details);
  }
  return true;
}

void ReadUsage(Value usage, const Loc& loc, Details& details) {
  if (usage.is(Kind::kNull) || !IsDict(usage, loc, details)) return;
  const IgnoredFields::Pause other_counts;
  for (Value model = usage.first(); model.exists(); model = model.next()) {
    const Loc at = loc.In(model.key());
    if (!IsDict(model, at, details)) continue;
    Usage counts;
    ReadFields(model, counts, at, details, false, Usage::Fields());
  }
}

void ReadStatusCounts(Value counts, bool& has_errors, const Loc& loc,
                      Details& details) {
  static constexpr std::array kStatuses{"success", "error", "running",
                                        "descendant_error"};
  if (counts.is(Kind::kNull) || !IsDict(counts, loc, details)) return;
  for (Value v = counts.first(); v.exists(); v = v.next()) {
    const Loc at = loc.In(v.key());
    if (std::ranges::find(kStatuses, v.key()) == kStatuses.end()) {
      std::string key;
      json::AppendQuoted(key, v.key());
      details.Add("enum", at.In("[key]"),
                  "Input should be 'success', 'error', 'running' or "
                  "'descendant_error'",
                  key,
                  R"({"expected":"'success', 'error', 'running' or )"
                  R"('descendant_error'"})");
      continue;
    }
    int64_t count = 0;
    ReadValue(v, count, at, details);
    if (v.key() == "error") has_errors = count > 0;
  }
}

void ReadSummaryParts(Value summary, Summary& out, const Loc& loc,
                      Details& details) {
  Value usage;
  Value counts;
  Value weave;
  for (Value v = summary.first(); v.exists(); v = v.next()) {
    if (v.key() == "weave") weave = v;
    if (v.key() == "usage") usage = v;
    if (v.key() == "status_counts") counts = v;
  }
  if (usage.exists()) {
    ReadUsage(usage, loc.In("usage"), details);
    out.usage = json::UsageText(usage);
  }
  if (counts.exists()) {
    ReadStatusCounts(counts, out.has_errors, loc.In("status_counts"), details);
  }
  if (weave.exists() && !weave.is(Kind::kNull)) {
    IsDict(weave, loc.In("weave"), details);
  }
}

}  // namespace

void ReadValue(Value value, std::string_view& out, const Loc& loc,
               Details& details) {
  if (value.is(Kind::kString)) {
    out = value.text();
    return;
  }
  details.Add("string_type", loc, "Input should be a valid string",
              value.raw());
}

void ReadValue(Value value, int64_t& out, const Loc& loc, Details& details) {
  switch (value.kind()) {
    case Kind::kTrue:
    case Kind::kFalse:
      out = value.is(Kind::kTrue) ? 1 : 0;
      return;
    case Kind::kNumber:
      AddInt(IntOfNumber(value.raw(), out), value, loc, details);
      return;
    case Kind::kString:
      AddInt(IntOfText(Trimmed(value.text()), out), value, loc, details);
      return;
    case Kind::kNull:
    case Kind::kArray:
    case Kind::kObject:
      details.Add("int_type", loc, "Input should be a valid integer",
                  value.raw());
      return;
  }
}

void ReadValue(Value value, double& out, const Loc& loc, Details& details) {
  std::optional<double> number;
  switch (value.kind()) {
    case Kind::kTrue:
    case Kind::kFalse:
      number = value.is(Kind::kTrue) ? 1 : 0;
      break;
    case Kind::kNumber:
      number = NumberOfText(value.raw());
      break;
    case Kind::kString:
      number = NumberOfText(value.text());
      break;
    case Kind::kNull:
    case Kind::kArray:
    case Kind::kObject:
      details.Add("float_type", loc, "Input should be a valid number",
                  value.raw());
      return;
  }
  if (!number) {
    details.Add("float_parsing", loc,
                "Input should be a valid number, unable to parse string as a "
                "number",
                value.raw());
  } else if (!std::isfinite(*number)) {
    details.Add("finite_number", loc, "Input should be a finite number",
                value.raw());
  } else {
    out = *number;
  }
}

void ReadValue(Value value, bool& out, const Loc& loc, Details& details) {
  switch (value.kind()) {
    case Kind::kTrue:
    case Kind::kFalse:
      out = value.is(Kind::kTrue);
      return;
    case Kind::kNumber:
    case Kind::kString:
      if (const std::optional<bool> parsed = ParseBool(value)) {
        out = *parsed;
      } else if (HasFraction(value)) {
        details.Add("bool_type", loc, "Input should be a valid boolean",
                    value.raw());
      } else {
        details.Add("bool_parsing", loc,
                    "Input should be a valid boolean, unable to interpret "
                    "input",
                    value.raw());
      }
      return;
    case Kind::kNull:
    case Kind::kArray:
    case Kind::kObject:
      details.Add("bool_type", loc, "Input should be a valid boolean",
                  value.raw());
      return;
  }
}

void ReadValue(Value value, Time& out, const Loc& loc, Details& details) {
  if (!value.is(Kind::kString) && !value.is(Kind::kNumber)) {
    details.Add("datetime_type", loc, "Input should be a valid datetime",
                value.raw());
    return;
  }
  const ParsedTime parsed = TimeOf(value);
  if (parsed.why.empty()) {
    out.us = parsed.us;
    return;
  }
  const std::string why(parsed.why);
  // pydantic has other words for a text than for a number that is out of
  // range.
  if (parsed.overflow &&
      (value.is(Kind::kNumber) || why == "year 0 is out of range")) {
    details.Add("datetime_parsing", loc,
                "Input should be a valid datetime, " + why, value.raw(),
                ErrorContext(why));
  } else {
    details.Add("datetime_from_date_parsing", loc,
                "Input should be a valid datetime or date, " + why, value.raw(),
                ErrorContext(why));
  }
}

void ReadValue(Value value, RawObject& out, const Loc& loc, Details& details) {
  if (IsDict(value, loc, details)) out.json = value.raw();
}

void ReadValue(Value value, RawValue& out, const Loc&, Details&) {
  out.json = value.raw();
}

void ReadValue(Value value, Summary& out, const Loc& loc, Details& details) {
  if (!IsDict(value, loc, details)) return;
  out.json = value.raw();
  if (out.json == "{}") return;
  if (value.detailed()) {
    ReadSummaryParts(value, out, loc, details);
    return;
  }
  // A body is read in detail only down to a record's fields; the summary is
  // the one field with an inside, and a small one.
  constexpr int kDownToCounts = 3;
  json::Document document;
  if (document.Parse(out.json, kDownToCounts).message.empty()) {
    ReadSummaryParts(document.root(), out, loc, details);
  }
}

void ReadValue(Value value, TextList& out, const Loc& loc, Details& details) {
  if (!value.is(Kind::kArray)) {
    AddListType(value, loc, details);
    return;
  }
  int64_t index = 0;
  for (Value v = value.first(); v.exists(); v = v.next()) {
    std::string_view ignored;
    ReadValue(v, ignored, loc.At(index++), details);
  }
  out.json = value.raw();
}

void ReadValue(Value value, TextMap& out, const Loc& loc, Details& details) {
  if (CheckMembers<std::string_view>(value, loc, details)) {
    out.json = value.raw();
  }
}

void ReadValue(Value value, NumberMap& out, const Loc& loc, Details& details) {
  if (CheckMembers<double>(value, loc, details)) out.json = value.raw();
}

void ReadValue(Value value, Direction& out, const Loc& loc, Details& details) {
  if (value.is(Kind::kString) && value.text() == "asc") {
    out = Direction::kAscending;
  } else if (value.is(Kind::kString) && value.text() == "desc") {
    out = Direction::kDescending;
  } else {
    details.Add("literal_error", loc, "Input should be 'asc' or 'desc'",
                value.raw(), R"({"expected":"'asc' or 'desc'"})");
  }
}

void AddListType(Value value, const Loc& loc, Details& details) {
  details.Add("list_type", loc, "Input should be a valid list", value.raw());
}

void AddDictType(Value value, const Loc& loc, Details& details) {
  details.Add("dict_type", loc, "Input should be a valid dictionary",
              value.raw());
}

void AddModelType(Value value, const Loc& loc, Details& details) {
  details.Add("model_attributes_type", loc,
              "Input should be a valid dictionary or object to extract "
              "fields from",
              value.raw());
}

}  // namespace bobbin::model
