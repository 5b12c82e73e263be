// The query language through the API (contract section 5): what a query finds
// is data, "c1 c2", in order of id.

#include <string>
#include <string_view>

#include "support/api_fixture.h"
#include "support/call_bodies.h"
#include "support/catch.h"
#include "support/query_bodies.h"

namespace bobbin::testing {
namespace {

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

}  // namespace
}  // namespace bobbin::testing
