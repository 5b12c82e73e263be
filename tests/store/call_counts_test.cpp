// The number of a project's calls, which is known without counting.
#include <thread>

#include "store/call_writer.h"
#include "support/catch.h"
#include "support/store_fixture.h"

namespace bobbin::testing {
namespace {

class Counting : public StoreFixture {
 public:
  using StoreFixture::StoreFixture;
  int64_t Roots() {
    model::CallsQueryStatsReq request = ACount();
    request.filter->trace_roots_only = true;
    return Count(request);
  }
};

// Counted by SQL: with a limit it is not looked up.
int64_t CountedCalls(StoreFixture& store) {
  model::CallsQueryStatsReq request = ACount();
  request.limit = 1'000'000;
  return store.Count(request);
}

TEST_CASE_METHOD(Counting, "a project's calls and roots are counted",
                 "[store]") {
  const bool asked_before = GENERATE(true, false);
  CAPTURE(asked_before);
  if (asked_before) CHECK(Count() == 0);
  REQUIRE(Record(AStart("root"), AStart("child").Under("root")).ok());
  REQUIRE(Record(AStart("root")).ok());  // again: no second one
  REQUIRE(Record(AnEnd("hidden")).ok());
  CHECK(Count() == 2);
  CHECK(Roots() == 1);

  SECTION("an end without its start counts once that comes") {
    REQUIRE(Record(AStart("hidden").Under("root")).ok());
    CHECK(Count() == 3);
    CHECK(Roots() == 1);
  }
  SECTION("a root may turn out to have a parent") {
    REQUIRE(Record(AStart("root").Under("above")).ok());
    CHECK(Count() == 2);
    CHECK(Roots() == 0);
  }
  SECTION("and a child to have none, when it is replaced") {
    REQUIRE(Record(AComplete("child")).ok());
    CHECK(Count() == 2);
    CHECK(Roots() == 2);
  }
  SECTION("deleted calls do not count, ids that never came neither") {
    CHECK(Delete({"root", "hidden", "never"}) == 4);
    CHECK(Count() == 0);
    CHECK(Roots() == 0);
    CHECK(Delete({"root"}) == 1);
    CHECK(Count() == 0);
  }
}

TEST_CASE_METHOD(Counting, "what is taken back is not counted", "[store]") {
  REQUIRE(Record(AStart("before")).ok());
  CHECK(Count() == 1);
  store::CallCounts counts(*database);
  const Status failed = database->Write([&](db::Connection& connection) {
    Part start = AStart("c1");
    store::WriteReport(connection, names, counts, start.report());
    return Status(Invalid("no"));
  });
  REQUIRE_FALSE(failed.ok());
  const Status kept = database->Write([&](db::Connection& connection) {
    Part start = AStart("after");
    store::WriteReport(connection, names, counts, start.report());
    return Status();
  });
  REQUIRE(kept.ok());
  const Result<store::CallCounts::Counted> counted = counts.Of(1);
  REQUIRE(counted.ok());
  CHECK(counted.value().calls == 2);
}

TEST_CASE("counts outlive a clean stop, and none are left by a crash",
          "[store]") {
  const TempDir folder;
  const std::string path = folder.File("x.db");
  const auto in_file = [](db::Database& database) {
    return NumberIn(database,
                    "SELECT coalesce(sum(calls), -1) FROM project_counts");
  };
  {
    const auto database = OpenOrThrow(InFile(path));
    store::Names names;
    store::CallStore calls(*database, names);
    Part start = AStart("c1");
    model::CallReport* report = &start.report();
    REQUIRE(calls.Record({&report, 1}).ok());
    CHECK(in_file(*database) == -1);
  }
  const auto database = OpenOrThrow(InFile(path));
  CHECK(in_file(*database) == 1);
  store::Names names;
  store::CallStore calls(*database, names);
  CHECK(calls.CountCalls(ACount()).value().calls == 1);
  Part start = AStart("c2");
  model::CallReport* report = &start.report();
  REQUIRE(calls.Record({&report, 1}).ok());
  CHECK(calls.CountCalls(ACount()).value().calls == 2);
  CHECK(in_file(*database) == -1);
}

TEST_CASE("who only reads takes the file's counts while there are any",
          "[store]") {
  const TempDir folder;
  const std::string path = folder.File("x.db");
  const auto record = [](store::CallStore& calls, const char* id) {
    Part start = AStart(id);
    model::CallReport* report = &start.report();
    REQUIRE(calls.Record({&report, 1}).ok());
  };
  {
    const auto database = OpenOrThrow(InFile(path));
    store::Names names;
    store::CallStore calls(*database, names);
    record(calls, "c1");
  }
  db::OpenOptions looking = InFile(path);
  looking.read_only = true;
  const auto reader = OpenOrThrow(looking);
  store::Names reader_names;
  const store::CallStore looked(*reader, reader_names);
  CHECK(looked.Projects().value().at(0).calls == 1);

  const auto database = OpenOrThrow(InFile(path));
  // A number that nobody would count.
  REQUIRE(database
              ->Write([](db::Connection& connection) {
                connection.Exec("UPDATE project_counts SET calls = 7");
                return Status();
              })
              .ok());
  CHECK(looked.Projects().value().at(0).calls == 7);
  store::Names names;
  store::CallStore calls(*database, names);
  record(calls, "c2");
  CHECK(looked.Projects().value().at(0).calls == 2);
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
  CHECK(RowsIn(*database,
               "SELECT project || ' ' || calls || ' ' || roots "
               "FROM project_counts") == std::vector<std::string>{"1 2 1"});
}

TEST_CASE_METHOD(StoreFixture, "a count that is asked for amid writes is exact",
                 "[store][threads]") {
  // The project is there before the store looks, so that it has to count.
  REQUIRE(Record(AStart("before")).ok());
  store::CallStore fresh(*database, names);
  std::vector<std::thread> writers;
  for (int t = 0; t < 4; ++t) {
    writers.emplace_back([&fresh, t] {
      for (int i = 0; i < 50; ++i) {
        Part start = AStart(std::to_string(t) + "-" + std::to_string(i));
        model::CallReport* report = &start.report();
        if (!fresh.Record({&report, 1}).ok()) std::abort();
      }
    });
  }
  int64_t last = 0;
  while (last < 201) {
    const int64_t now = fresh.CountCalls(ACount()).value().calls;
    REQUIRE(now >= last);
    last = now;
  }
  for (std::thread& writer : writers) writer.join();
  CHECK(fresh.CountCalls(ACount()).value().calls == 201);
  CHECK(CountedCalls(*this) == 201);
}

}  // namespace
}  // namespace bobbin::testing
