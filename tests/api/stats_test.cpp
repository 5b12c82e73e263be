// Statistics below /_bobbin/stats.

#include <string>

#include "support/api_fixture.h"
#include "support/api_rows.h"
#include "support/call_tree.h"
#include "support/catch.h"

namespace bobbin::testing {
namespace {

constexpr std::string_view kStats = "/_bobbin/stats";

// The named members of all rows: "a 1,b 2".
std::string Rows(Api& api, const std::string& body,
                 std::vector<std::string> names) {
  const Json answer = Json::parse(api.Ok(kStats, body));
  std::string text;
  for (const Json& row : answer.at("rows")) {
    if (!text.empty()) text += ", ";
    for (const std::string& name : names) {
      const Json& value = row.at(name);
      if (&name != &names.front()) text += ' ';
      text += value.is_string() ? value.get<std::string>() : value.dump();
    }
  }
  return text;
}

// r: root with what its children used; k1, k2: calls of a model; o: another
// project.
void Fill(Api& api) {
  api.Ok("/cost/create", R"({"project_id":"team/app","costs":{"m":{
          "prompt_token_cost":1,"completion_token_cost":2}}})");
  Calls calls(api);
  calls.Add("r", "t", "", R"({"op_name":"weave:///team/app/op/ask:v1",
      "ended_at":1700000004,"summary":{"usage":{
      "m":{"prompt_tokens":3,"completion_tokens":1},"n":{"total_tokens":5}}}})");
  calls.Add("k1", "t", "r", R"({"op_name":"llm","summary":{"usage":{
      "m":{"prompt_tokens":3,"completion_tokens":1}}}})");
  calls.Add("k2", "t", "r", R"({"op_name":"llm","ended_at":1700000003.0,
      "exception":"x","summary":{"usage":{"n":{"total_tokens":5}}}})");
  calls.Add("k3", "t", "r", R"({"op_name":"tool","ended_at":null})");
  calls.Add("o", "u", "", R"({"op_name":"llm","project_id":"team/other",
      "summary":{"usage":{"m":{"prompt_tokens":10}}}})");
}

TEST_CASE("statistics by op have all numbers", "[api][stats]") {
  Api api;
  Fill(api);
  CHECK(api.Ok(kStats, R"({"project_id":"team/app","by":"op"})") ==
        R"({"rows":[{"op_name":"llm","name":"llm","calls":2,"errors":1,)"
        R"("p50_ms":500.0,"p95_ms":1000.0,"p99_ms":1000.0,)"
        R"("prompt_tokens":3,"completion_tokens":1,"total_tokens":9,)"
        R"("total_cost":5.0},)"
        R"({"op_name":"tool","name":"tool","calls":1,"errors":0,)"
        R"("p50_ms":null,"p95_ms":null,"p99_ms":null,"prompt_tokens":null,)"
        R"("completion_tokens":null,"total_tokens":null,"total_cost":null},)"
        R"({"op_name":"weave:///team/app/op/ask:v1","name":"ask","calls":1,)"
        R"("errors":0,"p50_ms":4000.0,"p95_ms":4000.0,"p99_ms":4000.0,)"
        R"("prompt_tokens":3,"completion_tokens":1,"total_tokens":9,)"
        R"("total_cost":5.0}]})");
}

TEST_CASE("an op of many projects is one row", "[api][stats]") {
  Api api;
  Fill(api);
  CHECK(Rows(api, R"({"by":"op"})",
             {"op_name", "calls", "total_tokens", "total_cost"}) ==
        "llm 3 19 5.0, tool 1 null null, "
        "weave:///team/app/op/ask:v1 1 9 5.0");
}

TEST_CASE("statistics are narrowed down like lists", "[api][stats]") {
  Api api;
  Fill(api);
  const auto [more, rows] = GENERATE(table<std::string, std::string>({
      {R"("project_id":"team/app","limit":1)", "llm 2"},
      {R"("project_id":"team/app","limit":0)", ""},
      {R"("project_id":"no/such")", ""},
      {R"("project_id":"team/other")", "llm 1"},
      {R"("op_names":["llm"])", "llm 3"},
      {R"("op_names":["ask"],"project_id":"team/app")",
       "weave:///team/app/op/ask:v1 1"},
      {R"("statuses":["error","running"])", "llm 1, tool 1"},
      {R"("since":1700000001,"until":1700000003)", "llm 2"},
      {R"("where":"latency_ms >= 1000")",
       "llm 1, weave:///team/app/op/ask:v1 1"},
      {R"("where":"exists usage.n","project_id":"team/app")",
       "llm 1, weave:///team/app/op/ask:v1 1"},
  }));
  CAPTURE(more);
  CHECK(Rows(api, R"({"by":"op",)" + more + "}", {"op_name", "calls"}) == rows);
}

