#include "query/expr.h"

#include <algorithm>
#include <array>
#include <span>
#include <utility>

#include "json/write.h"
#include "model/details.h"
#include "model/values.h"

namespace bobbin::query {
namespace {

using json::Kind;
using json::Value;
using model::Loc;

// What an operator is given.
enum class Shape {
  kOperands,  // a list of operands
  kOne,       // a list of one operand
  kPair,      // a list of two operands
  kMember,    // a list of an operand and a list of operands
  kSubstring,
  kCast,
  kName,
  kConstant
};

struct Operator {
  std::string_view name;
  std::string_view alias;  // the field's name in Python
  Op op;
  Shape shape;
  bool is_operation = true;  // may be all of a query
};

constexpr auto kOperators = std::to_array<Operator>({
    {"$and", "and_", Op::kAnd, Shape::kOperands},
    {"$or", "or_", Op::kOr, Shape::kOperands},
    {"$not", "not_", Op::kNot, Shape::kOne},
    {"$eq", "eq_", Op::kEq, Shape::kPair},
    {"$gt", "gt_", Op::kGt, Shape::kPair},
    {"$gte", "gte_", Op::kGte, Shape::kPair},
    {"$lt", "lt_", Op::kLt, Shape::kPair},
    {"$lte", "lte_", Op::kLte, Shape::kPair},
    {"$in", "in_", Op::kIn, Shape::kMember},
    {"$contains", "contains_", Op::kContains, Shape::kSubstring},
    {"$convert", "convert_", Op::kConvert, Shape::kCast, false},
    {"$getField", "get_field_", Op::kGetField, Shape::kName, false},
    {"$literal", "literal_", Op::kLiteral, Shape::kConstant, false},
});

struct Cast {
  std::string_view name;
  CastTo to;
};
constexpr auto kCasts = std::to_array<Cast>({
    {"double", CastTo::kDouble},
    {"string", CastTo::kString},
    {"int", CastTo::kInt},
    {"bool", CastTo::kBool},
    {"exists", CastTo::kExists},
});

const Operator* FindOperator(std::string_view key) {
  const auto row = std::ranges::find_if(kOperators, [key](const Operator& o) {
    return o.name == key || o.alias == key;
  });
  return row == kOperators.end() ? nullptr : &*row;
}

bool HoldsConditions(Op op) {
  return op == Op::kAnd || op == Op::kOr || op == Op::kNot;
}

std::string Most(std::string_view what, size_t count) {
  return "A query has at most " + std::to_string(count) + " " +
         std::string(what);
}

// Reads one query. After the first error it only finds its way out.
class Parser {
 public:
  Result<Expr> Run(Value query) {
    const Loc body{.name = "body"};
    const Loc loc = body.In("query");
    Expr expr;
    if (!IsObject(query, loc)) return std::move(*error_);
    Value inner;
    for (Value v = query.first(); v.exists(); v = v.next()) {
      if (v.key() == "$expr" || v.key() == "expr_") {
        inner = v;
      } else {
        Extra(v, loc);
      }
    }
    if (!inner.exists()) {
      Fail("missing", loc.In("$expr"), "Field required", query.raw());
    } else if (!error_) {
      ReadOperand(inner, expr, loc.In("$expr"), 1, 0, true);
    }
    if (error_) return std::move(*error_);
    return expr;
  }

 private:
  void Fail(std::string_view type, const Loc& loc, std::string_view msg,
            std::string_view input, std::string_view context = {}) {
    if (error_) return;
    model::Details details;
    details.Add(type, loc, msg, input, context);
    error_ = std::move(details).Take();
  }
  void Refuse(std::string message) {
    if (!error_) error_ = Invalid(std::move(message));
  }
  void Extra(Value member, const Loc& loc) {
    Fail("extra_forbidden", loc.In(member.key()),
         "Extra inputs are not permitted", member.raw());
  }

  bool IsObject(Value value, const Loc& loc) {
    if (value.is(Kind::kObject)) return true;
    Fail("model_attributes_type", loc,
         "Input should be a valid dictionary or object to extract fields from",
         value.raw());
    return false;
  }

