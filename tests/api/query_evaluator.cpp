#include "api/query_evaluator.h"

#include <algorithm>

namespace bobbin::testing {
namespace {

// --- numbers, as decimal strings without an exponent -------------------------

// Numbers that are not written plainly.
const std::map<std::string, std::string> kSpelled = {
    {"1e2", "100"}, {"1E-1", "0.1"}, {"-0.0", "0"}, {"+5", "5"}};

Text PlainNumber(const std::string& text) {
  if (const auto it = kSpelled.find(text); it != kSpelled.end()) {
    return it->second;
  }
  size_t i = text.starts_with('-') ? 1 : 0;
  size_t digits = 0;
  bool point = false;
  for (; i < text.size(); ++i) {
    if (text[i] == '.' && !point) {
      point = true;
    } else if (text[i] >= '0' && text[i] <= '9') {
      ++digits;
    } else {
      return std::nullopt;
    }
  }
  if (digits == 0) return std::nullopt;
  return text;
}

// Of the same length for all, so that they compare like texts.
struct Wide {
  bool negative;
  std::string digits;
};
Wide Widen(std::string plain) {
  Wide wide{plain.starts_with('-'), {}};
  if (wide.negative) plain.erase(0, 1);
  const size_t point = std::min(plain.find('.'), plain.size());
  std::string fraction = point == plain.size() ? "" : plain.substr(point + 1);
  fraction.resize(20, '0');
  wide.digits =
      std::string(50 - point, '0') + plain.substr(0, point) + fraction;
  if (wide.digits.find_first_not_of('0') == std::string::npos) {
    wide.negative = false;
  }
  return wide;
}
int CompareNumbers(const std::string& a, const std::string& b) {
  const Wide x = Widen(a);
  const Wide y = Widen(b);
  if (x.negative != y.negative) return x.negative ? -1 : 1;
  const int order = x.digits.compare(y.digits);
  const int sign = order < 0 ? -1 : order > 0 ? 1 : 0;
  return x.negative ? -sign : sign;
}
bool IsWhole(const std::string& plain) {
  const size_t point = plain.find('.');
  return point == std::string::npos ||
         plain.find_first_not_of('0', point + 1) == std::string::npos;
}

enum class Type { kNull, kText, kInt, kDouble, kBool, kTime, kJson };

struct Operand {
  Type type = Type::kNull;
  bool literal = false;
  Text value = {};  // text, or a plain number; nothing: NULL
  JsonValue json = {};
};

Operand Number(Type type, Text plain) { return {type, false, plain, {}}; }

std::optional<std::string> CastText(const std::string& text, Type type) {
  if (type == Type::kBool && text == "true") return "1";
  if (type == Type::kBool && text == "false") return "0";
  Text number = PlainNumber(text);
  if (number && type == Type::kInt) {
    if (!IsWhole(*number)) return std::nullopt;
    number->resize(std::min(number->find('.'), number->size()));
    if (number == "-0") number = "0";
  }
  return number;
}

// To text, int, double or bool.
Operand CastTo(const Operand& operand, Type type) {
  if (operand.type == type || operand.type == Type::kNull) return operand;
  if (type == Type::kText) {
    if (operand.type == Type::kJson || operand.literal) {
      return {Type::kText, false, operand.json.text, {}};
    }
    if (operand.type == Type::kBool && operand.value) {
      const std::string& number = *operand.value;
      if (CompareNumbers(number, "1") == 0) {
        return {Type::kText, false, "true", {}};
      }
      if (CompareNumbers(number, "0") == 0) {
        return {Type::kText, false, "false", {}};
      }
      return {Type::kText, false, std::nullopt, {}};
    }
    return {Type::kText, false, operand.value, {}};
  }
  const Text text =
      operand.type == Type::kJson ? Text(operand.json.text) : operand.value;
  if (!text) return Number(type, std::nullopt);
  return Number(type, CastText(*text, type));
}

bool IsNumeric(Type type) {
  return type == Type::kInt || type == Type::kDouble || type == Type::kBool ||
         type == Type::kTime;
}

Truth Decide(const std::string& op, int order) {
  if (op == "$eq") return order == 0;
  if (op == "$gt") return order > 0;
  if (op == "$gte") return order >= 0;
  if (op == "$lt") return order < 0;
  return order <= 0;
}

bool IsNull(const Operand& operand) {
  if (operand.type == Type::kJson) {
    return operand.json.kind == Kind::kMissing ||
           operand.json.kind == Kind::kNull;
  }
  return !operand.value;
}

// `5` for the number `5.0`.
Text WholeText(const JsonValue& json) {
  if (json.kind != Kind::kNumber) return std::nullopt;
  const size_t point = json.json.find('.');
  if (point == std::string::npos || !IsWhole(json.json)) return std::nullopt;
  return json.json.substr(0, point);
}

Truth CompareTexts(const std::string& op, const Operand& a, const Operand& b) {
  const Text x = CastTo(a, Type::kText).value;
  const Text y = CastTo(b, Type::kText).value;
  if (!x || !y) return std::nullopt;
  if (op == "$eq" && a.type == Type::kJson && WholeText(a.json) == y) {
    return true;
  }
  if (op == "$eq" && a.type == Type::kJson && b.type == Type::kJson &&
      WholeText(b.json) == x) {
    return true;
  }
  return Decide(op, x->compare(*y));
}

std::string Mirror(const std::string& op) {
  if (op == "$gt") return "$lt";
  if (op == "$gte") return "$lte";
  if (op == "$lt") return "$gt";
  if (op == "$lte") return "$gte";
  return op;
}

Truth CompareOperands(const std::string& op, Operand a, Operand b) {
  if (a.type == Type::kNull || b.type == Type::kNull) {
    if (op != "$eq") return std::nullopt;
    return IsNull(a.type == Type::kNull ? b : a);
  }
  if (a.type != Type::kJson && b.type == Type::kJson) {
    return CompareOperands(Mirror(op), b, a);
  }
  if (a.type == Type::kJson) {
    const bool both_numbers =
        a.json.kind == Kind::kNumber &&
        (b.type == Type::kJson
             ? b.json.kind == Kind::kNumber
             : b.literal && (b.type == Type::kInt || b.type == Type::kDouble));
    if (both_numbers) {
      const std::string y =
          b.type == Type::kJson ? *PlainNumber(b.json.json) : *b.value;
      return Decide(op, CompareNumbers(*PlainNumber(a.json.json), y));
    }
    if (b.type == Type::kJson) return CompareTexts(op, a, b);
    if (b.type == Type::kText && b.literal) return CompareTexts(op, a, b);
    if (b.type == Type::kText) {
      a = CastTo(a, Type::kText);
      return CompareTexts(op, a, b);
    }
    a = CastTo(a, b.type);
  }
  if (a.type == Type::kText && IsNumeric(b.type)) a = CastTo(a, b.type);
  if (b.type == Type::kText && IsNumeric(a.type)) b = CastTo(b, a.type);
  if (a.type == Type::kText) return CompareTexts(op, a, b);
  if (!a.value || !b.value) return std::nullopt;
  return Decide(op, CompareNumbers(*a.value, *b.value));
}

Truth Or(Truth a, Truth b) {
  if (a == Truth(true) || b == Truth(true)) return true;
  if (!a || !b) return std::nullopt;
  return false;
}
Truth Negated(Truth a) {
  if (!a) return std::nullopt;
  return !*a;
}

std::string Lower(std::string text) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] >= 'A' && text[i] <= 'Z') {
      out += static_cast<char>(text[i] + 32);
    } else if (text.compare(i, 2, "\u00c9") == 0) {
      out += "\u00e9";
      ++i;
    } else {
      out += text[i];
    }
  }
  return out;
}

