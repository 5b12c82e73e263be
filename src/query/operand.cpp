#include "query/operand.h"

#include <charconv>
#include <cstdlib>
#include <utility>

#include "json/match.h"
#include "json/write.h"

namespace bobbin::query {
namespace {

using json::Kind;
using json::Value;

// The text of a list or an object. In it a constant may be wrapped in an
// object of its own, {"$literal": 1}, as the reference's schema has it.
void AppendConstant(std::string& out, Value value) {
  if (value.is(Kind::kObject)) {
    const Value first = value.first();
    if (first.exists() && !first.next().exists() &&
        (first.key() == "$literal" || first.key() == "literal_")) {
      return AppendConstant(out, first);
    }
  } else if (!value.is(Kind::kArray)) {
    return json::AppendMinified(out, value.raw());
  }
  const bool is_object = value.is(Kind::kObject);
  out += is_object ? '{' : '[';
  const char* separator = "";
  for (Value v = value.first(); v.exists(); v = v.next()) {
    out += std::exchange(separator, ",");
    if (is_object) {
      json::AppendQuoted(out, v.key());
      out += ':';
    }
    AppendConstant(out, v);
  }
  out += is_object ? '}' : ']';
}

std::string TextOfContainer(const Expr& literal) {
  json::Document document;
  document.Parse(literal.text, json::kMaxDepth);
  std::string text;
  AppendConstant(text, document.root());
  return text;
}

void SetNumber(Operand& operand, const std::string& text) {
  Statement& sql = operand.value.sql;
  if (text.find_first_of(".eE") != std::string::npos) {
    operand.value.type = Type::kDouble;
    sql.Add("?", std::strtod(text.c_str(), nullptr));
    return;
  }
  operand.value.type = Type::kInt;
  int64_t number = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number);
  operand.big = error != std::errc() || stop != end;
  if (operand.big) {
    sql.Add("?", text);
  } else {
    sql.Add("?", number);
  }
}

// `before` operand `after`.
Operand Wrapped(Operand operand, Type type, std::string_view before,
                std::string_view after) {
  Operand out;
  out.value.type = type;
  out.value.sql.Add(before);
  out.value.sql.Append(operand.value.sql);
  out.value.sql.Add(after);
  out.rows = std::move(operand.rows);
  return out;
}

// The text of any operand but null.
Operand AsText(Operand operand) {
  switch (operand.type()) {
    case Type::kNull:
    case Type::kText:
      return operand;
    case Type::kJson: {
      Operand out;
      out.value.type = Type::kText;
      out.value.sql = JsonCall("json_as_text", operand);
      out.value.sql.Add(")");
      out.rows = std::move(operand.rows);
      return out;
    }
    case Type::kInt:
    case Type::kDouble:
      if (operand.literal != nullptr) {
        // Its own text, not what SQLite would print.
        Operand out;
        out.value.sql.Add("?", operand.literal->text);
        return out;
      }
      return Wrapped(std::move(operand), Type::kText, "CAST(", " AS TEXT)");
    case Type::kBool:
      return Wrapped(std::move(operand), Type::kText, "CASE ",
                     " WHEN 1 THEN 'true' WHEN 0 THEN 'false' END");
    case Type::kTime:
      return Wrapped(std::move(operand), Type::kText, "time_text(", ")");
  }
  return operand;
}

Operand AsNumber(Operand operand, Type type) {
  const std::string_view cast = type == Type::kInt      ? "as_int("
                                : type == Type::kDouble ? "as_double("
                                                        : "as_bool(";
  switch (operand.type()) {
    case Type::kNull:
      return operand;
    case Type::kJson:
      operand = AsText(std::move(operand));
      break;
    case Type::kTime:
      operand =
          Wrapped(std::move(operand), Type::kDouble, "(", " / 1000000.0)");
      // A whole number of seconds, not of microseconds.
      if (type == Type::kInt) {
        return Wrapped(std::move(operand), type, "CAST(", " AS INTEGER)");
      }
      break;
    case Type::kText:
    case Type::kInt:
    case Type::kDouble:
    case Type::kBool:
      if (operand.type() == type) return operand;
  }
  Operand out = Wrapped(std::move(operand), type, cast, ")");
  out.big = type != Type::kDouble;
  return out;
}

Operand AsTime(Operand operand) {
  if (operand.type() == Type::kNull || operand.type() == Type::kTime) {
    return operand;
  }
  if (operand.type() == Type::kJson) operand = AsText(std::move(operand));
  return Wrapped(std::move(operand), Type::kTime, "as_time(", ")");
}

Operand Exists(const Operand& operand) {
  Statement condition;
  if (operand.type() == Type::kJson) {
    condition = JsonCall(
        operand.value.null_exists ? "json_found" : "json_exists", operand);
    condition.Add(")");
  } else {
    condition.Add("(");
    condition.Append(operand.value.sql);
    condition.Add(" IS NOT NULL)");
  }
  return OfCondition(InRows(operand, std::move(condition)));
}

}  // namespace

