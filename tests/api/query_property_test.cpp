// Random calls, random queries: the answer is that of a plain evaluator
// (query_evaluator.h).

#include <array>
#include <cstdlib>
#include <random>
#include <string>
#include <vector>

#include "api/query_evaluator.h"
#include "support/api_fixture.h"
#include "support/call_bodies.h"
#include "support/catch.h"

namespace bobbin::testing {
namespace {

constexpr int kTrees = 10'000;
constexpr int kCalls = 12;

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
      return Cast(true);
    }
    // A comparison; values may not be deep.
    return {.op = Comparison(), .children = {Field(), Literal()}};
  }

  Node Cast(bool may_nest) {
    static const std::array kTypes{"string", "int", "double", "bool", "exists"};
    const std::string type = One(kTypes);
    const int kind = Below(8);
    Node input = Field();
    if (type == "double") {
      // What a double shows of 30 digits is another matter.
      input.name = "inputs.s";
    } else if (kind == 0) {
      input = Literal();
    } else if (kind == 1 && may_nest) {
      // How it prints a double, too.
      do input = Cast(false);
      while (input.name == "double");
    }
    return {.op = "convert", .children = {input}, .name = type};
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

// Another one each time, unless BOBBIN_QUERY_SEED repeats one.
unsigned Seed() {
  const char* given = std::getenv("BOBBIN_QUERY_SEED");
  if (given != nullptr) return static_cast<unsigned>(std::atoll(given));
  return std::random_device()();
}

TEST_CASE("random queries find what a plain evaluator finds", "[api][query]") {
  const unsigned seed = Seed();
  WARN("BOBBIN_QUERY_SEED=" << seed);
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
