#include "query/condition.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <span>

#include "base/time.h"
#include "json/match.h"
#include "query/operand.h"

namespace bobbin::query {
namespace {

using json::Kind;

struct Comparison {
  Op op;
  Op mirrored;  // with its sides changed
  std::string_view sql;
};
constexpr auto kComparisons = std::to_array<Comparison>({
    {Op::kEq, Op::kEq, " = "},
    {Op::kGt, Op::kLt, " > "},
    {Op::kGte, Op::kLte, " >= "},
    {Op::kLt, Op::kGt, " < "},
    {Op::kLte, Op::kGte, " <= "},
});

const Comparison& RowOf(Op op) {
  return *std::ranges::find(kComparisons, op, &Comparison::op);
}

// --- a chain of terms -----------------------------------------------------

// Terms as deep as this are put where SQLite's parser needs least for them.
constexpr int kDeep = 4;
// SQLite reads `a AND b AND c` as a tree of that depth, and allows 1,000:
// terms come in groups of this size, and groups of groups.
constexpr size_t kGroup = 8;

int DepthOf(const Expr& expr) {
  int deepest = 0;
  for (const Expr& operand : expr.operands) {
    deepest = std::max(deepest, DepthOf(operand));
  }
  return deepest + 1;
}

void AddChain(Statement& out, std::span<const Statement> terms,
              std::string_view glue) {
  if (terms.size() == 1) return out.Append(terms.front());
  const size_t step = (terms.size() + kGroup - 1) / kGroup;
  std::string_view separator = "(";
  for (size_t i = 0; i < terms.size(); i += step) {
    out.Add(separator);
    separator = glue;
    AddChain(out, terms.subspan(i, std::min(step, terms.size() - i)), glue);
  }
  out.Add(")");
}

// --- comparisons ----------------------------------------------------------

// `left op right`, in parentheses.
Statement Plain(const Operand& left, std::string_view op,
                const Operand& right) {
  Statement out;
  out.Add("(");
  out.Append(left.value.sql);
  out.Add(op);
  out.Append(right.value.sql);
  out.Add(")");
  return out;
}

// `function(left, right) op 0`: for functions that give an order.
Statement ByOrder(std::string_view function, const Statement& left,
                  const Statement& right, std::string_view op) {
  Statement out;
  out.Add("(");
  out.Add(function);
  out.Add("(");
  out.Append(left);
  out.Add(", ");
  out.Append(right);
  out.Add(")");
  out.Add(op);
  out.Add("0)");
  return out;
}

Statement AtPlace(const Operand& operand) {
  Statement raw = JsonCall("json_at", operand);
  raw.Add(")");
  return raw;
}

Statement CompareJson(const Comparison& row, const Operand& left,
                      const Operand& right) {
  Statement out;
  if (right.literal != nullptr) {
    const bool equal = row.op == Op::kEq;
    out.Add(equal ? "" : "(");
    out.Append(JsonCall(equal ? "json_is" : "json_order", left));
    out.Add(", ?)", ConstantOf(*right.literal));
    if (equal) return out;
    out.Add(row.sql);
    out.Add("0)");
    return out;
  }
  if (row.op != Op::kEq) {
    return ByOrder("json_values_order", AtPlace(left), AtPlace(right), row.sql);
  }
  out.Add("json_same(");
  out.Append(AtPlace(left));
  out.Add(", ");
  out.Append(AtPlace(right));
  out.Add(")");
  return out;
}

// A literal that is compared with a time.
Result<Operand> TimeOf(const Expr& literal) {
  std::string text = literal.text;
  const bool is_number = literal.kind == Kind::kNumber;
  if (is_number && text.find_first_of("eE") != std::string::npos) {
    constexpr double kFar = 1e18;  // as far off as a number need be
    const double number =
        std::clamp(std::strtod(text.c_str(), nullptr), -kFar, kFar);
    std::array<char, 32> fixed{};
    std::snprintf(fixed.data(), fixed.size(), "%.6f", number);
    text = fixed.data();
  }
  const ParsedTime time = ParseTime(text);
  if ((!is_number && literal.kind != Kind::kString) || !time.why.empty()) {
    return Invalid("A time is compared with " + ConstantOf(literal) +
                   ", which is not a time");
  }
  Operand operand;
  operand.value.type = Type::kTime;
  operand.value.sql.Add("?", time.us);
  return operand;
}

Result<Operand> ToTime(Operand operand) {
  if (operand.literal != nullptr) return TimeOf(*operand.literal);
  if (operand.type() == Type::kBool) {
    return Invalid("A time cannot be compared with true or false");
  }
  return CastAs(std::move(operand), Type::kTime);
}

// Neither side is null or JSON.
Result<Statement> CompareTyped(const Comparison& row, Operand left,
                               Operand right) {
  if (left.type() != right.type()) {
    for (auto [side, other] : {std::pair(&left, &right), {&right, &left}}) {
      if (other->type() == Type::kTime) {
        Result<Operand> time = ToTime(std::move(*side));
        if (!time.ok()) return std::move(time).error();
        *side = std::move(time).value();
        break;
      }
      if (side->type() == Type::kText) {
        *side = CastAs(std::move(*side), other->type());
        break;
      }
    }
  }
  if (left.big || right.big) {
    return ByOrder("number_order", left.value.sql, right.value.sql, row.sql);
  }
  const FieldSql& field = left.value;
  if (row.op == Op::kEq && !field.key.empty()) {
    Statement out;
    out.Add("(");
    out.Add(field.key);
    out.Add(" = coalesce((");
    out.Append(field.names);
    out.Add(" = ");
    out.Append(right.value.sql);
    out.Add("), 0))");
    return out;
  }
  return Plain(left, row.sql, right);
}

Result<Statement> Compare(Op op, Operand left, Operand right) {
  const bool swapped =
      (left.literal != nullptr && right.literal == nullptr) ||
      left.type() == Type::kNull ||
      (left.type() != Type::kJson && right.type() == Type::kJson &&
       right.literal == nullptr);
  if (swapped) {
    std::swap(left, right);
    op = RowOf(op).mirrored;
  }
  if (right.type() == Type::kNull) {
    return op == Op::kEq ? IsNull(left) : Statement{"NULL"};
  }
  const Comparison& row = RowOf(op);
  const Operand rows{.rows = [&] {
    std::vector<Statement> both = left.rows;
    both.insert(both.end(), right.rows.begin(), right.rows.end());
    return both;
  }()};
  if (left.type() == Type::kJson &&
      (right.type() == Type::kJson || right.literal != nullptr)) {
    return InRows(rows, CompareJson(row, left, right));
  }
  if (left.type() == Type::kJson) left = CastAs(std::move(left), right.type());
  Result<Statement> compared =
      CompareTyped(row, std::move(left), std::move(right));
  if (!compared.ok()) return compared;
  return InRows(rows, std::move(compared).value());
}

// --- the tree -------------------------------------------------------------

class Compiler {
 public:
  explicit Compiler(Fields& fields) : fields_(fields) {}