Operand LiteralOf(const JsonValue& value) {
  switch (value.kind) {
    case Kind::kMissing:
    case Kind::kNull:
      return {.literal = true};
    case Kind::kBool:
      return {Type::kBool, true, value.json == "true" ? "1" : "0", value};
    case Kind::kNumber: {
      const bool whole = value.json.find_first_of(".eE") == std::string::npos;
      return {whole ? Type::kInt : Type::kDouble, true, PlainNumber(value.json),
              value};
    }
    case Kind::kString:
    case Kind::kContainer:
      return {Type::kText, true, value.text, value};
  }
  return {};
}

Operand Value(const Node& node, const Call& call) {
  if (node.op == "literal") return LiteralOf(node.literal);
  if (node.op == "convert") {
    const Operand input = Value(node.children[0], call);
    if (node.name == "exists") {
      return Number(Type::kBool, IsNull(input) ? "0" : "1");
    }
    return CastTo(input, node.name == "string"   ? Type::kText
                         : node.name == "int"    ? Type::kInt
                         : node.name == "double" ? Type::kDouble
                                                 : Type::kBool);
  }
  if (node.op != "field") {
    const Truth truth = Holds(node, call);
    return Number(Type::kBool, truth ? Text(*truth ? "1" : "0") : std::nullopt);
  }
  if (const auto it = call.json.find(node.name); it != call.json.end()) {
    return {Type::kJson, false, {}, it->second};
  }
  if (const auto it = call.texts.find(node.name); it != call.texts.end()) {
    return {Type::kText, false, it->second, {}};
  }
  const bool is_time = call.seconds.contains(node.name);
  const auto number =
      is_time ? call.seconds.at(node.name) : call.ints.at(node.name);
  return Number(is_time ? Type::kTime : Type::kInt,
                number ? Text(std::to_string(*number)) : std::nullopt);
}