Operand OfLiteral(const Expr& literal) {
  Operand operand;
  operand.literal = &literal;
  Statement& sql = operand.value.sql;
  switch (literal.kind) {
    case Kind::kNull:
      operand.value.type = Type::kNull;
      sql.Add("NULL");
      break;
    case Kind::kTrue:
    case Kind::kFalse:
      operand.value.type = Type::kBool;
      sql.Add("?", int64_t{literal.kind == Kind::kTrue});
      break;
    case Kind::kNumber:
      SetNumber(operand, literal.text);
      break;
    case Kind::kString:
      sql.Add("?", literal.text);
      break;
    case Kind::kArray:
    case Kind::kObject:
      sql.Add("?", TextOfContainer(literal));
      break;
  }
  return operand;
}

Operand OfField(FieldSql field) {
  Operand operand;
  if (!field.rows.sql.empty()) operand.rows.push_back(std::move(field.rows));
  operand.value = std::move(field);
  return operand;
}

Operand OfCondition(const Statement& condition) {
  Operand operand;
  operand.value.type = Type::kBool;
  operand.value.sql.Add("(");
  operand.value.sql.Append(condition);
  operand.value.sql.Add(")");
  return operand;
}

Operand Convert(Operand operand, CastTo to) {
  switch (to) {
    case CastTo::kDouble:
      return CastAs(std::move(operand), Type::kDouble);
    case CastTo::kString:
      return CastAs(std::move(operand), Type::kText);
    case CastTo::kInt:
      return CastAs(std::move(operand), Type::kInt);
    case CastTo::kBool:
      return CastAs(std::move(operand), Type::kBool);
    case CastTo::kExists:
      return Exists(operand);
  }
  return operand;
}

Operand CastAs(Operand operand, Type type) {
  switch (type) {
    case Type::kNull:
    case Type::kJson:
      return operand;
    case Type::kText:
      operand = AsText(std::move(operand));
      break;
    case Type::kInt:
    case Type::kDouble:
    case Type::kBool:
      operand = AsNumber(std::move(operand), type);
      break;
    case Type::kTime:
      operand = AsTime(std::move(operand));
      break;
  }
  return operand;
}

Operand CastAsNumber(Operand text) {
  Operand out = Wrapped(std::move(text), Type::kDouble, "as_number(", ")");
  out.big = true;
  return out;
}

Statement JsonCall(std::string_view function, const Operand& operand) {
  Statement call;
  call.Add(function);
  call.Add("(");
  call.Append(operand.value.sql);
  call.Add(", ?", operand.value.path);
  return call;
}

std::string ConstantOf(const Expr& literal) {
  const bool is_container =
      literal.kind == Kind::kArray || literal.kind == Kind::kObject;
  if (literal.kind != Kind::kString && !is_container) return literal.text;
  std::string json;
  json::AppendQuoted(json,
                     is_container ? TextOfContainer(literal) : literal.text);
  return json;
}

Statement IsNull(const Operand& operand) {
  Statement condition;
  if (operand.type() == Type::kJson || !operand.rows.empty()) {
    Statement present;
    if (operand.type() == Type::kJson) {
      present = JsonCall("json_exists", operand);
      present.Add(")");
    } else {
      present.Add("(");
      present.Append(operand.value.sql);
      present.Add(" IS NOT NULL)");
    }
    condition.Add("(NOT ");
    condition.Append(InRows(operand, std::move(present)));
    condition.Add(")");
    return condition;
  }
  condition.Add("(");
  condition.Append(operand.value.sql);
  condition.Add(" IS NULL)");
  return condition;
}

Statement Truth(const Operand& operand) {
  if (operand.type() == Type::kNull) return Statement{"NULL"};
  if (operand.type() == Type::kBool && operand.rows.empty()) {
    return operand.value.sql;
  }
  const Operand as_bool = CastAs(operand, Type::kBool);
  Statement condition;
  condition.Add("(");
  condition.Append(as_bool.value.sql);
  condition.Add(" <> 0)");
  return InRows(as_bool, std::move(condition));
}

Statement InRows(const Operand& operand, Statement condition) {
  for (const Statement& rows : operand.rows) {
    Statement wrapped;
    wrapped.Add("EXISTS (SELECT 1 FROM ");
    wrapped.Append(rows);
    wrapped.Add(" AND ");
    wrapped.Append(condition);
    wrapped.Add(")");
    condition = std::move(wrapped);
  }
  return condition;
}

}  // namespace bobbin::query
