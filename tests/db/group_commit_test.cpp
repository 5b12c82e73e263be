// Many writers at once, through the door that they use: Database::Write.
#include "db/group_commit.h"

#include <atomic>
#include <chrono>
#include <new>
#include <stdexcept>
#include <thread>

#include "support/catch.h"
#include "support/store_fixture.h"
#include "support/temp_dir.h"

namespace bobbin::db {
namespace {

using bobbin::testing::InFile;
using bobbin::testing::InMemory;
using bobbin::testing::NumberIn;
using bobbin::testing::OpenOrThrow;
using bobbin::testing::TempDir;

const EmbeddedFile kTable{"0001.sql", "CREATE TABLE t (a INTEGER UNIQUE);"};

OpenOptions Small(OpenOptions options) {
  options.migrations = {&kTable, 1};
  return options;
}

void InsertInto(Connection& connection, int64_t number) {
  Query(connection, "INSERT INTO t VALUES (?)").Bind(number).Run();
}

// Runs `body(0)` to `body(count - 1)`, each on a thread of its own.
template <class Body>
void OnThreads(int count, const Body& body) {
  std::vector<std::thread> threads;
  for (int i = 0; i < count; ++i) threads.emplace_back([&, i] { body(i); });
  for (std::thread& thread : threads) thread.join();
}

TEST_CASE("every writer gets its own result", "[db][threads]") {
  const TempDir folder;
  const auto database = OpenOrThrow(
      Small(GENERATE(true, false) ? InMemory() : InFile(folder.File("x.db"))));
  constexpr int kThreads = 8;
  constexpr int kWrites = 100;
  std::atomic<int> wrong = 0;

  OnThreads(kThreads, [&](int thread) {
    for (int i = 0; i < kWrites; ++i) {
      const int64_t number = thread * kWrites + i;
      int64_t row = 0;
      const Status status = database->Write([&](Connection& connection) {
        InsertInto(connection, number);
        row = connection.last_insert_row_id();
        return Status();
      });
      int64_t found = -1;
      const Status read = database->Read([&](Connection& connection) {
        Query query(connection, "SELECT a FROM t WHERE rowid = ?");
        query.Bind(row);
        found = query.Row() ? query.Int(0) : -1;
        return Status();
      });
      if (!status.ok() || !read.ok() || found != number) ++wrong;
    }
  });

  CHECK(wrong == 0);
  CHECK(NumberIn(*database, "SELECT count(*) FROM t") == kThreads * kWrites);
}

TEST_CASE("jobs that fail leave nothing behind and their neighbours alone",
          "[db][threads]") {
  const TempDir folder;
  const auto database = OpenOrThrow(
      Small(GENERATE(true, false) ? InMemory() : InFile(folder.File("x.db"))));
  constexpr int kThreads = 8;
  constexpr int kWrites = 60;
  std::atomic<int> wrong = 0;

  OnThreads(kThreads, [&](int thread) {
    for (int i = 0; i < kWrites; ++i) {
      const int64_t number = thread * kWrites + i;
      const int kind = (thread + i) % 5;
      const Status status =
          database->Write([&](Connection& connection) -> Status {
            InsertInto(connection, number);
            if (kind == 1) return Invalid("no");
            if (kind == 2) connection.Exec("INSERT INTO nowhere VALUES (1)");
            if (kind == 3 && number > 3) InsertInto(connection, number);
            if (kind == 4) throw std::bad_alloc();
            return {};
          });
      const bool should_pass = kind == 0 || (kind == 3 && number <= 3);
      if (status.ok() != should_pass) ++wrong;
      if (kind == 1 && (status.ok() || status.error().message != "no" ||
                        status.error().code != Code::kInvalid)) {
        ++wrong;
      }
      if (kind == 4 &&
          (status.ok() || status.error().code != Code::kInternal)) {
        ++wrong;
      }
    }
  });

  CHECK(wrong == 0);
  int64_t expected = 0;
  for (int thread = 0; thread < kThreads; ++thread) {
    for (int i = 0; i < kWrites; ++i) {
      const int kind = (thread + i) % 5;
      const int number = thread * kWrites + i;
      expected += kind == 0 || (kind == 3 && number <= 3) ? 1 : 0;
    }
  }
  CHECK(NumberIn(*database, "SELECT count(*) FROM t") == expected);
}

TEST_CASE("what a job throws becomes its error, and the next one is fine",
          "[db]") {
  const TempDir folder;
  const auto database = OpenOrThrow(
      Small(GENERATE(true, false) ? InMemory() : InFile(folder.File("x.db"))));
  const int kind = GENERATE(0, 1, 2);
  const Status status = database->Write([&](Connection& connection) -> Status {
    InsertInto(connection, 1);
    if (kind == 0) throw std::bad_alloc();
    if (kind == 1) throw std::runtime_error("the reason");
    throw 1;
  });
  REQUIRE(!status.ok());
  CHECK(status.error().code == Code::kInternal);
  if (kind == 1) {
    CHECK_THAT(status.error().message, Catch::Contains("the reason"));
  }

  CHECK(database
            ->Write([](Connection& connection) {
              InsertInto(connection, 2);
              return Status();
            })
            .ok());
  CHECK(NumberIn(*database, "SELECT sum(a) FROM t") == 2);
}

TEST_CASE(
    "a job that runs again after a neighbour's failure sets its result "
    "anew",
    "[db][threads]") {
  const auto database = OpenOrThrow(Small(InMemory()));
  // Whether two jobs share a transaction is up to the scheduler: try until
  // it has happened.
  std::atomic<int64_t> next = 0;
  bool ran_twice = false;
  for (int round = 0; round < 2000 && !ran_twice; ++round) {
    std::atomic<int> wrong = 0;
    std::atomic<int> twice = 0;
    OnThreads(4, [&](int thread) {
      const int64_t number = ++next;
      int runs = 0;
      int64_t row = 0;
      const Status status =
          database->Write([&](Connection& connection) -> Status {
            ++runs;
            InsertInto(connection, number);
            row = connection.last_insert_row_id();
            if (thread == 0) return Invalid("no");
            return {};
          });
      if (status.ok() != (thread != 0)) ++wrong;
      if (thread == 0) return;
      if (runs == 2) ++twice;
      Status read = database->Read([&](Connection& connection) {
        Query query(connection, "SELECT a FROM t WHERE rowid = ?");
        query.Bind(row);
        if (!query.Row() || query.Int(0) != number) ++wrong;
        return Status();
      });
      if (runs > 2 || !read.ok()) ++wrong;
    });
    REQUIRE(wrong == 0);
    ran_twice = twice > 0;
  }
  CHECK(ran_twice);
}

TEST_CASE(
    "a locked file makes every waiting writer busy in about one "
    "timeout",
    "[db][threads]") {
  const TempDir folder;
  OpenOptions options = Small(InFile(folder.File("x.db")));
  options.busy_timeout_ms = 200;
  const auto database = OpenOrThrow(options);
  SQLite::Database other(options.path, SQLite::OPEN_READWRITE);
  other.exec("BEGIN IMMEDIATE");

  std::atomic<int> busy = 0;
  const auto begin = std::chrono::steady_clock::now();
  OnThreads(16, [&](int thread) {
    const Status status = database->Write([&](Connection& connection) {
      InsertInto(connection, thread);
      return Status();
    });
    if (!status.ok() && status.error().code == Code::kBusy) ++busy;
  });
  const auto took = std::chrono::steady_clock::now() - begin;

  CHECK(busy == 16);
  // One group that has the turn and one that waits for it; one writer after
  // the other would be 16 timeouts.
  CHECK(took < std::chrono::milliseconds(200 * 8));
  other.exec("ROLLBACK");
  CHECK(NumberIn(*database, "SELECT count(*) FROM t") == 0);
  CHECK(database
            ->Write([](Connection& connection) {
              InsertInto(connection, 1);
              return Status();
            })
            .ok());
}

TEST_CASE("readers that never pause do not keep writers out", "[db][threads]") {
  const TempDir folder;
  const auto database = OpenOrThrow(
      Small(GENERATE(true, false) ? InMemory() : InFile(folder.File("x.db"))));
  std::atomic<bool> stop = false;
  std::atomic<int> failed = 0;
  std::vector<std::thread> readers;
  for (int i = 0; i < 6; ++i) {
    readers.emplace_back([&] {
      while (!stop) {
        const Status status = database->Read([](Connection& connection) {
          Query query(connection,
                      "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT "
                      "i + 1 FROM n WHERE i < 5000) SELECT (SELECT count(*) "
                      "FROM t) + max(i) FROM n");
          query.Row();
          return Status();
        });
        if (!status.ok()) ++failed;
      }
    });
  }

  std::atomic<bool> written = false;
  std::thread writer([&] {
    for (int i = 0; i < 30; ++i) {
      const Status status = database->Write([&](Connection& connection) {
        InsertInto(connection, i);
        return Status();
      });
      if (!status.ok()) ++failed;
    }
    written = true;
  });
  const auto limit =
      std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (!written && std::chrono::steady_clock::now() < limit) {
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  const bool in_time = written;
  stop = true;
  for (std::thread& reader : readers) reader.join();
  writer.join();

  CHECK(in_time);
  CHECK(failed == 0);
  CHECK(NumberIn(*database, "SELECT count(*) FROM t") == 30);
}

TEST_CASE(
    "failures of SQLite are busy or internal, with the words for the "
    "log",
    "[db]") {
  const TempDir folder;
  SQLite::Database database(folder.File("x.db"),
                            SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
  try {
    database.exec("nonsense");
    FAIL("that was SQL");
  } catch (const SQLite::Exception& exception) {
    const Error error = FromSqlite(exception);
    CHECK(error.code == Code::kInternal);
    CHECK(error.message.find("nonsense") != std::string::npos);
  }
  const int code = GENERATE(5, 6, 261, 517, 262);  // BUSY, LOCKED, extended
  CHECK(FromSqlite(SQLite::Exception("x", code)).code == Code::kBusy);
}

}  // namespace
}  // namespace bobbin::db
