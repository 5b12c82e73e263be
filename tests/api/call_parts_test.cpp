// The parts of a call and how they meet: ends, batches, complete calls, in
// any order and any number (contract section 4.2).

#include <algorithm>
#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "support/api_fixture.h"
#include "support/call_bodies.h"
#include "support/catch.h"

namespace bobbin::testing {
namespace {

TEST_CASE("every field of an end comes back as it was sent", "[api][end]") {
  Api api;
  PutStart(api, AStart("c1"));
  CHECK(api.Ok("/call/end",
               End(AnEnd("c1")
                       .WithText("ended_at", "2024-01-01T00:00:01.000250Z")
                       .WithText("exception", "it broke")
                       .With("output", R"({"y":[1,null]})")
                       .With("summary", R"({"usage":{"gpt":{"requests":1}}})")
                       .With("wb_run_step_end", "9"))) == "{}");
  const Json call = ReadCall(api, "c1");
  CHECK(call.at("ended_at") == "2024-01-01T00:00:01.000250Z");
  CHECK(call.at("exception") == "it broke");
  CHECK(call.at("output") == Json::parse(R"({"y":[1,null]})"));
  CHECK(call.at("summary").at("usage") ==
        Json::parse(R"({"gpt":{"requests":1}})"));
  CHECK(call.at("wb_run_step_end") == 9);
}

TEST_CASE("the two halves of a call are one answer in any order",
          "[api][end]") {
  const bool start_first = GENERATE(true, false);
  CAPTURE(start_first);
  Api api;
  const Body start = AStart("c1").With("inputs", R"({"x":1})");
  const Body end = AnEnd("c1").With("output", "2");
  if (start_first) PutStart(api, start);
  PutEnd(api, end);
  if (!start_first) {
    CHECK(ReadCall(api, "c1").is_null());
    CHECK(QueryIds(api).empty());
    CHECK(Json::parse(
              api.Ok("/calls/query_stats", R"({"project_id":"team/app"})"))
              .at("count") == 0);
    PutStart(api, start);
  }
  const Json call = ReadCall(api, "c1");
  CHECK(call.at("inputs") == Json::parse(R"({"x":1})"));
  CHECK(call.at("output") == 2);
  CHECK(call.at("ended_at") == kEndedAt);
  CHECK(call.at("summary").at("weave") ==
        Json::parse(
            R"({"status":"success","trace_name":"op","latency_ms":2000})"));
}

TEST_CASE("an end for an id that nobody started is not an error",
          "[api][end]") {
  Api api;
  CHECK(api.Ok("/call/end", End(AnEnd("nobody"))) == "{}");
  CHECK(ReadCall(api, "nobody").is_null());
}

TEST_CASE("an end needs an id", "[api][end]") {
  Api api;
  CHECK(api.Post("/call/end", End(AnEnd("c1").Without("id"))).status == 422);
  CHECK(api.Post("/call/end", End(AnEnd("c1").With("id", "null"))).status ==
        422);
  ReasonOf(api.Post("/call/end", End(AnEnd(""))), 400);
}

TEST_CASE("a start sent again changes only what it carries", "[api][merge]") {
  Api api;
  PutStart(api, AStart("c1")
                    .WithText("display_name", "first")
                    .WithText("parent_id", "p1")
                    .WithText("thread_id", "th1")
                    .WithText("turn_id", "tu1")
                    .WithText("wb_user_id", "someone")
                    .WithText("wb_run_id", "r1")
                    .With("wb_run_step", "1")
                    .With("otel_dump", R"({"a":1})")
                    .With("inputs", R"({"x":1})"));
  const Json before = ReadCall(api, "c1");
  SECTION("what it leaves out stays") {
    PutStart(api, AStart("c1").With("inputs", R"({"x":1})"));
    CHECK(ReadCall(api, "c1") == before);
  }
  SECTION("a null is as if it were left out") {
    PutStart(api, AStart("c1")
                      .With("inputs", R"({"x":1})")
                      .With("display_name", "null")
                      .With("parent_id", "null")
                      .With("wb_run_step", "null")
                      .With("otel_dump", "null"));
    CHECK(ReadCall(api, "c1") == before);
  }
  SECTION("what it brings wins") {
    PutStart(api, AStart("c1")
                      .WithText("display_name", "second")
                      .WithText("parent_id", "p2")
                      .WithText("op_name", "op2")
                      .WithText("trace_id", "t2")
                      .WithText("started_at", "2024-01-01T00:00:01Z")
                      .With("wb_run_step", "2")
                      .With("attributes", R"({"b":2})")
                      .With("inputs", R"({"y":1})"));
    const Json call = ReadCall(api, "c1");
    CHECK(call.at("display_name") == "second");
    CHECK(call.at("parent_id") == "p2");
    CHECK(call.at("op_name") == "op2");
    CHECK(call.at("trace_id") == "t2");
    CHECK(call.at("started_at") == "2024-01-01T00:00:01Z");
    CHECK(call.at("wb_run_step") == 2);
    CHECK(call.at("thread_id") == "th1");
    CHECK(call.at("attributes") ==
          Json::parse(R"({"b":2,"otel_span":{"a":1}})"));
    CHECK(call.at("inputs") == Json::parse(R"({"y":1})"));
  }
  CHECK(QueryIds(api) == "c1");
}

TEST_CASE("an end sent again changes only what it carries", "[api][merge]") {
  Api api;
  const bool started = GENERATE(true, false);
  CAPTURE(started);
  if (started) PutStart(api, AStart("c1"));
  PutEnd(api, AnEnd("c1")
                  .With("output", R"({"y":1})")
                  .WithText("exception", "it broke")
                  .With("wb_run_step_end", "3")
                  .With("summary", R"({"a":1})"));
  PutEnd(api, AnEnd("c1")
                  .WithText("ended_at", "2024-01-01T00:00:05Z")
                  .With("output", "null")
                  .With("summary", R"({"b":2})"));
  if (!started) PutStart(api, AStart("c1"));
  const Json call = ReadCall(api, "c1");
  CHECK(call.at("output") == Json::parse(R"({"y":1})"));
  CHECK(call.at("exception") == "it broke");
  CHECK(call.at("wb_run_step_end") == 3);
  CHECK(call.at("ended_at") == "2024-01-01T00:00:05Z");
  CHECK(call.at("summary").contains("b"));
  CHECK(call.at("summary").at("weave").at("status") == "error");
}

TEST_CASE("a start that arrives again after the end does not undo it",
          "[api][merge]") {
  Api api;
  PutStart(api, AStart("c1"));
  PutEnd(api, AnEnd("c1").With("output", "7").WithText("exception", "broke"));
  const Json before = ReadCall(api, "c1");
  PutStart(api, AStart("c1"));
  CHECK(ReadCall(api, "c1") == before);
}

TEST_CASE("a trace id of our making gives way to the one that is stored",
          "[api][merge]") {
  Api api;
  const std::string path =
      GENERATE("/call/start", "/call/upsert_batch", "/v2/team/app/call/start");
  CAPTURE(path);
  PutStart(api, AStart("c1"));
  const Body again = AStart("c1").Without("trace_id");
  const Json answer =
      path == "/call/upsert_batch"
          ? Json::parse(api.Ok(path, Batch({StartItem(again)}))).at("res")[0]
          : Json::parse(api.Ok(path, Start(again)));
  CHECK(answer == Json::parse(R"({"id":"c1","trace_id":"t1"})"));
  CHECK(ReadCall(api, "c1").at("trace_id") == "t1");
}

TEST_CASE("a retried start without a trace id keeps the one that was made",
          "[api][merge]") {
  Api api;
  const Body start = AStart("c1").Without("trace_id");
  const std::string first = api.Ok("/call/start", Start(start));
  CHECK(api.Ok("/call/start", Start(start)) == first);
}

TEST_CASE("a complete call is as good as its two halves", "[api][complete]") {
  Api api;
  const Body more =
      Body{{"display_name", R"("N")"},   {"parent_id", R"("p1")"},
           {"thread_id", R"("th1")"},    {"turn_id", R"("tu1")"},
           {"otel_dump", R"({"o":1})"},  {"wb_user_id", R"("someone")"},
           {"wb_run_id", R"("r1")"},     {"wb_run_step", "4"},
           {"attributes", R"({"a":1})"}, {"inputs", R"({"i":1})"}};
  Body start = AStart("halves");
  Body complete = AComplete("whole");
  const Json members = Json::parse(more.json());
  for (const auto& [name, value] : members.items()) {
    start = start.With(name, value.dump());
    complete = complete.With(name, value.dump());
  }
  Body end = AnEnd("halves");
  const Json end_members = Json::parse(
      R"({"output":[1],"exception":"broke","wb_run_step_end":5,
          "summary":{"status_counts":{"error":1},"x":1}})");
  for (const auto& [name, value] : end_members.items()) {
    end = end.With(name, value.dump());
    complete = complete.With(name, value.dump());
  }
  PutStart(api, start);
  PutEnd(api, end);
  CHECK(api.Ok(kCompletePath, Batch({complete.json()})) == "{}");
  Json halves = ReadCall(api, "halves");
  halves["id"] = "whole";
  CHECK(ReadCall(api, "whole") == halves);
}

TEST_CASE("a complete call that is sent again replaces the first",
          "[api][complete]") {
  Api api;
  PutComplete(api,
              AComplete("c1")
                  .WithText("parent_id", "p1")
                  .WithText("thread_id", "th1")
                  .With("wb_run_step", "1")
                  .With("wb_run_step_end", "2")
                  .WithText("exception", "broke")
                  .With("output", R"({"ref":"weave:///team/app/object/o:1"})")
                  .With("inputs", R"({"x":1})")
                  .With("summary", R"({"a":1})"));
  SECTION("by one with less in it: the rest is gone") {
    PutComplete(api, AComplete("c1").With("summary", R"({"b":1})"));
    const Json call = ReadCall(api, "c1");
    for (const char* name : {"parent_id", "thread_id", "wb_run_step",
                             "wb_run_step_end", "exception", "output"}) {
      CAPTURE(name);
      CHECK(call.at(name).is_null());
    }
    CHECK(call.at("inputs") == Json::object());
    CHECK(call.at("summary") ==
          Json::parse(R"({"b":1,"weave":{"status":"success","trace_name":"op",
                          "latency_ms":2000}})"));
    CHECK(QueryIds(api, R"("filter":{"output_refs":
                           ["weave:///team/app/object/o:1"]})")
              .empty());
    CHECK(QueryIds(api, R"("filter":{"parent_ids":["p1"]})").empty());
  }
  SECTION("by the same: nothing changes") {
    PutComplete(api, AComplete("c2"));
    const Json before = ReadCall(api, "c2");
    PutComplete(api, AComplete("c2"));
    CHECK(ReadCall(api, "c2") == before);
  }
  CHECK_FALSE(QueryIds(api).empty());
}

