// The query language through the API (contract section 5): what a query finds
// is data, "c1 c2", in order of id.

#include <algorithm>
#include <string>
#include <string_view>

#include "support/api_fixture.h"
#include "support/call_bodies.h"
#include "support/catch.h"

namespace bobbin::testing {
namespace {

using namespace std::string_view_literals;

// An operand that is no operation cannot be a query by itself.
std::string Query(const std::string& expr) {
  const bool is_operation = !expr.starts_with("{\"$convert\"");
  return R"("query":{"$expr":)" +
         (is_operation ? expr : R"({"$and":[)" + expr + "]}") + "}";
}
std::string Field(const std::string& name) {
  return R"({"$getField":")" + name + "\"}";
}
std::string Literal(const std::string& json) {
  return R"({"$literal":)" + json + "}";
}
std::string Binary(const std::string& op, const std::string& a,
                   const std::string& b) {
  return "{\"" + op + "\":[" + a + "," + b + "]}";
}
std::string Not(const std::string& expr) {
  return R"({"$not":[)" + expr + "]}";
}
std::string As(const std::string& to, const std::string& input) {
  return R"({"$convert":{"input":)" + input + R"(,"to":")" + to + "\"}}";
}

// What finds it: the stream, the list and the count agree.
std::string Find(Api& api, const std::string& more) {
  const std::string ids = QueryIds(api, more);
  const std::string request = R"({"project_id":"team/app",)" + more + "}";
  const Json list = Json::parse(api.Ok("/calls/query", request)).at("calls");
  const Json stats = Json::parse(api.Ok("/calls/query_stats", request));
  CHECK(stats.at("count") == list.size());
  const auto blanks = static_cast<size_t>(std::ranges::count(ids, ' '));
  CHECK(list.size() == (ids.empty() ? 0 : blanks + 1));
  return ids;
}

// A call for each kind of value, named after it.
void PutValues(Api& api) {
  const std::pair<const char*, const char*> kValues[] = {
      {"absent", R"({"y":1})"},
      {"array", R"({"x":[1, "a"]})"},
      {"big", R"({"x":123456789012345678901234567890})"},
      {"biggr", R"({"x":123456789012345678901234567891})"},
      {"empty", R"({"x":""})"},
      {"false", R"({"x":false})"},
      {"five", R"({"x":5})"},
      {"fivep0", R"({"x":5.0})"},
      {"fivep5", R"({"x":5.5})"},
      {"neg", R"({"x":-7})"},
      {"null", R"({"x":null})"},
      {"obj", R"({"x":{"a": 1}})"},
      {"sfive", R"({"x":"5"})"},
      {"sfivep5", R"({"x":"5.5"})"},
      {"strue", R"({"x":"true"})"},
      {"text", R"({"x":"Hello \"W\u00d6rld\"\n"})"},
      {"true", R"({"x":true})"},
  };
  for (const auto& [id, inputs] : kValues) {
    PutComplete(api, AComplete(id).With("inputs", inputs));
  }
}