  Result<Statement> Make(const Expr& expr) {
    switch (expr.op) {
      case Op::kAnd:
        return MakeChain(expr, " AND ", "Empty AND operation");
      case Op::kOr:
        return MakeChain(expr, " OR ", "Empty OR operation");
      case Op::kNot:
        return MakeNot(expr);
      case Op::kEq:
      case Op::kGt:
      case Op::kGte:
      case Op::kLt:
      case Op::kLte:
        return MakeComparison(expr);
      case Op::kIn:
        return MakeIn(expr);
      case Op::kContains:
        return MakeContains(expr);
      case Op::kConvert:
      case Op::kGetField:
      case Op::kLiteral: {
        const Result<Operand> operand = MakeOperand(expr);
        if (!operand.ok()) return operand.error();
        return Truth(operand.value());
      }
    }
    return Internal("an operator without meaning");
  }

 private:
  Result<Operand> MakeOperand(const Expr& expr) {
    if (expr.op == Op::kLiteral) return OfLiteral(expr);
    if (expr.op == Op::kGetField) {
      Result<FieldSql> field = fields_.Find(expr.text);
      if (!field.ok()) return std::move(field).error();
      return OfField(std::move(field).value());
    }
    if (expr.op == Op::kConvert) {
      Result<Operand> input = MakeOperand(expr.operands.front());
      if (!input.ok()) return input;
      return Convert(std::move(input).value(), expr.to);
    }
    const Result<Statement> condition = Make(expr);
    if (!condition.ok()) return condition.error();
    return OfCondition(condition.value());
  }