  // An object with one key, an operator's. `value_depth` counts the levels
  // since the innermost condition.
  void ReadOperand(Value value, Expr& out, const Loc& loc, int depth,
                   int value_depth, bool is_query = false) {
    if (++nodes_ > kMaxQueryNodes) {
      return Refuse(Most("operators, fields and literals", kMaxQueryNodes));
    }
    if (depth > kMaxQueryDepth || value_depth > kMaxValueDepth) {
      return Refuse("The query is nested too deeply");
    }
    if (!IsObject(value, loc)) return;
    const Value member = value.first();
    if (!member.exists()) {
      return Fail("missing", loc.In(is_query ? "$and" : "$literal"),
                  "Field required", value.raw());
    }
    const Operator* row = FindOperator(member.key());
    if (row == nullptr || (is_query && !row->is_operation)) {
      return Extra(member, loc);
    }
    if (member.next().exists()) return Extra(member.next(), loc);
    out.op = row->op;
    Read(*row, member, out, loc.In(member.key()), depth + 1, value_depth);
  }

  void Read(const Operator& row, Value value, Expr& out, const Loc& loc,
            int depth, int value_depth) {
    switch (row.shape) {
      case Shape::kOperands:
        return ReadList(value, out, loc, depth,
                        value_depth == 0 ? 0 : value_depth + 1);
      case Shape::kOne:
      case Shape::kPair: {
        const bool within = !HoldsConditions(row.op) || value_depth > 0;
        return ReadTuple(row, value, out, loc, depth,
                         within ? value_depth + 1 : 0);
      }
      case Shape::kMember:
        return ReadMember(value, out, loc, depth, value_depth + 1);
      case Shape::kSubstring:
        return ReadSubstring(value, out, loc, depth, value_depth + 1);
      case Shape::kCast:
        return ReadCast(value, out, loc, depth, value_depth + 1);
      case Shape::kName:
        return ReadName(value, out, loc);
      case Shape::kConstant:
        return ReadConstant(value, out);
    }
  }

  void ReadList(Value value, Expr& out, const Loc& loc, int depth,
                int value_depth) {
    if (!value.is(Kind::kArray)) {
      return Fail("list_type", loc, "Input should be a valid list",
                  value.raw());
    }
    int64_t index = 0;
    for (Value v = value.first(); v.exists() && !error_; v = v.next()) {
      ReadOperand(v, out.operands.emplace_back(), loc.At(index++), depth,
                  value_depth);
    }
  }

  // True for a list of exactly `size` entries.
  bool IsTuple(Value value, size_t size, const Loc& loc) {
    if (!value.is(Kind::kArray)) {
      Fail("tuple_type", loc, "Input should be a valid tuple", value.raw());
      return false;
    }
    size_t count = 0;
    for (Value v = value.first(); v.exists(); v = v.next()) ++count;
    if (count < size) {
      Fail("missing", loc.At(static_cast<int64_t>(count)), "Field required",
           value.raw());
    } else if (count > size) {
      const std::string most = std::to_string(size);
      const std::string actual = std::to_string(count);
      Fail("too_long", loc,
           "Tuple should have at most " + most +
               (size == 1 ? " item" : " items") + " after validation, not " +
               actual,
           value.raw(),
           R"({"field_type":"Tuple","max_length":)" + most +
               R"(,"actual_length":)" + actual + "}");
    }
    return count == size;
  }

  void ReadTuple(const Operator& row, Value value, Expr& out, const Loc& loc,
                 int depth, int value_depth) {
    if (IsTuple(value, row.shape == Shape::kOne ? 1 : 2, loc)) {
      ReadList(value, out, loc, depth, value_depth);
    }
  }

  void ReadMember(Value value, Expr& out, const Loc& loc, int depth,
                  int value_depth) {
    if (!IsTuple(value, 2, loc)) return;
    const Value needle = value.first();
    ReadOperand(needle, out.operands.emplace_back(), loc.At(0), depth,
                value_depth);
    ReadList(needle.next(), out, loc.At(1), depth, value_depth);
    if (out.operands.size() > kMaxInEntries + 1) {
      Refuse("A list of $in has at most " + std::to_string(kMaxInEntries) +
             " entries");
    }
  }