TEST_CASE("a JSON field compares with a literal", "[api][query]") {
  Api api;
  PutValues(api);
  struct Row {
    const char* op;
    const char* literal;
    const char* ids;
    const char* not_ids;  // of the $not: those whose cast failed are in neither
  };
  const std::string kAll =
      "absent array big biggr empty false five fivep0 fivep5 neg null obj "
      "sfive sfivep5 strue text true";
  const Row rows[] = {
      {"$eq", "5", "five fivep0 sfive", "big biggr fivep5 neg"},
      {"$eq", "5.0", "five fivep0 sfive", "big biggr fivep5 neg sfivep5"},
      {"$eq", "5.5", "fivep5 sfivep5", "big biggr five fivep0 neg sfive"},
      {"$gt", "5", "big biggr fivep5", "five fivep0 neg sfive"},
      {"$gte", "5", "big biggr five fivep0 fivep5 sfive", "neg"},
      {"$lt", "5.5", "five fivep0 neg sfive", "big biggr fivep5 sfivep5"},
      {"$lte", "-7", "neg", "big biggr five fivep0 fivep5 sfive"},
      {"$eq", "123456789012345678901234567890", "big",
       "biggr five fivep0 fivep5 neg sfive"},
      {"$gt", "123456789012345678901234567890", "biggr",
       "big five fivep0 fivep5 neg sfive"},
      {"$eq", "1e400", "", "big biggr five fivep0 fivep5 neg sfive sfivep5"},
      {"$eq", "true", "strue true",
       "big biggr false five fivep0 fivep5 neg sfive sfivep5"},
      {"$eq", "false", "false",
       "big biggr five fivep0 fivep5 neg sfive sfivep5 strue true"},
      {"$eq", R"("5")", "five fivep0 sfive",
       "absent array big biggr empty false fivep5 neg null obj sfivep5 strue "
       "text true"},
      {"$eq", R"("5.0")", "fivep0",
       "absent array big biggr empty false five fivep5 neg null obj sfive "
       "sfivep5 strue text true"},
      {"$eq", R"("true")", "strue true",
       "absent array big biggr empty false five fivep0 fivep5 neg null obj "
       "sfive sfivep5 text"},
      {"$eq", R"("")", "absent empty null",
       "array big biggr false five fivep0 fivep5 neg obj sfive sfivep5 strue "
       "text true"},
      {"$lt", R"("5")", "absent big biggr empty neg null",
       "array false five fivep0 fivep5 obj sfive sfivep5 strue text true"},
      {"$eq", R"("Hello \"W\u00d6rld\"\n")", "text",
       "absent array big biggr empty false five fivep0 fivep5 neg null obj "
       "sfive sfivep5 strue true"},
      {"$eq", R"("[1,\"a\"]")", "array",
       "absent big biggr empty false five fivep0 fivep5 neg null obj sfive "
       "sfivep5 strue text true"},
      {"$eq", R"([1,{"$literal":"a"}])", "array",
       "absent big biggr empty false five fivep0 fivep5 neg null obj sfive "
       "sfivep5 strue text true"},
      {"$eq", R"({"a" : 1})", "obj",
       "absent array big biggr empty false five fivep0 fivep5 neg null sfive "
       "sfivep5 strue text true"},
      {"$eq", "null", "absent null",
       "array big biggr empty false five fivep0 fivep5 neg obj sfive sfivep5 "
       "strue text true"},
      {"$gt", "null", "", ""},
  };
  for (const Row& row : rows) {
    CAPTURE(row.op, row.literal);
    const std::string expr =
        Binary(row.op, Field("inputs.x"), Literal(row.literal));
    CHECK(Find(api, Query(expr)) == row.ids);
    CHECK(Find(api, Query(Not(expr))) == row.not_ids);
    CHECK(Find(api, Query(Not(Not(expr)))) == row.ids);
  }
  CHECK(Find(api, Query(Binary("$eq", Literal("\"1\""), Literal("\"1\"")))) ==
        kAll);
}