TEST_CASE("a model's tokens are counted once, where they were used",
          "[api][stats]") {
  Api api;
  Fill(api);
  const auto [more, rows] = GENERATE(table<std::string, std::string>({
      {R"("project_id":"team/app")",
       "m m 1 0 500.0 4 5.0, n n 1 1 1000.0 5 "
       "null"},
      {R"("limit":1)", "m m 2 0 500.0 14 5.0"},
      // Of the calls that are asked for none is below it.
      {R"("op_names":["ask"])", "m m 1 0 4000.0 4 5.0, n n 1 0 4000.0 5 null"},
      {R"("project_id":"no/such")", ""},
  }));
  CAPTURE(more);
  CHECK(Rows(api, R"({"by":"model",)" + more + "}",
             {"model", "name", "calls", "errors", "p50_ms", "total_tokens",
              "total_cost"}) == rows);
}

TEST_CASE("a model's name may have a zero byte", "[api][stats]") {
  Api api;
  Calls calls(api);
  calls.Add("a", "t", "", R"({"summary":{"usage":{"x\u0000y":{}}}})");
  calls.Add("b", "u", "", R"({"summary":{"usage":{"":{}}}})");
  const Json rows = Json::parse(api.Ok(kStats, R"({"by":"model"})")).at("rows");
  REQUIRE(rows.size() == 2);
  CHECK(rows[0].at("model") == "");
  CHECK(rows[1].at("model") == std::string("x\0y", 3));
}

TEST_CASE("statistics over time have a row for each bucket with calls",
          "[api][stats]") {
  Api api;
  Fill(api);
  const auto [more, rows] = GENERATE(table<std::string, std::string>({
      {R"("project_id":"team/app","bucket_s":2)",
       "2023-11-14T22:13:20Z 2 0 4, 2023-11-14T22:13:22Z 2 1 5"},
      {R"("bucket_s":3600)", "2023-11-14T22:00:00Z 5 1 19"},
      {R"("project_id":"team/app")",
       "2023-11-14T22:13:20Z 1 0 null, 2023-11-14T22:13:21Z 1 0 4, "
       "2023-11-14T22:13:22Z 1 1 5, 2023-11-14T22:13:23Z 1 0 null"},
      // A day in at most 60 parts.
      {R"("project_id":"team/app","since":1700000000,"until":1700086400)",
       "2023-11-14T22:00:00Z 4 1 9"},
      {R"("project_id":"no/such")", ""},
      {R"("statuses":["error"])", "2023-11-14T22:13:22Z 1 1 5"},
  }));
  CAPTURE(more);
  CHECK(Rows(api, R"({"by":"time",)" + more + "}",
             {"start", "calls", "errors", "total_tokens"}) == rows);
}

TEST_CASE("buckets of time before 1970 begin before their calls",
          "[api][stats]") {
  Api api;
  Calls(api).Add("a", "t", "", R"({"started_at":"1969-12-31T23:59:59Z"})");
  CHECK(Rows(api, R"({"by":"time","bucket_s":60})", {"start", "name"}) ==
        "1969-12-31T23:59:00Z 1969-12-31T23:59:00Z");
}

TEST_CASE("a project that is little of a file has the same statistics",
          "[api][stats]") {
  Api api;
  Calls calls(api);
  for (int i = 0; i < 300; ++i) {
    calls.Add("c" + std::to_string(i), "t" + std::to_string(i), "",
              i % 100 == 7 ? R"({"project_id":"team/small"})" : "{}");
  }
  CHECK(Rows(api, R"({"by":"op","project_id":"team/small"})", {"calls"}) ==
        "3");
  CHECK(Rows(api, R"({"by":"op","project_id":"team/app"})", {"calls"}) ==
        "297");
  CHECK(Rows(api, R"({"by":"op"})", {"calls"}) == "300");
}

TEST_CASE("what is wrong with a question about statistics", "[api][stats]") {
  Api api;
  CheckRows(
      api, {{"by what", "POST /_bobbin/stats", "{}", 422,
             R"([["missing",["body","by"]]])"},
            {"by something else", "POST /_bobbin/stats", R"({"by":"day"})", 400,
             R"({"reason":"by is op, model or time"})"},
            {"no bucket", "POST /_bobbin/stats",
             R"({"by":"time","bucket_s":0})", 400},
            {"a bucket beyond time", "POST /_bobbin/stats",
             R"({"by":"time","bucket_s":9223372036854775807})", 400},
            {"a negative limit", "POST /_bobbin/stats",
             R"({"by":"op","limit":-1})", 400},
            {"a where", "POST /_bobbin/stats", R"({"by":"op","where":"("})",
             400, R"({"error_type":"InvalidWhere"})"},
            {"an unknown member", "POST /_bobbin/stats", R"({"by":"op","x":1})",
             422, R"([["extra_forbidden",["body","x"]]])"}});
}

}  // namespace
}  // namespace bobbin::testing
