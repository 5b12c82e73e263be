#include "query/where.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "json/number.h"
#include "model/call_record.h"
#include "query/call_fields.h"
#include "query/where_lexer.h"

namespace bobbin::query {
namespace {

using json::Kind;

// Short names of fields.
struct Alias {
  std::string_view name;
  std::string_view field;
};
constexpr auto kAliases = std::to_array<Alias>({
    {"status", "summary.weave.status"},
    {"latency_ms", "summary.weave.latency_ms"},
    {"latency", "summary.weave.latency_ms"},
    {"name", "summary.weave.trace_name"},
    {"trace_name", "summary.weave.trace_name"},
    {"op", "op_name"},
    {"trace", "trace_id"},
    {"parent", "parent_id"},
    {"thread", "thread_id"},
    {"turn", "turn_id"},
    {"started", "started_at"},
    {"ended", "ended_at"},
    {"error", "exception"},
    {"user", "wb_user_id"},
    {"run", "wb_run_id"},
    {"usage", "summary.usage"},
    {"usage.*", "summary.usage"},  // and what is below it
});

// Ways to compare two sides.
struct Comparison {
  std::string_view word;
  Op op;
  bool negated = false;
  bool case_insensitive = false;
};
constexpr auto kComparisons = std::to_array<Comparison>({
    {"=", Op::kEq},
    {"==", Op::kEq},
    {"!=", Op::kEq, true},
    {"<>", Op::kEq, true},
    {"<", Op::kLt},
    {"<=", Op::kLte},
    {">", Op::kGt},
    {">=", Op::kGte},
    {"contains", Op::kContains},
    {"icontains", Op::kContains, false, true},
});

constexpr std::string_view kComparisonExpected =
    "=, !=, <, <=, >, >=, in, contains, icontains or is";
constexpr std::string_view kSideExpected =
    "a field or a value (text is put in quotes)";

constexpr auto kKeywords = std::to_array<std::string_view>(
    {"and", "or", "not", "in", "is", "exists", "contains", "icontains", "true",
     "false", "null"});

constexpr std::string_view kStatusField = "summary.weave.status";

constexpr std::string_view kRefBegin = "weave:///";

bool SameWord(std::string_view typed, std::string_view word) {
  return std::ranges::equal(typed, word, [](char a, char b) {
    return (a >= 'A' && a <= 'Z' ? a | 0x20 : a) == b;
  });
}

std::string FieldOf(std::string_view name) {
  for (const Alias& alias : kAliases) {
    if (name == alias.name) return std::string(alias.field);
    const std::string_view stem = alias.name.substr(0, alias.name.size() - 1);
    if (alias.name.ends_with(".*") && name.starts_with(stem)) {
      return std::string(alias.field) + "." +
             std::string(name.substr(stem.size()));
    }
  }
  return std::string(name);
}

Expr Constant(Kind kind, std::string text) {
  return {.op = Op::kLiteral, .text = std::move(text), .kind = kind};
}

Expr Make(Op op, std::vector<Expr> operands) {
  return {.op = op, .operands = std::move(operands)};
}

Expr Not(Expr expr) { return Make(Op::kNot, {std::move(expr)}); }

int DepthOf(const Expr& expr) {
  int deepest = 0;
  for (const Expr& operand : expr.operands) {
    deepest = std::max(deepest, DepthOf(operand));
  }
  return deepest + 1;
}

size_t NodesOf(const Expr& expr) {
  size_t nodes = 1;
  for (const Expr& operand : expr.operands) nodes += NodesOf(operand);
  return nodes;
}

// The op by the name inside its refs, too: in $expr there is no field for it.
bool IsOpByName(const Expr& left, const Expr& right) {
  return left.op == Op::kGetField && left.text == "op_name" &&
         right.op == Op::kLiteral && right.kind == Kind::kString &&
         !right.text.starts_with(kRefBegin);
}

Expr OpIsNamed(Expr field, Expr name) {
  Expr part = Constant(Kind::kString, "/op/" + name.text + ":");
  Expr within = Make(Op::kContains, {field, std::move(part)});
  Expr same = Make(Op::kEq, {std::move(field), std::move(name)});
  return Make(Op::kOr, {std::move(same), std::move(within)});
}

Expr Compared(const Comparison& row, Expr left, Expr right) {
  Expr made;
  if (row.op == Op::kEq && IsOpByName(left, right)) {
    made = OpIsNamed(std::move(left), std::move(right));
  } else {
    made = Make(row.op, {std::move(left), std::move(right)});
    made.case_insensitive = row.case_insensitive;
  }
  return row.negated ? Not(std::move(made)) : made;
}

Expr OneOf(Expr field, std::vector<Expr> list) {
  if (field.op == Op::kGetField && field.text == "op_name") {
    std::vector<Expr> any;
    any.reserve(list.size());
    for (Expr& entry : list) {
      any.push_back(Compared(kComparisons.front(), field, std::move(entry)));
    }
    if (any.size() == 1) return std::move(any.front());
    return Make(Op::kOr, std::move(any));
  }
  list.insert(list.begin(), std::move(field));
  return Make(Op::kIn, std::move(list));
}

// Reads one text. After the first error it only finds its way out.
class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text), lexer_(text) {
    Advance();
  }

