// Deleting calls, and what comes for them afterwards (contract section 4.2).
#include "store/call_store.h"
#include "support/catch.h"
#include "support/store_fixture.h"

namespace bobbin::testing {
namespace {

using Strings = std::vector<std::string>;

TEST_CASE_METHOD(StoreFixture, "a deleted call is gone from every read",
                 "[store]") {
  const std::string ref = "\"weave:///team/app/object/a:v1\"";
  REQUIRE(Record(AComplete("c1")
                     .Inputs("[" + ref + "]")
                     .Output(ref)
                     .Thread("th")
                     .Turn("tu")
                     .Under("p")
                     .User("u")
                     .Run("r"),
                 AStart("c2"))
              .ok());

  CHECK(Delete({"c1"}) == 1);

  CHECK(!Get("c1"));
  CHECK(Ids() == Strings{"c2"});
  CHECK(Count() == 1);
  model::CallsQueryReq request = ARequest();
  SECTION("by input ref") {
    request.filter->input_refs = {{"weave:///team/app/object/a:*"}};
  }
  SECTION("by output ref") {
    request.filter->output_refs = {{"weave:///team/app/object/a:v1"}};
  }
  SECTION("by parent") { request.filter->parent_ids = {{"p"}}; }
  SECTION("by thread") { request.filter->thread_ids = {{"th"}}; }
  SECTION("by turn") { request.filter->turn_ids = {{"tu"}}; }
  SECTION("by user") { request.filter->wb_user_ids = {{"u"}}; }
  SECTION("by run") { request.filter->wb_run_ids = {{"r"}}; }
  CHECK(Ids(request) ==
        (request.filter->input_refs || request.filter->output_refs ||
                 request.filter->parent_ids || request.filter->thread_ids ||
                 request.filter->turn_ids || request.filter->wb_user_ids ||
                 request.filter->wb_run_ids
             ? Strings{}
             : Strings{"c2"}));
}

TEST_CASE_METHOD(StoreFixture, "deleting takes the JSON out of the file",
                 "[store]") {
  REQUIRE(Record(AComplete("c1")
                     .Inputs(R"(["weave:///team/app/object/a:v1"])")
                     .Output("1")
                     .Failing("boom"))
              .ok());
  REQUIRE(Delete({"c1"}) == 1);

  CHECK(NumberIn(*database, "SELECT count(*) FROM call_inputs") == 0);
  CHECK(NumberIn(*database, "SELECT count(*) FROM call_outputs") == 0);
  CHECK(NumberIn(*database, "SELECT count(*) FROM call_refs") == 0);
  CHECK(NumberIn(*database,
                 "SELECT count(*) FROM calls WHERE exception IS NOT NULL") ==
        0);
  CHECK(NumberIn(*database, "SELECT deleted_at_us FROM calls") == 777);
}

TEST_CASE_METHOD(StoreFixture, "a deleted call does not come back", "[store]") {
  REQUIRE(Record(AComplete("c1").Named("old")).ok());
  REQUIRE(Delete({"c1"}) == 1);

  SECTION("by a late start") { REQUIRE(Record(AStart("c1")).ok()); }
  SECTION("by a late end") { REQUIRE(Record(AnEnd("c1").Output("1")).ok()); }
  SECTION("by a complete call") { REQUIRE(Record(AComplete("c1")).ok()); }
  SECTION("by both halves") {
    REQUIRE(Record(AnEnd("c1"), AStart("c1"), AnEnd("c1")).ok());
  }
  SECTION("by a display name") {
    REQUIRE(calls.SetDisplayName(kProject, "c1", "new").ok());
  }
  SECTION("by being deleted again") { CHECK(Delete({"c1"}) == 1); }

  CHECK(!Get("c1"));
  CHECK(Ids().empty());
  CHECK(NumberIn(*database, "SELECT count(*) FROM call_inputs") == 0);
  CHECK(NumberIn(*database, "SELECT count(*) FROM call_outputs") == 0);
  CHECK(NumberIn(*database,
                 "SELECT count(*) FROM calls WHERE display_name IS NOT NULL "
                 "OR trace_id IS NOT NULL OR ended_at_us IS NOT NULL") == 0);
}

TEST_CASE_METHOD(StoreFixture,
                 "an id that was never seen can be deleted, and "
                 "stays so",
                 "[store]") {
  CHECK(Delete({"c1", "c2", "c1"}) == 2);

  REQUIRE(Record(AStart("c1"), AnEnd("c2"), AStart("c2"), AStart("c3")).ok());

  CHECK(Ids() == Strings{"c3"});
}

TEST_CASE_METHOD(StoreFixture, "an end without its start can be deleted",
                 "[store]") {
  REQUIRE(Record(AnEnd("c1").Output("1")).ok());
  CHECK(Delete({"c1"}) == 1);
  REQUIRE(Record(AStart("c1")).ok());
  CHECK(!Get("c1"));
  CHECK(NumberIn(*database, "SELECT count(*) FROM call_outputs") == 0);
}

TEST_CASE_METHOD(StoreFixture, "a call is deleted with all below it",
                 "[store]") {
  //      a          x (another trace, below c)
  //    b   c        y (another project, below c)
  //   d e   f
  REQUIRE(Record(AStart("a"), AStart("b").Under("a"), AStart("c").Under("a"),
                 AStart("d").Under("b"), AStart("e").Under("b"),
                 AStart("f").Under("c"), AStart("x").Under("c").Trace("t2"),
                 AStart("y").Under("c").In("team/other"))
              .ok());

  SECTION("from the root") {
    CHECK(Delete({"a"}) == 6);
    CHECK(Ids() == Strings{"x"});
  }
  SECTION("from the middle") {
    CHECK(Delete({"b"}) == 3);
    CHECK(Ids() == Strings{"a", "c", "f", "x"});
  }
  SECTION("a leaf") {
    CHECK(Delete({"f"}) == 1);
    CHECK(Ids() == Strings{"a", "b", "c", "d", "e", "x"});
  }
  SECTION("what is below two of the given ids counts once") {
    const auto ids = GENERATE(table<std::string_view, std::string_view>(
        {{"a", "b"}, {"b", "a"}, {"d", "a"}, {"a", "f"}}));
    CHECK(Delete({std::get<0>(ids), std::get<1>(ids)}) == 6);
    CHECK(Ids() == Strings{"x"});
  }
  CHECK(Get("y", "team/other"));
}

TEST_CASE_METHOD(StoreFixture,
                 "descendants that end-only halves know of go "
                 "with their parent",
                 "[store]") {
  REQUIRE(Record(AnEnd("child"), AStart("child").Under("root")).ok());
  REQUIRE(Record(AStart("root")).ok());
  CHECK(Delete({"root"}) == 2);
  CHECK(Ids().empty());
}

TEST_CASE_METHOD(StoreFixture,
                 "parents in a ring are deleted, not walked "
                 "forever",
                 "[store]") {
  SECTION("of one") {
    REQUIRE(Record(AStart("a").Under("a"), AStart("z")).ok());
    CHECK(Delete({"a"}) == 1);
  }
  SECTION("of three, with a tail") {
    REQUIRE(Record(AStart("a").Under("c"), AStart("b").Under("a"),
                   AStart("c").Under("b"), AStart("d").Under("c"), AStart("z"))
                .ok());
    CHECK(Delete({"b"}) == 4);
  }
  CHECK(Ids() == Strings{"z"});
}

TEST_CASE_METHOD(StoreFixture, "a deep chain is deleted whole", "[store]") {
  constexpr int kDepth = 3000;
  std::vector<Part> parts;
  for (int i = 0; i < kDepth; ++i) {
    parts.push_back(AStart("c" + std::to_string(i)));
    if (i > 0) parts.back().Under("c" + std::to_string(i - 1));
  }
  REQUIRE(RecordAll(parts).ok());
  CHECK(Delete({"c0"}) == kDepth);
  CHECK(Ids().empty());
}

TEST_CASE_METHOD(StoreFixture,
                 "deleting in one project leaves the others "
                 "alone",
                 "[store]") {
  REQUIRE(Record(AStart("c1"), AStart("c1").In("team/other")).ok());
  CHECK(Delete({"c1"}, "team/other") == 1);
  CHECK(Get("c1"));
  CHECK(!Get("c1", "team/other"));
}

}  // namespace
}  // namespace bobbin::testing
