// Reading one JSON value as one kind of field: the rules of pydantic's lax
// mode (contract section 2), an overload per kind. Each adds to `details` what
// is wrong, and then leaves `out` as it was.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "json/document.h"
#include "model/details.h"

namespace bobbin::model {

// A point in time: microseconds since the Unix epoch, UTC.
struct Time {
  int64_t us = 0;
};

// A JSON object, kept as the client's own text.
struct RawObject {
  std::string_view json;
};

// Any JSON value, kept as the client's own text. As an optional field, null
// reads as "not there".
struct RawValue {
  std::string_view json;
};

// A call's summary: an object whose `usage` and `status_counts` are typed.
struct Summary {
  std::string_view json;
  bool has_errors = false;  // status_counts.error > 0
  std::string usage;        // as json::UsageText() has it
};

// A list of strings, and objects whose values are all strings or all numbers;
// kept as the client's own text.
struct TextList {
  std::string_view json;
};
struct TextMap {
  std::string_view json;
};
struct NumberMap {
  std::string_view json;
};

enum class Direction { kAscending, kDescending };

void ReadValue(json::Value value, std::string_view& out, const Loc& loc,
               Details& details);
void ReadValue(json::Value value, int64_t& out, const Loc& loc,
               Details& details);
void ReadValue(json::Value value, double& out, const Loc& loc,
               Details& details);
void ReadValue(json::Value value, bool& out, const Loc& loc, Details& details);
void ReadValue(json::Value value, Time& out, const Loc& loc, Details& details);
void ReadValue(json::Value value, RawObject& out, const Loc& loc,
               Details& details);
void ReadValue(json::Value value, RawValue& out, const Loc& loc,
               Details& details);
void ReadValue(json::Value value, Summary& out, const Loc& loc,
               Details& details);
void ReadValue(json::Value value, TextList& out, const Loc& loc,
               Details& details);
void ReadValue(json::Value value, TextMap& out, const Loc& loc,
               Details& details);
void ReadValue(json::Value value, NumberMap& out, const Loc& loc,
               Details& details);
void ReadValue(json::Value value, Direction& out, const Loc& loc,
               Details& details);

// Says that `value` should have been a list, or an object.
void AddListType(json::Value value, const Loc& loc, Details& details);
void AddDictType(json::Value value, const Loc& loc, Details& details);

}  // namespace bobbin::model
