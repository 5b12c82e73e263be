// Decimal numbers as text: read and compared exactly, however many digits
// they have.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace bobbin::json {

// A number's text, taken apart. Borrows the text.
struct Decimal {
  bool negative = false;
  std::string_view digits = {};  // from the first that is not 0 to the last,
                                 // perhaps with a point among them; "": zero
  // How many digits stand before the point once there is no exponent; for
  // 0.05 it is -1.
  int64_t magnitude = 0;
  int64_t digit_count = 0;  // of `digits`

  bool is_zero() const { return digits.empty(); }
  bool is_integer() const { return digit_count <= magnitude || is_zero(); }
};

// Reads all of `text` as a number: JSON's form, and also a leading `+`, leading
// zeros, and no digits on one side of the point. Nothing for other texts.
std::optional<Decimal> ReadDecimal(std::string_view text);

// Below 0, 0 or above 0, as `a` is less than, equal to or greater than `b`.
int Compare(const Decimal& a, const Decimal& b);

// The number, if it is an integer of 64 bits.
std::optional<int64_t> ToInt64(const Decimal& number);

}  // namespace bobbin::json