TEST_CASE("what a query finds", "[api][query]") {
  Api api;
  PutValues(api);
  const std::string x = Field("inputs.x");
  const auto in = [&](const std::string& list) {
    return R"({"$in":[)" + x + ",[" + list + "]]}";
  };
  const auto contains = [&](const std::string& input,
                            const std::string& literal,
                            const std::string& more = "") {
    return R"({"$contains":{"input":)" + input + R"(,"substr":)" +
           Literal(literal) + more + "}}";
  };
  const std::string no_case = R"(,"case_insensitive":true)";
  const std::pair<std::string, std::string> rows[] = {
      // $in
      {in(Literal("5") + "," + Literal("-7")), "five fivep0 neg sfive"},
      {in(Literal("5") + "," + Literal("5.5")),
       "five fivep0 fivep5 sfive sfivep5"},
      {in(Literal(R"("5")") + "," + Literal(R"("")")),
       "absent empty five fivep0 null sfive"},
      {in(Literal("true")), "strue true"},
      {in(Literal("null")), "absent null"},
      {in(Literal("null") + "," + Literal("5")),
       "absent five fivep0 null sfive"},
      {in(""), ""},
      {Not(in("")),
       "absent array big biggr empty false five fivep0 fivep5 neg null obj "
       "sfive sfivep5 strue text true"},
      {in(x),
       "absent array big biggr empty false five fivep0 fivep5 neg null "
       "obj sfive sfivep5 strue text true"},
      {R"({"$in":[)" + Literal("5") + ",[" + x + "]]}", "five fivep0 sfive"},
      {in(Literal("123456789012345678901234567891")), "biggr"},
      // $contains
      {contains(x, R"("ello \"W\u00d6")"), "text"},
      {contains(x, R"("HELLO \"w\u00f6")"), ""},
      {contains(x, R"("HELLO \"w\u00f6")", no_case), "text"},
      {contains(x, R"("5")"), "big biggr five fivep0 fivep5 sfive sfivep5"},
      {contains(x, "5.5"), "fivep5 sfivep5"},
      {contains(x, "true"), "strue true"},
      {contains(x, R"("[1,\"a\"")"), "array"},
      {contains(x, R"("")"),
       "absent array big biggr empty false five fivep0 fivep5 neg null obj "
       "sfive sfivep5 strue text true"},
      {contains(x, "null"), ""},
      {Not(contains(x, "null")), ""},
      {contains(Field("inputs"), R"("\"y\":1")"), "absent"},
      {contains(Field("id"), R"("iVe")"), ""},
      {contains(Field("id"), R"("iVe")", no_case),
       "five fivep0 fivep5 sfive sfivep5"},
      {contains(Field("started_at"), R"("2024-01-01T00")"),
       "absent array big biggr empty false five fivep0 fivep5 neg null obj "
       "sfive sfivep5 strue text true"},
      // $convert
      {As("exists", x),
       "array big biggr empty false five fivep0 fivep5 neg obj sfive sfivep5 "
       "strue text true"},
      {Not(As("exists", x)), "absent null"},
      {Binary("$eq", As("exists", x), Literal("false")), "absent null"},
      {Binary("$eq", As("int", x), Literal("5")), "five fivep0 sfive"},
      {Not(Binary("$eq", As("int", x), Literal("5"))), "big biggr neg"},
      {Binary("$eq", As("int", x), Literal("123456789012345678901234567890")),
       "big"},
      {Binary("$gt", As("double", x), Literal("5")),
       "big biggr fivep5 sfivep5"},
      {Binary("$eq", As("bool", x), Literal("true")), "strue true"},
      {Binary("$eq", As("string", x), Literal(R"("true")")), "strue true"},
      {Binary("$eq", As("string", x), Literal(R"("")")), "absent empty null"},
      {Binary("$eq", As("int", As("string", x)), Literal("-7")), "neg"},
      // A field by itself is true or not.
      {R"({"$and":[)" + x + "]}",
       "big biggr five fivep0 fivep5 neg sfive sfivep5 strue true"},
      {Not(x), "false"},
      // Two fields.
      {Binary("$eq", x, Field("inputs.y")), "empty null"},
      {Binary("$lt", Field("inputs.y"), x),
       "array big biggr false five fivep0 fivep5 neg obj sfive sfivep5 strue "
       "text true"},
      {Binary("$eq", x, Field("id")), "false true"},
      // Three truths.
      {R"({"$or":[)" + Binary("$eq", x, Literal("5")) + "," +
           Binary("$eq", Field("id"), Literal("\"text\"")) + "]}",
       "five fivep0 sfive text"},
      {Not(R"({"$or":[)" + Binary("$eq", x, Literal("5")) + "," +
           Binary("$eq", Field("id"), Literal("\"neg\"")) + "]}"),
       "big biggr fivep5"},
      {Not(R"({"$and":[)" + Binary("$eq", x, Literal("5")) + "," +
           Binary("$eq", Field("id"), Literal("\"five\"")) + "]}"),
       "absent array big biggr empty false fivep0 fivep5 neg null obj sfive "
       "sfivep5 strue text true"},
      // Comparisons of comparisons.
      {Binary("$eq", Binary("$eq", Field("id"), Literal("\"neg\"")),
              Literal("true")),
       "neg"},
  };
  for (const auto& [expr, ids] : rows) {
    CAPTURE(expr);
    CHECK(Find(api, Query(expr)) == ids);
  }
}

TEST_CASE("paths lead into objects and lists", "[api][query]") {
  Api api;
  PutComplete(api, AComplete("c1")
                       .With("inputs",
                             R"({"a":{"b":[10,{"c":"deep"},-30]},"acme.x":1,
                                 "n":{"0":"zero","-1":"last"},"":"no name",
                                 "d":1,"d":2,"\u0065":"escaped"})")
                       .With("output", "\"whole\"")
                       .With("attributes", R"({"acme":{"x":2}})")
                       .With("summary", R"({"usage":{"gpt-4.1":
                                 {"prompt_tokens":7}}})"));
  const std::pair<std::string, std::string> rows[] = {
      {"inputs.a.b.0", "10"},
      {"inputs.a.b.1.c", R"("deep")"},
      {"inputs.a.b.-1", "-30"},
      {"inputs.a.b.-3", "10"},
      {"inputs.a.b.-4", "null"},
      {"inputs.a.b.3", "null"},
      {"inputs.a.b.x", "null"},
      {R"(inputs.acme\\.x)", "1"},
      {"inputs.acme.x", "null"},
      {"attributes.acme.x", "2"},
      {"inputs.n.0", R"("zero")"},
      {"inputs.n.-1", R"("last")"},
      {"inputs.d", "2"},
      {"inputs.e", R"("escaped")"},
      {"output", R"("whole")"},
      {"output.x", "null"},
      {R"(summary.usage.gpt-4\\.1.prompt_tokens)", "7"},
  };
  for (const auto& [field, value] : rows) {
    CAPTURE(field);
    CHECK(Find(api, Query(Binary("$eq", Field(field), Literal(value)))) ==
          "c1");
  }
}

TEST_CASE("a dump of OpenTelemetry is where it is shown", "[api][query]") {
  Api api;
  PutStart(api, AStart("c1")
                    .With("attributes", R"({"otel_span":{"s":1}})")
                    .With("otel_dump", R"({"s":2})"));
  PutStart(api, AStart("c2").With("attributes", R"({"otel_span":{"s":1}})"));
  PutStart(api, AStart("c3"));
  const std::string field = Field("attributes.otel_span.s");
  CHECK(Find(api, Query(Binary("$eq", field, Literal("2")))) == "c1");
  CHECK(Find(api, Query(Binary("$eq", field, Literal("1")))) == "c2");
  CHECK(Find(api, Query(Binary("$eq", field, Literal("null")))) == "c3");
}

TEST_CASE("columns compare as what they are", "[api][query]") {
  Api api;
  PutComplete(api, AComplete("c1")
                       .WithText("op_name", "weave:///team/app/op/run:abc")
                       .WithText("thread_id", "th")
                       .With("wb_run_step", "7")
                       .WithText("display_name", "Shown")
                       .WithText("exception", "broke"));
  PutComplete(api, AComplete("c2")
                       .WithText("parent_id", "c1")
                       .WithText("started_at", "2024-01-01T00:00:01.5Z")
                       .With("wb_run_step", "10"));
  PutStart(api, AStart("c3").WithText("started_at", "2024-06-01T00:00:00Z"));
  const auto is = [](const char* op, const char* field, const char* literal) {
    return Binary(op, Field(field), Literal(literal));
  };
  const std::pair<std::string, std::string> rows[] = {
      {is("$eq", "id", R"("c2")"), "c2"},
      {is("$eq", "project_id", R"("team/app")"), "c1 c2 c3"},
      {is("$eq", "project_id", R"("team/two")"), ""},
      {is("$eq", "parent_id", "null"), "c1 c3"},
      {Not(is("$eq", "parent_id", "null")), "c2"},
      {is("$eq", "parent_id", R"("")"), ""},
      {Not(is("$eq", "parent_id", R"("x")")), "c2"},  // NULL is in neither
      {is("$eq", "op_name", R"("weave:///team/app/op/run:abc")"), "c1"},
      {is("$eq", "op_name", R"("nothing")"), ""},
      {Not(is("$eq", "op_name", R"("nothing")")), "c1 c2 c3"},
      {R"({"$in":[)" + Field("op_name") + ",[" + Literal(R"("op")") + "," +
           Literal(R"("x")") + "]]}",
       "c2 c3"},
      {R"({"$contains":{"input":)" + Field("op_name") + R"(,"substr":)" +
           Literal(R"("/run:")") + "}}",
       "c1"},
      {is("$gt", "op_name", R"("p")"), "c1"},
      {is("$gt", "wb_run_step", "7"), "c2"},
      {is("$gte", "wb_run_step", "7.0"), "c1 c2"},
      {is("$eq", "wb_run_step", R"("10")"), "c2"},
      {is("$eq", "wb_run_step", R"("x")"), ""},
      {is("$lt", "wb_run_step", "123456789012345678901234567890"), "c1 c2"},
      {is("$eq", "wb_run_step", "null"), "c3"},
      {R"({"$in":[)" + Field("wb_run_step") + ",[" + Literal("7") + "," +
           Literal("null") + "]]}",
       "c1 c3"},
      {is("$eq", "display_name", R"("Shown")"), "c1"},
      {is("$eq", "exception", "null"), "c2 c3"},
      {is("$eq", "summary.weave.status", R"("error")"), "c1"},
      {is("$eq", "summary.weave.status", R"("success")"), "c2"},
      {is("$eq", "summary.weave.status", R"("running")"), "c3"},
      {is("$gte", "summary.weave.latency_ms", "500"), "c1 c2"},
      {is("$gt", "summary.weave.latency_ms", "500"), "c1"},
      {is("$eq", "summary.weave.latency_ms", "null"), "c3"},
      {is("$eq", "summary.weave.trace_name", R"("Shown")"), "c1"},
      {is("$eq", "summary.weave.trace_name", R"("op")"), "c2 c3"},
      // Times: ISO texts, seconds, milliseconds, dates.
      {is("$gt", "started_at", R"("2024-01-01T00:00:00Z")"), "c2 c3"},
      {is("$eq", "started_at", R"("2024-01-01T01:00:00+01:00")"), "c1"},
      {is("$gte", "started_at", "1704067201.5"), "c2 c3"},
      {is("$lt", "started_at", "1704067201"), "c1"},
      {is("$lt", "started_at", "1.7040672015e9"), "c1"},
      {is("$gt", "started_at", R"("2024-05-31")"), "c3"},
      {is("$lt", "started_at", "1717200000000"), "c1 c2"},
      {is("$eq", "ended_at", "null"), "c3"},
      {is("$lt", "ended_at", R"("2030-01-01")"), "c1 c2"},
      {is("$eq", "deleted_at", "null"), "c1 c2 c3"},
      {Binary("$gt", Field("ended_at"), Field("started_at")), "c1 c2"},
      {Binary("$eq", As("string", Field("started_at")),
              Literal(R"("2024-01-01T00:00:01.500000Z")")),
       "c2"},
      {Binary("$eq", As("double", Field("started_at")),
              Literal("1704067201.5")),
       "c2"},
      {Binary("$eq", As("int", Field("started_at")), Literal("1704067201")),
       "c2"},
      {Binary("$eq", As("exists", Field("thread_id")), Literal("true")), "c1"},
  };
  for (const auto& [expr, ids] : rows) {
    CAPTURE(expr);
    CHECK(Find(api, Query(expr)) == ids);
  }
}

TEST_CASE("a filter and a query both hold", "[api][query]") {
  Api api;
  for (const char* id : {"c1", "c2", "c3"}) {
    PutComplete(api,
                AComplete(id)
                    .WithText("trace_id", id == "c3"sv ? "t2" : "t1")
                    .With("inputs", R"({"x":)" + std::string(1, id[1]) + "}"));
  }
  const std::string above =
      Query(Binary("$gt", Field("inputs.x"), Literal("1")));
  CHECK(Find(api, above) == "c2 c3");
  CHECK(Find(api, above + R"(,"filter":{"trace_ids":["t1"]})") == "c2");
  CHECK(Find(api,
             Query(R"({"$and":[)" +
                   Binary("$eq", Field("trace_id"), Literal("\"t1\"")) + "," +
                   Binary("$in", Field("id"),
                          "[" + Literal("\"c1\"") + "," + Literal("\"c3\"") +
                              "]") +
                   "]}")) == "c1");
  CHECK(QueryIds(api, above + R"(,"limit":1,"sort_by":[{"field":"inputs.x",
                     "direction":"desc"}])") == "c3");
  CHECK(QueryIds(api, above + R"(,"limit":1,"offset":1)") == "c3");
}

TEST_CASE("a query sees its own project alone", "[api][query]") {
  Api api;
  PutComplete(api, AComplete("mine"));
  api.Ok("/call/start",
         Start(AStart("theirs").WithText("project_id", "team/two")));
  const std::string op =
      Query(Binary("$eq", Field("op_name"), Literal("\"op\"")));
  CHECK(Find(api, op) == "mine");
  CHECK(api.Ok("/calls/stream_query",
               R"({"project_id":"nobody/nothing",)" + op + "}")
            .empty());
}

TEST_CASE("refs anywhere in inputs and output are a field", "[api][query]") {
  Api api;
  const std::string ref = "weave:///team/app/object/m:v1";
  PutComplete(
      api, AComplete("c1").With("inputs", R"({"a":[{"b":")" + ref + "\"}]}"));
  PutComplete(api, AComplete("c2").With("output", "\"" + ref + "\""));
  PutComplete(api, AComplete("c3"));
  const std::string literal = Literal("\"" + ref + "\"");
  CHECK(Find(api, Query(Binary("$eq", Field("input_refs"), literal))) == "c1");
  CHECK(Find(api, Query(Binary("$eq", Field("output_refs"), literal))) == "c2");
  CHECK(Find(api, Query(R"({"$contains":{"input":)" + Field("input_refs") +
                        R"(,"substr":)" + Literal("\"/m:\"") + "}}")) == "c1");
  CHECK(Find(api, Query(Not(As("exists", Field("input_refs"))))) == "c2 c3");
}

// --- feedback ---------------------------------------------------------------

// Feedback rows, put straight into the table.
void PutFeedback(Api& api, const std::string& call, const std::string& type,
                 const std::string& payload, int64_t at,
                 const std::string& runnable = "NULL") {
  static int number = 0;
  const std::string sql =
      "INSERT INTO feedback (project, id, weave_ref, call_id, feedback_type, "
      "created_at_us, payload, runnable_ref) SELECT row_id, 'f" +
      std::to_string(++number) + "', 'weave:///team/app/call/" + call + "', '" +
      call + "', '" + type + "', " + std::to_string(at) + ", '" + payload +
      "', " + runnable + " FROM projects WHERE project_id = 'team/app'";
  REQUIRE(api.database()
              .Write([&](db::Connection& connection) {
                connection.Exec(sql);
                return Status();
              })
              .ok());
}

TEST_CASE("feedback matches if any of a call's rows does", "[api][query]") {
  Api api;
  for (const char* id : {"c1", "c2", "c3"}) PutComplete(api, AComplete(id));
  const std::string score = "wandb.runnable.score";
  PutFeedback(api, "c1", score, R"({"output":{"v":1}})", 1, "'ref-a'");
  PutFeedback(api, "c1", score, R"({"output":{"v":9}})", 2);
  PutFeedback(api, "c1", "note", R"({"note":null})", 3);
  PutFeedback(api, "c2", score, R"({"output":{"v":5}})", 4, "'ref-b'");
  PutFeedback(api, "c2", "other", R"({"output":{"v":100}})", 5);
  const std::string value = "feedback.[wandb.runnable.score].payload.output.v";
  const std::pair<std::string, std::string> rows[] = {
      {Binary("$eq", Field(value), Literal("1")), "c1"},
      {Binary("$gt", Field(value), Literal("4")), "c1 c2"},
      {Binary("$gt", Field(value), Literal("50")), ""},
      {Binary("$lt", Literal("50"), Field("feedback.[*].payload.output.v")),
       "c2"},
      {Not(Binary("$eq", Field(value), Literal("1"))), "c2 c3"},
      {Binary("$eq", Field(value), Literal("null")), "c3"},
      {As("exists", Field(value)), "c1 c2"},
      {As("exists", Field("feedback.[note].payload.note")), "c1"},
      {As("exists", Field("feedback.[note].payload.x")), ""},
      {Binary("$eq", Field("feedback.[wandb.runnable.score].runnable_ref"),
              Literal("\"ref-b\"")),
       "c2"},
      {As("exists", Field("feedback.[*].trigger_ref")), ""},
      {Binary("$gt", As("double", Field(value)), Literal("8.5")), "c1"},
      {R"({"$in":[)" + Field(value) + ",[" + Literal("5") + "]]}", "c2"},
      {R"({"$contains":{"input":)" + Field("feedback.[*].payload") +
           R"(,"substr":)" + Literal("\"100\"") + "}}",
       "c2"},
      // Both in one comparison: any pair of rows.
      {Binary("$lt", Field(value), Field("feedback.[other].payload.output.v")),
       "c2"},
  };
  for (const auto& [expr, ids] : rows) {
    CAPTURE(expr);
    CHECK(Find(api, Query(expr)) == ids);
  }
  // A sort goes by the newest row that has the value.
  const auto sorted = [&](const std::string& field, const char* direction) {
    return QueryIds(api, R"("sort_by":[{"field":")" + field +
                             R"(","direction":")" + direction + "\"}]");
  };
  CHECK(sorted(value, "asc") == "c2 c1 c3");
  CHECK(sorted(value, "desc") == "c1 c2 c3");
  CHECK(sorted("feedback.[*].payload.output.v", "desc") == "c2 c1 c3");
  CHECK(sorted("feedback.[*].runnable_ref", "desc") == "c2 c1 c3");
}

// --- refs -------------------------------------------------------------------

std::string Publish(Api& api, const std::string& name, const std::string& val,
                    const std::string& project = "team/app") {
  return Json::parse(api.Ok("/obj/create", R"({"obj":{"project_id":")" +
                                               project + R"(","object_id":")" +
                                               name + R"(","val":)" + val +
                                               "}}"))
      .at("digest");
}

TEST_CASE("filters and sorts reach through refs", "[api][query]") {
  Api api;
  const auto ref = [](const std::string& name, const std::string& digest) {
    return "\"weave:///team/app/object/" + name + ":" + digest + "\"";
  };
  const std::string first = Publish(api, "model", R"({"name":"one","n":2})");
  const std::string inner = Publish(api, "inner", R"({"k":"v","l":[7,8]})");
  Publish(api, "model",
          R"({"name":"two","n":10,"sub":)" + ref("inner", inner) + "}");
  const std::string away =
      Publish(api, "away", R"({"name":"gone"})", "team/two");
  const auto put = [&](const char* id, const std::string& model) {
    PutComplete(api,
                AComplete(id).With("inputs", R"({"model":)" + model + "}"));
  };
  put("byhash", ref("model", first));
  put("byv1", ref("model", "v1"));
  put("edge", ref("outer", "v0/attr/a.b/key/c%2Fd/index/1"));
  put("foreign", "\"weave:///team/two/object/away:" + away + "\"");
  put("latest", ref("model", "latest"));
  put("missing", ref("model", "v9"));
  put("plain", R"({"name":"one","n":5})");
  put("text", "\"weave is nice\"");
  Publish(api, "outer", R"({"a.b":{"c/d":[1,{"name":"edgy","n":7}]}})");

  const std::string expand = R"(,"expand_columns":["inputs.model"])";
  const std::string nested =
      R"(,"expand_columns":["inputs.model.sub","inputs.model"])";
  const auto is = [](const std::string& field, const std::string& literal) {
    return Query(Binary("$eq", Field(field), Literal(literal)));
  };
  CHECK(Find(api, is("inputs.model.name", "\"one\"")) == "plain");
  CHECK(Find(api, is("inputs.model.name", "\"one\"") + expand) ==
        "byhash plain");
  CHECK(Find(api, is("inputs.model.name", "\"two\"") + expand) ==
        "byv1 latest");
  CHECK(Find(api, is("inputs.model.name", "\"edgy\"") + expand) == "edge");
  CHECK(Find(api, is("inputs.model.name", "null") + expand) ==
        "foreign missing text");
  // The column itself is still the ref.
  CHECK(Find(api, is("inputs.model", ref("model", "latest")) + expand) ==
        "latest");
  // Through a ref within what a ref leads to.
  CHECK(Find(api, is("inputs.model.sub.k", "\"v\"") + expand) == "");
  CHECK(Find(api, is("inputs.model.sub.k", "\"v\"") + nested) == "byv1 latest");
  CHECK(Find(api, is("inputs.model.sub.l.-1", "8") + nested) == "byv1 latest");
  CHECK(QueryIds(api, R"("sort_by":[{"field":"inputs.model.n",
                         "direction":"desc"}])" +
                          expand) ==
        "byv1 latest edge plain byhash foreign missing text");

  // Deleted objects are missing.
  REQUIRE(api.database()
              .Write([](db::Connection& connection) {
                connection.Exec(
                    "UPDATE objects SET deleted_at_us = 1 WHERE "
                    "object_id = 'model' AND version_index = 1");
                return Status();
              })
              .ok());
  CHECK(Find(api, is("inputs.model.name", "\"two\"") + expand) == "");
  CHECK(Find(api, is("inputs.model.name", "\"one\"") + expand) ==
        "byhash latest plain");
}