  Result<Statement> MakeChain(const Expr& expr, std::string_view glue,
                              const char* empty) {
    if (expr.operands.empty()) return Invalid(empty);
    // The deepest comes first, alone: then each level costs SQLite's parser
    // one place on its stack, of which there are a hundred.
    const auto deepest = std::ranges::max_element(expr.operands, {}, DepthOf);
    const bool is_deep = DepthOf(*deepest) > kDeep;
    std::vector<Statement> terms;
    Statement out;
    for (const Expr& operand : expr.operands) {
      Result<Statement> term = Make(operand);
      if (!term.ok()) return term;
      if (is_deep && &operand == &*deepest) {
        out = std::move(term).value();
      } else {
        terms.push_back(std::move(term).value());
      }
    }
    if (terms.empty()) return out;
    if (out.sql.empty()) {
      AddChain(out, terms, glue);
      return out;
    }
    out.sql.insert(0, "(");
    out.Add(glue);
    AddChain(out, terms, glue);
    out.Add(")");
    return out;
  }

  Result<Statement> MakeNot(const Expr& expr) {
    const Expr& inner = expr.operands.front();
    // Twice not is what it was, NULL included.
    if (inner.op == Op::kNot) return Make(inner.operands.front());
    const Result<Statement> condition = Make(inner);
    if (!condition.ok()) return condition;
    Statement out;
    out.Add("NOT ");
    out.Append(condition.value());
    return out;
  }

  Result<Statement> MakeComparison(const Expr& expr) {
    Result<Operand> left = MakeOperand(expr.operands[0]);
    if (!left.ok()) return std::move(left).error();
    Result<Operand> right = MakeOperand(expr.operands[1]);
    if (!right.ok()) return std::move(right).error();
    return Compare(expr.op, std::move(left).value(), std::move(right).value());
  }

  Result<Statement> MakeIn(const Expr& expr);
  Result<Statement> MakeContains(const Expr& expr);

