// The comparisons of the query language, in SQL. For condition.cpp.
#pragma once

#include "base/result.h"
#include "query/operand.h"

namespace bobbin::query {

// `left op right`, in parentheses unless it is a function call; `op` is one of
// $eq, $gt, $gte, $lt and $lte. What it means is in query/condition.h.
//   kInvalid  what is not a time compared with one.
Result<Statement> Compare(Op op, Operand left, Operand right);

}  // namespace bobbin::query
