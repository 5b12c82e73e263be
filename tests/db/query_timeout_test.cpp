// Reads that take too long, or that nobody waits for any more.
#include <atomic>
#include <chrono>
#include <thread>

#include "base/caller.h"
#include "db/database.h"
#include "db/query_watch.h"
#include "support/captured_log.h"
#include "support/catch.h"
#include "support/store_fixture.h"
#include "support/temp_dir.h"

namespace bobbin::db {
namespace {

using bobbin::testing::CapturedLog;
using bobbin::testing::InFile;
using bobbin::testing::InMemory;
using bobbin::testing::OpenOrThrow;
using bobbin::testing::TempDir;

constexpr int64_t kMs = 1000;

// Computes for ever.
constexpr const char* kEndless =
    "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) "
    "SELECT count(*) FROM n";
// Gives a row at once, and again and again.
constexpr const char* kManyRows =
    "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) "
    "SELECT i FROM n";

class TimeoutFixture {
 protected:
  void Open(int64_t query_timeout_us) {
    OpenOptions options =
        GENERATE(false, true) ? InMemory() : InFile(folder_.File("x.db"));
    options.query_timeout_us = query_timeout_us;
    database = OpenOrThrow(options);
  }

  Status Run(const char* sql) {
    return database->Read([&](Connection& connection) {
      Query(connection, sql).Row();
      return Status();
    });
  }

  // Reads and writes work as if nothing had been.
  void CheckWell() {
    for (int i = 0; i < 40; ++i) CHECK(Run("SELECT 1").ok());
    CHECK(database
              ->Write([&](Connection& connection) {
                Query(connection,
                      "INSERT INTO projects (project_id) VALUES ('a')")
                    .Run();
                return Status();
              })
              .ok());
  }

  TempDir folder_;
  std::unique_ptr<Database> database;
};

TEST_CASE_METHOD(TimeoutFixture,
                 "a query that computes for too long is stopped, which the "
                 "log says once",
                 "[db]") {
  Open(20 * kMs);
  const CapturedLog log;
  const Status status = Run(kEndless);
  REQUIRE(!status.ok());
  CHECK(status.error().code == Code::kTimeout);
  CHECK(status.error().message ==
        "The query was stopped: it took longer than 0.02 seconds.");
  CHECK(log.Text() ==
        "warning: The query was stopped: it took longer than 0.02 seconds.\n");
  CheckWell();
}

TEST_CASE_METHOD(TimeoutFixture, "without a limit a query may take its time",
                 "[db]") {
  Open(0);
  CHECK(Run("WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n "
            "WHERE i < 300000) SELECT count(*) FROM n")
            .ok());
}

TEST_CASE_METHOD(TimeoutFixture,
                 "rows that keep coming are not cut, however long it takes to "
                 "read them",
                 "[db]") {
  Open(20 * kMs);
  using Clock = std::chrono::steady_clock;
  int64_t rows = 0;
  const Status status = database->Read([&](Connection& connection) {
    const Clock::time_point end = Clock::now() + std::chrono::milliseconds(60);
    Query query(connection, kManyRows);
    while (Clock::now() < end && query.Row()) ++rows;
    return Status();
  });
  CHECK(status.ok());
  CHECK(rows > 0);
}

TEST_CASE_METHOD(TimeoutFixture,
                 "the time that a job takes over a row is not the query's",
                 "[db]") {
  Open(50 * kMs);
  const Status status = database->Read([&](Connection& connection) {
    Query query(connection, kManyRows);
    for (int i = 0; i < 3; ++i) {
      query.Row();
      const auto end =
          std::chrono::steady_clock::now() + std::chrono::milliseconds(60);
      while (std::chrono::steady_clock::now() < end) {
      }
      // Thousands of rows, so that SQLite's counter comes round meanwhile.
      for (int row = 0; row < 2000; ++row) query.Row();
    }
    return Status();
  });
  CHECK(status.ok());
}

TEST_CASE_METHOD(TimeoutFixture,
                 "a query for nobody is stopped, and nobody is told", "[db]") {
  Open(GENERATE(0, 3600 * 1000 * kMs));
  const CapturedLog log;
  int asked = 0;
  const Caller caller([&] { return ++asked == 3; });
  const Status status = Run(kEndless);
  REQUIRE(!status.ok());
  CHECK(status.error().code == Code::kTimeout);
  CHECK(asked == 3);
  CHECK(log.Text().empty());
  CheckWell();
}

TEST_CASE_METHOD(TimeoutFixture, "a stream of rows for nobody is stopped, too",
                 "[db]") {
  Open(0);
  const Caller caller([] { return true; });
  const Status status = database->Read([&](Connection& connection) {
    Query query(connection, kManyRows);
    while (query.Row()) {
    }
    return Status();
  });
  REQUIRE(!status.ok());
  CHECK(status.error().code == Code::kTimeout);
}

TEST_CASE_METHOD(TimeoutFixture, "a short read asks nobody anything", "[db]") {
  Open(1);
  int asked = 0;
  const Caller caller([&] { return ++asked > 0; });
  for (int i = 0; i < 1000; ++i) REQUIRE(Run("SELECT 1").ok());
  CHECK(asked == 0);
}

TEST_CASE("a connection that is no longer watched computes on", "[db]") {
  Connection connection(
      ":memory:", SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE, 0);
  const char* sql =
      "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n "
      "WHERE i < 100000) SELECT count(*) FROM n";
  auto verdict = QueryWatch::Verdict::kNone;
  {
    const QueryWatch watch(connection, 1, verdict);
    CHECK_THROWS_AS(Query(connection, sql).Row(), SQLite::Exception);
    CHECK(verdict == QueryWatch::Verdict::kTooLong);
  }
  CHECK(Query(connection, sql).Row());
}

TEST_CASE("readers that wait for a connection give up in time",
          "[db][threads]") {
  const TempDir folder;
  OpenOptions options = InFile(folder.File("x.db"));
  options.query_timeout_us = 100 * kMs;
  const auto database = OpenOrThrow(options);
  constexpr int kReaders = 64;  // as many as there are connections
  std::atomic<int> inside = 0;
  std::atomic<bool> leave = false;
  std::vector<std::thread> readers;
  for (int i = 0; i < kReaders; ++i) {
    readers.emplace_back([&] {
      const Status status = database->Read([&](Connection&) {
        ++inside;
        leave.wait(false);
        return Status();
      });
      if (!status.ok()) --inside;
    });
  }
  while (inside < kReaders) std::this_thread::yield();
  const auto nothing = [](Connection&) { return Status(); };
  const Status late = database->Read(nothing);
  REQUIRE(!late.ok());
  CHECK(late.error().code == Code::kBusy);
  leave = true;
  leave.notify_all();
  for (std::thread& reader : readers) reader.join();
  CHECK(inside == kReaders);
  CHECK(database->Read(nothing).ok());
}

}  // namespace
}  // namespace bobbin::db
