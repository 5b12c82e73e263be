#include "store/call_store.h"

#include "support/catch.h"
#include "support/store_fixture.h"

// AStart()/AnEnd()/AComplete() are valid reports of a call in "team/app"; a
// test names only the field it is about.

namespace bobbin::testing {
namespace {

using model::CallStatus;
using Strings = std::vector<std::string>;

constexpr std::string_view kRefA = "weave:///team/app/object/a:v1";
constexpr std::string_view kRefB = "weave:///team/app/object/b:v1";

std::string Quoted(std::string_view text) {
  return "\"" + std::string(text) + "\"";
}

// The calls that have `ref` in their inputs, or in their output.
Strings Consumers(StoreFixture& f, std::string_view ref) {
  model::CallsQueryReq request = ARequest();
  request.filter->input_refs = {{ref}};
  return f.Ids(request);
}
Strings Producers(StoreFixture& f, std::string_view ref) {
  model::CallsQueryReq request = ARequest();
  request.filter->output_refs = {{ref}};
  return f.Ids(request);
}

TEST_CASE_METHOD(StoreFixture, "an empty store has no calls and no errors",
                 "[store]") {
  CHECK(Ids().empty());
  CHECK(Count() == 0);
  CHECK(!Get("c1"));
  CHECK(Delete({}) == 0);
}

TEST_CASE_METHOD(StoreFixture, "the two halves of a call meet in any order",
                 "[store]") {
  const bool start_first = GENERATE(true, false);
  CAPTURE(start_first);

  if (start_first) REQUIRE(Record(AStart("c1")).ok());
  REQUIRE(Record(AnEnd("c1").Output("7")).ok());
  if (!start_first) {
    CHECK(!Get("c1"));
    CHECK(Count() == 0);
    REQUIRE(Record(AStart("c1")).ok());
  }

  const auto call = Get("c1");
  REQUIRE(call);
  CHECK(call->started_at_us == 1000);
  CHECK(call->ended_at_us == 3500);
  CHECK(call->output == "7");
  CHECK(call->status == CallStatus::kSuccess);
  CHECK(NumberIn(*database, "SELECT count(*) FROM calls") == 1);
  CHECK(NumberIn(*database, "SELECT count(*) FROM call_outputs") == 1);
}

TEST_CASE_METHOD(StoreFixture,
                 "both halves may come in one batch, in any order", "[store]") {
  REQUIRE(Record(AnEnd("c1"), AStart("c1"), AStart("c2"), AnEnd("c2")).ok());

  CHECK(Ids() == Strings{"c1", "c2"});
  CHECK(Get("c1")->ended_at_us == 3500);
  CHECK(Get("c2")->ended_at_us == 3500);
}

TEST_CASE_METHOD(StoreFixture, "what a start carries comes back as it was sent",
                 "[store]") {
  const std::string_view inputs =
      R"({ "b":1.0, "a" : 1e400,"a":123456789012345678901234567890,)"
      R"("s":"\ud83d \u0000 \/", "n":null})";
  REQUIRE(Record(AStart("c1")
                     .Op("weave:///team/app/op/predict:abc")
                     .Trace("t9")
                     .Under("p1")
                     .Named("shown")
                     .Thread("th")
                     .Turn("tu")
                     .User("me")
                     .Run("team/app/r1")
                     .Step(3)
                     .At(-5)
                     .Attributes(R"({"acme.language":"en"})")
                     .Inputs(inputs)
                     .OtelDump("{ }"))
              .ok());

  const auto call = Get("c1");
  REQUIRE(call);
  CHECK(call->project_id == kProject);
  CHECK(call->op_name == "weave:///team/app/op/predict:abc");
  CHECK(call->trace_name == "predict");
  CHECK(call->trace_id == "t9");
  CHECK(call->parent_id == "p1");
  CHECK(call->display_name == "shown");
  CHECK(call->thread_id == "th");
  CHECK(call->turn_id == "tu");
  CHECK(call->wb_user_id == "me");
  CHECK(call->wb_run_id == "team/app/r1");
  CHECK(call->wb_run_step == 3);
  CHECK(call->started_at_us == -5);
  CHECK(call->attributes == R"({"acme.language":"en"})");
  CHECK(call->inputs == inputs);
  CHECK(call->otel_dump == "{ }");
  CHECK(!call->ended_at_us);
  CHECK(!call->output);
  CHECK(!call->summary);
  CHECK(!call->exception);
  CHECK(!call->wb_run_step_end);
  CHECK(call->status == CallStatus::kRunning);
}

TEST_CASE_METHOD(StoreFixture, "what an end carries comes back as it was sent",
                 "[store]") {
  REQUIRE(Record(AStart("c1"), AnEnd("c1")
                                   .Until(9'000'000'000'000'000)
                                   .Output("[1, 1.0,  \"\\ud83d\"]")
                                   .Summary(R"({"usage":{}, "x":1})")
                                   .Failing("boom")
                                   .EndStep(8))
              .ok());

  const auto call = Get("c1");
  REQUIRE(call);
  CHECK(call->ended_at_us == 9'000'000'000'000'000);
  CHECK(call->output == "[1, 1.0,  \"\\ud83d\"]");
  CHECK(call->summary == R"({"usage":{}, "x":1})");
  CHECK(call->exception == "boom");
  CHECK(call->wb_run_step_end == 8);
  CHECK(call->status == CallStatus::kError);
}

TEST_CASE_METHOD(StoreFixture, "a text may be empty or hold a zero",
                 "[store]") {
  const std::string_view odd("a\0b", 3);
  REQUIRE(Record(AStart(odd).Op("").Trace("").Thread("").Named(odd)).ok());
  REQUIRE(Record(AStart("a")).ok());

  const auto call = Get(odd);
  REQUIRE(call);
  CHECK(call->id == odd);
  CHECK(call->op_name == "");
  CHECK(call->trace_id == "");
  CHECK(call->thread_id == "");
  CHECK(call->display_name == odd);
}

TEST_CASE_METHOD(StoreFixture, "the user is `local` unless a start names one",
                 "[store]") {
  SECTION("a lone start") {
    REQUIRE(Record(AStart("c1")).ok());
    CHECK(Get("c1")->wb_user_id == "local");
  }
  SECTION("a start after its end") {
    REQUIRE(Record(AnEnd("c1"), AStart("c1")).ok());
    CHECK(Get("c1")->wb_user_id == "local");
  }
  SECTION("a repeated start that names none keeps the name") {
    REQUIRE(Record(AStart("c1").User("me"), AStart("c1")).ok());
    CHECK(Get("c1")->wb_user_id == "me");
  }
  SECTION("a repeated complete call that names none does not") {
    REQUIRE(Record(AComplete("c1").User("me")).ok());
    REQUIRE(Record(AComplete("c1")).ok());
    CHECK(Get("c1")->wb_user_id == "local");
  }
}

TEST_CASE_METHOD(StoreFixture,
                 "the status follows the exception, then the "
                 "errors below, then the end",
                 "[store]") {
  struct Row {
    const char* exception;  // null: none
    bool errors_below;
    CallStatus status;
  };
  const Row row = GENERATE(values<Row>({
      {nullptr, false, CallStatus::kSuccess},
      {"", false, CallStatus::kSuccess},
      {nullptr, true, CallStatus::kDescendantError},
      {"", true, CallStatus::kDescendantError},
      {"boom", false, CallStatus::kError},
      {"boom", true, CallStatus::kError},
  }));
  const bool known = GENERATE(true, false);  // an end half was there before
  CAPTURE(row.exception, row.errors_below, known);
  REQUIRE(Record(AStart("c1")).ok());
  if (known) REQUIRE(Record(AnEnd("c1")).ok());

  Part end = AnEnd("c1").Summary("{}", row.errors_below);
  if (row.exception != nullptr) end.Failing(row.exception);
  REQUIRE(Record(end).ok());

  CHECK(Get("c1")->status == row.status);
}

TEST_CASE_METHOD(StoreFixture, "a repeated start changes only what it carries",
                 "[store]") {
  REQUIRE(Record(AStart("c1")
                     .Under("p1")
                     .Named("first")
                     .Thread("th1")
                     .Turn("tu1")
                     .Run("r1")
                     .Step(1)
                     .OtelDump("{}"))
              .ok());
  REQUIRE(Record(AnEnd("c1").Output("1")).ok());

  SECTION("what it leaves out stays") {
    REQUIRE(Record(AStart("c1")).ok());
    const auto call = Get("c1");
    CHECK(call->parent_id == "p1");
    CHECK(call->display_name == "first");
    CHECK(call->thread_id == "th1");
    CHECK(call->turn_id == "tu1");
    CHECK(call->wb_run_id == "r1");
    CHECK(call->wb_run_step == 1);
    CHECK(call->otel_dump == "{}");
  }
  SECTION("what it carries wins") {
    REQUIRE(Record(AStart("c1")
                       .Op("op2")
                       .Trace("t2")
                       .Under("p2")
                       .Named("second")
                       .Thread("th2")
                       .At(2000)
                       .Inputs(R"({"a":2})"))
                .ok());
    const auto call = Get("c1");
    CHECK(call->op_name == "op2");
    CHECK(call->trace_id == "t2");
    CHECK(call->parent_id == "p2");
    CHECK(call->display_name == "second");
    CHECK(call->thread_id == "th2");
    CHECK(call->started_at_us == 2000);
    CHECK(call->inputs == R"({"a":2})");
  }
  // The end half is not touched either way.
  CHECK(Get("c1")->output == "1");
  CHECK(Get("c1")->ended_at_us == 3500);
  CHECK(NumberIn(*database, "SELECT count(*) FROM call_inputs") == 1);
}

TEST_CASE_METHOD(StoreFixture, "a repeated end changes only what it carries",
                 "[store]") {
  REQUIRE(
      Record(AStart("c1"), AnEnd("c1").Output("1").Failing("boom").EndStep(4))
          .ok());

  SECTION("what it leaves out stays") {
    REQUIRE(Record(AnEnd("c1").Until(4000).Summary(R"({"x":1})")).ok());
    const auto call = Get("c1");
    CHECK(call->ended_at_us == 4000);
    CHECK(call->summary == R"({"x":1})");
    CHECK(call->output == "1");
    CHECK(call->exception == "boom");
    CHECK(call->wb_run_step_end == 4);
    CHECK(call->status == CallStatus::kError);
  }
  SECTION("what it carries wins") {
    REQUIRE(Record(AnEnd("c1").Output("2").Failing("bang").EndStep(5)).ok());
    const auto call = Get("c1");
    CHECK(call->output == "2");
    CHECK(call->exception == "bang");
    CHECK(call->wb_run_step_end == 5);
  }
  CHECK(NumberIn(*database, "SELECT count(*) FROM call_outputs") == 1);
}

TEST_CASE_METHOD(StoreFixture, "a complete call is both halves", "[store]") {
  REQUIRE(Record(AComplete("c1").Output("1").Inputs(R"({"a":1})")).ok());

  const auto call = Get("c1");
  REQUIRE(call);
  CHECK(call->started_at_us == 1000);
  CHECK(call->ended_at_us == 3500);
  CHECK(call->inputs == R"({"a":1})");
  CHECK(call->output == "1");
  CHECK(call->status == CallStatus::kSuccess);
  CHECK(call->wb_user_id == "local");
}

TEST_CASE_METHOD(StoreFixture,
                 "a repeated complete call replaces all but the display name",
                 "[store]") {
  REQUIRE(Record(AComplete("c1")
                     .Under("p1")
                     .Named("shown")
                     .Thread("th")
                     .Turn("tu")
                     .Run("r")
                     .Step(1)
                     .EndStep(2)
                     .OtelDump("{}")
                     .Output("1")
                     .Failing("boom"))
              .ok());
  REQUIRE(Record(AComplete("c1").Trace("t2").Until(4000)).ok());

  const auto call = Get("c1");
  REQUIRE(call);
  CHECK(call->display_name == "shown");
  CHECK(call->trace_id == "t2");
  CHECK(call->ended_at_us == 4000);
  CHECK(!call->parent_id);
  CHECK(!call->thread_id);
  CHECK(!call->turn_id);
  CHECK(!call->wb_run_id);
  CHECK(!call->wb_run_step);
  CHECK(!call->wb_run_step_end);
  CHECK(!call->otel_dump);
  CHECK(!call->output);
  CHECK(!call->exception);
  CHECK(call->status == CallStatus::kSuccess);
  CHECK(NumberIn(*database, "SELECT count(*) FROM call_outputs") == 1);
  CHECK(NumberIn(*database, "SELECT count(*) FROM call_inputs") == 1);
}

TEST_CASE_METHOD(StoreFixture, "halves after a complete call merge into it",
                 "[store]") {
  REQUIRE(Record(AComplete("c1").Output("1").Named("shown")).ok());

  SECTION("a start") {
    REQUIRE(Record(AStart("c1").At(2000)).ok());
    CHECK(Get("c1")->started_at_us == 2000);
    CHECK(Get("c1")->output == "1");
    CHECK(Get("c1")->ended_at_us == 3500);
  }
  SECTION("an end") {
    REQUIRE(Record(AnEnd("c1").Until(5000).Failing("late")).ok());
    CHECK(Get("c1")->ended_at_us == 5000);
    CHECK(Get("c1")->output == "1");
    CHECK(Get("c1")->status == CallStatus::kError);
  }
  CHECK(Get("c1")->display_name == "shown");
}

TEST_CASE_METHOD(StoreFixture, "a complete call fills what a half began",
                 "[store]") {
  const bool start_first = GENERATE(true, false);
  CAPTURE(start_first);
  REQUIRE(Record(start_first ? AStart("c1").Thread("old")
                             : AnEnd("c1").Failing("old"))
              .ok());

  REQUIRE(Record(AComplete("c1").Output("1")).ok());

  const auto call = Get("c1");
  REQUIRE(call);
  CHECK(!call->thread_id);
  CHECK(!call->exception);
  CHECK(call->status == CallStatus::kSuccess);
  CHECK(call->output == "1");
  CHECK(NumberIn(*database, "SELECT count(*) FROM call_outputs") == 1);
}

TEST_CASE_METHOD(StoreFixture, "the same id in two projects is two calls",
                 "[store]") {
  REQUIRE(Record(AStart("c1").Named("here")).ok());
  REQUIRE(Record(AStart("c1").In("team/other").Named("there")).ok());
  REQUIRE(Record(AnEnd("c1").In("team/other")).ok());

  CHECK(Get("c1")->display_name == "here");
  CHECK(!Get("c1")->ended_at_us);
  CHECK(Get("c1", "team/other")->display_name == "there");
  CHECK(Get("c1", "team/other")->ended_at_us == 3500);
  CHECK(Get("c1", "team/other")->project_id == "team/other");
  CHECK(!Get("c1", "team/unknown"));
}

TEST_CASE_METHOD(StoreFixture, "a made trace id gives way to a known one",
                 "[store]") {
  SECTION("the call has one") {
    REQUIRE(Record(AStart("c1").Trace("t1")).ok());
    Part again = AStart("c1").MadeTrace("made");
    std::vector<Part> parts{again};
    REQUIRE(RecordAll(parts).ok());
    CHECK(parts[0].report().trace_id == "t1");
    CHECK(Get("c1")->trace_id == "t1");
  }
  SECTION("only the end is there: the made one stays") {
    REQUIRE(Record(AnEnd("c1")).ok());
    std::vector<Part> parts{AStart("c1").MadeTrace("made")};
    REQUIRE(RecordAll(parts).ok());
    CHECK(parts[0].report().trace_id == "made");
    CHECK(Get("c1")->trace_id == "made");
  }
  SECTION("the call is new: the made one stays") {
    std::vector<Part> parts{AStart("c1").MadeTrace("made")};
    REQUIRE(RecordAll(parts).ok());
    CHECK(parts[0].report().trace_id == "made");
    CHECK(Get("c1")->trace_id == "made");
  }
}

TEST_CASE_METHOD(StoreFixture, "a display name can be set, and cleared",
                 "[store]") {
  REQUIRE(Record(AStart("c1").Named("first")).ok());

  SECTION("set") {
    REQUIRE(calls.SetDisplayName(kProject, "c1", "second").ok());
    CHECK(Get("c1")->display_name == "second");
  }
  SECTION("cleared by an empty one") {
    REQUIRE(calls.SetDisplayName(kProject, "c1", "").ok());
    CHECK(!Get("c1")->display_name);
  }
  SECTION("in this project only") {
    REQUIRE(calls.SetDisplayName("team/other", "c1", "second").ok());
    CHECK(Get("c1")->display_name == "first");
  }
  SECTION("ahead of the call, which stays hidden until it starts") {
    REQUIRE(calls.SetDisplayName(kProject, "c2", "early").ok());
    CHECK(!Get("c2"));
    REQUIRE(Record(AnEnd("c2")).ok());
    CHECK(!Get("c2"));
    REQUIRE(Record(AStart("c2")).ok());
    CHECK(Get("c2")->display_name == "early");
    CHECK(Get("c2")->ended_at_us == 3500);
  }
  SECTION("ahead of a complete call") {
    REQUIRE(calls.SetDisplayName(kProject, "c2", "early").ok());
    REQUIRE(Record(AComplete("c2")).ok());
    CHECK(Get("c2")->display_name == "early");
  }
}

TEST_CASE_METHOD(StoreFixture, "refs are found by the call that holds them",
                 "[store]") {
  REQUIRE(Record(AStart("in").Inputs(R"({"x":[{"y":)" + Quoted(kRefA) + "}," +
                                     Quoted(kRefA) + "]}"),
                 AStart("out"), AnEnd("out").Output(Quoted(kRefA)),
                 AComplete("both")
                     .Inputs(R"({"x":)" + Quoted(kRefA) + "}")
                     .Output("[" + Quoted(kRefA) + "," + Quoted(kRefB) + "]"))
              .ok());

  CHECK(Consumers(*this, kRefA) == Strings{"both", "in"});
  CHECK(Producers(*this, kRefA) == Strings{"both", "out"});
  CHECK(Producers(*this, kRefB) == Strings{"both"});
  CHECK(Consumers(*this, kRefB).empty());
  CHECK(Consumers(*this, "weave:///team/app/object/a:*") ==
        Strings{"both", "in"});
  CHECK(Consumers(*this, "weave:///team/app/object/a").empty());
  // A ref is kept once, and once per call and side.
  CHECK(NumberIn(*database, "SELECT count(*) FROM refs") == 2);
  CHECK(NumberIn(*database, "SELECT count(*) FROM call_refs") == 5);
}

TEST_CASE_METHOD(StoreFixture, "refs follow what is sent again", "[store]") {
  REQUIRE(Record(AStart("c1").Inputs("[" + Quoted(kRefA) + "]"),
                 AnEnd("c1").Output(Quoted(kRefA)))
              .ok());

  SECTION("a start with other inputs") {
    REQUIRE(Record(AStart("c1").Inputs("[" + Quoted(kRefB) + "]")).ok());
    CHECK(Consumers(*this, kRefA).empty());
    CHECK(Consumers(*this, kRefB) == Strings{"c1"});
    CHECK(Producers(*this, kRefA) == Strings{"c1"});
  }
  SECTION("an end with another output") {
    REQUIRE(Record(AnEnd("c1").Output(Quoted(kRefB))).ok());
    CHECK(Producers(*this, kRefA).empty());
    CHECK(Producers(*this, kRefB) == Strings{"c1"});
    CHECK(Consumers(*this, kRefA) == Strings{"c1"});
  }
  SECTION("an end without output, whose earlier output stays") {
    REQUIRE(Record(AnEnd("c1")).ok());
    CHECK(Producers(*this, kRefA) == Strings{"c1"});
  }
  SECTION("a complete call without either") {
    REQUIRE(Record(AComplete("c1")).ok());
    CHECK(Consumers(*this, kRefA).empty());
    CHECK(Producers(*this, kRefA).empty());
  }
}

TEST_CASE_METHOD(StoreFixture,
                 "the refs of an early end are found once its "
                 "start is there",
                 "[store]") {
  REQUIRE(Record(AnEnd("c1").Output(Quoted(kRefA))).ok());
  CHECK(Producers(*this, kRefA).empty());
  REQUIRE(Record(AStart("c1")).ok());
  CHECK(Producers(*this, kRefA) == Strings{"c1"});
}

TEST_CASE_METHOD(StoreFixture, "storage sizes are those of the JSON sent",
                 "[store]") {
  model::CallsQueryReq sizes = ARequest();
  sizes.include_storage_size = true;
  sizes.include_total_storage_size = true;
  const auto check = [&](int64_t c1, int64_t total) {
    const auto found = Scan(sizes);
    REQUIRE(found.size() == 2);
    CHECK(found[0].id == "c1");
    CHECK(found[0].storage_size_bytes == c1);
    CHECK(found[0].total_storage_size_bytes == total);
    CHECK(found[1].storage_size_bytes == 4);
    CHECK(!found[1].total_storage_size_bytes);  // not a root
    model::CallsQueryStatsReq counted = ACount();
    counted.include_total_storage_size = true;
    const auto count = calls.CountCalls(counted);
    REQUIRE(count.ok());
    CHECK(count.value().storage_bytes == total);
  };
  REQUIRE(Record(AStart("c1").Inputs("{\"a\":\"\u00e9\"}"),
                 AStart("c2").Under("c1"))
              .ok());
  check(2 + 10, 16);

  REQUIRE(Record(AnEnd("c1")).ok());  // output null, summary {}
  check(12 + 4 + 2, 22);

  REQUIRE(Record(AnEnd("c1").Output("\"1234\"")).ok());
  check(12 + 6 + 2, 24);

  REQUIRE(Record(AStart("c1")).ok());  // smaller inputs
  check(4 + 6 + 2, 16);

  REQUIRE(Record(AnEnd("c1").Summary(R"({"x":1})")).ok());  // output stays
  check(4 + 6 + 7, 21);

  REQUIRE(Record(AComplete("c1")).ok());
  check(4 + 4 + 2, 14);

  sizes.include_storage_size = false;
  sizes.include_total_storage_size = false;
  CHECK(!Scan(sizes)[0].storage_size_bytes);
  CHECK(!Scan(sizes)[0].total_storage_size_bytes);
}

TEST_CASE_METHOD(StoreFixture,
                 "a batch that fails leaves nothing behind, and "
                 "the names it made are made again",
                 "[store]") {
  // A job of our own shares the Names, as a neighbour in a group does.
  const Status failed =
      database->Write([&](db::Connection& connection) -> Status {
        names.Op(connection, names.Project(connection, kProject), "op");
        return Invalid("no");
      });
  REQUIRE(!failed.ok());
  CHECK(NumberIn(*database, "SELECT count(*) FROM projects") == 0);

  REQUIRE(Record(AStart("c1")).ok());

  CHECK(Ids() == Strings{"c1"});
  CHECK(Get("c1")->op_name == "op");
}

}  // namespace
}  // namespace bobbin::testing
