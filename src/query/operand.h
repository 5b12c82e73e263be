// One side of a comparison, in SQL. For condition.cpp.
#pragma once

#include <string>
#include <vector>

#include "query/expr.h"
#include "query/fields.h"
#include "query/statement.h"

namespace bobbin::query {

struct Operand {
  FieldSql value;
  const Expr* literal = nullptr;  // when it is one
  // A number that may be a text (see as_int and those beside it in
  // db/functions.h), so that only number_order compares it.
  bool big = false;
  std::vector<Statement> rows = {};  // the tables behind it, see FieldSql

  Type type() const { return value.type; }
};

Operand OfLiteral(const Expr& literal);
Operand OfField(FieldSql field);
Operand OfCondition(const Statement& condition);

// What `$convert` makes of it. A cast that fails gives NULL.
Operand Convert(Operand operand, CastTo to);
// As a type, as a comparison with something of that type casts it. Not to
// kNull or kJson.
Operand CastAs(Operand operand, Type type);

// A text as a number with all its digits: for comparisons with integers and
// with fractions.
Operand CastAsNumber(Operand text);

// `function(json, path`, with the two values; for a kJson operand. The caller
// adds more arguments and the closing parenthesis.
Statement JsonCall(std::string_view function, const Operand& operand);

// A literal as JSON text that the SQL functions take as a constant. Lists and
// objects become the string of their text.
std::string ConstantOf(const Expr& literal);

// `$eq` null.
Statement IsNull(const Operand& operand);
// The operand as a condition by itself: what its cast to bool says.
Statement Truth(const Operand& operand);

// `condition`, which speaks of the operand, holding in any of its rows.
Statement InRows(const Operand& operand, Statement condition);

}  // namespace bobbin::query