TEST_CASE("a complete call finishes one that was started", "[api][complete]") {
  Api api;
  const std::string first = GENERATE("start", "end", "both");
  CAPTURE(first);
  if (first != "end") PutStart(api, AStart("c1").WithText("parent_id", "p1"));
  if (first != "start") PutEnd(api, AnEnd("c1").With("output", "1"));
  PutComplete(api, AComplete("c1").With("output", "2"));
  const Json call = ReadCall(api, "c1");
  CHECK(call.at("output") == 2);
  CHECK(call.at("summary").at("weave").at("status") == "success");
  CHECK(QueryIds(api) == "c1");
}

TEST_CASE("complete calls come with children before parents",
          "[api][complete]") {
  Api api;
  api.Ok(kCompletePath,
         Batch({AComplete("child").WithText("parent_id", "root").json(),
                AComplete("root").json()}));
  CHECK(QueryIds(api, R"("filter":{"parent_ids":["root"]})") == "child");
  CHECK(QueryIds(api, R"("filter":{"trace_roots_only":true})") == "root");
}

TEST_CASE("the envelope of complete calls takes unknown keys",
          "[api][complete]") {
  Api api;
  CHECK(api.Ok(kCompletePath, R"({"more":1,"batch":[]})") == "{}");
  PutComplete(api, AComplete("c1").With("more", "1"));
  CHECK_FALSE(ReadCall(api, "c1").is_null());
}

