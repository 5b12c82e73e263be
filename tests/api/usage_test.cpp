// Threads, usage of calls, sizes of projects (contract sections 4.6 and 12).

#include <string>

#include "support/api_fixture.h"
#include "support/api_rows.h"
#include "support/call_tree.h"
#include "support/catch.h"

namespace bobbin::testing {
namespace {

// --- threads --------------------------------------------------------------

void FillThreads(Api& api) {
  Calls calls(api);
  calls.Add("a1", "ta", "", R"({"thread_id":"A","turn_id":"a1"})");
  calls.Add("a1x", "ta", "a1", R"({"thread_id":"A","turn_id":"a1"})");
  calls.Add("b1", "tb", "",
            R"({"thread_id":"B","turn_id":"b1","ended_at":1700000012})");
  calls.Add("a2", "ta2", "",
            R"({"thread_id":"A","turn_id":"a2","ended_at":1700000005})");
  calls.Add("c1", "tc", "",
            R"({"thread_id":"C","turn_id":"c1","ended_at":null})");
  calls.Add("d1", "td", "", R"({"thread_id":"D"})");
  calls.Add("e1", "te", "", R"({"project_id":"team/other","thread_id":"A",
      "turn_id":"e1"})");
}

TEST_CASE("a thread is a line with what its turns have in common",
          "[api][threads]") {
  Api api;
  FillThreads(api);
  CHECK(api.Ok("/threads/stream_query", R"({"project_id":"team/app"})") ==
        R"({"thread_id":"B","turn_count":1,)"
        R"("start_time":"2023-11-14T22:13:22Z",)"
        R"("last_updated":"2023-11-14T22:13:32Z","first_turn_id":"b1",)"
        R"("last_turn_id":"b1","p50_turn_duration_ms":10000.0,)"
        R"("p99_turn_duration_ms":10000.0})"
        "\n"
        R"({"thread_id":"A","turn_count":2,)"
        R"("start_time":"2023-11-14T22:13:20Z",)"
        R"("last_updated":"2023-11-14T22:13:25Z","first_turn_id":"a1",)"
        R"("last_turn_id":"a2","p50_turn_duration_ms":500.0,)"
        R"("p99_turn_duration_ms":2000.0})"
        "\n"
        R"({"thread_id":"C","turn_count":1,)"
        R"("start_time":"2023-11-14T22:13:24Z",)"
        R"("last_updated":"2023-11-14T22:13:24Z","first_turn_id":"c1",)"
        R"("last_turn_id":"c1","p50_turn_duration_ms":null,)"
        R"("p99_turn_duration_ms":null})"
        "\n");
}

TEST_CASE("threads are narrowed down, sorted and paged", "[api][threads]") {
  Api api;
  FillThreads(api);
  const auto [more, ids] = GENERATE(table<std::string, std::string>({
      {R"("filter":{"thread_ids":["A","C","x"]})", "AC"},
      {R"("filter":{"thread_ids":[]})", "BAC"},
      {R"("filter":{"after_datetime":1700000002})", "AC"},
      {R"("filter":{"before_datetime":"2023-11-14T22:13:22Z"})", "A"},
      {R"("filter":null,"limit":1,"offset":1)", "A"},
      {R"("limit":0)", ""},
      {R"("sort_by":[{"field":"thread_id","direction":"desc"}])", "CBA"},
      {R"("sort_by":[{"field":"turn_count","direction":"desc"},
                     {"field":"start_time","direction":"desc"}])",
       "ACB"},
      {R"("sort_by":[{"field":"p50_turn_duration_ms","direction":"asc"}])",
       "ABC"},
      {R"("sort_by":[{"field":"p99_turn_duration_ms","direction":"desc"}])",
       "BAC"},
      {R"("sort_by":[])", "BAC"},
  }));
  CAPTURE(more);
  std::string got;
  for (const Json& line :
       Lines(api.Ok("/threads/stream_query",
                    R"({"project_id":"team/app",)" + more + "}"))) {
    got += line.at("thread_id").get<std::string>();
  }
  CHECK(got == ids);
}

TEST_CASE("what is wrong with a question about threads", "[api][threads]") {
  Api api;
  CheckRows(api,
            {{"a field to sort by", "POST /threads/stream_query",
              R"({"project_id":"a/b","sort_by":[{"field":"first_turn_id",
            "direction":"asc"}]})",
              400, R"({"reason":"Unsupported sort field: first_turn_id"})"},
             {"an unknown filter", "POST /threads/stream_query",
              R"({"project_id":"a/b","filter":{"x":1}})", 422,
              R"([["extra_forbidden",["body","filter","x"]]])"},
             {"no project", "POST /threads/stream_query", "{}", 422,
              R"([["missing",["body","project_id"]]])"},
             {"a project that is none", "POST /threads/stream_query",
              R"({"project_id":"x"})", 400},
             {"a negative limit", "POST /threads/stream_query",
              R"({"project_id":"a/b","limit":-1})", 400}});
}

// --- usage ----------------------------------------------------------------

Json Usage(Api& api, const std::string& ids, const std::string& more = "") {
  return Json::parse(
      api.Ok("/calls/usage",
             R"({"project_id":"team/app","call_ids":)" + ids + more + "}"));
}

