#include "base/time.h"

#include <charconv>
#include <chrono>
#include <cmath>
#include <cstdlib>
#include <optional>

namespace bobbin {
namespace {

constexpr std::string_view kTooShort = "input is too short";
constexpr std::string_view kExtra =
    "unexpected extra characters at the end of the input";
constexpr std::string_view kYearChar = "invalid character in year";
constexpr std::string_view kMonthChar = "invalid character in month";
constexpr std::string_view kDayChar = "invalid character in day";
constexpr std::string_view kSeparator = "invalid date separator, expected `-`";
constexpr std::string_view kMonthRange =
    "month value is outside expected range of 1-12";
constexpr std::string_view kDayRange = "day value is outside expected range";
constexpr std::string_view kYearZero = "year 0 is out of range";
constexpr std::string_view kBeforeYearZero =
    "dates before 0000 are not supported as unix timestamps";
constexpr std::string_view kAfter9999 =
    "dates after 9999 are not supported as unix timestamps";

constexpr int64_t kUsPerSecond = 1'000'000;
constexpr int64_t kSecondsPerDay = 86'400;
constexpr int64_t kYearZeroSeconds = -62'167'219'200;
constexpr int64_t kFirstSeconds = -62'135'596'800;  // 0001-01-01
constexpr int64_t kEndSeconds = 253'402'300'800;    // 10000-01-01
constexpr int64_t kYearZeroUs = kYearZeroSeconds * kUsPerSecond;
constexpr int64_t kFirstUs = kFirstSeconds * kUsPerSecond;
constexpr int64_t kEndUs = kEndSeconds * kUsPerSecond;
// Beyond this a number counts milliseconds, up to it seconds.
constexpr int64_t kMaxSeconds = 20'000'000'000;

// A moment that can be written as a date of the years 1 to 9999, or why not.
ParsedTime InRange(int64_t us) {
  if (us >= kEndUs) return {0, kAfter9999, true};
  if (us < kYearZeroUs) return {0, kBeforeYearZero, true};
  if (us < kFirstUs) return {0, kYearZero, true};
  return {us};
}

// Reads characters from the front of a text.
class Cursor {
 public:
  explicit Cursor(std::string_view text) : text_(text) {}

  bool AtEnd() const { return text_.empty(); }
  char Peek() const { return AtEnd() ? '\0' : text_.front(); }

  // Takes `expected` if it comes next.
  bool Take(std::string_view expected) {
    if (!text_.starts_with(expected)) return false;
    text_.remove_prefix(expected.size());
    return true;
  }

  // Takes one digit; -1 if none comes next.
  int Digit() {
    if (Peek() < '0' || Peek() > '9') return -1;
    const int digit = Peek() - '0';
    text_.remove_prefix(1);
    return digit;
  }

  // Takes a number of exactly `count` digits; -1 if there are fewer.
  int Digits(int count) {
    int number = 0;
    while (count-- > 0) {
      const int digit = Digit();
      if (digit < 0) return -1;
      number = number * 10 + digit;
    }
    return number;
  }