Truth InList(const Node& node, const Call& call) {
  const Operand needle = Value(node.children[0], call);
  bool fraction = false;
  for (size_t i = 1; i < node.children.size(); ++i) {
    fraction |= Value(node.children[i], call).type == Type::kDouble;
  }
  Truth any = false;
  for (size_t i = 1; i < node.children.size(); ++i) {
    Operand entry = Value(node.children[i], call);
    if (fraction && entry.type == Type::kInt) entry.type = Type::kDouble;
    any = Or(any, CompareOperands("$eq", needle, entry));
  }
  return any;
}

Truth Contains(const Node& node, const Call& call) {
  const Operand input = Value(node.children[0], call);
  const Operand part = Value(node.children[1], call);
  if (input.type == Type::kNull || part.type == Type::kNull) {
    return std::nullopt;
  }
  const Text text = CastTo(input, Type::kText).value;
  const Text wanted = CastTo(part, Type::kText).value;
  if (!text || !wanted) return std::nullopt;
  if (node.no_case)
    return Lower(*text).find(Lower(*wanted)) != std::string::npos;
  return text->find(*wanted) != std::string::npos;
}

}  // namespace

std::string Node::json() const {
  if (op == "field") return R"({"$getField":")" + name + "\"}";
  if (op == "literal") return R"({"$literal":)" + literal.json + "}";
  if (op == "convert") {
    return R"({"$convert":{"input":)" + children[0].json() + R"(,"to":")" +
           name + "\"}}";
  }
  if (op == "$contains") {
    return R"({"$contains":{"input":)" + children[0].json() + R"(,"substr":)" +
           children[1].json() +
           (no_case ? R"(,"case_insensitive":true}})" : "}}");
  }
  std::string list;
  const size_t from = op == "$in" ? 1 : 0;
  for (size_t i = from; i < children.size(); ++i) {
    list += (i > from ? "," : "") + children[i].json();
  }
  if (op == "$in") {
    return R"({"$in":[)" + children[0].json() + ",[" + list + "]]}";
  }
  return "{\"" + op + "\":[" + list + "]}";
}

Truth Holds(const Node& node, const Call& call) {
  if (node.op == "$and" || node.op == "$or") {
    Truth result = node.op == "$and";
    for (const Node& child : node.children) {
      const Truth truth = Holds(child, call);
      result = node.op == "$or" ? Or(result, truth)
                                : Negated(Or(Negated(result), Negated(truth)));
    }
    return result;
  }
  if (node.op == "$not") return Negated(Holds(node.children[0], call));
  if (node.op == "$in") return InList(node, call);
  if (node.op == "$contains") return Contains(node, call);
  if (node.op == "field" || node.op == "literal" || node.op == "convert") {
    const Operand value = CastTo(Value(node, call), Type::kBool);
    if (value.type == Type::kNull || !value.value) return std::nullopt;
    return CompareNumbers(*value.value, "0") != 0;
  }
  return CompareOperands(node.op, Value(node.children[0], call),
                         Value(node.children[1], call));
}

}  // namespace bobbin::testing
