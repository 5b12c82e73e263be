// The small language of `where`, which people type, read into the tree of
// query/expr.h. It says no more than `$expr` does, so it can always be shown
// as such a query (QueryText() in query/expr.h).
//
//   inputs.model = "gpt-4o" and latency_ms > 500
//   status != "error" or not (output.text contains "x")
//   op in ("greet", "ask") and exists inputs.user
//
// In the order of their strength: `or`, `and`, `not`; then a comparison
//
//   a = b   a != b   a < b   a <= b   a > b   a >= b     (also ==, <>)
//   a in (b, ...)    a not in (b, ...)
//   a contains b     a icontains b    (the latter in any case of letters)
//   a is null        a is not null    exists a    (there, and not null)
//
// A side is a field or a constant: text in "..." or '...' with the escapes of
// JSON, a number of JSON, true, false, null. Words are known in any case of
// letters. A field is a name of the API with its path (`inputs.a.b`; `\.` is
// a dot within a name, and so is one in `inputs."a.b"`; `a[0]` is `a.0`) or one
// of the short names in where.cpp; between `...` it may have any characters.
// `op = "greet"` also finds the versions of an op that is known by a ref.
//
// What a comparison means is said in query/condition.h: `!=` is the `not` of
// `=`, and holds for no call whose field is not there, except in JSON.
#pragma once

#include <cstddef>
#include <string_view>

#include "base/result.h"
#include "query/expr.h"

namespace bobbin::query {

inline constexpr size_t kMaxWhereBytes = size_t{64} << 10;

// Reads `text`. The bounds of query/expr.h hold.
//   kInvalid  says where it goes wrong (characters, from 1), what was expected
//             there and what was found; the position is also a member
//             `position` of the answer.
Result<Expr> ParseWhere(std::string_view text);

}  // namespace bobbin::query
