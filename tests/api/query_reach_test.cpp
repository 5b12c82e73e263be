// Queries beside filters, and beyond the call: refs, feedback, objects and rows
// (contract section 5).

#include <string>
#include <string_view>

#include "support/api_fixture.h"
#include "support/call_bodies.h"
#include "support/catch.h"
#include "support/query_bodies.h"

namespace bobbin::testing {
namespace {

using namespace std::string_view_literals;

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