TEST_CASE("usage of calls is that of their trees, by model", "[api][usage]") {
  Api api;
  api.Ok("/cost/create", R"({"project_id":"team/app","costs":{"m":{
          "prompt_token_cost":1,"completion_token_cost":2}}})");
  Calls calls(api);
  calls.Add("r", "t", "", R"({"ended_at":null})");
  calls.Add("k", "t", "r");
  calls.Add("l1", "t", "k", R"({"summary":{"usage":{
      "m":{"prompt_tokens":3,"completion_tokens":1,"requests":1}}}})");
  calls.Add("l2", "t", "r", R"({"summary":{"usage":{
      "m":{"prompt_tokens":2},"n":{"input_tokens":4}}}})");
  const Json got =
      Usage(api, R"(["r","l1","none"])", R"(,"include_costs":true)");
  CHECK(got.at("unfinished_call_ids") == Json::parse(R"(["r"])"));
  CHECK(got.at("call_usage").at("none") == Json::object());
  CHECK(got.at("call_usage").at("l1").at("m").at("prompt_tokens") == 3);
  CHECK(got.at("call_usage").at("r") == Json::parse(R"({
      "m":{"requests":1,"prompt_tokens":5,"completion_tokens":1,
           "total_tokens":6,"cache_read_input_tokens":0,
           "cache_creation_input_tokens":0,"prompt_tokens_total_cost":5.0,
           "completion_tokens_total_cost":2.0,
           "cache_read_input_tokens_total_cost":0.0,
           "cache_creation_input_tokens_total_cost":0.0},
      "n":{"requests":0,"prompt_tokens":4,"completion_tokens":0,
           "total_tokens":4,"cache_read_input_tokens":0,
           "cache_creation_input_tokens":0,"prompt_tokens_total_cost":null,
           "completion_tokens_total_cost":null,
           "cache_read_input_tokens_total_cost":null,
           "cache_creation_input_tokens_total_cost":null}})"));
  const Json without = Usage(api, R"(["l1"])");
  CHECK(without.at("call_usage")
            .at("l1")
            .at("m")
            .at("prompt_tokens_total_cost")
            .is_null());
}

TEST_CASE("usage that a call reports is not added to that below it",
          "[api][usage]") {
  Api api;
  Calls calls(api);
  const std::string usage =
      R"({"summary":{"usage":{"m":{"prompt_tokens":3}}}})";
  calls.Add("r", "t", "", usage);
  calls.Add("k", "t", "r", usage);
  CHECK(Usage(api, R"(["r"])")
            .at("call_usage")
            .at("r")
            .at("m")
            .at("prompt_tokens") == 3);
}

TEST_CASE("a ring of parents has a usage, too", "[api][usage]") {
  Api api;
  Calls calls(api);
  calls.Add("a", "t", "b");
  calls.Add("b", "t", "a");
  CHECK(Usage(api, R"(["a"])").at("call_usage").at("a") == Json::object());
}

TEST_CASE("what is wrong with a question about usage", "[api][usage]") {
  Api api;
  Calls calls(api);
  for (const char* id : {"a", "b", "c"}) calls.Add(id, "t", "");
  CheckRows(api,
            {{"no limit", "POST /calls/usage",
              R"({"project_id":"a/b","call_ids":[],"limit":0})", 400,
              R"({"reason":"limit must be a positive integer"})"},
             {"a trace above the limit", "POST /calls/usage",
              R"({"project_id":"team/app","call_ids":["a"],"limit":2})", 413},
             {"a trace at the limit", "POST /calls/usage",
              R"({"project_id":"team/app","call_ids":["a"],"limit":3})", 200},
             {"nothing", "POST /calls/usage",
              R"({"project_id":"team/app","call_ids":[]})", 200,
              R"({"call_usage":{},"unfinished_call_ids":[]})"},
             {"no ids", "POST /calls/usage", R"({"project_id":"a/b"})", 422,
              R"([["missing",["body","call_ids"]]])"}});
}

// --- sizes ----------------------------------------------------------------

TEST_CASE("a project's sizes are the bytes that were sent", "[api][usage]") {
  Api api;
  Calls(api).Add("a", "t", "", R"({"inputs":{"x":1},"output":[1,2]})");
  api.Ok("/obj/create", R"({"obj":{"project_id":"team/app","object_id":"o",
                           "val":"1234"}})");
  api.Ok("/table/create", R"({"table":{"project_id":"team/app",
                             "rows":[{"a":1},{"a":1},{"a":22}]}})");
  const std::string project = R"({"project_id":"team/app")";
  // {} + {"x":1} + [1,2] + {}
  CHECK(api.Ok("/project/stats", project + "}") ==
        R"({"trace_storage_size_bytes":16,"objects_storage_size_bytes":6,)"
        R"("tables_storage_size_bytes":15,"files_storage_size_bytes":0})");
  CHECK(
      api.Ok("/project/stats", project + R"(,"include_trace_storage_size":false,
               "include_object_storage_size":false,
               "include_table_storage_size":null})") ==
      R"({"trace_storage_size_bytes":0,"objects_storage_size_bytes":0,)"
      R"("tables_storage_size_bytes":15,"files_storage_size_bytes":0})");
  CHECK(api.Ok("/project/stats", R"({"project_id":"no/such"})") ==
        R"({"trace_storage_size_bytes":0,"objects_storage_size_bytes":0,)"
        R"("tables_storage_size_bytes":0,"files_storage_size_bytes":0})");
  CHECK(api.Post("/project/stats",
                 project + R"(,"include_trace_storage_size":false,
                 "include_object_storage_size":false,
                 "include_table_storage_size":false,
                 "include_file_storage_size":false})")
            .status == 400);
}

}  // namespace
}  // namespace bobbin::testing
