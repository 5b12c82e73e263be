// How a run went: what came after a moment, counted.
#include "store/call_tally.h"

#include "support/catch.h"
#include "support/store_fixture.h"

namespace bobbin::testing {
namespace {

class Tallying : public StoreFixture {
 public:
  int64_t Now() {
    const Result<int64_t> row = store::LastCallRow(*database);
    REQUIRE(row.ok());
    return row.value();
  }
  store::CallTally Tally(int64_t row = 0) {
    const Result<store::CallTally> tally = store::TallyCalls(*database, row);
    REQUIRE(tally.ok());
    return tally.value();
  }
  std::string Last(int64_t row = 0) {
    const auto last = store::LastTrace(*database, row);
    REQUIRE(last.ok());
    const std::optional<store::TraceKey>& key = last.value();
    if (!key) return "";
    return key->project_id + " " + key->trace_id + " " +
           std::to_string(key->calls);
  }
  std::string Visited(int64_t row = 0) {
    std::string all;
    const Status visited = store::VisitCallIds(
        *database, row, [&](std::string_view project, std::string_view id) {
          all += std::string(project) + " " + std::string(id) + "; ";
        });
    REQUIRE(visited.ok());
    return all;
  }
};

TEST_CASE_METHOD(Tallying, "an empty store counts as nothing", "[store]") {
  CHECK(Now() == 0);
  const store::CallTally tally = Tally();
  CHECK(tally.traces == 0);
  CHECK(tally.calls == 0);
  CHECK(tally.errors == 0);
  CHECK(tally.open == 0);
  CHECK(tally.orphans == 0);
  CHECK(Last().empty());
  CHECK(Visited().empty());
}

TEST_CASE_METHOD(Tallying, "calls are counted by how they ended", "[store]") {
  REQUIRE(Record(AStart("root"), AStart("bad").Under("root"),
                 AnEnd("bad").Failing("no"), AnEnd("root"))
              .ok());
  REQUIRE(Record(AStart("open").Trace("t2")).ok());
  const store::CallTally tally = Tally();
  CHECK(tally.traces == 2);
  CHECK(tally.calls == 3);
  CHECK(tally.errors == 1);
  CHECK(tally.open == 1);
  CHECK(tally.orphans == 0);
}

TEST_CASE_METHOD(Tallying, "a trace id of two projects is two traces",
                 "[store]") {
  REQUIRE(Record(AStart("a"), AStart("a").In("team/other")).ok());
  CHECK(Tally().traces == 2);
}

TEST_CASE_METHOD(Tallying,
                 "an orphan is a call whose parent has not come to its project",
                 "[store]") {
  REQUIRE(Record(AStart("lost").Under("above")).ok());
  CHECK(Tally().orphans == 1);
  SECTION("its end alone is not enough") {
    REQUIRE(Record(AnEnd("above")).ok());
    CHECK(Tally().orphans == 1);
    CHECK(Tally().calls == 1);
  }
  SECTION("that of another project does not count") {
    REQUIRE(Record(AStart("above").In("team/other")).ok());
    CHECK(Tally().orphans == 1);
  }
  SECTION("when it comes at last all is well") {
    REQUIRE(Record(AStart("above")).ok());
    CHECK(Tally().orphans == 0);
  }
}

TEST_CASE_METHOD(Tallying, "what was there before is not counted", "[store]") {
  REQUIRE(Record(AStart("before"), AStart("above").Trace("t0")).ok());
  const int64_t now = Now();
  REQUIRE(Record(AnEnd("before")).ok());
  CHECK(Tally(now).calls == 0);
  CHECK(Last(now).empty());
  // But it may be a parent.
  REQUIRE(Record(AStart("child").Under("above").Trace("t0")).ok());
  CHECK(Tally(now).calls == 1);
  CHECK(Tally(now).orphans == 0);
  CHECK(Last(now) == "team/app t0 2");
  CHECK(Visited(now) == "team/app child; ");
}

TEST_CASE_METHOD(Tallying, "deleted calls do not count", "[store]") {
  REQUIRE(Record(AStart("gone"), AStart("kept").Trace("t2")).ok());
  CHECK(Delete({"gone"}) == 1);
  CHECK(Tally().calls == 1);
  CHECK(Visited() == "team/app kept; ");
}

TEST_CASE_METHOD(Tallying, "the last trace is the one whose root came last",
                 "[store]") {
  REQUIRE(Record(AStart("r1").Trace("t1").At(9000)).ok());
  REQUIRE(Record(AStart("r2").Trace("t2").At(1000)).ok());
  REQUIRE(Record(AStart("c1").Trace("t1").Under("r1")).ok());
  CHECK(Last() == "team/app t2 1");
}

TEST_CASE_METHOD(Tallying, "without a root it is the trace of the last call",
                 "[store]") {
  REQUIRE(Record(AStart("c1").Trace("t1").Under("r1")).ok());
  REQUIRE(Record(AStart("c2").Trace("t2").Under("r2")).ok());
  CHECK(Last() == "team/app t2 1");
}

TEST_CASE_METHOD(Tallying, "calls are visited by project and start",
                 "[store]") {
  REQUIRE(Record(AStart("x").In("team/b"), AStart("late").At(2000),
                 AStart("early").At(1000))
              .ok());
  CHECK(Visited() == "team/app early; team/app late; team/b x; ");
}

}  // namespace
}  // namespace bobbin::testing
