// Projects, traces, ids and the language of `where`, below /_bobbin/.

#include <string>
#include <vector>

#include "support/api_fixture.h"
#include "support/api_rows.h"
#include "support/call_bodies.h"
#include "support/call_tree.h"
#include "support/catch.h"

namespace bobbin::testing {
namespace {

constexpr std::string_view kTraces = "/_bobbin/traces/query";

// The ids of the traces that `body` asks for, or the reason why not.
std::string Ids(Api& api, const std::string& body) {
  const api::Response response = api.Post(kTraces, body);
  if (response.status != 200) return Json::parse(response.body).dump();
  std::string ids;
  for (const Json& line : Lines(response.body)) {
    if (!ids.empty()) ids += ' ';
    ids += line.at("id").get<std::string>();
  }
  return ids;
}

std::string Where(const std::string& where, const std::string& more = "") {
  return Json{{"project_id", "team/app"}, {"where", where}}.dump().insert(1,
                                                                          more);
}

TEST_CASE("an empty file has no projects and no traces", "[api][reports]") {
  Api api;
  CheckRow(api, {"projects", "GET /_bobbin/projects", "", 200,
                 R"({"projects":[]})"});
  CHECK(api.Ok(kTraces, "{}").empty());
  CHECK(api.Ok(kTraces, R"({"project_id":"no/such"})").empty());
  CHECK(api.Ok("/_bobbin/resolve", R"({"id":"x"})") == R"({"matches":[]})");
}

TEST_CASE("projects come with their counts, the busiest of late first",
          "[api][reports]") {
  Api api;
  Calls calls(api);
  calls.Add("a1", "a", "", R"({"project_id":"team/old"})");
  calls.Add("b1", "b", "");
  calls.Add("b2", "b", "b1");
  api.Ok("/obj/create", R"({"obj":{"project_id":"team/none","object_id":"o",
                           "val":1}})");
  const api::Response response = Answer(api, "GET /_bobbin/projects");
  CHECK(response.body ==
        R"({"projects":[{"project_id":"team/app","calls":2,"roots":1,)"
        R"("last_started_at":"2023-11-14T22:13:22Z"},)"
        R"({"project_id":"team/old","calls":1,"roots":1,)"
        R"("last_started_at":"2023-11-14T22:13:20Z"},)"
        R"({"project_id":"team/none","calls":0,"roots":0,)"
        R"("last_started_at":null}]})");
}

TEST_CASE("a trace is a line with its root and the counts of all its calls",
          "[api][reports]") {
  Api api;
  api.Ok("/cost/create", R"({"project_id":"team/app","costs":{"m":{
          "prompt_token_cost":0.5,"completion_token_cost":2}}})");
  Calls calls(api);
  calls.Add("r", "t", "", R"({"op_name":"weave:///team/app/op/ask:v1",
      "thread_id":"th","exception":"Boom: it\nTraceback"})");
  calls.Add("k1", "t", "r", R"({"summary":{"usage":{"m":{"prompt_tokens":4,
      "completion_tokens":1}}}})");
  calls.Add("k2", "t", "r", R"({"exception":"x","summary":{"usage":{"n":{
      "total_tokens":10}}}})");
  calls.Add("k3", "t", "k2", R"({"ended_at":null})");
  for (const char* id : {"r", "k1"}) {
    api.Ok("/feedback/create",
           R"({"project_id":"team/app","feedback_type":"note","payload":{},
              "weave_ref":"weave:///team/app/call/)" +
               std::string(id) + "\"}");
  }
  CHECK(api.Ok(kTraces, R"({"project_id":"team/app"})") ==
        R"({"project_id":"team/app","id":"r","trace_id":"t",)"
        R"("op_name":"weave:///team/app/op/ask:v1","name":"ask",)"
        R"("started_at":"2023-11-14T22:13:20Z",)"
        R"("ended_at":"2023-11-14T22:13:20.500000Z","status":"error",)"
        R"("latency_ms":500.0,"calls":4,"errors":2,"open":1,)"
        R"("prompt_tokens":4,"completion_tokens":1,"total_tokens":15,)"
        R"("total_cost":4.0,"feedback":2,"thread_id":"th",)"
        R"("exception":"Boom: it"})"
        "\n");
}