  Fields& fields_;
};

// --- $in ------------------------------------------------------------------

enum class Sort { kNull, kBool, kNumber, kText };

Sort SortOf(const Expr& literal) {
  switch (literal.kind) {
    case Kind::kNull:
      return Sort::kNull;
    case Kind::kTrue:
    case Kind::kFalse:
      return Sort::kBool;
    case Kind::kNumber:
      return Sort::kNumber;
    case Kind::kString:
    case Kind::kArray:
    case Kind::kObject:
      return Sort::kText;
  }
  return Sort::kNull;
}

// What the literals of a list are, nulls aside; an error when they are mixed.
Result<Sort> CommonSort(std::span<const Expr> list) {
  Sort common = Sort::kNull;
  for (const Expr& entry : list) {
    if (entry.op != Op::kLiteral) continue;
    const Sort sort = SortOf(entry);
    if (sort == Sort::kNull) continue;
    if (common != Sort::kNull && common != sort) {
      return Invalid("The values of $in are of different types");
    }
    common = sort;
  }
  return common;
}

bool IsFraction(const Expr& literal) {
  return literal.kind == Kind::kNumber &&
         literal.text.find_first_of(".eE") != std::string::npos;
}

// ` IN (?, ?, ...)`
void AddIn(Statement& out, std::span<const Expr> list) {
  std::string_view separator = " IN (";
  for (const Expr& entry : list) {
    out.Add(separator);
    separator = ", ";
    out.Append(OfLiteral(entry).value.sql);
  }
  out.Add(")");
}

Statement InJson(const Operand& needle, std::span<const Expr> list) {
  std::string constants = "[";
  for (const Expr& entry : list) {
    if (constants.size() > 1) constants += ',';
    constants += ConstantOf(entry);
  }
  Statement out = JsonCall("json_in", needle);
  out.Add(", ?)", constants + "]");
  return out;
}

Result<Statement> Compiler::MakeIn(const Expr& expr) {
  const std::span<const Expr> list = std::span(expr.operands).subspan(1);
  Result<Operand> needle = MakeOperand(expr.operands.front());
  if (!needle.ok()) return std::move(needle).error();
  const Result<Sort> sort = CommonSort(list);
  if (!sort.ok()) return sort.error();
  if (list.empty()) return Statement{"0"};
  const Operand& value = needle.value();
  const bool all_literals = std::ranges::all_of(
      list, [](const Expr& entry) { return entry.op == Op::kLiteral; });
  if (all_literals && value.type() == Type::kJson) {
    return InRows(value, InJson(value, list));
  }
  const bool has_null = std::ranges::any_of(list, [](const Expr& entry) {
    return entry.op == Op::kLiteral && entry.kind == Kind::kNull;
  });
  if (all_literals && !has_null && value.type() == Type::kText &&
      sort.value() == Sort::kText && value.literal == nullptr) {
    Statement out;
    const FieldSql& field = value.value;
    if (field.key.empty()) {
      out.Add("(");
      out.Append(field.sql);
    } else {
      out.Add("(");
      out.Add(field.key);
      out.Add(" IN (");
      out.Append(field.names);
    }
    AddIn(out, list);
    out.Add(field.key.empty() ? ")" : "))");
    return InRows(value, std::move(out));
  }
  // Integers among other numbers are doubles, too.
  const bool doubles = std::ranges::any_of(list, IsFraction);
  std::vector<Statement> terms;
  for (const Expr& entry : list) {
    Result<Operand> other = MakeOperand(entry);
    if (!other.ok()) return std::move(other).error();
    Operand right = std::move(other).value();
    if (doubles && right.literal != nullptr && right.type() == Type::kInt &&
        value.type() == Type::kText) {
      right = CastAs(std::move(right), Type::kDouble);
    }
    Result<Statement> term = Compare(Op::kEq, value, std::move(right));
    if (!term.ok()) return term;
    terms.push_back(std::move(term).value());
  }
  Statement out;
  AddChain(out, terms, " OR ");
  return out;
}

// --- $contains ------------------------------------------------------------

Result<Statement> Compiler::MakeContains(const Expr& expr) {
  Result<Operand> input = MakeOperand(expr.operands[0]);
  if (!input.ok()) return std::move(input).error();
  Result<Operand> substr = MakeOperand(expr.operands[1]);
  if (!substr.ok()) return std::move(substr).error();
  Operand text = std::move(input).value();
  Operand part = std::move(substr).value();
  if (text.type() == Type::kNull || part.type() == Type::kNull) {
    return Statement{"NULL"};
  }
  if (part.literal != nullptr && part.is_number()) {
    // Its own text, not what SQLite would print.
    part.value.sql = {};
    part.value.sql.Add("?", part.literal->text);
  } else {
    part = CastAs(std::move(part), Type::kText);
  }
  Statement out;
  if (text.type() == Type::kJson) {
    out = JsonCall(
        expr.case_insensitive ? "json_contains_nocase" : "json_contains", text);
  } else {
    out.Add(expr.case_insensitive ? "contains_nocase(" : "(instr(");
    out.Append(CastAs(text, Type::kText).value.sql);
  }
  out.Add(", ");
  out.Append(part.value.sql);
  const bool is_place = text.type() != Type::kJson && !expr.case_insensitive;
  out.Add(is_place ? ") > 0)" : ")");
  return InRows(part, InRows(text, std::move(out)));
}

}  // namespace

Error FieldNotAllowed(std::string_view name) {
  return {Code::kUnprocessable,
          "Field " + std::string(name) + " is not allowed",
          "InvalidFieldError"};
}

Result<Statement> Condition(const Expr& expr, Fields& fields) {
  return Compiler(fields).Make(expr);
}

void AddSortTerms(Statement& out, const FieldSql& field, std::string_view way) {
  Statement value = field.sql;
  if (!field.rows.sql.empty()) {
    value = {"(SELECT "};
    value.Append(field.sql);
    value.Add(" FROM ");
    value.Append(field.rows);
    if (field.type == Type::kJson) {
      value.Add(" AND json_exists(");
      value.Append(field.sql);
      value.Add(", ?)", field.path);
    }
    value.Add(" ORDER BY ");
    value.Add(field.rows_order);
    value.Add(" LIMIT 1)");
  }
  if (field.type != Type::kJson) {
    out.Append(value);
    out.Add(way);
    if (field.nullable) out.Add(" NULLS LAST");
    return;
  }
  // Missing ones last, then by number, then by text.
  const auto add = [&](std::string_view function) {
    out.Add(function);
    out.Append(value);
    out.Add(", ?)", field.path);
  };
  add("json_text_at(");
  out.Add(" IS NULL, ");
  add("json_number_at(");
  out.Add(way);
  out.Add(" NULLS LAST, ");
  add("json_text_at(");
  out.Add(way);
}

}  // namespace bobbin::query
