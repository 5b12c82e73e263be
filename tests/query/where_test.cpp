#include "query/where.h"

#include <string>

#include "json/document.h"
#include "support/catch.h"

namespace bobbin::query {
namespace {

std::string Read(std::string_view where) {
  const Result<Expr> expr = ParseWhere(where);
  if (!expr.ok()) return expr.error().message;
  const std::string text = QueryText(expr.value());
  constexpr std::string_view kBegin = R"({"$expr":)";
  REQUIRE(text.starts_with(kBegin));
  return text.substr(kBegin.size(), text.size() - kBegin.size() - 1);
}

std::string Field(const std::string& name) {
  return R"({"$getField":")" + name + "\"}";
}
std::string Literal(const std::string& json) {
  return R"({"$literal":)" + json + "}";
}
std::string Call(const std::string& op, const std::string& a,
                 const std::string& b) {
  return "{\"" + op + "\":[" + a + "," + b + "]}";
}
std::string Not(const std::string& expr) {
  return R"({"$not":[)" + expr + "]}";
}
const std::string kA = Call("$eq", Field("inputs.a"), Literal("1"));
const std::string kB = Call("$eq", Field("inputs.b"), Literal("2"));
const std::string kC = Call("$eq", Field("inputs.c"), Literal("3"));

struct Row {
  std::string where;
  std::string expr;
};

TEST_CASE("each comparison of where is an operator of the query language",
          "[query]") {
  const std::string x = Field("inputs.x");
  const Row row = GENERATE_COPY(values<Row>({
      {"inputs.x = 1", Call("$eq", x, Literal("1"))},
      {"inputs.x==1", Call("$eq", x, Literal("1"))},
      {"inputs.x != 1", Not(Call("$eq", x, Literal("1")))},
      {"inputs.x <> 1", Not(Call("$eq", x, Literal("1")))},
      {"inputs.x<1", Call("$lt", x, Literal("1"))},
      {"inputs.x <= -1.5e+3", Call("$lte", x, Literal("-1.5e+3"))},
      {"inputs.x>1", Call("$gt", x, Literal("1"))},
      {"inputs.x >= 10", Call("$gte", x, Literal("10"))},
      {"10 < inputs.x", Call("$lt", Literal("10"), x)},
      {"inputs.x = output.y", Call("$eq", x, Field("output.y"))},
      {"inputs.x = true", Call("$eq", x, Literal("true"))},
      {"inputs.x = FALSE", Call("$eq", x, Literal("false"))},
      {"inputs.x is null", Call("$eq", x, Literal("null"))},
      {"inputs.x IS NOT NULL", Not(Call("$eq", x, Literal("null")))},
      {"inputs.x in (1, \"a\", null)", R"({"$in":[)" + x + ",[" + Literal("1") +
                                           "," + Literal("\"a\"") + "," +
                                           Literal("null") + "]]}"},
      {"inputs.x not in (1)",
       Not(R"({"$in":[)" + x + ",[" + Literal("1") + "]]}")},
      {"inputs.x contains 'a'", R"({"$contains":{"input":)" + x +
                                    R"(,"substr":)" + Literal("\"a\"") + "}}"},
      {"inputs.x icontains 'a'", R"({"$contains":{"input":)" + x +
                                     R"(,"substr":)" + Literal("\"a\"") +
                                     R"(,"case_insensitive":true}})"},
      {"exists inputs.x", R"({"$eq":[{"$convert":{"input":)" + x +
                              R"(,"to":"exists"}},)" + Literal("true") + "]}"},
  }));
  CAPTURE(row.where);
  CHECK(Read(row.where) == row.expr);
}

TEST_CASE("not binds before and, and before or; parentheses before all",
          "[query]") {
  const Row row = GENERATE(values<Row>({
      {"inputs.a=1 and inputs.b=2 and inputs.c=3",
       R"({"$and":[)" + kA + "," + kB + "," + kC + "]}"},
      {"inputs.a=1 or inputs.b=2 and inputs.c=3",
       Call("$or", kA, Call("$and", kB, kC))},
      {"inputs.a=1 and inputs.b=2 or inputs.c=3",
       Call("$or", Call("$and", kA, kB), kC)},
      {"(inputs.a=1 or inputs.b=2) and inputs.c=3",
       Call("$and", Call("$or", kA, kB), kC)},
      {"not inputs.a=1 and inputs.b=2", Call("$and", Not(kA), kB)},
      {"NOT (inputs.a=1 AND inputs.b=2)", Not(Call("$and", kA, kB))},
      {"not not inputs.a=1", Not(Not(kA))},
      {"\n((inputs.a=1))\t", kA},
  }));
  CAPTURE(row.where);
  CHECK(Read(row.where) == row.expr);
}

TEST_CASE("short names stand for fields of the API", "[query]") {
  const auto [name, field] = GENERATE(table<std::string, std::string>({
      {"latency_ms", "summary.weave.latency_ms"},
      {"status", "summary.weave.status"},
      {"name", "summary.weave.trace_name"},
      {"trace", "trace_id"},
      {"parent", "parent_id"},
      {"thread", "thread_id"},
      {"turn", "turn_id"},
      {"started", "started_at"},
      {"started_at", "started_at"},
      {"error", "exception"},
      {"user", "wb_user_id"},
      {"run", "wb_run_id"},
      {"usage.gpt-4o.prompt_tokens", "summary.usage.gpt-4o.prompt_tokens"},
      {"attributes.acme\\.language", "attributes.acme\\\\.language"},
      {"`inputs.two words`", "inputs.two words"},
      {"inputs.not", "inputs.not"},
      {"inputs.\u00e9t\u00e9.0.-1", "inputs.\u00e9t\u00e9.0.-1"},
      {"feedback.[wandb.note.1].payload.note",
       "feedback.[wandb.note.1].payload.note"},
      {"feedback.[*].payload.x", "feedback.[*].payload.x"},
      {"inputs.messages[0].role", "inputs.messages.0.role"},
      {"inputs.a[-1][2]", "inputs.a.-1.2"},
      {"inputs.a.[0]", "inputs.a..0"},
      {R"(inputs."two words")", "inputs.two words"},
      {R"(usage."gpt-4.1".requests)", R"(summary.usage.gpt-4\\.1.requests)"},
  }));
  CAPTURE(name);
  CHECK(Read(name + " is null") == Call("$eq", Field(field), Literal("null")));
}

TEST_CASE("a value that a field may have is left alone", "[query]") {
  for (const char* where :
       {"status = 'error'", "status is null", "status contains 'err'",
        "status > 'x'", "latency_ms > '500'", "latency_ms = null",
        "latency_ms = wb_run_step", "inputs.status = 'failed'"}) {
    CAPTURE(where);
    CHECK(ParseWhere(where).ok());
  }
}

TEST_CASE("an op is also known by the name in its ref", "[query]") {
  // The name with what closes it in a ref.
  const std::string greet =
      Call("$or", Call("$eq", Field("op_name"), Literal("\"greet\"")),
           R"({"$contains":{"input":)" + Field("op_name") + R"(,"substr":)" +
               Literal("\"/op/greet:\"") + "}}");
  CHECK(Read("op = 'greet'") == greet);
  CHECK(Read("op_name != 'greet'") == Not(greet));
  CHECK(Read("op in ('greet')") == greet);
  CHECK(Read("op = 'weave:///e/p/op/greet:v1'") ==
        Call("$eq", Field("op_name"), Literal("\"weave:///e/p/op/greet:v1\"")));
  CHECK(Read("op contains 'gre'") == R"({"$contains":{"input":)" +
                                         Field("op_name") + R"(,"substr":)" +
                                         Literal("\"gre\"") + "}}");
}

TEST_CASE("texts have the escapes of JSON in either kind of quotes",
          "[query]") {
  const auto [typed, json] = GENERATE(table<std::string, std::string>({
      {R"("a\"b")", R"("a\"b")"},
      {R"('a"b')", R"("a\"b")"},
      {R"('it\'s')", R"("it's")"},
      {R"("it's")", R"("it's")"},
      {R"("\u00e9\n\\")", "\"\u00e9\\n\\\\\""},
      {"'a\nb'", R"("a\nb")"},
      {"''", R"("")"},
  }));
  CAPTURE(typed);
  CHECK(Read("inputs.x = " + typed) ==
        Call("$eq", Field("inputs.x"), Literal(json)));
}

TEST_CASE("an error says where it is and what was expected", "[query]") {
  const auto [where, message] = GENERATE(table<std::string, std::string>({
      {"",
       "where, character 1: expected a field or a value (text is put in "
       "quotes), found the end"},
      {"inputs.a",
       "where, character 9: expected =, !=, <, <=, >, >=, in, "
       "contains, icontains or is, found the end"},
      {"inputs.a = ",
       "where, character 12: expected a field or a value (text "
       "is put in quotes), found the end"},
      {"inputs.a = 1 inputs.b",
       "where, character 14: expected and, or, or the end, found inputs.b"},
      {"(inputs.a = 1",
       "where, character 14: expected and, or, or ), found "
       "the end"},
      {"inputs.a = 1)",
       "where, character 13: expected and, or, or the end, found )"},
      {"inputs.a in 1",
       "where, character 13: expected ( and a list of values, found 1"},
      {"inputs.a in ()",
       "where, character 14: expected a value (text is put "
       "in quotes), found )"},
      {"inputs.a in (1", "where, character 15: expected , or ), found the end"},
      {"inputs.a not = 1", "where, character 14: expected in, found ="},
      {"inputs.a is 1",
       "where, character 13: expected null or not null, found "
       "1"},
      {"inputs.a = 'x",
       "where, character 12: expected a closing ' for the "
       "text, found 'x"},
      {"`a",
       "where, character 1: expected a closing ` for the field, found "
       "`a"},
      {R"(inputs.a = "\x")",
       "where, character 12: expected a text with the escapes of JSON (\\\" "
       "\\\\ \\n \\u0041), found \"\\x\""},
      {"inputs.\u00e9 = 1x",
       "where, character 12: expected a number (text, also ids and times, is "
       "put in quotes), found 1x"},
      {"started_at > 2026-01-01",
       "where, character 14: expected a number (text, also ids and times, is "
       "put in quotes), found 2026-01-01"},
      {"a = 1",
       "where, character 1: expected a field of calls, found a (text "
       "is put in quotes; inputs, output, attributes and summary "
       "take a path)"},
      {R"(inputs."a = 1)",
       "where, character 8: expected a closing \" for the name, found \"a = 1"},
      {"status = 'failed'",
       "where, character 10: a status is running, success, error or "
       "descendant_error, not failed"},
      {"'failed' != status",
       "where, character 1: a status is running, success, error or "
       "descendant_error, not failed"},
      {"status in ('error', 'bad')",
       "where, character 11: a status is running, success, error or "
       "descendant_error, not bad"},
      {"latency_ms > 'abc'",
       "where, character 14: the field is a number, and abc is none"},
      {"wb_run_step = true",
       "where, character 15: the field is a number, and true is none"},
      {"and = 1",
       "where, character 1: expected a field or a value (text is "
       "put in quotes), found and"},
      {"inputs.a % 1",
       "where, character 10: expected a field, a value, an "
       "operator or a parenthesis, found % 1"},
  }));
  CAPTURE(where);
  const Result<Expr> expr = ParseWhere(where);
  REQUIRE(!expr.ok());
  CHECK(expr.error().code == Code::kInvalid);
  CHECK(expr.error().message == message);
  const size_t comma = message.find(' ', message.find("character") + 10);
  CHECK(expr.error().members ==
        ",\"position\":" + message.substr(17, comma - 18));
}

std::string Repeated(const std::string& text, size_t times) {
  std::string all;
  for (size_t i = 0; i < times; ++i) all += text;
  return all;
}

TEST_CASE("where is bounded in length, depth and number of values", "[query]") {
  CHECK(Read("inputs.a = '" + std::string(kMaxWhereBytes, 'x') + "'") ==
        "where is at most 65536 bytes long");
  const auto has = [](const std::string& where, std::string_view words) {
    const Result<Expr> expr = ParseWhere(where);
    REQUIRE(!expr.ok());
    CHECK(expr.error().code == Code::kInvalid);
    CHECK(expr.error().message.find(words) != std::string::npos);
  };
  has(Repeated("(", 1000) + "inputs.a = 1" + Repeated(")", 1000),
      "nested too deeply");
  has(Repeated("not ", 1000) + "inputs.a = 1", "nested too deeply");
  has("inputs.a in (1" + Repeated(",1", kMaxInEntries) + ")",
      "the list is too long");
  has("op in ('a'" + Repeated(",'a'", 2000) + ")",
      "too many fields and values");
}

TEST_CASE("what where says is read back as the same query", "[query]") {
  const std::string where = GENERATE(
      as<std::string>(),
      R"(inputs.model = "gpt-4o" and latency_ms > 500 or not (status != 'error'
         and exists output.a\.b) and op in ("x", "y"))",
      R"(usage.gpt-4o.total_tokens > 1e3 and attributes.x icontains 'É')");
  const Result<Expr> expr = ParseWhere(where);
  REQUIRE(expr.ok());
  const std::string text = QueryText(expr.value());
  const Result<Expr> again = ParseQuery(text);
  REQUIRE(again.ok());
  CHECK(QueryText(again.value()) == text);
}

}  // namespace
}  // namespace bobbin::query
