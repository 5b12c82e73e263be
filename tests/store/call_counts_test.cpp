// The number of calls that is kept with each project, through failures and
// restarts.
#include "store/call_writer.h"
#include "support/catch.h"
#include "support/store_fixture.h"

namespace bobbin::testing {
namespace {

int64_t Kept(db::Database& database, const std::string& column) {
  return NumberIn(
      database, "SELECT coalesce(sum(" + column + "), 0) FROM project_counts");
}

TEST_CASE_METHOD(StoreFixture, "a project's calls and roots are counted",
                 "[store]") {
  REQUIRE(Record(AStart("root"), AStart("child").Under("root")).ok());
  REQUIRE(Record(AStart("root")).ok());  // again: no second one
  REQUIRE(Record(AnEnd("hidden")).ok());
  CHECK(Kept(*database, "calls") == 2);
  CHECK(Kept(*database, "roots") == 1);

  SECTION("an end without its start counts once that comes") {
    REQUIRE(Record(AStart("hidden").Under("root")).ok());
    CHECK(Kept(*database, "calls") == 3);
    CHECK(Kept(*database, "roots") == 1);
  }
  SECTION("a root may turn out to have a parent") {
    REQUIRE(Record(AStart("root").Under("above")).ok());
    CHECK(Kept(*database, "calls") == 2);
    CHECK(Kept(*database, "roots") == 0);
  }
  SECTION("and a child to have none, when it is replaced") {
    REQUIRE(Record(AComplete("child")).ok());
    CHECK(Kept(*database, "calls") == 2);
    CHECK(Kept(*database, "roots") == 2);
  }
  SECTION("deleted calls do not count, ids that never came neither") {
    CHECK(Delete({"root", "hidden", "never"}) == 4);
    CHECK(Kept(*database, "calls") == 0);
    CHECK(Kept(*database, "roots") == 0);
    CHECK(Delete({"root"}) == 1);
    CHECK(Kept(*database, "calls") == 0);
  }
}

TEST_CASE_METHOD(StoreFixture, "what is taken back is not counted", "[store]") {
  REQUIRE(Record(AStart("before")).ok());
  const Status failed = database->Write([&](db::Connection& connection) {
    store::CallCounts counts;
    Part start = AStart("c1");
    store::WriteReport(connection, names, counts, start.report());
    counts.Flush(connection);
    return Status(Invalid("no"));
  });
  REQUIRE_FALSE(failed.ok());
  REQUIRE(Record(AStart("after")).ok());
  CHECK(Kept(*database, "calls") == 2);
}

TEST_CASE("a file without counts is counted when it is migrated", "[store]") {
  const TempDir folder;
  const std::string path = folder.File("old.db");
  db::OpenOptions old = InFile(path);
  old.migrations = old.migrations.first(4);
  {
    const auto database = OpenOrThrow(old);
    const Status written = database->Write([](db::Connection& connection) {
      connection.Exec(
          "INSERT INTO projects VALUES (1, 'team/app'), (2, 'team/none');"
          "INSERT INTO calls (project, id, started_at_us, parent_id, status, "
          "start_bytes, end_bytes) VALUES (1, 'a', 1, NULL, 0, 0, 0), "
          "(1, 'b', 2, 'a', 0, 0, 0), (1, 'end', NULL, NULL, 0, 0, 0), "
          "(2, 'gone', NULL, NULL, 0, 0, 0)");
      return Status();
    });
    REQUIRE(written.ok());
  }
  const auto database = OpenOrThrow(InFile(path));
  CHECK(Kept(*database, "calls") == 2);
  CHECK(Kept(*database, "roots") == 1);
}

}  // namespace
}  // namespace bobbin::testing