TEST_CASE("one bad complete call spoils its batch, and is named",
          "[api][complete]") {
  Api api;
  SECTION("by its shape") {
    const Json details = DetailsOf(
        api.Post(kCompletePath,
                 Batch({AComplete("c1").json(),
                        AComplete("c2").Without("trace_id").json(), "5"})));
    REQUIRE(details.size() == 2);
    CHECK(details[0].at("type") == "missing");
    CHECK(details[0].at("loc") ==
          Json::parse(R"(["body","batch",1,"trace_id"])"));
    CHECK(details[1].at("loc") == Json::parse(R"(["body","batch",2])"));
  }
  SECTION("by its project") {
    ReasonOf(
        api.Post(
            kCompletePath,
            Batch(
                {AComplete("c1").json(),
                 AComplete("c2").WithText("project_id", "team/other").json()})),
        400);
  }
  SECTION("by an empty id") {
    ReasonOf(api.Post(kCompletePath,
                      Batch({AComplete("c1").json(), AComplete("").json()})),
             400);
  }
  CHECK(QueryIds(api).empty());
  CHECK(ReadCall(api, "c1").is_null());
}

TEST_CASE("a batch answers each item in its place", "[api][batch]") {
  Api api;
  const std::string answer =
      api.Ok("/call/upsert_batch",
             Batch({StartItem(AStart("c1")), EndItem(AnEnd("c1")),
                    StartItem(AStart("c2").WithText("trace_id", "t2")),
                    StartItem(AStart("x").Without("id").Without("trace_id")),
                    EndItem(AnEnd("nobody"))}));
  CHECK(answer ==
        R"({"res":[{"id":"c1","trace_id":"t1"},{},{"id":"c2","trace_id":"t2"},)"
        R"({"id":"made-1","trace_id":"made-2"},{}]})");
  CHECK(ReadCall(api, "c1").at("ended_at") == kEndedAt);
  CHECK(ReadCall(api, "made-1").at("trace_id") == "made-2");
}

