// Records: a struct and its field rows. The rows are the only place where a
// wire name meets a member; the member's type says how it is read.
//
//   struct Point {
//     int64_t x = 0;
//     std::optional<std::string_view> label;
//     static constexpr auto Fields() {
//       return std::tuple(Required("x", &Point::x),
//                         Optional("label", &Point::label));
//     }
//     static constexpr bool kStrict = true;  // unknown keys are errors
//   };
#pragma once

#include <array>
#include <concepts>
#include <optional>
#include <string_view>
#include <tuple>
#include <vector>

#include "model/ignored_fields.h"
#include "model/values.h"

namespace bobbin::model {

template <class Record, class Member>
struct Field {
  std::string_view name;
  Member Record::*member;
  bool required;
  bool null_ok;
};

// A field that must be there and not null.
template <class Record, class Member>
constexpr Field<Record, Member> Required(std::string_view name,
                                         Member Record::*member) {
  return {name, member, true, false};
}

// The same for a member that is std::optional because other schemas of its
// record go without it.
template <class Record, class Member>
constexpr Field<Record, std::optional<Member>> NotNull(
    std::string_view name, std::optional<Member> Record::*member) {
  return {name, member, true, false};
}

// A field that may be missing. It may be null if its type is std::optional.
template <class Record, class Member>
constexpr Field<Record, Member> Optional(std::string_view name,
                                         Member Record::*member) {
  return {name, member, false, true};
}

template <class T>
concept IsRecord = requires {
  T::Fields();
  { T::kStrict } -> std::convertible_to<bool>;
};

template <class T>
void ReadValue(json::Value value, std::optional<T>& out, const Loc& loc,
               Details& details);

template <class T>
void ReadValue(json::Value value, std::vector<T>& out, const Loc& loc,
               Details& details) {
  if (!value.is(json::Kind::kArray)) {
    AddListType(value, loc, details);
    return;
  }
  int64_t index = 0;
  for (json::Value v = value.first(); v.exists(); v = v.next()) {
    ReadValue(v, out.emplace_back(), loc.At(index++), details);
  }
}

// Says that `value` should have been an object with fields.
void AddModelType(json::Value value, const Loc& loc, Details& details);

// Reads `value` by a list of field rows. Errors come in the order of the
// rows; unknown keys, if they are errors, after them.
template <class Record, class... Rows>
void ReadFields(json::Value value, Record& out, const Loc& loc,
                Details& details, bool strict,
                const std::tuple<Rows...>& rows) {
  if (!value.is(json::Kind::kObject)) {
    AddModelType(value, loc, details);
    return;
  }
  constexpr size_t kCount = sizeof...(Rows);
  std::array<json::Value, kCount> found{};
  std::vector<json::Value> unknown;
  for (json::Value v = value.first(); v.exists(); v = v.next()) {
    const std::string_view key = v.key();
    const bool known = [&]<size_t... kI>(std::index_sequence<kI...>) {
      return ((std::get<kI>(rows).name == key && (found[kI] = v, true)) || ...);
    }
    (std::make_index_sequence<kCount>());
    if (known) continue;
    if (strict) {
      unknown.push_back(v);
    } else {
      IgnoredFields::Note(loc, key);
    }
  }
  const auto read = [&](const auto& row, json::Value member) {
    if (member.exists()) {
      const Loc at = loc.In(row.name);
      if constexpr (requires { (out.*(row.member)).emplace(); }) {
        // An optional reads null as "not there", unless its row says no.
        if (!row.null_ok) {
          ReadValue(member, (out.*(row.member)).emplace(), at, details);
          return;
        }
      }
      ReadValue(member, out.*(row.member), at, details);
    } else if (row.required) {
      details.Add("missing", loc.In(row.name), "Field required", value.raw());
    }
  };
  [&]<size_t... kI>(std::index_sequence<kI...>) {
    (read(std::get<kI>(rows), found[kI]), ...);
  }
  (std::make_index_sequence<kCount>());
  for (const json::Value& v : unknown) {
    details.Add("extra_forbidden", loc.In(v.key()),
                "Extra inputs are not permitted", v.raw());
  }
}

template <IsRecord T>
void ReadValue(json::Value value, T& out, const Loc& loc, Details& details) {
  ReadFields(value, out, loc, details, T::kStrict, T::Fields());
}

template <class T>
void ReadValue(json::Value value, std::optional<T>& out, const Loc& loc,
               Details& details) {
  if (value.is(json::Kind::kNull)) {
    out.reset();
    return;
  }
  ReadValue(value, out.emplace(), loc, details);
}

}  // namespace bobbin::model
