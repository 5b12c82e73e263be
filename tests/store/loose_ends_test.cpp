// Calls of which something has not come.
#include "store/loose_ends.h"

#include <string>
#include <vector>

#include "support/catch.h"
#include "support/statements.h"
#include "support/store_fixture.h"

namespace bobbin::testing {
namespace {

using store::LooseEnds;
using Strings = std::vector<std::string>;

Strings LooseIds(const store::LooseCalls& calls) {
  Strings ids;
  for (const auto& call : calls.first) ids.push_back(call.id);
  return ids;
}

class LooseFixture : public StoreFixture {
 protected:
  void Put(const Part& part) { REQUIRE(Record(part).ok()); }
  std::vector<LooseEnds> All(int64_t most = 10) {
    Result<std::vector<LooseEnds>> ends = calls.FindLooseEnds({}, most);
    REQUIRE(ends.ok());
    return std::move(ends).value();
  }
  LooseEnds Of(std::string_view project = kProject, int64_t most = 10) {
    Result<std::vector<LooseEnds>> ends = calls.FindLooseEnds(project, most);
    REQUIRE(ends.ok());
    REQUIRE(ends.value().size() == 1);
    return ends.value().front();
  }
};

TEST_CASE_METHOD(LooseFixture, "an empty store has no loose ends", "[store]") {
  CHECK(All().empty());
  CHECK(calls.FindLooseEnds("no/such", 10).value().empty());
}

TEST_CASE_METHOD(LooseFixture, "calls that have not ended are open",
                 "[store]") {
  Put(AStart("a").At(2000));
  Put(AStart("b").At(1000));
  Put(AComplete("c"));
  const LooseEnds ends = Of();
  CHECK(ends.calls == 3);
  CHECK(ends.ended == 1);
  CHECK(ends.open.count == 2);
  CHECK(LooseIds(ends.open) == Strings{"b", "a"});
  CHECK(ends.open.first[0].op_name == "op");
  CHECK(ends.open.first[0].started_at_us == 1000);
  CHECK_FALSE(ends.open.first[0].ended_at_us);
  Put(AnEnd("a"));
  CHECK(LooseIds(Of().open) == Strings{"b"});
}

TEST_CASE_METHOD(LooseFixture, "an end without its start is loose", "[store]") {
  Put(AnEnd("a"));
  CHECK(Of().calls == 0);
  CHECK(LooseIds(Of().ends_without_start) == Strings{"a"});
  CHECK(Of().open.count == 0);
  Put(AStart("a"));
  CHECK(Of().ends_without_start.count == 0);
  CHECK(Of().ended == 1);
}

TEST_CASE_METHOD(LooseFixture, "a call whose parent never came is an orphan",
                 "[store]") {
  Put(AComplete("child").Under("parent"));
  CHECK(LooseIds(Of().orphans) == Strings{"child"});
  CHECK(Of().orphans.first[0].parent_id == "parent");
  SECTION("an end of the parent is not the parent") {
    Put(AnEnd("parent"));
    CHECK(Of().orphans.count == 1);
  }
  SECTION("nor is a call of another project") {
    Put(AComplete("parent").In("team/other"));
    CHECK(Of().orphans.count == 1);
  }
  SECTION("until it comes") {
    Put(AStart("parent"));
    CHECK(Of().orphans.count == 0);
  }
}

TEST_CASE_METHOD(LooseFixture, "what was deleted is not missing", "[store]") {
  Put(AStart("parent"));
  const std::vector<std::string_view> ids{"parent"};
  REQUIRE(calls.Delete(kProject, ids, 1).ok());
  Put(AComplete("late").Under("parent"));
  CHECK(Of().calls == 1);
  CHECK(Of().orphans.count == 0);
  CHECK(Of().open.count == 0);
  CHECK(Of().ends_without_start.count == 0);
}

TEST_CASE_METHOD(LooseFixture, "projects are apart, and examples few",
                 "[store]") {
  for (const char* id : {"a", "b", "c"}) Put(AStart(id));
  Put(AStart("d").In("team/other"));
  const std::vector<LooseEnds> all = All(2);
  REQUIRE(all.size() == 2);
  CHECK(all[0].project_id == kProject);
  CHECK(all[0].open.count == 3);
  CHECK(all[0].open.first.size() == 2);
  CHECK(all[1].project_id == "team/other");
  CHECK(all[1].open.count == 1);
}

TEST_CASE_METHOD(LooseFixture, "loose ends are found by index", "[store]") {
  Put(AStart("a").Under("none"));
  Put(AnEnd("b"));
  std::vector<std::string> begun;
  {
    const Statements statements(*database);
    Of();
    begun = statements.begun();
  }
  size_t checked = 0;
  const Status status = database->Read([&](db::Connection& connection) {
    for (const std::string& sql : begun) {
      if (!sql.starts_with("SELECT")) continue;
      CAPTURE(sql);
      db::Query plan(connection, "EXPLAIN QUERY PLAN " + sql);
      while (plan.Row()) {
        CHECK(plan.Text(3).find("SCAN") == std::string_view::npos);
      }
      ++checked;
    }
    return Status();
  });
  CHECK(status.ok());
  CHECK(checked >= 7);
}

TEST_CASE_METHOD(LooseFixture, "the store says which halves came before",
                 "[store]") {
  const auto put = [this](Part part) {
    model::CallReport* report = &part.report();
    REQUIRE(calls.Record({&report, 1}).ok());
    return std::string(report->repeats_start ? "S" : "-") +
           (report->repeats_end ? "E" : "-");
  };
  CHECK(put(AStart("a")) == "--");
  CHECK(put(AStart("a")) == "S-");
  CHECK(put(AnEnd("a")) == "--");
  CHECK(put(AnEnd("a")) == "-E");
  CHECK(put(AComplete("a")) == "SE");
  CHECK(put(AnEnd("b")) == "--");
  CHECK(put(AnEnd("b")) == "-E");
  CHECK(put(AStart("b")) == "--");
  CHECK(put(AComplete("c")) == "--");
  CHECK(put(AComplete("c")) == "SE");
}

}  // namespace
}  // namespace bobbin::testing