TEST_CASE("an empty batch is answered with nothing", "[api][batch]") {
  Api api;
  CHECK(api.Ok("/call/upsert_batch", Batch({})) == R"({"res":[]})");
}

TEST_CASE("a batch item is resolved by its shape, not by its mode",
          "[api][batch]") {
  Api api;
  CHECK(
      api.Ok("/call/upsert_batch",
             Batch({R"({"mode":"end","req":)" + Start(AStart("c1")) + "}",
                    R"({"mode":"start","req":)" + End(AnEnd("c1")) + "}",
                    R"({"req":)" + Start(AStart("c2")) + "}"})) ==
      R"({"res":[{"id":"c1","trace_id":"t1"},{},{"id":"c2","trace_id":"t1"}]})");
  CHECK(ReadCall(api, "c1").at("ended_at") == kEndedAt);
}

TEST_CASE("an unknown mode is refused, and nothing is stored", "[api][batch]") {
  Api api;
  CHECK(ReasonOf(api.Post("/call/upsert_batch",
                          Batch({StartItem(AStart("c1")),
                                 R"({"mode":"sideways","req":)" +
                                     Start(AStart("c2")) + "}"})),
                 400) == "Invalid mode");
  CHECK(ReadCall(api, "c1").is_null());
}

TEST_CASE("the JavaScript SDK's display name inside an end is ignored",
          "[api][batch]") {
  Api api;
  api.Ok(
      "/call/upsert_batch",
      Batch({StartItem(AStart("c1")),
             EndItem(AnEnd("c1").WithText("display_name", "from the end"))}));
  CHECK(ReadCall(api, "c1").at("display_name").is_null());
}