TEST_CASE("filters and sorts reach through refs to the rows of a dataset",
          "[api][query]") {
  Api api;
  const Json table = Json::parse(
      api.Ok("/table/create", R"({"table":{"project_id":"team/app","rows":[
                {"q":"one","n":1},{"q":"two","n":10},
                {"q":"deep","n":2,"l":[{"a/b":"x"}]}]}})"));
  const std::string table_ref =
      "weave:///team/app/table/" + table.at("digest").get<std::string>();
  const std::string dataset =
      "weave:///team/app/object/data:" +
      Publish(api, "data", R"({"rows":)" + Quoted(table_ref) + "}");
  Publish(api, "doomed", R"({"rows":)" + Quoted(table_ref) + "}");
  const auto row = [&](int i) {
    return "/id/" + table.at("row_digests")[i].get<std::string>();
  };
  const auto put = [&](const char* id, const std::string& example) {
    PutComplete(api, AComplete(id).With(
                         "inputs", R"({"example":)" + Quoted(example) + "}"));
  };
  put("deleted", "weave:///team/app/object/doomed:v0/attr/rows" + row(0));
  put("foreign", "weave:///team/two/object/data:v0/attr/rows" + row(0));
  put("part", dataset + "/attr/rows" + row(2) + "/key/l/index/0");
  put("row1", dataset + "/attr/rows" + row(0));
  put("row2", dataset + "/attr/rows" + row(1));
  put("row3", table_ref + row(2));
  put("table", table_ref);
  put("unknown", dataset + "/attr/rows/id/none");
  put("whole", dataset);
  api.Ok("/obj/delete", R"({"project_id":"team/app","object_id":"doomed"})");

  const std::string expand = R"(,"expand_columns":["inputs.example"])";
  const auto is = [&](const std::string& field, const std::string& literal) {
    return Find(api,
                Query(Binary("$eq", Field(field), Literal(literal))) + expand);
  };
  CHECK(is("inputs.example.q", "\"one\"") == "row1");
  CHECK(is("inputs.example.n", "10") == "row2");
  CHECK(is("inputs.example.l.0.a/b", "\"x\"") == "row3");
  CHECK(is("inputs.example.a/b", "\"x\"") == "part");
  CHECK(is("inputs.example.rows", Quoted(table_ref)) == "whole");
  CHECK(is("inputs.example.q", "null") ==
        "deleted foreign part table unknown whole");
  CHECK(is("inputs.example", Quoted(table_ref)) == "table");
  CHECK(QueryIds(api, R"("sort_by":[{"field":"inputs.example.n",
                         "direction":"asc"}],"limit":3)" +
                          expand) == "row1 row3 row2");
  // What is not expanded is not reached.
  CHECK(Find(api, Query(Binary("$eq", Field("inputs.example.n"),
                               Literal("10")))) == "");
}

