// Projects as a whole, where the API does not reach.
#include "store/project_store.h"

#include <atomic>
#include <set>
#include <thread>

#include "store/project_tables.h"
#include "support/catch.h"
#include "support/table_fixture.h"

namespace bobbin::testing {
namespace {

class Projects : public TableFixture {
 public:
  using TableFixture::TableFixture;
  store::ProjectStore projects{*database, names, calls};
};

TEST_CASE_METHOD(Projects, "it is known how each table belongs to a project",
                 "[store][control]") {
  // A new table has to be told to store/project_tables.cpp, or else it is not
  // reset and not copied.
  std::set<std::string> known = {"projects", "snapshots", "refs",
                                 "project_counts"};
  for (const store::ProjectTable& table : store::ProjectTables()) {
    known.emplace(table.name);
  }
  std::set<std::string> unknown;
  for (const std::string& table :
       RowsIn(*database,
              "SELECT name FROM sqlite_schema WHERE type = 'table' AND name "
              "NOT LIKE 'sqlite_%'")) {
    if (!known.contains(table)) unknown.insert(table);
  }
  CHECK(unknown == std::set<std::string>());
}

TEST_CASE_METHOD(Projects, "row numbers of projects are not used again",
                 "[store][control]") {
  const auto row_of = [&](std::string_view project) {
    REQUIRE(Record(AStart("c").In(project)).ok());
    return NumberIn(*database,
                    "SELECT row_id FROM projects WHERE project_id = '" +
                        std::string(project) + "'");
  };
  const int64_t first = row_of("team/app");
  REQUIRE(projects.Reset("team/app").ok());
  const int64_t second = row_of("team/other");
  REQUIRE(projects.ResetAll().ok());
  const int64_t third = row_of("team/app");
  CHECK(second > first);
  CHECK(third > second);
}

TEST_CASE("a reset meets requests on their way", "[store][control]") {
  Projects store(GENERATE(db::Durability::kMemory, db::Durability::kNormal));
  const bool all = GENERATE(true, false);
  const auto reset = [&] {
    return all ? store.projects.ResetAll() : store.projects.Reset(kProject);
  };
  CAPTURE(all);
  const std::string big(store::FileUpload::kBatchBytes + 1, 'x');

  SECTION("a large file") {
    {
      store::FileUpload upload = store.files.Upload();
      REQUIRE(upload.Add(big).ok());
      REQUIRE(reset().ok());
      // Another upload takes the numbers that have become free.
      store::FileUpload another = store.files.Upload();
      REQUIRE(another.Add(std::string(big.size(), 'y')).ok());
      const Status finished = upload.Finish(kProject, "digest", 1);
      CHECK(finished.ok() == !all);
      if (all) CHECK(finished.error().code == Code::kBusy);
      REQUIRE(another.Finish(kProject, "another", 1).ok());
    }
    CHECK(RowsIn(*store.database,
                 "SELECT digest || ' ' || size_bytes || ' ' || (SELECT "
                 "sum(length(data)) FROM file_chunks WHERE file = row_id) "
                 "FROM files WHERE digest = 'another'") ==
          std::vector<std::string>{"another " + std::to_string(big.size()) +
                                   " " + std::to_string(big.size())});
    CHECK(NumberIn(*store.database,
                   "SELECT count(*) FROM file_chunks WHERE file NOT IN "
                   "(SELECT row_id FROM files)") == 0);
  }
  SECTION("a table that is made out of another") {
    const std::string base = store.Create(NumberRows(0, 10));
    const Result<store::TableStore::Updated> updated =
        store.tables.Update(kProject, base, {}, 1);
    REQUIRE(updated.ok());
    REQUIRE(reset().ok());
    CHECK(store.tables.Update(kProject, base, {}, 1).error().code ==
          Code::kNotFound);
  }
}

TEST_CASE("nothing goes wrong when all is taken away under many threads",
          "[store][control][threads]") {
  Projects store(GENERATE(db::Durability::kMemory, db::Durability::kNormal));
  constexpr int kWriters = 4;
  constexpr int kRounds = 60;
  std::atomic<int> failed = 0;
  std::atomic<int> running = kWriters;
  std::vector<std::thread> threads;
  for (int t = 0; t < kWriters; ++t) {
    threads.emplace_back([&, t] {
      const std::string project = "team/p" + std::to_string(t);
      for (int i = 0; i < kRounds; ++i) {
        const std::string id = "c" + std::to_string(i);
        const std::string op = "op" + std::to_string(i % 3);
        if (!store.Record(AStart(id).Op(op).In(project)).ok()) ++failed;
        if (!store.Record(AnEnd(id).In(project)).ok()) ++failed;
        if (i % 10 == 0 && !store.projects.Reset(project).ok()) ++failed;
        store.Get(id, project);
      }
      --running;
    });
  }
  while (running > 0) {
    if (!store.projects.ResetAll().ok()) ++failed;
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(failed == 0);
  // What is left fits together, and what is known is what is there. (An end
  // whose start was taken away has no op; and NULL NOT IN () is true.)
  CHECK(NumberIn(*store.database,
                 "SELECT count(*) FROM calls WHERE (op IS NOT NULL AND op NOT "
                 "IN (SELECT row_id FROM ops)) OR project NOT IN (SELECT "
                 "row_id FROM projects)") == 0);
  for (int t = 0; t < kWriters; ++t) {
    const std::string project = "team/p" + std::to_string(t);
    const auto progress = store.calls.ProgressOf(project);
    REQUIRE(progress.ok());
    CHECK(progress.value().calls ==
          NumberIn(*store.database,
                   "SELECT count(*) FROM calls WHERE started_at_us IS NOT "
                   "NULL AND project = (SELECT row_id FROM projects WHERE "
                   "project_id = '" +
                       project + "')"));
  }
  REQUIRE(store.projects.ResetAll().ok());
  CHECK(NumberIn(*store.database, "SELECT count(*) FROM calls") == 0);
}

TEST_CASE_METHOD(Projects, "copies do not use row numbers up",
                 "[store][control]") {
  REQUIRE(Record(AComplete("c")).ok());
  REQUIRE(projects.Snapshot(kProject, "s").ok());
  for (int i = 0; i < 100; ++i) REQUIRE(projects.Restore(kProject, "s").ok());
  CHECK(NumberIn(*database, "SELECT max(row_id) FROM calls") <= 3);
  CHECK(NumberIn(*database, "SELECT count(*) FROM calls") == 2);
}

}  // namespace
}  // namespace bobbin::testing
