#include "cli/format.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <ctime>

#include "base/time.h"

namespace bobbin::cli {
namespace {

constexpr int64_t kSecondUs = 1'000'000;
constexpr int64_t kMinuteS = 60;
constexpr int64_t kHourS = 60 * kMinuteS;
constexpr int64_t kDayS = 24 * kHourS;

template <class... Values>
std::string Printed(const char* format, Values... values) {
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), format, values...);
  return text.data();
}

std::time_t SecondsOf(int64_t us) {
  const int64_t part = (us % kSecondUs + kSecondUs) % kSecondUs;
  return (us - part) / kSecondUs;
}

std::tm Local(int64_t us) {
  const std::time_t seconds = SecondsOf(us);
  std::tm parts{};
  localtime_r(&seconds, &parts);
  return parts;
}

std::string Formatted(const std::tm& parts, const char* format) {
  std::array<char, 64> text{};
  std::strftime(text.data(), text.size(), format, &parts);
  return text.data();
}

// Midnight, so many days before the day of `now_us`.
int64_t Midnight(int64_t now_us, int days_ago) {
  std::tm parts = Local(now_us);
  parts.tm_hour = parts.tm_min = parts.tm_sec = 0;
  parts.tm_mday -= days_ago;
  parts.tm_isdst = -1;
  return std::mktime(&parts) * kSecondUs;
}

std::optional<int64_t> ReadAge(std::string_view text) {
  if (text.size() < 2) return std::nullopt;
  int64_t number = 0;
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size() - 1, number);
  if (error != std::errc() || end != text.data() + text.size() - 1 ||
      number < 0 || number > 1'000'000) {
    return std::nullopt;
  }
  switch (text.back()) {
    case 's':
      return number * kSecondUs;
    case 'm':
      return number * kMinuteS * kSecondUs;
    case 'h':
      return number * kHourS * kSecondUs;
    case 'd':
      return number * kDayS * kSecondUs;
    case 'w':
      return number * 7 * kDayS * kSecondUs;
    default:
      return std::nullopt;
  }
}

// Of an ISO 8601 text: whether it says how far from UTC it is.
bool HasOffset(std::string_view text) {
  constexpr size_t kDateLength = 10;
  if (text.size() <= kDateLength) return false;
  const std::string_view time = text.substr(kDateLength);
  return time.find_first_of("zZ+-") != std::string_view::npos;
}

// What `us` would be if its date and time were those of a local clock.
int64_t FromLocal(int64_t us) {
  const std::time_t seconds = SecondsOf(us);
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  parts.tm_isdst = -1;
  return std::mktime(&parts) * kSecondUs + (us - seconds * kSecondUs);
}

}  // namespace