 private:
  std::string_view text_;
};

// Reads `YYYY-MM-DD` as days since the epoch into `days`; returns why not.
std::string_view ReadDate(Cursor& in, int64_t& days) {
  const int year = in.Digits(4);
  if (year < 0) return kYearChar;
  if (!in.Take("-")) return kSeparator;
  const int month = in.Digits(2);
  if (month < 0) return kMonthChar;
  if (!in.Take("-")) return kSeparator;
  const int day = in.Digits(2);
  if (day < 0) return kDayChar;
  if (month < 1 || month > 12) return kMonthRange;
  const std::chrono::year_month_day date(
      std::chrono::year(year), std::chrono::month(static_cast<unsigned>(month)),
      std::chrono::day(static_cast<unsigned>(day)));
  if (!date.ok()) return kDayRange;
  days = std::chrono::sys_days(date).time_since_epoch().count();
  return {};
}

// Reads `HH:MM` as minutes.
std::optional<int64_t> ReadMinutes(Cursor& in, bool colon_needed) {
  const int hour = in.Digits(2);
  if (!in.Take(":") && colon_needed) return std::nullopt;
  const int minute = in.Digits(2);
  if (hour < 0 || hour > 23 || minute < 0 || minute > 59) return std::nullopt;
  return hour * 60 + minute;
}

// Reads `Z`, `+HH:MM`, `+HHMM` or nothing as seconds east of UTC.
std::optional<int64_t> ReadOffset(Cursor& in) {
  if (in.AtEnd() || in.Take("Z") || in.Take("z")) return 0;
  constexpr std::string_view kMinusSign = "\u2212";
  const int sign = in.Take("+")                          ? 1
                   : in.Take("-") || in.Take(kMinusSign) ? -1
                                                         : 0;
  if (sign == 0) return std::nullopt;
  const std::optional<int64_t> minutes = ReadMinutes(in, false);
  if (!minutes) return std::nullopt;
  return sign * *minutes * 60;
}

// Reads what follows the date, up to the end, as microseconds since that
// day's midnight in UTC.
std::optional<int64_t> ReadTimeOfDay(Cursor& in) {
  const std::optional<int64_t> minutes = ReadMinutes(in, true);
  if (!minutes) return std::nullopt;
  int64_t us = *minutes * 60 * kUsPerSecond;
  if (in.Take(":")) {
    const int second = in.Digits(2);
    if (second < 0 || second > 59) return std::nullopt;
    us += second * kUsPerSecond;
    if (in.Take(".") || in.Take(",")) {
      int digit = in.Digit();
      if (digit < 0) return std::nullopt;
      for (int64_t unit = kUsPerSecond / 10; digit >= 0; unit /= 10) {
        us += digit * unit;
        digit = in.Digit();
      }
    }
  }
  const std::optional<int64_t> offset = ReadOffset(in);
  if (!offset || !in.AtEnd()) return std::nullopt;
  return us - *offset * kUsPerSecond;
}

ParsedTime ParseIso(std::string_view text) {
  if (text.size() < 10) return {0, kTooShort};
  Cursor in(text);
  int64_t us = 0;
  int64_t days = 0;
  const std::string_view why = ReadDate(in, days);
  if (!why.empty()) return {0, why};
  if (!in.AtEnd()) {
    if (!in.Take("T") && !in.Take("t") && !in.Take(" ") && !in.Take("_")) {
      return {0, kExtra};
    }
    const std::optional<int64_t> time_of_day = ReadTimeOfDay(in);
    if (!time_of_day) return {0, kExtra};
    us = *time_of_day;
  }
  us += days * kSecondsPerDay * kUsPerSecond;
  // An offset may carry the first hours of year 1 into year 0.
  if (us < kFirstUs) return {0, kYearZero, true};
  return InRange(us);
}

ParsedTime FromInteger(int64_t number) {
  const bool is_ms = number > kMaxSeconds || number < -kMaxSeconds;
  // Out of range either way; kept from overflowing below.
  if (number >= kEndSeconds * 1000) return {0, kAfter9999, true};
  if (number < kYearZeroSeconds * 1000) return {0, kBeforeYearZero, true};
  return InRange(number * (is_ms ? 1000 : kUsPerSecond));
}

ParsedTime FromDouble(double number) {
  const double seconds = std::abs(number) > static_cast<double>(kMaxSeconds)
                             ? number / 1000
                             : number;
  if (seconds >= static_cast<double>(kEndSeconds)) {
    return {0, kAfter9999, true};
  }
  if (seconds < static_cast<double>(kYearZeroSeconds)) {
    return {0, kBeforeYearZero, true};
  }
  const double whole = std::floor(seconds);
  const double us = std::round((seconds - whole) * kUsPerSecond);
  return InRange(static_cast<int64_t>(whole) * kUsPerSecond +
                 static_cast<int64_t>(us));
}

// Reads a number with a decimal point, which may have an exponent too.
std::optional<ParsedTime> ParseDecimal(std::string_view text) {
  if (text.starts_with('+')) {
    text.remove_prefix(1);
    if (text.starts_with('-')) return std::nullopt;
  }
  double number = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number);
  if (stop != end || error == std::errc::invalid_argument) return std::nullopt;
  if (error == std::errc::result_out_of_range) {
    // from_chars does not tell too large from too small; strtod does.
    number = std::strtod(std::string(text).c_str(), nullptr);
  }
  return FromDouble(number);
}

std::optional<ParsedTime> ParseNumber(std::string_view text) {
  if (text.find('.') != std::string_view::npos) return ParseDecimal(text);
  Cursor in(text);
  const bool negative = in.Take("-");
  if (!negative) in.Take("+");
  if (in.AtEnd()) return std::nullopt;
  int64_t number = 0;
  // More digits would not fit, and are past year 9999 long before that.
  constexpr int64_t kFar = 100'000'000'000'000'000;
  while (!in.AtEnd()) {
    const int digit = in.Digit();
    if (digit < 0) return std::nullopt;
    if (number < kFar) number = number * 10 + digit;
  }
  return FromInteger(negative ? -number : number);
}

void AppendPadded(std::string& out, unsigned value, int width) {
  char digits[10];
  for (int i = width; i-- > 0; value /= 10) {
    digits[i] = static_cast<char>('0' + value % 10);
  }
  out.append(digits, static_cast<size_t>(width));
}

}  // namespace

ParsedTime ParseTime(std::string_view text) {
  const ParsedTime iso = ParseIso(text);
  if (iso.why.empty() || iso.overflow) return iso;
  return ParseNumber(text).value_or(iso);
}

void AppendTime(std::string& out, int64_t us) {
  using std::chrono::floor;
  const std::chrono::sys_time<std::chrono::microseconds> time(
      std::chrono::microseconds{us});
  const auto day = floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(time - day);
  AppendPadded(out, static_cast<unsigned>(static_cast<int>(date.year())), 4);
  out += '-';
  AppendPadded(out, static_cast<unsigned>(date.month()), 2);
  out += '-';
  AppendPadded(out, static_cast<unsigned>(date.day()), 2);
  out += 'T';
  AppendPadded(out, static_cast<unsigned>(clock.hours().count()), 2);
  out += ':';
  AppendPadded(out, static_cast<unsigned>(clock.minutes().count()), 2);
  out += ':';
  AppendPadded(out, static_cast<unsigned>(clock.seconds().count()), 2);
  if (clock.subseconds().count() != 0) {
    out += '.';
    AppendPadded(out, static_cast<unsigned>(clock.subseconds().count()), 6);
  }
  out += 'Z';
}

}  // namespace bobbin
