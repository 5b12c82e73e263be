#include "cli/format.h"

#include <ctime>
#include <string>

#include "support/catch.h"
#include "support/variable.h"

namespace bobbin::testing {
namespace {

using cli::BucketText;
using cli::CountText;
using cli::DurationText;
using cli::MoneyText;
using cli::ReadMoment;
using cli::WhenText;

// Local time is that of `zone` meanwhile.
class InZone {
 public:
  explicit InZone(const std::string& zone) : zone_("TZ", zone) { tzset(); }

 private:
  ScopedVariable zone_;
};

constexpr int64_t kNow = 1'767'268'800'000'000;  // 2026-01-01T12:00:00Z
constexpr int64_t kHour = 3'600'000'000;

TEST_CASE("durations have the unit that suits them", "[cli]") {
  CHECK(DurationText(0) == "0ms");
  CHECK(DurationText(999) == "999µs");
  CHECK(DurationText(999, false) == "999us");
  CHECK(DurationText(41'900) == "42ms");
  CHECK(DurationText(41'499) == "41ms");
  CHECK(DurationText(999'500) == "1.00s");
  CHECK(DurationText(3'420'000) == "3.42s");
  CHECK(DurationText(59'994'999) == "59.99s");
  CHECK(DurationText(59'999'999) == "1m00s");
  CHECK(DurationText(123'000'000) == "2m03s");
  CHECK(DurationText(3720 * 1'000'000LL) == "1h02m");
  CHECK(DurationText(76 * kHour) == "3d04h");
  CHECK(DurationText(-5) == "0ms");
}

TEST_CASE("spans of time are named by where they begin", "[cli]") {
  const InZone utc("UTC");
  constexpr int64_t kDayS = 86400;
  CHECK(BucketText(kNow, 3600) == "2026-01-01 12:00");
  CHECK(BucketText(kNow, 30) == "2026-01-01 12:00:00");
  CHECK(BucketText(kNow - 12 * kHour, kDayS) == "2026-01-01");
  // Days of UTC begin at another time here.
  const InZone zone("EST5");
  CHECK(BucketText(kNow - 12 * kHour, kDayS) == "2025-12-31 19:00");
}

TEST_CASE("counts are grouped and money has digits that mean something",
          "[cli]") {
  CHECK(CountText(0) == "0");
  CHECK(CountText(999) == "999");
  CHECK(CountText(1204) == "1,204");
  CHECK(CountText(-1234567) == "-1,234,567");
  CHECK(MoneyText(0) == "$0.00");
  CHECK(MoneyText(12.3) == "$12.30");
  CHECK(MoneyText(0.25) == "$0.25");
  CHECK(MoneyText(0.0123) == "$0.012");
  CHECK(MoneyText(0.00042) == "$0.00042");
}

TEST_CASE("a moment is as short as the day allows", "[cli]") {
  const InZone utc("UTC");
  CHECK(WhenText(kNow - 1'000'000, kNow) == "11:59:59");
  CHECK(WhenText(kNow - 13 * kHour, kNow) == "2025-12-31 23:00");
  CHECK(WhenText(kNow, kNow + 48 * kHour) == "Jan 01 12:00");
  CHECK(cli::MomentText(-1) == "1969-12-31 23:59:59.999");
}

TEST_CASE("moments are read as ages, days and times", "[cli]") {
  const InZone utc("UTC");
  struct Row {
    std::string text;
    int64_t us;
  };
  const Row row = GENERATE(
      Row{"now", kNow}, Row{"2h", kNow - 2 * kHour},
      Row{"90s", kNow - 90'000'000}, Row{"3d", kNow - 72 * kHour},
      Row{"2w", kNow - 336 * kHour}, Row{"today", kNow - 12 * kHour},
      Row{"yesterday", kNow - 36 * kHour}, Row{"2026-01-01", kNow - 12 * kHour},
      Row{"2026-01-01T12:00", kNow}, Row{"2026-01-01T12:00:00Z", kNow},
      Row{"2026-01-01T14:00+02:00", kNow}, Row{"1767268800", kNow});
  CAPTURE(row.text);
  const auto read = ReadMoment(row.text, kNow);
  REQUIRE(read.ok());
  CHECK(read.value() == row.us);
}

TEST_CASE("a time without an offset is local", "[cli]") {
  const InZone east("EST-2");  // two hours ahead of UTC
  CHECK(ReadMoment("2026-01-01T14:00", kNow).value() == kNow);
  CHECK(ReadMoment("2026-01-01T12:00Z", kNow).value() == kNow);
  CHECK(ReadMoment("today", kNow).value() == kNow - 14 * kHour);
  CHECK(WhenText(kNow, kNow) == "14:00:00");
}

TEST_CASE("what is no time is refused with examples", "[cli]") {
  const std::string text =
      GENERATE("soon", "2x", "h", "", "-2h", "99999999d", "2024", "20240131",
               "99999999", "1.5", "5.");
  CAPTURE(text);
  const auto read = ReadMoment(text, kNow);
  REQUIRE_FALSE(read.ok());
  CHECK(read.error().code == Code::kInvalid);
  CHECK_THAT(read.error().message, Catch::Contains("yesterday"));
}

TEST_CASE("a number that lacks its unit is no second of 1970", "[cli]") {
  const std::string text = GENERATE("30", "0", "365");
  const auto read = ReadMoment(text, kNow);
  REQUIRE_FALSE(read.ok());
  CHECK(read.error().message == "'" + text + "' has no unit: say " + text +
                                    "m, " + text + "h or " + text + "d.");
  CHECK(ReadMoment("100000000", kNow).value() == 100'000'000'000'000);
}

}  // namespace
}  // namespace bobbin::testing
