#include "query/condition.h"

#include <algorithm>
#include <span>
#include <vector>

#include "query/compare.h"
#include "query/operand.h"

namespace bobbin::query {
namespace {

using json::Kind;

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
    Result<Statement> condition = Make(inner);
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
  // Integers among other numbers are compared with what is no integer, too.
  const bool doubles = std::ranges::any_of(list, IsFraction);
  std::vector<Statement> terms;
  for (const Expr& entry : list) {
    Result<Operand> other = MakeOperand(entry);
    if (!other.ok()) return std::move(other).error();
    Operand right = std::move(other).value();
    const bool as_number = doubles && right.literal != nullptr &&
                           right.type() == Type::kInt &&
                           value.type() == Type::kText;
    Result<Statement> term = Compare(
        Op::kEq, as_number ? CastAsNumber(value) : value, std::move(right));
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
  part = CastAs(std::move(part), Type::kText);
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

Result<Statement> Condition(const Expr& expr, Fields& fields) {
  return Compiler(fields).Make(expr);
}

}  // namespace bobbin::query