std::string DurationText(int64_t us, bool unicode) {
  if (us <= 0) return "0ms";
  if (us < 1000) {
    return Printed("%d%s", static_cast<int>(us), unicode ? "µs" : "us");
  }
  // Rounded, as on the page.
  const int64_t ms = (us + 500) / 1000;
  if (ms < 1000) return Printed("%dms", static_cast<int>(ms));
  const int64_t hundredths = (us + 5'000) / 10'000;
  if (hundredths < kMinuteS * 100) {
    return Printed("%d.%02ds", static_cast<int>(hundredths / 100),
                   static_cast<int>(hundredths % 100));
  }
  const int64_t s = (us + kSecondUs / 2) / kSecondUs;
  const auto two = [](int64_t large, char unit, int64_t small, char part) {
    return Printed("%lld%c%02d%c", static_cast<long long>(large), unit,
                   static_cast<int>(small), part);
  };
  if (s < kHourS) return two(s / kMinuteS, 'm', s % kMinuteS, 's');
  if (s < kDayS) return two(s / kHourS, 'h', s % kHourS / kMinuteS, 'm');
  return two(s / kDayS, 'd', s % kDayS / kHourS, 'h');
}

std::string CountText(int64_t count) {
  std::string text = std::to_string(count);
  const size_t first = text.starts_with('-') ? 1 : 0;
  for (size_t at = text.size(); at > first + 3;) {
    at -= 3;
    text.insert(at, 1, ',');
  }
  return text;
}

std::string CountedText(int64_t count, std::string_view one,
                        std::string_view many) {
  std::string text = CountText(count) + ' ';
  text += count == 1 ? one : many;
  return text;
}

std::string SizeText(int64_t bytes) {
  constexpr std::array<const char*, 4> kUnits{"kB", "MB", "GB", "TB"};
  constexpr double kStep = 1000;
  // Where it would be shown as 1000 it is one of the next.
  constexpr double kMost = 999.95;
  auto size = static_cast<double>(bytes);
  if (size < kStep) return CountText(bytes) + (bytes == 1 ? " byte" : " bytes");
  size_t unit = 0;
  for (size /= kStep; size >= kMost && unit + 1 < kUnits.size(); ++unit) {
    size /= kStep;
  }
  return Printed("%.1f %s", size, kUnits[unit]);
}

std::string MoneyText(double dollars) {
  const double size = std::fabs(dollars);
  int digits = 2;
  if (size > 0 && size < 1) {
    digits = std::max(2, 1 - static_cast<int>(std::floor(std::log10(size))));
  }
  return Printed("$%.*f", std::min(digits, 12), dollars);
}

std::string WhenText(int64_t us, int64_t now_us) {
  const std::tm moment = Local(us);
  const std::tm now = Local(now_us);
  if (moment.tm_year != now.tm_year) {
    return Formatted(moment, "%Y-%m-%d %H:%M");
  }
  return Formatted(moment,
                   moment.tm_yday == now.tm_yday ? "%H:%M:%S" : "%b %d %H:%M");
}

std::string BucketText(int64_t us, int64_t bucket_s) {
  const std::tm moment = Local(us);
  const bool is_midnight =
      moment.tm_hour == 0 && moment.tm_min == 0 && moment.tm_sec == 0;
  if (bucket_s % kDayS == 0 && is_midnight) {
    return Formatted(moment, "%Y-%m-%d");
  }
  return Formatted(moment, bucket_s % kMinuteS == 0 ? "%Y-%m-%d %H:%M"
                                                    : "%Y-%m-%d %H:%M:%S");
}

std::string MomentText(int64_t us) {
  const int64_t part = us - SecondsOf(us) * kSecondUs;
  return Formatted(Local(us), "%Y-%m-%d %H:%M:%S") +
         Printed(".%03d", static_cast<int>(part / 1000));
}

Result<int64_t> ReadMoment(std::string_view text, int64_t now_us) {
  if (const auto age = ReadAge(text)) return now_us - *age;
  if (text == "now") return now_us;
  if (text == "today") return Midnight(now_us, 0);
  if (text == "yesterday") return Midnight(now_us, 1);
  constexpr std::string_view kDigits = "0123456789";
  constexpr size_t kMostOfAnAge = 3;  // a year has four
  if (!text.empty() && text.size() <= kMostOfAnAge &&
      text.find_first_not_of(kDigits) == std::string_view::npos) {
    const std::string number(text);
    return Invalid("'" + number + "' has no unit: say " + number + "m, " +
                   number + "h or " + number + "d.");
  }
  const ParsedTime time = ParseTime(text);
  const bool is_number =
      text.find_first_not_of("0123456789.") == std::string_view::npos;
  // Seconds since 1970 are a time; a smaller number (until 1973) is a date
  // that was written in another way.
  constexpr int64_t kLeastUs = 100'000'000 * kSecondUs;
  if (!time.why.empty() || (is_number && time.us < kLeastUs)) {
    return Invalid("'" + std::string(text) +
                   "' is no time: say 2h, 30m, 3d, yesterday, 2026-01-31 or "
                   "2026-01-31T12:00.");
  }
  return is_number || HasOffset(text) ? time.us : FromLocal(time.us);
}

Sign SignOf(std::string_view status, bool unicode) {
  if (status == "success") return {unicode ? "✓" : "+", Style::kGood};
  if (status == "error") return {unicode ? "✗" : "x", Style::kBad};
  if (status == "descendant_error") return {"!", Style::kBad};
  return {unicode ? "…" : ".", Style::kBusy};
}

}  // namespace bobbin::cli
