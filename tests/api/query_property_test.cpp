// Random calls, random queries: the answer is that of an evaluator which is
// written here, from the words of contract section 5 ("-> local" rules), with
// no look at the one in src/. It goes over the calls one by one.

#include <algorithm>
#include <array>
#include <cstdlib>
#include <map>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "support/api_fixture.h"
#include "support/call_bodies.h"
#include "support/catch.h"

namespace bobbin::testing {
namespace {

constexpr int kTrees = 10'000;
constexpr int kCalls = 24;

using Text = std::optional<std::string>;
using Truth = std::optional<bool>;

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

// --- values
// -------------------------------------------------------------------

enum class Kind { kMissing, kNull, kBool, kNumber, kString, kContainer };

// A JSON value as the client wrote it.
struct JsonValue {
  Kind kind = Kind::kMissing;
  std::string json;  // as sent
  std::string text;  // as text: a string's characters, minified JSON
};

JsonValue Str(const std::string& text) {
  return {Kind::kString, Json(text).dump(), text};
}

const std::vector<JsonValue> kValues = {
    {},
    {Kind::kNull, "null", ""},
    {Kind::kBool, "true", "true"},
    {Kind::kBool, "false", "false"},
    {Kind::kNumber, "0", "0"},
    {Kind::kNumber, "1", "1"},
    {Kind::kNumber, "5", "5"},
    {Kind::kNumber, "5.0", "5.0"},
    {Kind::kNumber, "5.5", "5.5"},
    {Kind::kNumber, "-7", "-7"},
    {Kind::kNumber, "-0.0", "-0.0"},
    {Kind::kNumber, "1e2", "1e2"},
    {Kind::kNumber, "100", "100"},
    {Kind::kNumber, "123456789012345678901234567890",
     "123456789012345678901234567890"},
    {Kind::kNumber, "123456789012345678901234567891",
     "123456789012345678901234567891"},
    Str(""),
    Str("a"),
    Str("A"),
    Str("ab c"),
    Str("5"),
    Str("5.0"),
    Str("5.5"),
    Str("+5"),
    Str(" 5"),
    Str("1e2"),
    Str("true"),
    Str("false"),
    Str("null"),
    Str("x\"y\\z\n"),
    Str("\u00c9t\u00e9"),
    {Kind::kString, R"("\u00e9t\u00c9")", "\u00e9t\u00c9"},
    {Kind::kContainer, "[]", "[]"},
    {Kind::kContainer, "[1, 5.0]", "[1,5.0]"},
    {Kind::kContainer, "{ \"a\" : \"5 a\" }", R"({"a":"5 a"})"},
    {Kind::kContainer, R"({"a":["\u00e9","\/"]})",
     "{\"a\":[\"\u00e9\",\"/\"]}"},
};

// A call, as far as queries see it.
struct Call {
  std::string id;
  std::map<std::string, JsonValue> json;  // "inputs.x", ...
  std::map<std::string, Text> texts;      // columns
  std::map<std::string, std::optional<int64_t>> ints;
  std::map<std::string, std::optional<int64_t>> seconds;
};

// --- the evaluator
// ------------------------------------------------------------

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
    if (operand.type == Type::kJson) {
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

// --- trees
// --------------------------------------------------------------------

struct Node {
  std::string op;  // "$and", ..., "field", "literal", "convert"
  std::vector<Node> children = {};
  std::string name = {};  // a field's name, or the type of a convert
  JsonValue literal = {};
  bool no_case = false;

  std::string json() const {
    if (op == "field") return R"({"$getField":")" + name + "\"}";
    if (op == "literal") return R"({"$literal":)" + literal.json + "}";
    if (op == "convert") {
      return R"({"$convert":{"input":)" + children[0].json() + R"(,"to":")" +
             name + "\"}}";
    }
    if (op == "$contains") {
      return R"({"$contains":{"input":)" + children[0].json() +
             R"(,"substr":)" + children[1].json() +
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
};

Operand LiteralOf(const JsonValue& value) {
  switch (value.kind) {
    case Kind::kMissing:
    case Kind::kNull:
      return {.literal = true};
    case Kind::kBool:
      return {Type::kBool, true, value.json == "true" ? "1" : "0", {}};
    case Kind::kNumber: {
      const bool whole = value.json.find_first_of(".eE") == std::string::npos;
      return {whole ? Type::kInt : Type::kDouble,
              true,
              PlainNumber(value.json),
              {}};
    }
    case Kind::kString:
    case Kind::kContainer:
      return {Type::kText, true, value.text, {}};
  }
  return {};
}

Truth Holds(const Node& node, const Call& call);

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
  Text text = CastTo(input, Type::kText).value;
  Text wanted = CastTo(part, Type::kText).value;
  if (input.literal) text = node.children[0].literal.text;
  if (part.literal) wanted = node.children[1].literal.text;
  if (!text || !wanted) return std::nullopt;
  if (node.no_case)
    return Lower(*text).find(Lower(*wanted)) != std::string::npos;
  return text->find(*wanted) != std::string::npos;
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

// --- chance
// -------------------------------------------------------------------

class Chance {
 public:
  explicit Chance(unsigned seed) : random_(seed) {}
  int Below(int n) {
    return std::uniform_int_distribution<>(0, n - 1)(random_);
  }
  template <class List>
  const auto& One(const List& list) {
    return list[static_cast<size_t>(Below(static_cast<int>(list.size())))];
  }

  JsonValue Value() { return One(kValues); }
  Node Literal() {
    JsonValue value = Value();
    if (value.kind == Kind::kMissing) value = kValues[1];
    return {.op = "literal", .literal = value};
  }

  Node Field() {
    static const std::array kNames{
        "inputs.x",  "inputs.x",     "inputs.x",   "inputs.y",  "inputs.a.0",
        "output",    "attributes.z", "id",         "parent_id", "thread_id",
        "exception", "op_name",      "wb_run_step"};
    return {.op = "field", .name = One(kNames)};
  }

  Node Operand(int depth) {
    const int kind = Below(10);
    if (kind < 4) return Field();
    if (kind < 7) return Literal();
    if (kind < 9 || depth > 1) {
      static const std::array kTypes{"string", "int", "double", "exists"};
      const std::string type = One(kTypes);
      // What a double shows of 30 digits is another matter.
      Node input =
          type == "double" ? Node{.op = "field", .name = "inputs.s"} : Field();
      return {.op = "convert", .children = {input}, .name = type};
    }
    // A comparison; values may not be deep.
    return {.op = Comparison(), .children = {Field(), Literal()}};
  }

  // How a double is printed is nobody's business.
  Node Printable(int depth) {
    Node operand = Operand(depth);
    while (operand.name == "double") operand = Operand(depth);
    return operand;
  }

  // A time and something that is one.
  Node TimeComparison() {
    static const std::array<const char*, 2> kTimes{"started_at", "ended_at"};
    static const std::vector<JsonValue> kMoments = {
        {Kind::kNumber, "1704067203", ""},
        {Kind::kNull, "null", ""},
    };
    std::vector<Node> sides{{.op = "field", .name = One(kTimes)}};
    if (Below(3) == 0) {
      sides.push_back({.op = "field", .name = One(kTimes)});
    } else {
      sides.push_back({.op = "literal", .literal = One(kMoments)});
    }
    if (Below(2) == 0) std::swap(sides[0], sides[1]);
    return {.op = Comparison(), .children = sides};
  }

  std::string Comparison() {
    static const std::array kOps{"$eq",  "$eq", "$eq", "$gt",
                                 "$gte", "$lt", "$lte"};
    return One(kOps);
  }

  Node Membership(int depth) {
    Node node{.op = "$in", .children = {Operand(depth)}};
    // Of one sort, nulls aside.
    std::optional<int> sort;
    const int count = Below(5);
    for (int i = 0; i < count; ++i) {
      Node entry = Literal();
      const bool is_null = entry.literal.kind == Kind::kNull;
      const int own = entry.literal.kind == Kind::kBool     ? 0
                      : entry.literal.kind == Kind::kNumber ? 1
                                                            : 2;
      if (!is_null && sort && *sort != own) continue;
      if (!is_null) sort = own;
      node.children.push_back(entry);
    }
    return node;
  }

  Node Condition(int depth) {
    const int kind = Below(depth > 3 ? 6 : 12);
    if (kind < 3) {
      return {.op = Comparison(), .children = {Operand(depth), Operand(depth)}};
    }
    if (kind == 3) return Membership(depth);
    if (kind == 4) {
      return {.op = "$contains",
              .children = {Printable(depth), Printable(depth)},
              .no_case = Below(2) == 0};
    }
    if (kind == 5) return TimeComparison();
    if (kind < 8) return {.op = "$not", .children = {Condition(depth + 1)}};
    Node node{.op = kind < 10 ? "$and" : "$or"};
    const int count = 1 + Below(3);
    for (int i = 0; i < count; ++i) {
      if (Below(8) == 0) {
        node.children.push_back(Operand(depth));
      } else {
        node.children.push_back(Condition(depth + 1));
      }
    }
    return node;
  }

  Text MaybeText() {
    static const std::array kTexts{"", "a", "A", "5", "true", "c3", "op5"};
    if (Below(3) == 0) return std::nullopt;
    return One(kTexts);
  }

 private:
  std::mt19937 random_;
};

Call PutCall(Api& api, Chance& chance, int number) {
  Call call;
  call.id = "c" + std::to_string(100 + number);
  Body body = AComplete(call.id);
  const auto keep = [&](const char* name, JsonValue value) {
    return call.json[name] = value;
  };
  std::string inputs;
  for (const char* key : {"x", "y", "s"}) {
    JsonValue value = chance.Value();
    if (key[0] == 's' && value.text.size() > 20) value = kValues[4];
    keep((std::string("inputs.") + key).c_str(), value);
    if (value.kind == Kind::kMissing) continue;
    inputs += std::string(inputs.empty() ? "" : ", ") + "\"" + key +
              "\" : " + value.json;
  }
  const JsonValue element = chance.Value();
  if (element.kind != Kind::kMissing) {
    keep("inputs.a.0", element);
    inputs += std::string(inputs.empty() ? "" : ",") + R"("a":[)" +
              element.json + ",2]";
  } else {
    keep("inputs.a.0", {});
  }
  body = body.With("inputs", "{" + inputs + "}");
  const JsonValue z = chance.Value();
  keep("attributes.z", z);
  body = body.With("attributes",
                   z.kind == Kind::kMissing ? "{}" : R"({"z":)" + z.json + "}");
  call.texts["id"] = call.id;
  for (const char* name : {"parent_id", "thread_id"}) {
    call.texts[name] = chance.MaybeText();
    // No id is empty: it is none.
    if (call.texts[name] == "") call.texts[name] = std::nullopt;
    if (call.texts[name]) {
      body = body.With(name, Json(*call.texts[name]).dump());
    }
  }
  const std::string op = "op" + std::to_string(chance.Below(6));
  call.texts["op_name"] = op;
  body = body.WithText("op_name", op);
  call.ints["wb_run_step"] = chance.Below(2) == 0
                                 ? std::nullopt
                                 : std::optional<int64_t>(chance.Below(8));
  if (call.ints["wb_run_step"]) {
    body = body.With("wb_run_step", std::to_string(*call.ints["wb_run_step"]));
  }
  // 2024-01-01T00:00:00Z and some seconds.
  const int64_t start = 1704067200 + chance.Below(6);
  call.seconds["started_at"] = start;
  body = body.With("started_at", std::to_string(start));
  JsonValue output = chance.Value();
  call.texts["exception"] = chance.MaybeText();
  if (chance.Below(4) == 0) {
    call.seconds["ended_at"] = std::nullopt;
    call.texts["exception"] = std::nullopt;
    keep("output", {});
    PutStart(api, body.Without("ended_at").Without("summary"));
    return call;
  }
  const int64_t end = start + chance.Below(6);
  call.seconds["ended_at"] = end;
  body = body.With("ended_at", std::to_string(end));
  if (call.texts["exception"]) {
    body = body.With("exception", Json(*call.texts["exception"]).dump());
  }
  if (output.kind == Kind::kMissing) output = kValues[1];
  keep("output", output);
  PutComplete(api, body.With("output", output.json));
  return call;
}

unsigned Seed() {
  const char* given = std::getenv("BOBBIN_QUERY_SEED");
  return given == nullptr ? 20'241 : static_cast<unsigned>(std::atoll(given));
}

TEST_CASE("random queries find what a plain evaluator finds", "[api][query]") {
  const unsigned seed = Seed();
  CAPTURE(seed);  // BOBBIN_QUERY_SEED=... repeats it
  Chance chance(seed);
  Api api;
  std::vector<Call> calls;
  for (int i = 0; i < kCalls; ++i) calls.push_back(PutCall(api, chance, i));

  for (int i = 0; i < kTrees; ++i) {
    const Node tree = chance.Condition(0);
    std::string expected;
    for (const Call& call : calls) {
      if (Holds(tree, call) == Truth(true)) expected += call.id + ' ';
    }
    const std::string request =
        R"({"project_id":"team/app","columns":["id"],"sort_by":[{"field":)"
        R"("id","direction":"asc"}],"query":{"$expr":)" +
        tree.json() + "}}";
    const std::string lines = api.Ok("/calls/stream_query", request);
    std::string found;
    constexpr std::string_view kId = R"("id":")";
    for (size_t at = 0; (at = lines.find("\"id\":\"", at)) != std::string::npos;
         ++at) {
      const size_t begin = at + kId.size();
      found += lines.substr(begin, lines.find('"', begin) - begin) + ' ';
    }
    if (found == expected) continue;
    // One failure says enough.
    CAPTURE(i, tree.json());
    REQUIRE(found == expected);
  }
}

}  // namespace
}  // namespace bobbin::testing