TEST_CASE("a usage that a call has itself is not added to that below it",
          "[api][reports]") {
  Api api;
  Calls calls(api);
  const std::string usage =
      R"({"summary":{"usage":{"m":{"prompt_tokens":3}}}})";
  calls.Add("r", "t", "", usage);
  calls.Add("k", "t", "r", usage);
  calls.Add("o", "u", "");  // no usage anywhere
  const std::vector<Json> lines = Lines(api.Ok(kTraces, "{}"));
  REQUIRE(lines.size() == 2);
  CHECK(lines[0].at("total_tokens").is_null());
  CHECK(lines[0].at("total_cost").is_null());
  CHECK(lines[1].at("total_tokens") == 3);
  CHECK(lines[1].at("total_cost").is_null());
}

TEST_CASE("the exception of a trace is the line that says why",
          "[api][reports]") {
  Api api;
  Calls(api).Add("r", "t", "",
                 R"({"exception":"Traceback (most recent call )"
                 R"(last):\n  File \"a.py\", line 1, in f\n)"
                 R"(    g()\nValueError: no\n"})");
  CHECK(Lines(api.Ok(kTraces, "{}")).at(0).at("exception") == "ValueError: no");
}

TEST_CASE("a trace that failed below its root is found by that",
          "[api][reports]") {
  Api api;
  Calls calls(api);
  calls.Add("r", "t", "");
  calls.Add("k", "t", "r", R"({"exception":"broke"})");
  // What the client says of it counts as well.
  calls.Add("s", "u", "",
            R"({"summary":{"status_counts":{"error":1,"success":0}}})");
  calls.Add("good", "v", "");
  calls.Add("bad", "w", "", R"({"exception":"broke"})");
  CHECK(Ids(api, R"({"statuses":["descendant_error"]})") == "s r");
  CHECK(Ids(api, R"({"statuses":["error"]})") == "bad");
  CHECK(Ids(api, R"({"statuses":["error","descendant_error"]})") == "bad s r");
  CHECK(Ids(api, R"({"statuses":["success"]})") == "good");
  CHECK(Ids(api, R"({"statuses":["success","descendant_error"]})") ==
        "good s r");
  // And is shown so.
  std::string statuses;
  for (const Json& line : Lines(api.Ok(kTraces, "{}"))) {
    statuses += line.at("status").get<std::string>() + " ";
  }
  CHECK(statuses == "error success descendant_error descendant_error ");
}

TEST_CASE("a call that runs has no end and no latency", "[api][reports]") {
  Api api;
  Calls(api).Add("r", "t", "", R"({"ended_at":null,"display_name":"shown"})");
  const Json line = Lines(api.Ok(kTraces, "{}")).at(0);
  CHECK(line.at("ended_at").is_null());
  CHECK(line.at("latency_ms").is_null());
  CHECK(line.at("status") == "running");
  CHECK(line.at("open") == 1);
  CHECK(line.at("name") == "shown");
}

