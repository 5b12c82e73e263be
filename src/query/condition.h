// A query's tree as an SQL condition. Runs nothing.
//
// What comparisons mean (contract section 5, the local rules):
//   - A JSON field and a literal of the same JSON type compare as that type;
//     numbers exactly, however many digits they have.
//   - Else the literal's type decides what the field is cast to: int, double,
//     bool, or text. A cast that fails is NULL: no comparison with NULL is
//     true, nor is the `$not` of one.
//   - As text a string is its characters, any other value its JSON text
//     without blanks, missing or null the empty text. A number whose fraction
//     is zero equals both its own text and that of the integer (`5.0`, `5`).
//   - `$eq` null (also as an entry of `$in`) holds for NULL columns, for
//     missing JSON and for null.
//   - Times compare with numbers (seconds) and with texts that are times.
//   - A field with many rows matches if any row does.
#pragma once

#include "base/result.h"
#include "query/expr.h"
#include "query/fields.h"
#include "query/statement.h"

namespace bobbin::query {

// The condition that `expr` says, in parentheses where that matters, so that
// " AND " may precede it. It needs the SQL functions of db/functions.h.
//   kInvalid  an empty $and or $or, an $in of mixed types, what is not a
//             time compared with one.
//   others    as `fields` says for a name.
Result<Statement> Condition(const Expr& expr, Fields& fields);

}  // namespace bobbin::query