  void ReadSubstring(Value value, Expr& out, const Loc& loc, int depth,
                     int value_depth) {
    if (!IsObject(value, loc)) return;
    Value input, substr, fold, extra;
    for (Value v = value.first(); v.exists(); v = v.next()) {
      const std::string_view key = v.key();
      Value& place = key == "input"              ? input
                     : key == "substr"           ? substr
                     : key == "case_insensitive" ? fold
                                                 : extra;
      place = v;
    }
    for (const auto& [name, operand] :
         {std::pair("input", input), std::pair("substr", substr)}) {
      if (!operand.exists()) {
        return Fail("missing", loc.In(name), "Field required", value.raw());
      }
      ReadOperand(operand, out.operands.emplace_back(), loc.In(name), depth,
                  value_depth);
    }
    if (fold.exists() && !fold.is(Kind::kNull)) {
      model::Details details;
      model::ReadValue(fold, out.case_insensitive, loc.In("case_insensitive"),
                       details);
      if (!details.empty() && !error_) error_ = std::move(details).Take();
    }
    if (extra.exists()) Extra(extra, loc);
  }

  void ReadCast(Value value, Expr& out, const Loc& loc, int depth,
                int value_depth) {
    if (!IsObject(value, loc)) return;
    Value input, to, extra;
    for (Value v = value.first(); v.exists(); v = v.next()) {
      Value& place = v.key() == "input" ? input : v.key() == "to" ? to : extra;
      place = v;
    }
    if (!input.exists()) {
      return Fail("missing", loc.In("input"), "Field required", value.raw());
    }
    ReadOperand(input, out.operands.emplace_back(), loc.In("input"), depth,
                value_depth);
    if (!to.exists()) {
      return Fail("missing", loc.In("to"), "Field required", value.raw());
    }
    const std::string_view name =
        to.is(Kind::kString) ? to.text() : std::string_view();
    const auto cast = std::ranges::find(kCasts, name, &Cast::name);
    if (cast == kCasts.end()) {
      return Fail(
          "literal_error", loc.In("to"),
          "Input should be 'double', 'string', 'int', 'bool' or 'exists'",
          to.raw(),
          R"({"expected":"'double', 'string', 'int', 'bool' or 'exists'"})");
    }
    out.to = cast->to;
    if (extra.exists()) Extra(extra, loc);
  }

  void ReadName(Value value, Expr& out, const Loc& loc) {
    if (!value.is(Kind::kString)) {
      return Fail("string_type", loc, "Input should be a valid string",
                  value.raw());
    }
    out.text = value.text();
  }

  static void ReadConstant(Value value, Expr& out) {
    out.kind = value.kind();
    out.text = value.is(Kind::kString) ? value.text() : value.raw();
  }

  std::optional<Error> error_;
  size_t nodes_ = 0;
};

bool IsText(const Expr& expr) {
  return expr.op == Op::kLiteral && expr.kind == Kind::kString;
}

bool AddTexts(const Expr& expr, std::string_view field,
              std::vector<std::string>& texts) {
  if (expr.op == Op::kOr) {
    return std::ranges::all_of(expr.operands, [&](const Expr& operand) {
      return AddTexts(operand, field, texts);
    });
  }
  if (expr.op != Op::kEq && expr.op != Op::kIn) return false;
  const auto is_field = [field](const Expr& operand) {
    return operand.op == Op::kGetField && operand.text == field;
  };
  std::span<const Expr> values = std::span(expr.operands).subspan(1);
  if (expr.op == Op::kEq && is_field(expr.operands.back())) {
    values = std::span(expr.operands).first(1);
  } else if (!is_field(expr.operands.front())) {
    return false;
  }
  if (!std::ranges::all_of(values, IsText)) return false;
  for (const Expr& value : values) texts.push_back(value.text);
  return true;
}

}  // namespace

Result<Expr> ParseQuery(std::string_view json) {
  if (json.size() > kMaxQueryBytes) {
    return Invalid(Most("bytes", kMaxQueryBytes));
  }
  json::Document document;
  const json::SyntaxError error = document.Parse(json, json::kMaxDepth);
  if (!error.message.empty()) return Internal("a query that is not JSON");
  return Parser().Run(document.root());
}

std::optional<std::vector<std::string>> OnlyTexts(const Expr& expr,
                                                  std::string_view field) {
  std::vector<std::string> texts;
  if (!AddTexts(expr, field, texts)) return std::nullopt;
  return texts;
}

}  // namespace bobbin::query
