#include "base/time.h"

#include <string>
#include <string_view>

#include "support/catch.h"

namespace bobbin {
namespace {

std::string Printed(int64_t us) {
  std::string text;
  AppendTime(text, us);
  return text;
}

// The time that `text` means, as we would print it; or why it means none.
std::string Read(std::string_view text) {
  const ParsedTime time = ParseTime(text);
  return time.why.empty() ? Printed(time.us) : std::string(time.why);
}

struct Row {
  std::string text;
  std::string want;
};

TEST_CASE("dates and times are read in every spelling that pydantic takes",
          "[time]") {
  const auto [text, want] = GENERATE(values<Row>({
      {"2024-01-01T00:00:00Z", "2024-01-01T00:00:00Z"},
      {"2024-01-02t03:04:05z", "2024-01-02T03:04:05Z"},
      {"2024-01-02 03:04:05", "2024-01-02T03:04:05Z"},
      {"2024-01-02_03:04:05", "2024-01-02T03:04:05Z"},
      {"2024-01-02T03:04", "2024-01-02T03:04:00Z"},
      {"2024-01-02T03:04Z", "2024-01-02T03:04:00Z"},
      {"2024-01-02", "2024-01-02T00:00:00Z"},
      {"2024-01-02T03:04:05.5", "2024-01-02T03:04:05.500000Z"},
      {"2024-01-02T03:04:05,5Z", "2024-01-02T03:04:05.500000Z"},
      {"2024-01-02T03:04:05.123456Z", "2024-01-02T03:04:05.123456Z"},
      {"2024-01-02T03:04:05.1234569Z", "2024-01-02T03:04:05.123456Z"},
      {"2024-01-02T03:04:05.0000001Z", "2024-01-02T03:04:05Z"},
      {"2024-01-02T03:04:05+05:30", "2024-01-01T21:34:05Z"},
      {"2024-01-02T03:04:05+0530", "2024-01-01T21:34:05Z"},
      {"2024-01-02T03:04:05-05:30", "2024-01-02T08:34:05Z"},
      {"2024-01-02T03:04:05\u221205:30", "2024-01-02T08:34:05Z"},
      {"2024-01-02T03:04-00:00", "2024-01-02T03:04:00Z"},
      {"2024-01-02T03:04:05+23:59", "2024-01-01T03:05:05Z"},
      {"2024-02-29", "2024-02-29T00:00:00Z"},
      {"2000-02-29", "2000-02-29T00:00:00Z"},
      {"1969-12-31T23:59:59.999999Z", "1969-12-31T23:59:59.999999Z"},
      {"0001-01-01", "0001-01-01T00:00:00Z"},
      {"9999-12-31T23:59:59.999999Z", "9999-12-31T23:59:59.999999Z"},
  }));
  CAPTURE(text);
  CHECK(Read(text) == want);
}

TEST_CASE("a number means seconds, or milliseconds beyond 2e10", "[time]") {
  const auto [text, want] = GENERATE(values<Row>({
      {"0", "1970-01-01T00:00:00Z"},
      {"-0", "1970-01-01T00:00:00Z"},
      {"+5", "1970-01-01T00:00:05Z"},
      {"-5", "1969-12-31T23:59:55Z"},
      {"2024", "1970-01-01T00:33:44Z"},
      {"00000000000000000000001", "1970-01-01T00:00:01Z"},
      {"1704067200", "2024-01-01T00:00:00Z"},
      {"1704067200000", "2024-01-01T00:00:00Z"},
      {"1704067200123", "2024-01-01T00:00:00.123000Z"},
      {"20000000000", "2603-10-11T11:33:20Z"},
      {"20000000001", "1970-08-20T11:33:20.001000Z"},
      {"-20000000001", "1969-05-14T12:26:39.999000Z"},
      {"253402300799999", "9999-12-31T23:59:59.999000Z"},
      {"-62135596800000", "0001-01-01T00:00:00Z"},
      {"1.5", "1970-01-01T00:00:01.500000Z"},
      {"-1.25", "1969-12-31T23:59:58.750000Z"},
      {".5", "1970-01-01T00:00:00.500000Z"},
      {"5.", "1970-01-01T00:00:05Z"},
      {"1.5e3", "1970-01-01T00:25:00Z"},
      {"1704067200.123456", "2024-01-01T00:00:00.123456Z"},
      {"1704067200.9999999", "2024-01-01T00:00:01Z"},
      {"1704067200000.5", "2024-01-01T00:00:00.000500Z"},
      {"0." + std::string(400, '0') + "1", "1970-01-01T00:00:00Z"},
  }));
  CAPTURE(text);
  CHECK(Read(text) == want);
}

TEST_CASE("what is not a time is refused in pydantic's words", "[time]") {
  const std::string too_short = "input is too short";
  const std::string extra =
      "unexpected extra characters at the end of the input";
  const std::string separator = "invalid date separator, expected `-`";
  const std::string month = "month value is outside expected range of 1-12";
  const std::string day = "day value is outside expected range";
  const auto [text, want] = GENERATE_COPY(values<Row>({
      {"", too_short},
      {"hello", too_short},
      {"2024-1-1", too_short},
      {" 5 ", too_short},
      {"1e5", too_short},
      {"1_000", too_short},
      {"nan", too_short},
      {"-inf", too_short},
      {".", too_short},
      {"-", too_short},
      {"+-1.5", too_short},
      {"1.1.1", too_short},
      {"hello world", "invalid character in year"},
      {" 2024-01-01", "invalid character in year"},
      {"2024-0a-01", "invalid character in month"},
      {"2024-01-0a", "invalid character in day"},
      {"2024/01/01", separator},
      {"2024-01/01", separator},
      {"20240101T000000Z", separator},
      {"2024-00-01", month},
      {"2024-13-01", month},
      {"2024-01-00", day},
      {"2024-01-32", day},
      {"2024-04-31", day},
      {"2023-02-29", day},
      {"1900-02-29", day},
      {"2024-01-01T", extra},
      {"2024-01-01Z", extra},
      {"2024-01-01 ", extra},
      {"2024-01-01x00:00", extra},
      {"2024-01-01T1:00", extra},
      {"2024-01-01T00", extra},
      {"2024-01-01T24:00:00", extra},
      {"2024-01-01T25:00:00", extra},
      {"2024-01-01T00:60:00", extra},
      {"2024-01-01T00:00:60", extra},
      {"2024-01-01T00:00:0", extra},
      {"2024-01-01T00:00:00.", extra},
      {"2024-01-01T00:00:00.Z", extra},
      {"2024-01-01T00:00:00 Z", extra},
      {"2024-01-01T00:00:00Zx", extra},
      {"2024-01-01T00:00:00+", extra},
      {"2024-01-01T00:00:00+05", extra},
      {"2024-01-01T00:00:00+05:", extra},
      {"2024-01-01T00:00:00+24:00", extra},
      {"2024-01-01T00:00:00+23:60", extra},
  }));
  CAPTURE(text);
  CHECK(Read(text) == want);
  CHECK_FALSE(ParseTime(text).overflow);
}

TEST_CASE("a moment outside the years 1 to 9999 is an overflow", "[time]") {
  const std::string after =
      "dates after 9999 are not supported as unix timestamps";
  const std::string before =
      "dates before 0000 are not supported as unix timestamps";
  const std::string zero = "year 0 is out of range";
  const auto [text, want] = GENERATE_COPY(values<Row>({
      {"253402300800000", after},
      {"253402300799999.9999", after},
      {"9223372036854775808", after},
      {std::string(400, '9'), after},
      {"1.0e400", after},
      {"-99999999999999999", before},
      {"-62167219200001", before},
      {"-1.0e400", before},
      {"-62167219200000", zero},
      {"-62135596801000", zero},
      {"0000-01-01", zero},
      {"0001-01-01T00:00:00+01:00", zero},
      {"9999-12-31T23:59:59-01:00", after},
  }));
  CAPTURE(text);
  CHECK(Read(text) == want);
  CHECK(ParseTime(text).overflow);
}

TEST_CASE("every microsecond that is printed is read back", "[time]") {
  const int64_t us =
      GENERATE(int64_t{0}, int64_t{1}, int64_t{-1}, int64_t{999'999},
               int64_t{1'704'067'200'123'456}, int64_t{-62'135'596'800'000'000},
               int64_t{253'402'300'799'999'999});
  CHECK(ParseTime(Printed(us)).us == us);
}

}  // namespace
}  // namespace bobbin
