// Points in time on the wire: ISO 8601 and numbers <-> microseconds since the
// Unix epoch, UTC (contract section 3, "Datetimes in" and "Datetimes out").
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace bobbin {

struct ParsedTime {
  int64_t us = 0;
  // Empty when the text was a time; else why not, in the words of contract
  // section 2 (`input is too short`, ...).
  std::string_view why = {};
  // True when `why` speaks of a moment outside the years 1 to 9999
  // (`datetime_parsing` instead of `datetime_from_date_parsing`).
  bool overflow = false;
};

// Reads a date, a date and time, or a number of seconds or milliseconds
// (|x| > 2e10) as text. Without an offset it is UTC. More than six fraction
// digits are cut.
ParsedTime ParseTime(std::string_view text);

// Appends `2024-01-01T00:00:00Z`, or six fraction digits when there are
// microseconds. For years 1 to 9999.
void AppendTime(std::string& out, int64_t us);

}  // namespace bobbin