  Result<Expr> Run() {
    Expr expr = ReadOr(1);
    if (!error_ && next_.token != Token::kEnd) Expect("and, or, or the end");
    if (!error_ && DepthOf(expr) > kMaxQueryDepth) TooDeep();
    if (!error_ && NodesOf(expr) > kMaxQueryNodes) TooMany();
    if (error_) return std::move(*error_);
    return expr;
  }

 private:
  void Advance() {
    next_ = lexer_.Next();
    if (next_.token == Token::kBroken) Expect(next_.text);
  }

  // 1, 2, ...: the character at a byte.
  size_t PositionOf(size_t at) const {
    const std::string_view before = text_.substr(0, at);
    return 1 + static_cast<size_t>(std::ranges::count_if(
                   before, [](char c) { return (c & 0xC0) != 0x80; }));
  }

  void FailAt(size_t at, std::string_view what) {
    if (error_) return;
    const std::string position = std::to_string(PositionOf(at));
    error_ = Invalid("where, character " + position + ": " + std::string(what));
    error_->type = "InvalidWhere";
    error_->members = ",\"position\":" + position;
  }

  void Expect(std::string_view expected) {
    constexpr size_t kShown = 40;
    std::string found = "the end";
    if (next_.token != Token::kEnd) {
      size_t size = std::min(kShown, next_.raw.size());
      while (size < next_.raw.size() && (next_.raw[size] & 0xC0) == 0x80) {
        ++size;
      }
      found = std::string(next_.raw.substr(0, size));
    }
    FailAt(next_.at, "expected " + std::string(expected) + ", found " + found);
  }

  void TooDeep() { FailAt(next_.at, "this is nested too deeply"); }
  void TooMany() {
    FailAt(next_.at, "there are too many fields and values before this");
  }

  bool IsNextWord(std::string_view word) const {
    return next_.token == Token::kWord && SameWord(next_.raw, word);
  }
  bool IsNextSign(std::string_view sign) const {
    return next_.token == Token::kSign && next_.raw == sign;
  }
  bool TakeWord(std::string_view word) {
    if (error_ || !IsNextWord(word)) return false;
    Advance();
    return true;
  }
  bool TakeSign(std::string_view sign) {
    if (error_ || !IsNextSign(sign)) return false;
    Advance();
    return true;
  }

  bool Count() {
    if (++nodes_ <= kMaxQueryNodes) return true;
    TooMany();
    return false;
  }

  Expr ReadChain(std::string_view word, Op op, int depth,
                 Expr (Parser::*read)(int)) {
    std::vector<Expr> terms;
    do {
      terms.push_back((this->*read)(depth));
    } while (TakeWord(word));
    if (terms.size() == 1) return std::move(terms.front());
    return Make(op, std::move(terms));
  }

  Expr ReadOr(int depth) {
    return ReadChain("or", Op::kOr, depth, &Parser::ReadAnd);
  }

  Expr ReadAnd(int depth) {
    return ReadChain("and", Op::kAnd, depth, &Parser::ReadNot);
  }

  Expr ReadNot(int depth) {
    if (depth > kMaxQueryDepth) {
      TooDeep();
      return {};
    }
    if (TakeWord("not")) return Not(ReadNot(depth + 1));
    if (TakeSign("(")) {
      Expr inner = ReadOr(depth + 1);
      if (!error_ && !TakeSign(")")) Expect("and, or, or )");
      return inner;
    }
    return ReadComparison();
  }

  Expr ReadComparison() {
    if (TakeWord("exists")) return Exists(ReadField());
    const size_t left_at = next_.at;
    Expr left = ReadSide();
    if (error_) return {};
    if (TakeWord("is")) {
      const bool negated = TakeWord("not");
      if (!error_ && !TakeWord("null")) {
        Expect(negated ? "null" : "null or not null");
      }
      Expr null =
          Make(Op::kEq, {std::move(left), Constant(Kind::kNull, "null")});
      return negated ? Not(std::move(null)) : null;
    }
    const bool negated = TakeWord("not");
    if (TakeWord("in")) {
      const size_t at = next_.at;
      std::vector<Expr> list = ReadList();
      for (const Expr& value : list) {
        CheckValue(kComparisons.front(), left, value, at);
      }
      Expr in = OneOf(std::move(left), std::move(list));
      return negated ? Not(std::move(in)) : in;
    }
    if (negated) {
      Expect("in");
      return {};
    }
    const auto* const row =
        std::ranges::find_if(kComparisons, [this](const Comparison& c) {
          return IsNextSign(c.word) || IsNextWord(c.word);
        });
    if (row == kComparisons.end()) {
      Expect(kComparisonExpected);
      return {};
    }
    Advance();
    const size_t at = next_.at;
    Expr right = ReadSide();
    CheckValue(*row, left, right, at);
    CheckValue(*row, right, left, left_at);
    return Compared(*row, std::move(left), std::move(right));
  }

