// Reading calls: /call/read, /calls/stream_query, /calls/query and
// /calls/query_stats (contract sections 4.3, 4.4 and 4.6).

#include <string>
#include <vector>

#include "support/api_fixture.h"
#include "support/call_bodies.h"
#include "support/calls_in_project.h"
#include "support/catch.h"

namespace bobbin::testing {
namespace {

// --- with nothing there ----------------------------------------------------

TEST_CASE("all reads work when there is nothing", "[api][query]") {
  Api api;
  CHECK(ReadText(api, "c1") == R"({"call":null})");
  CHECK(api.Ok("/calls/stream_query", kInProject).empty());
  CHECK(api.Ok("/calls/query", kInProject) == R"({"calls":[]})");
  CHECK(api.Ok("/calls/query_stats", kInProject) ==
        R"({"count":0,"has_more":false,"total_storage_size_bytes":null})");
  CHECK(api.Ok("/calls/delete", R"({"project_id":"team/app","call_ids":[]})") ==
        R"({"num_deleted":0})");
}

TEST_CASE("a wrong question is wrong also where there is nothing",
          "[api][query]") {
  Api api;
  const std::string more =
      GENERATE(R"("sort_by":[{"field":"nope","direction":"asc"}])",
               R"("columns":["nope"])", R"("limit":-1)");
  CAPTURE(more);
  const int status = api.Post("/calls/stream_query",
                              R"({"project_id":"nobody/nothing",)" + more + "}")
                         .status;
  CHECK((status == 422 || status == 400));
}

// --- one call --------------------------------------------------------------

TEST_CASE("a call that is not in the project reads as null", "[api][query]") {
  Api api;
  PutStart(api, AStart("c1"));
  CHECK(ReadText(api, "c2") == R"({"call":null})");
  CHECK(ReadText(api, "C1") == R"({"call":null})");
  CHECK(ReadText(api, "") == R"({"call":null})");
  CHECK(api.Ok("/call/read", R"({"project_id":"team/two","id":"c1"})") ==
        R"({"call":null})");
}

TEST_CASE("every way to read a call shows the same", "[api][query]") {
  Api api;
  PutComplete(api, AComplete("c1")
                       .With("inputs", R"({"x":1.0})")
                       .With("output", "\"y\"")
                       .WithText("exception", "broke"));
  const std::string text = ReadText(api, "c1");
  const std::string call = text.substr(8, text.size() - 9);
  CHECK(text == R"({"call":)" + call + "}");
  CHECK(api.Ok("/calls/stream_query", kInProject) == call + "\n");
  CHECK(api.Ok("/calls/query", kInProject) == R"({"calls":[)" + call + "]}");
}

TEST_CASE("a call has all fields of the schema", "[api][query]") {
  Api api;
  PutStart(api, AStart("c1"));
  CHECK(Keys(ReadCall(api, "c1")) ==
        std::vector<std::string>{"attributes",
                                 "deleted_at",
                                 "display_name",
                                 "ended_at",
                                 "exception",
                                 "expire_at",
                                 "id",
                                 "inputs",
                                 "op_name",
                                 "output",
                                 "parent_id",
                                 "project_id",
                                 "started_at",
                                 "storage_size_bytes",
                                 "summary",
                                 "thread_id",
                                 "total_storage_size_bytes",
                                 "trace_id",
                                 "turn_id",
                                 "wb_run_id",
                                 "wb_run_step",
                                 "wb_run_step_end",
                                 "wb_user_id"});
}

TEST_CASE("an OpenTelemetry dump is shown among the attributes",
          "[api][query]") {
  struct Row {
    std::string attributes;
    std::string answered;
  };
  const Row row = GENERATE(values<Row>({
      {"{}", R"({"otel_span":{"s":1.0}})"},
      {"{ }", R"({"otel_span":{"s":1.0}})"},
      {R"({"a":"}"})", R"({"a":"}","otel_span":{"s":1.0}})"},
      {R"({"a":{"b":{}} } )", R"({"a":{"b":{}},"otel_span":{"s":1.0}})"},
  }));
  CAPTURE(row.attributes);
  Api api;
  PutStart(api, AStart("c1")
                    .With("attributes", row.attributes)
                    .With("otel_dump", R"({"s":1.0})"));
  CHECK_THAT(ReadText(api, "c1"), Catch::Contains(R"("otel_span":{"s":1.0})"));
  CHECK(ReadCall(api, "c1").at("attributes") == Json::parse(row.answered));
}

