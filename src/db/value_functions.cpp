// SQL functions on texts, numbers and times.

#include <array>
#include <charconv>
#include <cmath>
#include <cstdlib>

#include "base/time.h"
#include "db/function_values.h"
#include "json/number.h"
#include "json/search.h"

namespace bobbin::db {
namespace {

using json::Decimal;

constexpr double kMicroseconds = 1e6;
// Later, in either direction, than any time that can be written.
constexpr double kFarSeconds = 1e12;

// A number as text, however SQLite holds it. Infinity is a number here: what
// a literal beyond the range of doubles became.
class NumberText {
 public:
  explicit NumberText(sqlite3_value* value) {
    switch (sqlite3_value_type(value)) {
      case SQLITE_INTEGER:
        Print(sqlite3_value_int64(value));
        break;
      case SQLITE_FLOAT: {
        const double number = sqlite3_value_double(value);
        if (std::isinf(number)) {
          text_ = number < 0 ? "-1e999999999" : "1e999999999";
        } else {
          Print(number);
        }
        break;
      }
      case SQLITE_NULL:
        break;
      default:
        text_ = TextOf(value);
    }
  }
  NumberText(const NumberText&) = delete;
  NumberText& operator=(const NumberText&) = delete;

  std::string_view text() const { return text_; }
  std::optional<Decimal> number() const { return json::ReadDecimal(text_); }

 private:
  template <class T>
  void Print(T number) {
    const auto [end, error] =
        std::to_chars(digits_.data(), digits_.data() + digits_.size(), number);
    text_ = {digits_.data(), static_cast<size_t>(end - digits_.data())};
  }

  std::array<char, 32> digits_;
  std::string_view text_;
};

void ContainsNoCase(sqlite3_context* context, int, sqlite3_value** arguments) {
  if (IsNull(arguments[0]) || IsNull(arguments[1])) return;
  const Kept<json::Needle> needle(context, arguments, 1);
  Return(context, needle->IsInNoCase(TextOf(arguments[0]), needle.scratch()));
}

void NumberOrder(sqlite3_context* context, int, sqlite3_value** arguments) {
  const NumberText left(arguments[0]);
  const NumberText right(arguments[1]);
  const std::optional<Decimal> a = left.number();
  const std::optional<Decimal> b = right.number();
  if (a && b) sqlite3_result_int(context, json::Compare(*a, *b));
}

void AsInt(sqlite3_context* context, int, sqlite3_value** arguments) {
  const NumberText value(arguments[0]);
  const std::optional<Decimal> number = value.number();
  if (!number || !number->is_integer()) return;
  if (const std::optional<int64_t> small = json::ToInt64(*number)) {
    sqlite3_result_int64(context, *small);
  } else {
    Return(context, value.text());
  }
}

void ReturnDouble(sqlite3_context* context, std::string_view text) {
  sqlite3_result_double(context,
                        std::strtod(std::string(text).c_str(), nullptr));
}

void AsDouble(sqlite3_context* context, int, sqlite3_value** arguments) {
  const NumberText value(arguments[0]);
  if (value.number()) ReturnDouble(context, value.text());
}

void ReturnNumber(sqlite3_context* context, const NumberText& value) {
  const std::optional<Decimal> number = value.number();
  if (!number) return;
  if (const std::optional<int64_t> small = json::ToInt64(*number)) {
    sqlite3_result_int64(context, *small);
  } else {
    Return(context, value.text());
  }
}

void AsNumber(sqlite3_context* context, int, sqlite3_value** arguments) {
  ReturnNumber(context, NumberText(arguments[0]));
}

void AsBool(sqlite3_context* context, int, sqlite3_value** arguments) {
  const NumberText value(arguments[0]);
  if (value.text() == "true" || value.text() == "false") {
    return Return(context, value.text() == "true");
  }
  ReturnNumber(context, value);
}

void AsTime(sqlite3_context* context, int, sqlite3_value** arguments) {
  const int type = sqlite3_value_type(arguments[0]);
  if (type == SQLITE_NULL) return;
  if (type == SQLITE_INTEGER || type == SQLITE_FLOAT) {
    const double seconds = sqlite3_value_double(arguments[0]);
    if (std::fabs(seconds) > kFarSeconds) return;
    sqlite3_result_int64(context, std::llround(seconds * kMicroseconds));
    return;
  }
  const ParsedTime time = ParseTime(TextOf(arguments[0]));
  if (time.why.empty()) sqlite3_result_int64(context, time.us);
}

void TimeText(sqlite3_context* context, int, sqlite3_value** arguments) {
  if (IsNull(arguments[0])) return;
  std::string text;
  AppendTime(text, sqlite3_value_int64(arguments[0]));
  Return(context, std::string_view(text));
}

constexpr auto kValueFunctions = std::to_array<Function>({
    {"contains_nocase", 2, ContainsNoCase},
    {"number_order", 2, NumberOrder},
    {"as_int", 1, AsInt},
    {"as_double", 1, AsDouble},
    {"as_number", 1, AsNumber},
    {"as_bool", 1, AsBool},
    {"as_time", 1, AsTime},
    {"time_text", 1, TimeText},
});

}  // namespace

std::span<const Function> ValueFunctions() { return kValueFunctions; }

}  // namespace bobbin::db