  static Expr Exists(Expr field) {
    Expr convert = Make(Op::kConvert, {std::move(field)});
    convert.to = CastTo::kExists;
    return Make(Op::kEq, {std::move(convert), Constant(Kind::kTrue, "true")});
  }

  // That a constant is one that the field may have: else nothing would match,
  // and nobody would know why.
  void CheckValue(const Comparison& row, const Expr& field, const Expr& value,
                  size_t at) {
    if (error_ || field.op != Op::kGetField || value.op != Op::kLiteral ||
        value.kind == Kind::kNull || row.op == Op::kContains) {
      return;
    }
    if (field.text == kStatusField) {
      const bool known =
          std::ranges::find(model::kCallStatusNames, value.text) !=
          model::kCallStatusNames.end();
      if (known || row.op != Op::kEq) return;
      return FailAt(at,
                    "a status is running, success, error or "
                    "descendant_error, not " +
                        value.text);
    }
    static const model::Texts kNothing;
    const Result<FieldSql> found = CallFields("", kNothing).Find(field.text);
    if (found.ok() && found.value().type == Type::kInt &&
        !json::ReadDecimal(value.text)) {
      FailAt(at, "the field is a number, and " + value.text + " is none");
    }
  }

  std::vector<Expr> ReadList() {
    std::vector<Expr> list;
    if (!error_ && !TakeSign("(")) {
      Expect("( and a list of values");
      return list;
    }
    do {
      std::optional<Expr> constant = ReadConstant();
      if (!constant) {
        Expect("a value (text is put in quotes)");
        return list;
      }
      list.push_back(*std::move(constant));
      if (list.size() > kMaxInEntries) FailAt(next_.at, "the list is too long");
    } while (TakeSign(","));
    if (!error_ && !TakeSign(")")) Expect(", or )");
    return list;
  }

  // Nothing if the next word is no constant.
  std::optional<Expr> ReadConstant() {
    struct Word {
      std::string_view word;
      Kind kind;
    };
    static constexpr auto kWords = std::to_array<Word>({
        {"true", Kind::kTrue},
        {"false", Kind::kFalse},
        {"null", Kind::kNull},
    });
    std::optional<Expr> made;
    if (error_ || !Count()) return made;
    if (next_.token == Token::kText) {
      made = Constant(Kind::kString, next_.text);
    } else if (next_.token == Token::kNumber) {
      made = Constant(Kind::kNumber, next_.text);
    } else {
      for (const Word& word : kWords) {
        if (!IsNextWord(word.word)) continue;
        made = Constant(word.kind, std::string(word.word));
      }
    }
    if (made) Advance();
    return made;
  }

  Expr ReadSide() {
    std::optional<Expr> constant = ReadConstant();
    if (constant) return *std::move(constant);
    return ReadField();
  }

  Expr ReadField() {
    if (error_ || !Count()) return {};
    const bool is_keyword =
        next_.token == Token::kWord &&
        std::ranges::any_of(kKeywords, [this](std::string_view word) {
          return SameWord(next_.raw, word);
        });
    const bool quoted = next_.token == Token::kQuoted;
    if ((next_.token != Token::kWord && !quoted) || is_keyword) {
      Expect(kSideExpected);
      return {};
    }
    Expr field{.op = Op::kGetField, .text = FieldOf(next_.text)};
    static const model::Texts kNothing;
    if (!CallFields("", kNothing).Find(field.text).ok()) {
      FailAt(next_.at, "expected a field of calls, found " + next_.text +
                           " (text is put in quotes; inputs, output, "
                           "attributes and summary take a path)");
      return {};
    }
    Advance();
    return field;
  }

  const std::string_view text_;
  WhereLexer lexer_;
  Lexeme next_;
  std::optional<Error> error_;
  size_t nodes_ = 0;
};

}  // namespace

Result<Expr> ParseWhere(std::string_view text) {
  if (text.size() > kMaxWhereBytes) {
    return Invalid("where is at most " + std::to_string(kMaxWhereBytes) +
                   " bytes long");
  }
  return Parser(text).Run();
}

}  // namespace bobbin::query