// --- filters ---------------------------------------------------------------

// Calls that differ in one thing each: see the table below.
void PutCallsToFilter(Api& api) {
  const auto put = [&](const Body& call) { PutComplete(api, call); };
  const Body root = AComplete("root").WithText("trace_id", "tr1");
  put(root.WithText("op_name", "weave:///team/app/op/run:aaa"));
  const auto child = [&](std::string_view id) {
    return AComplete(id)
        .WithText("trace_id", "tr1")
        .WithText("parent_id", "root");
  };
  put(child("c1")
          .WithText("op_name", "weave:///team/app/op/run:bbb")
          .WithText("thread_id", "th1")
          .WithText("turn_id", "tu1")
          .WithText("wb_user_id", "ann")
          .WithText("wb_run_id", "team/app/run1"));
  put(child("c2")
          .WithText("op_name", "weave:///team/app/op/runner:aaa")
          .WithText("thread_id", "th1")
          .WithText("turn_id", "tu2")
          .WithText("wb_user_id", "bob")
          .WithText("wb_run_id", "run1"));
  put(AComplete("c3")
          .WithText("parent_id", "c2")
          .WithText("trace_id", "tr2")
          .WithText("op_name", "run:")
          .WithText("thread_id", "th2")
          .WithText("wb_run_id", "team/app/run2")
          .With("inputs",
                R"({"m":"weave:///team/app/object/model:v1",
                    "l":[{"deep":"weave:\/\/\/team\/app\/object\/data:v1"}]})")
          .With("output", R"("weave:///team/app/object/out:v1")"));
  put(AComplete("c4")
          .WithText("trace_id", "tr3")
          .WithText("op_name", "plain")
          .WithText("wb_run_id", "team/app/otherrun1")
          .With("inputs", R"({"m":"weave:///team/app/object/model:v2"})")
          .With("attributes", R"({"a":"weave:///team/app/object/data:v1"})")
          .With("output",
                R"({"text":"see weave:///team/app/object/out:v1",
                    "weave:///team/app/object/key:v1":1})"));
}

TEST_CASE("a filter finds what it names", "[api][query]") {
  struct Row {
    std::string filter;
    std::string ids;  // in order of id: all started at once
  };
  const Row row = GENERATE(values<Row>({
      {"null", "c1 c2 c3 c4 root"},
      {"{}", "c1 c2 c3 c4 root"},
      {R"({"call_ids":["c1"]})", "c1"},
      {R"({"call_ids":["c4","c1","c1","nobody"]})", "c1 c4"},
      {R"({"call_ids":[]})", "c1 c2 c3 c4 root"},
      {R"({"call_ids":null})", "c1 c2 c3 c4 root"},
      {R"({"call_ids":["nobody"]})", ""},
      {R"({"trace_ids":["tr1"]})", "c1 c2 root"},
      {R"({"trace_ids":["tr1","tr3"]})", "c1 c2 c4 root"},
      {R"({"parent_ids":["root"]})", "c1 c2"},
      {R"({"parent_ids":["root","c2"]})", "c1 c2 c3"},
      {R"({"thread_ids":["th1"]})", "c1 c2"},
      {R"({"thread_ids":["th1","th2"]})", "c1 c2 c3"},
      {R"({"turn_ids":["tu2"]})", "c2"},
      {R"({"turn_ids":["tu1","tu2"]})", "c1 c2"},
      {R"({"wb_user_ids":["ann"]})", "c1"},
      {R"({"wb_user_ids":["bob","local"]})", "c2 c3 c4 root"},
      {R"({"wb_run_ids":["team/app/run1"]})", "c1 c2"},
      {R"({"wb_run_ids":["run1"]})", "c1 c2"},
      {R"({"wb_run_ids":["run1","team/app/run2"]})", "c1 c2 c3"},
      {R"({"trace_roots_only":true})", "c4 root"},
      {R"({"trace_roots_only":false})", "c1 c2 c3 c4 root"},
      {R"({"trace_roots_only":null})", "c1 c2 c3 c4 root"},
      {R"({"op_names":["plain"]})", "c4"},
      {R"({"op_names":["weave:///team/app/op/run:bbb"]})", "c1"},
      {R"({"op_names":["weave:///team/app/op/run:*"]})", "c1 root"},
      {R"({"op_names":["weave:///team/app/op/run:*","plain"]})", "c1 c4 root"},
      {R"({"op_names":["run:*"]})", "c3"},
      {R"({"op_names":["weave:///team/app/op/run*"]})", ""},
      {R"({"op_names":["weave:///team/app/op/%:*"]})", ""},
      {R"({"op_names":["pl%n","pl_in","PLAIN"]})", ""},
      {R"({"input_refs":["weave:///team/app/object/model:v1"]})", "c3"},
      {R"({"input_refs":["weave:///team/app/object/model:*"]})", "c3 c4"},
      {R"({"input_refs":["weave:///team/app/object/data:v1"]})", "c3"},
      {R"({"input_refs":["weave:///team/app/object/out:v1"]})", ""},
      {R"({"output_refs":["weave:///team/app/object/out:v1"]})", "c3"},
      {R"({"output_refs":["weave:///team/app/object/out:*",
                          "weave:///team/app/object/key:*"]})",
       "c3"},
      {R"({"output_refs":["weave:///team/app/object/model:v1"]})", ""},
      // AND between the keys.
      {R"({"trace_ids":["tr1"],"thread_ids":["th1"],"turn_ids":["tu2"]})",
       "c2"},
      {R"({"trace_ids":["tr1"],"trace_roots_only":true})", "root"},
      {R"({"op_names":["weave:///team/app/op/run:*"],
           "trace_roots_only":true})",
       "root"},
      {R"({"input_refs":["weave:///team/app/object/model:*"],
           "output_refs":["weave:///team/app/object/out:v1"]})",
       "c3"},
      {R"({"call_ids":["c1","c3"],"wb_user_ids":["local"],
           "input_refs":["weave:///team/app/object/data:*"]})",
       "c3"},
      {R"({"thread_ids":["th1"],"op_names":["plain"]})", ""},
  }));
  CAPTURE(row.filter);
  Api api;
  PutCallsToFilter(api);
  PutStart(api, AStart("c1").WithText("project_id", "team/two"));
  const std::string filter = R"("filter":)" + row.filter;
  CHECK(QueryIds(api, filter) == row.ids);
  const auto count =
      row.ids.empty() ? 0 : std::count(row.ids.begin(), row.ids.end(), ' ') + 1;
  CHECK(CountCalls(api, filter) == count);
}

TEST_CASE("a filter's order is the same whatever leads the way",
          "[api][query]") {
  Api api;
  // c9 is the earliest, c0 the latest.
  for (int i = 0; i < 10; ++i) {
    PutStart(api, AStart("c" + std::to_string(i))
                      .WithText("started_at",
                                "2024-01-01T00:00:0" + std::to_string(9 - i))
                      .WithText("thread_id", i % 2 == 0 ? "even" : "odd")
                      .WithText("turn_id", i % 2 == 0 ? "even" : "odd")
                      .WithText("trace_id", i % 2 == 0 ? "even" : "odd")
                      .WithText("op_name", i % 2 == 0 ? "e:1" : "o:1")
                      .With("inputs", R"({"x":"weave:///t/a/object/x:1"})"));
  }
  struct Row {
    std::string filter;
    std::string ids;
  };
  const Row row = GENERATE(values<Row>({
      {R"({"thread_ids":["even"]})", "c8 c6 c4 c2 c0"},
      {R"({"thread_ids":["even","odd"]})", "c9 c8 c7 c6 c5 c4 c3 c2 c1 c0"},
      {R"({"turn_ids":["odd","even"]})", "c9 c8 c7 c6 c5 c4 c3 c2 c1 c0"},
      {R"({"trace_ids":["odd","even"]})", "c9 c8 c7 c6 c5 c4 c3 c2 c1 c0"},
      {R"({"op_names":["e:1","o:1"]})", "c9 c8 c7 c6 c5 c4 c3 c2 c1 c0"},
      {R"({"op_names":["o:*"]})", "c9 c7 c5 c3 c1"},
      {R"({"call_ids":["c1","c5","c3"]})", "c5 c3 c1"},
      {R"({"input_refs":["weave:///t/a/object/x:*"]})",
       "c9 c8 c7 c6 c5 c4 c3 c2 c1 c0"},
      {R"({"trace_roots_only":true})", "c9 c8 c7 c6 c5 c4 c3 c2 c1 c0"},
  }));
  CAPTURE(row.filter);
  const std::string filter = R"("filter":)" + row.filter;
  CHECK(QueryIds(api, filter) == row.ids);
  std::string reversed;
  for (size_t i = 0; i < row.ids.size(); i += 3) {
    reversed.insert(0, row.ids.substr(i, 2) + (i == 0 ? "" : " "));
  }
  CHECK(QueryIds(api, filter +
                          R"(,"sort_by":[{"field":"started_at",
                                          "direction":"desc"}])") == reversed);
  CHECK(QueryIds(api, filter + R"(,"limit":2,"offset":1)") ==
        row.ids.substr(3, 5));
}

TEST_CASE("a ref is found again wherever it was sent from", "[api][query]") {
  Api api;
  const std::string filter =
      R"("filter":{"input_refs":["weave:///team/app/object/o:1"]})";
  const Body start =
      AStart("c1").With("inputs", R"({"a":"weave:///team/app/object/o:1","b":
                    "weave:///team/app/object/o:1"})");
  SECTION("a start") { PutStart(api, start); }
  SECTION("a start after its end") {
    PutEnd(api, AnEnd("c1"));
    PutStart(api, start);
  }
  SECTION("a start that is repeated") {
    PutStart(api, AStart("c1"));
    CHECK(QueryIds(api, filter).empty());
    PutStart(api, start);
  }
  SECTION("a batch") {
    api.Ok("/call/upsert_batch",
           Batch({StartItem(AStart("c0")), StartItem(start),
                  EndItem(AnEnd("c1"))}));
  }
  SECTION("a complete call") {
    PutComplete(api,
                start.WithText("ended_at", kEndedAt).With("summary", "{}"));
  }
  CHECK(QueryIds(api, filter) == "c1");
  // A later start without it takes its place.
  PutStart(api, AStart("c1"));
  CHECK(QueryIds(api, filter).empty());
}

TEST_CASE("a filter's list has at most a thousand entries", "[api][query]") {
  Api api;
  PutStart(api, AStart("c1"));
  const std::string name = GENERATE(
      "op_names", "input_refs", "output_refs", "parent_ids", "trace_ids",
      "call_ids", "thread_ids", "turn_ids", "wb_user_ids", "wb_run_ids");
  CAPTURE(name);
  const auto request = [&](int entries) {
    std::string list;
    for (int i = 0; i < entries; ++i) {
      list += (i == 0 ? "\"x" : ",\"x") + std::to_string(i) + ":*\"";
    }
    return R"({"project_id":"team/app","filter":{")" + name + R"(":[)" + list +
           "]}}";
  };
  CHECK(api.Ok("/calls/stream_query", request(1000)).empty());
  for (const char* path :
       {"/calls/stream_query", "/calls/query", "/calls/query_stats"}) {
    CAPTURE(path);
    CHECK(ReasonOf(api.Post(path, request(1001)), 400) ==
          "Parameter: '" + name +
              "' request length is greater than max length (1000). Actual "
              "length: 1001");
  }
}

}  // namespace
}  // namespace bobbin::testing