TEST_CASE("one bad item spoils its batch, and is named by its index",
          "[api][batch]") {
  Api api;
  SECTION("by its shape, in both arms of the union") {
    const Json details = DetailsOf(
        api.Post("/call/upsert_batch",
                 Batch({StartItem(AStart("c1")), EndItem(AnEnd("c1")),
                        StartItem(AStart("c2").Without("project_id"))})));
    REQUIRE(details.size() == 3);
    CHECK(details[0].at("type") == "missing");
    CHECK(details[0].at("loc") ==
          Json::parse(R"(["body","batch",2,"CallBatchStartMode","req","start",
                          "project_id"])"));
    CHECK(details[1].at("type") == "missing");
    CHECK(details[1].at("loc") ==
          Json::parse(R"(["body","batch",2,"CallBatchEndMode","req","end"])"));
    CHECK(details[2].at("type") == "extra_forbidden");
    CHECK(
        details[2].at("loc") ==
        Json::parse(R"(["body","batch",2,"CallBatchEndMode","req","start"])"));
  }
  SECTION("by its project") {
    ReasonOf(
        api.Post(
            "/call/upsert_batch",
            Batch({StartItem(AStart("c1")),
                   StartItem(AStart("c2").WithText("project_id", "nowhere"))})),
        400);
  }
  CHECK(QueryIds(api).empty());
  CHECK(ReadCall(api, "c1").is_null());
}

TEST_CASE("a batch may touch several projects", "[api][batch]") {
  Api api;
  api.Ok("/call/upsert_batch",
         Batch({StartItem(AStart("c1")),
                StartItem(AStart("c1").WithText("project_id", "team/two"))}));
  CHECK(QueryIds(api) == "c1");
  CHECK_FALSE(Json::parse(api.Ok("/call/read",
                                 R"({"project_id":"team/two","id":"c1"})"))
                  .at("call")
                  .is_null());
}

TEST_CASE("a thousand parts arrive in any order", "[api][batch]") {
  Api api;
  std::vector<std::string> items;
  for (int i = 0; i < 500; ++i) {
    const std::string id = "c" + std::to_string(i);
    items.push_back(StartItem(AStart(id)));
    items.push_back(EndItem(AnEnd(id)));
  }
  // A shuffle that is the same each time.
  for (size_t i = 0; i < items.size(); ++i) {
    std::swap(items[i], items[(i * 7919) % items.size()]);
  }
  api.Ok("/call/upsert_batch", Batch(items));
  const std::vector<Json> calls = QueryCalls(api);
  CHECK(calls.size() == 500);
  CHECK(std::all_of(calls.begin(), calls.end(), [](const Json& call) {
    return call.at("ended_at") == kEndedAt;
  }));
}

TEST_CASE("halves from many threads all meet", "[api][threads]") {
  Api api(Transport::kInProcess,
          GENERATE(db::Durability::kMemory, db::Durability::kNormal));
  constexpr int kThreads = 8;
  constexpr int kCallsEach = 25;
  std::atomic<int> refused{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < kCallsEach; ++i) {
        const std::string id =
            "c" + std::to_string(t) + "-" + std::to_string(i);
        // Half of the threads end first what a neighbour starts.
        const std::string other =
            "c" + std::to_string(t ^ 1) + "-" + std::to_string(i);
        refused += api.Post("/call/start", Start(AStart(id))).status != 200;
        refused += api.Post("/call/end", End(AnEnd(other))).status != 200;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(refused == 0);
  const std::vector<Json> calls = QueryCalls(api);
  CHECK(calls.size() == kThreads * kCallsEach);
  CHECK(std::all_of(calls.begin(), calls.end(), [](const Json& call) {
    return call.at("ended_at") == kEndedAt;
  }));
}

TEST_CASE("what was answered is there after a restart", "[api][end]") {
  Api api(GENERATE(Transport::kInProcess, Transport::kPort),
          GENERATE(db::Durability::kNormal, db::Durability::kFull));
  PutStart(api, AStart("c1").With("inputs", R"({"x":1.0})"));
  PutEnd(api, AnEnd("c2"));
  PutStart(api, AStart("gone"));
  api.Ok("/calls/delete", R"({"project_id":"team/app","call_ids":["gone"]})");
  api.Restart();
  CHECK_THAT(ReadText(api, "c1"), Catch::Contains(R"("inputs":{"x":1.0})"));
  PutEnd(api, AnEnd("c1"));
  PutStart(api, AStart("c2"));
  PutStart(api, AStart("gone"));
  CHECK(QueryIds(api) == "c1 c2");
  CHECK(ReadCall(api, "c2").at("ended_at") == kEndedAt);
}

}  // namespace
}  // namespace bobbin::testing
