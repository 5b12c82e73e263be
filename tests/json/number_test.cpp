#include "json/number.h"

#include <string>

#include "support/catch.h"

namespace bobbin::json {
namespace {

TEST_CASE("numbers compare by their value, digit by digit", "[json]") {
  const auto [low, high] = GENERATE(table<std::string, std::string>({
      {"0", "1"},
      {"-1", "0"},
      {"-2", "-1"},
      {"9", "10"},
      {"-10", "-9"},
      {"0.9", "1"},
      {"1", "1.0000000000000000000000000000001"},
      {"123456789012345678901234567890", "123456789012345678901234567891"},
      {"9007199254740992", "9007199254740993"},
      {"1e2", "101"},
      {"99", "1e2"},
      {"0.05", "0.1"},
      {"5e-324", "1e-300"},
      {"1e400", "1e401"},
      {"-1e401", "-1e400"},
      {"0", "1e-400"},
      {"1e99999999999999999998", "10e99999999999999999999"},
      {"12.5", "12.51"},
      {".5", "0.51"},
  }));
  CAPTURE(low, high);
  const auto a = ReadDecimal(low);
  const auto b = ReadDecimal(high);
  REQUIRE(a);
  REQUIRE(b);
  CHECK(Compare(*a, *b) < 0);
  CHECK(Compare(*b, *a) > 0);
}

TEST_CASE("a number has many spellings", "[json]") {
  const auto [one, other] = GENERATE(table<std::string, std::string>({
      {"1", "1.0"},
      {"1", "01"},
      {"1", "+1"},
      {"0", "-0"},
      {"0", "0e5"},
      {"0", "0.000"},
      {"100", "1e2"},
      {"100", "1E+2"},
      {"0.05", "5e-2"},
      {"1.50", "1.5"},
      {"5.", "5"},
      {".5", "0.5"},
      {"123.456", "123456e-3"},
      {"0.00123", "1.23e-3"},
  }));
  CAPTURE(one, other);
  CHECK(Compare(*ReadDecimal(one), *ReadDecimal(other)) == 0);
}

TEST_CASE("what is not a number is not read", "[json]") {
  const std::string text =
      GENERATE(as<std::string>(), "", "-", "+", ".", "e", "1e", "1e+", "1 ",
               " 1", "--1", "+-1", "0x1", "1_0", "inf", "nan", "1.2.3", "1e1.5",
               "1a", std::string("1\0", 2));
  CAPTURE(text);
  CHECK(!ReadDecimal(text));
}

TEST_CASE("an integer is one whose fraction is zero", "[json]") {
  const auto [text, is_integer] = GENERATE(table<std::string, bool>({
      {"0", true},
      {"5", true},
      {"5.0", true},
      {"5.5", false},
      {"1e3", true},
      {"1.5e1", true},
      {"1.55e1", false},
      {"1e-1", false},
      {"10e-1", true},
      {"0.0", true},
      {"0.01", false},
  }));
  CAPTURE(text);
  CHECK(ReadDecimal(text)->is_integer() == is_integer);
}

TEST_CASE("integers of 64 bits are found exactly", "[json]") {
  const auto [text, number] =
      GENERATE(table<std::string, std::optional<int64_t>>({
          {"0", 0},
          {"-0.0", 0},
          {"42", 42},
          {"-42.00", -42},
          {"4.2e1", 42},
          {"9223372036854775807", INT64_MAX},
          {"9223372036854775808", std::nullopt},
          {"-9223372036854775808", INT64_MIN},
          {"-9223372036854775809", std::nullopt},
          {"9999999999999999999", std::nullopt},
          {"1e19", std::nullopt},
          {"1e18", 1'000'000'000'000'000'000},
          {"1e999999", std::nullopt},
          {"0.5", std::nullopt},
      }));
  CAPTURE(text);
  CHECK(ToInt64(*ReadDecimal(text)) == number);
}

}  // namespace
}  // namespace bobbin::json
