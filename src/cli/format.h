// Numbers, times and states as people read them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "cli/look.h"

namespace bobbin::cli {

// 312µs, 41ms, 3.42s, 2m03s, 1h02m, 3d04h. (us for µs where not `unicode`.)
// Many clocks tick in milliseconds: nothing, and less, is 0ms.
std::string DurationText(int64_t us, bool unicode = true);

// 1,204
std::string CountText(int64_t count);

// 1 call, 1,204 calls
std::string CountedText(int64_t count, std::string_view one,
                        std::string_view many);

// 812 bytes, 45.2 kB, 1.4 GB: of a thousand each.
std::string SizeText(int64_t bytes);

// $12.30, $0.0123, $0.00042: two digits that mean something, at least cents.
std::string MoneyText(double dollars);

// A moment in local time, as short as `now_us` allows: 14:03:22 today,
// Nov 24 14:03 this year, else 2024-01-01 12:00.
std::string WhenText(int64_t us, int64_t now_us);

// The beginning of a span of so many seconds, local time: 2024-01-01 of whole
// days, else 2024-01-01 12:00, with seconds where they tell spans apart.
std::string BucketText(int64_t us, int64_t bucket_s);

// The same moment in full: 2024-01-01 12:00:00.123 (local time).
std::string MomentText(int64_t us);

// Reads a point in time: `90s`, `30m`, `2h`, `3d`, `2w` (that long before
// `now_us`), `now`, `today`, `yesterday`, a date, or a date and time; local
// time unless it has an offset or Z. Also seconds since the Unix epoch, from
// 100000000. Microseconds since the Unix epoch.
//   kInvalid  it is none of these.
Result<int64_t> ReadMoment(std::string_view text, int64_t now_us);

// How a call's status (`success`, `error`, `running`, `descendant_error`) is
// shown: one cell.
struct Sign {
  std::string_view mark;
  Style style;
};
Sign SignOf(std::string_view status, bool unicode);

}  // namespace bobbin::cli