// --- errors -----------------------------------------------------------------

TEST_CASE("a query that is wrong is refused, also where there is nothing",
          "[api][query]") {
  struct Row {
    std::string query;
    int status;
    std::string says;
  };
  const Row row = GENERATE(values<Row>({
      {"[]", 422, "model_attributes_type"},
      {"{}", 422, "missing"},
      {R"({"$expr":{"$nope":[]}})", 422, "extra_forbidden"},
      {R"({"$expr":{"$eq":[{"$literal":1}]}})", 422, "missing"},
      {R"({"$expr":{"$eq":[{"$getField":"nope"},{"$literal":1}]}})", 422,
       R"("reason":"Field nope is not allowed","error_type":"InvalidFieldError")"},
      {R"({"$expr":{"$eq":[{"$getField":"storage_size_bytes"},
                           {"$literal":1}]}})",
       422, "InvalidFieldError"},
      {R"({"$expr":{"$and":[]}})", 400, "Empty AND operation"},
      {R"({"$expr":{"$or":[]}})", 400, "Empty OR operation"},
      {R"({"$expr":{"$in":[{"$getField":"inputs.x"},
                           [{"$literal":1},{"$literal":"a"}]]}})",
       400, "different types"},
      {R"({"$expr":{"$lt":[{"$getField":"started_at"},
                           {"$literal":"soon"}]}})",
       400, "not a time"},
  }));
  CAPTURE(row.query);
  Api api;
  for (const char* project : {"team/app", "nobody/nothing"}) {
    for (const char* path :
         {"/calls/stream_query", "/calls/query", "/calls/query_stats"}) {
      const api::Response response =
          api.Post(path, R"({"project_id":")" + std::string(project) +
                             R"(","query":)" + row.query + "}");
      CHECK(response.status == row.status);
      CHECK_THAT(response.body, Catch::Contains(row.says));
    }
  }
}

}  // namespace
}  // namespace bobbin::testing