TEST_CASE("traces are narrowed down, sorted and paged", "[api][reports]") {
  Api api;
  Calls calls(api);
  calls.Add("a", "ta", "", R"({"op_name":"weave:///team/app/op/ask:v1",
      "inputs":{"model":"gpt-4o","n":1},"ended_at":1700000009})");
  calls.Add("b", "tb", "", R"({"op_name":"ask","exception":"Out of luck",
      "summary":{"usage":{"m":{"total_tokens":7}}}})");
  calls.Add("c", "tc", "", R"({"op_name":"weave:///team/app/op/say:v1",
      "output":{"text":"Hello \"you\""},
      "summary":{"usage":{"m":{"total_tokens":9}}}})");
  calls.Add("c2", "tc", "c", R"({"inputs":{"model":"gpt-4o"}})");
  calls.Add("d", "td", "", R"({"project_id":"team/other",
      "inputs":{"model":"gpt-4o","n":5},"op_name":"ask","ended_at":null})");
  const std::string all = R"({"project_id":"team/app")";
  const auto [body, ids] = GENERATE_COPY(table<std::string, std::string>({
      {"{}", "d c b a"},
      {all + "}", "c b a"},
      {R"({"limit":2})", "d c"},
      {R"({"limit":2,"offset":1})", "c b"},
      {R"({"limit":0})", ""},
      {R"({"limit":9223372036854775807,"offset":3})", "a"},
      {R"({"sort_by":[{"field":"started_at","direction":"asc"}]})", "a b c d"},
      {R"({"sort_by":[{"field":"latency_ms","direction":"desc"}]})", "a c b d"},
      {R"({"sort_by":[{"field":"latency_ms","direction":"asc"}],"limit":3})",
       "c b a"},
      {R"({"sort_by":[{"field":"total_tokens","direction":"desc"}]})",
       "c b d a"},
      {R"({"sort_by":[{"field":"calls","direction":"desc"},
                      {"field":"started_at","direction":"asc"}]})",
       "c a b d"},
      {R"({"op_names":["ask"]})", "d b a"},
      {R"({"op_names":["ask"],"limit":2,"offset":1})", "b a"},
      {all + R"(,"op_names":["weave:///team/app/op/ask:v1"]})", "a"},
      {all + R"(,"op_names":["weave:///team/app/op/ask:*","say"]})", "c a"},
      {R"({"op_names":["nothing"]})", ""},
      {R"({"statuses":["error","running"]})", "d b"},
      {R"({"since":1700000001,"until":"2023-11-14T22:13:24Z"})", "c b"},
      {R"({"since":1700000001,"op_names":["ask"]})", "d b"},
      {Where("inputs.model = 'gpt-4o'"), "a"},
      {R"({"where":"inputs.model = 'gpt-4o'"})", "d a"},
      {R"({"where":"op = 'ask'"})", "d b a"},
      {R"({"where":"op_name = 'ask' and project_id = 'team/other'"})", "d"},
      {Where("op_name in ('ask','other')"), "b a"},
      {Where("latency_ms > 5000"), "a"},
      {Where("status != 'error' and not exists inputs.model"), "c"},
      {Where("trace_id = 'tb'"), "b"},
      {R"({"where":"trace = 'tb'"})", "b"},
      {R"({"where":"1 = 1 and inputs.n > 2"})", "d"},
      {all + R"(,"where":"inputs.n > 0","query":{"$expr":{"$eq":[
          {"$getField":"inputs.n"},{"$literal":1}]}}})",
       "a"},
      {R"({"text":"hello \"you"})", "c"},
      {R"({"text":"OUT"})", ""},
      {R"({"text":"out of LUCK"})", ""},
      {R"({"text":"out of luck"})", "b"},
      {R"({"text":"op/say"})", "c"},
  }));
  CAPTURE(body);
  CHECK(Ids(api, body) == ids);
}

TEST_CASE("traces of deleted calls, and of calls without a start, are gone",
          "[api][reports]") {
  Api api;
  Calls calls(api);
  calls.Add("a", "t", "");
  calls.Add("b", "u", "");
  api.Ok("/calls/delete", R"({"project_id":"team/app","call_ids":["b"]})");
  api.Ok("/call/end", R"({"end":{"project_id":"team/app","id":"later",
         "ended_at":1,"summary":{}}})");
  CHECK(Ids(api, "{}") == "a");
}

TEST_CASE("what is wrong with a question about traces", "[api][reports]") {
  Api api;
  CheckRows(
      api,
      {{"no body", "POST /_bobbin/traces/query", "", 422,
        R"([["missing",["body"]]])"},
       {"an unknown member", "POST /_bobbin/traces/query", R"({"x":1})", 422,
        R"([["extra_forbidden",["body","x"]]])"},
       {"a project that is none", "POST /_bobbin/traces/query",
        R"({"project_id":"x"})", 400},
       {"a negative limit", "POST /_bobbin/traces/query", R"({"limit":-1})",
        400, R"({"reason":"limit must not be negative"})"},
       {"a negative offset", "POST /_bobbin/traces/query", R"({"offset":-1})",
        400, R"({"reason":"offset must not be negative"})"},
       {"a field to sort by", "POST /_bobbin/traces/query",
        R"({"sort_by":[{"field":"id","direction":"asc"}]})", 422,
        R"({"reason":"Field id is not allowed"})"},
       {"a status", "POST /_bobbin/traces/query", R"({"statuses":["x"]})", 400,
        R"({"reason":"statuses are running, success, error and )"
        R"(descendant_error, not x"})"},
       {"a where", "POST /_bobbin/traces/query", R"({"where":"inputs.a ="})",
        400,
        R"({"error_type":"InvalidWhere","position":11,"reason":"where, )"
        R"(character 11: expected a field or a value (text is put in quotes))"
        R"(, found the end"})"},
       {"a time", "POST /_bobbin/traces/query", R"({"since":"x"})", 422,
        R"([["datetime_from_date_parsing",["body","since"]]])"},
       {"a list", "POST /_bobbin/traces/query", R"({"op_names":"x"})", 422,
        R"([["list_type",["body","op_names"]]])"}});
  std::string many = R"({"op_names":["a")";
  for (int i = 0; i < 100; ++i) many += R"(,"a")";
  CHECK(api.Post(kTraces, many + "]}").status == 400);
}

