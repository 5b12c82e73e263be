#include "json/number.h"

#include <algorithm>
#include <limits>

#include "json/chars.h"

namespace bobbin::json {
namespace {

// An exponent of more digits than this is as good as infinite, and still far
// from the ends of int64_t.
constexpr int64_t kFarExponent = int64_t{1} << 60;

// Takes the digits at the front of `rest`.
std::string_view TakeDigits(std::string_view& rest) {
  size_t count = 0;
  while (count < rest.size() && IsDigit(rest[count])) ++count;
  const std::string_view digits = rest.substr(0, count);
  rest.remove_prefix(count);
  return digits;
}

// `rest` begins behind the `e`.
std::optional<int64_t> ReadExponent(std::string_view rest) {
  const bool negative = rest.starts_with('-');
  if (negative || rest.starts_with('+')) rest.remove_prefix(1);
  const std::string_view digits = TakeDigits(rest);
  if (digits.empty() || !rest.empty()) return std::nullopt;
  int64_t exponent = 0;
  for (const char c : digits) {
    if (exponent < kFarExponent / 10)
      exponent = exponent * 10 + (c - '0');
    else
      exponent = kFarExponent;
  }
  return negative ? -exponent : exponent;
}

// Hands out the digits of a number, zeros when there are no more.
class Digits {
 public:
  explicit Digits(std::string_view digits) : rest_(digits) {}
  bool done() const { return rest_.empty(); }
  char Take() {
    if (rest_.starts_with('.')) rest_.remove_prefix(1);
    if (rest_.empty()) return '0';
    const char digit = rest_.front();
    rest_.remove_prefix(1);
    return digit;
  }

 private:
  std::string_view rest_;
};

int CompareSizes(const Decimal& a, const Decimal& b) {
  if (a.is_zero() || b.is_zero()) {
    return static_cast<int>(!a.is_zero()) - static_cast<int>(!b.is_zero());
  }
  if (a.magnitude != b.magnitude) return a.magnitude < b.magnitude ? -1 : 1;
  Digits left(a.digits);
  Digits right(b.digits);
  while (!left.done() || !right.done()) {
    const char x = left.Take();
    const char y = right.Take();
    if (x != y) return x < y ? -1 : 1;
  }
  return 0;
}

}  // namespace

std::optional<Decimal> ReadDecimal(std::string_view text) {
  Decimal number;
  std::string_view rest = text;
  number.negative = rest.starts_with('-');
  if (number.negative || rest.starts_with('+')) rest.remove_prefix(1);
  const char* const begin = rest.data();
  const std::string_view whole = TakeDigits(rest);
  std::string_view fraction;
  if (rest.starts_with('.')) {
    rest.remove_prefix(1);
    fraction = TakeDigits(rest);
  }
  if (whole.empty() && fraction.empty()) return std::nullopt;
  const std::string_view mantissa(begin,
                                  static_cast<size_t>(rest.data() - begin));
  int64_t exponent = 0;
  if (!rest.empty()) {
    if (rest.front() != 'e' && rest.front() != 'E') return std::nullopt;
    const std::optional<int64_t> read = ReadExponent(rest.substr(1));
    if (!read) return std::nullopt;
    exponent = *read;
  }
  const size_t first = mantissa.find_first_not_of("0.");
  if (first == std::string_view::npos) return number;  // zero
  const size_t last = mantissa.find_last_not_of("0.");
  number.digits = mantissa.substr(first, last - first + 1);
  const auto point = static_cast<int64_t>(whole.size());
  const auto place = static_cast<int64_t>(first);
  number.magnitude = exponent + point - place + (place > point ? 1 : 0);
  const bool has_point = number.digits.find('.') != std::string_view::npos;
  number.digit_count =
      static_cast<int64_t>(number.digits.size()) - (has_point ? 1 : 0);
  return number;
}

int Compare(const Decimal& a, const Decimal& b) {
  const bool a_below = a.negative && !a.is_zero();
  const bool b_below = b.negative && !b.is_zero();
  if (a_below != b_below) return a_below ? -1 : 1;
  const int order = CompareSizes(a, b);
  return a_below ? -order : order;
}

std::optional<int64_t> ToInt64(const Decimal& number) {
  constexpr int64_t kMostDigits = 19;
  if (number.is_zero()) return 0;
  if (!number.is_integer() || number.magnitude > kMostDigits) {
    return std::nullopt;
  }
  uint64_t value = 0;
  Digits digits(number.digits);
  for (int64_t i = 0; i < number.magnitude; ++i) {
    value = value * 10 + static_cast<uint64_t>(digits.Take() - '0');
  }
  // 19 digits fit into 64 bits without a sign.
  constexpr auto kMost =
      static_cast<uint64_t>(std::numeric_limits<int64_t>::max());
  if (value > kMost + (number.negative ? 1 : 0)) return std::nullopt;
  return static_cast<int64_t>(number.negative ? 0 - value : value);
}

}  // namespace bobbin::json