TEST_CASE("where is shown as a query of the API", "[api][reports]") {
  Api api;
  CheckRows(api, {{"a query", "POST /_bobbin/where",
                   R"({"where":"inputs.a = 1"})", 200,
                   R"({"query":{"$expr":{"$eq":[{"$getField":"inputs.a"},)"
                   R"({"$literal":1}]}}})"},
                  {"what is wrong", "POST /_bobbin/where", R"({"where":"a ="})",
                   400, R"({"error_type":"InvalidWhere","position":1})"},
                  {"no text", "POST /_bobbin/where", R"({"where":1})", 422,
                   R"([["string_type",["body","where"]]])"},
                  {"nothing", "POST /_bobbin/where", "{}", 422,
                   R"([["missing",["body","where"]]])"}});
}

TEST_CASE("what where finds, its query finds in stream_query",
          "[api][reports]") {
  Api api;
  Calls calls(api);
  calls.Add("a", "t", "", R"({"inputs":{"x":"one"}})");
  calls.Add("b", "u", "", R"({"inputs":{"x":"two"}})");
  const Json shown = Json::parse(
      api.Ok("/_bobbin/where", R"({"where":"inputs.x contains 'w'"})"));
  Json request{{"project_id", "team/app"}, {"query", shown.at("query")}};
  const std::vector<Json> lines =
      Lines(api.Ok("/calls/stream_query", request.dump()));
  REQUIRE(lines.size() == 1);
  CHECK(lines[0].at("id") == "b");
}

TEST_CASE("the beginning of an id is enough to find calls and traces",
          "[api][reports]") {
  Api api;
  Calls calls(api);
  calls.Add("aa1", "t1", "");
  calls.Add("aa12", "t1", "aa1");
  calls.Add("aa3", "aa3", "", R"({"project_id":"team/other"})");
  const std::string first =
      R"({"project_id":"team/app","id":"aa1","trace_id":"t1","kind":"call"})";
  const std::string second =
      R"({"project_id":"team/app","id":"aa12","trace_id":"t1","kind":"call"})";
  const std::string other =
      R"({"project_id":"team/other","id":"aa3","trace_id":"aa3","kind":)";
  const auto [body, matches] = GENERATE_COPY(table<std::string, std::string>({
      {R"({"id":"aa"})", first + "," + second + "," + other + "\"call\"}," +
                             other + "\"trace\"}"},
      {R"({"id":"aa1"})", first + "," + second},
      {R"({"id":"aa12"})", second},
      {R"({"id":"t"})", R"({"project_id":"team/app","id":"t1","trace_id":"t1",)"
                        R"("kind":"trace"})"},
      {R"({"id":"aa","project_id":"team/other"})",
       other + "\"call\"}," + other + "\"trace\"}"},
      {R"({"id":"aa","project_id":"no/such"})", ""},
      {R"({"id":"zz"})", ""},
  }));
  CAPTURE(body);
  CHECK(api.Ok("/_bobbin/resolve", body) == R"({"matches":[)" + matches + "]}");
  CHECK(api.Post("/_bobbin/resolve", R"({"id":""})").status == 400);
}

TEST_CASE("an id that many begin with has at most twenty matches",
          "[api][reports]") {
  Api api;
  Calls calls(api);
  for (int i = 0; i < 25; ++i) {
    calls.Add("c" + std::to_string(100 + i), "d" + std::to_string(100 + i), "");
  }
  for (const char* body : {R"({"id":"c"})", R"({"id":"d"})"}) {
    const Json answer = Json::parse(api.Ok("/_bobbin/resolve", body));
    CHECK(answer.at("matches").size() == 20);
  }
}

TEST_CASE("traces stream over a real port with the type that was asked for",
          "[api][reports]") {
  Api api(Transport::kPort);
  Calls(api).Add("a", "t", "");
  const api::Response response = api.Send({.method = "POST",
                                           .path = std::string(kTraces),
                                           .content_type = "application/json",
                                           .accept = "application/x-ndjson",
                                           .body = "{}"});
  CHECK(response.status == 200);
  CHECK(response.content_type == "application/x-ndjson");
  CHECK(Lines(response.body).size() == 1);
}

}  // namespace
}  // namespace bobbin::testing
