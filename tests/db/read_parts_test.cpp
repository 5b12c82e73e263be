// Long reads in parts.
#include "db/read_parts.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <mutex>
#include <set>
#include <stdexcept>
#include <thread>

#include "base/caller.h"
#include "support/captured_log.h"
#include "support/catch.h"
#include "support/store_fixture.h"
#include "support/temp_dir.h"

namespace bobbin::db {
namespace {

using bobbin::testing::InFile;
using bobbin::testing::OpenOrThrow;
using bobbin::testing::TempDir;

constexpr int64_t kParts = 200;

std::unique_ptr<Database> OpenAs(Durability durability, const TempDir& folder) {
  OpenOptions options = InFile(folder.File("x.db"));
  options.durability = durability;
  return OpenOrThrow(options);
}

TEST_CASE("every part of a read is run once", "[db][threads]") {
  const Durability durability =
      GENERATE(Durability::kMemory, Durability::kFull);
  const int64_t parts = GENERATE(0, 1, 2, 200);
  const TempDir folder;
  const auto database = OpenAs(durability, folder);
  std::array<std::atomic<int>, kParts> times = {};
  std::mutex mutex;
  std::set<std::thread::id> threads;
  const Status read =
      ReadParts(*database, parts, [&](Connection& connection, int64_t part) {
        Query query(connection, "SELECT count(*) FROM projects");
        if (query.Row() && query.Int(0) == 0) {
          ++times.at(static_cast<size_t>(part));
        }
        const std::lock_guard lock(mutex);
        threads.insert(std::this_thread::get_id());
      });
  CHECK(read.ok());
  for (int64_t part = 0; part < kParts; ++part) {
    CAPTURE(part);
    CHECK(times.at(static_cast<size_t>(part)) == (part < parts ? 1 : 0));
  }
  CHECK(threads.size() <= kMaxReadThreads);
  if (durability == Durability::kMemory) CHECK(threads.size() <= 1);
}

TEST_CASE("a part that fails ends the whole read", "[db][threads]") {
  const TempDir folder;
  const auto database = OpenAs(Durability::kFull, folder);
  std::atomic<int> runs = 0;
  const auto run = [&](const auto& fail) {
    return ReadParts(*database, 1'000'000,
                     [&](Connection& connection, int64_t part) {
                       ++runs;
                       if (part == 5) fail(connection);
                     });
  };
  SECTION("with SQLite's error") {
    const Status read = run([](Connection& connection) {
      Query(connection, "SELECT no_such_function()").Run();
    });
    REQUIRE(!read.ok());
    CHECK(read.error().code == Code::kInternal);
  }
  SECTION("with what is thrown") {
    CHECK_THROWS_AS(
        run([](Connection&) { throw std::runtime_error("no"); }).ok(),
        std::runtime_error);
  }
  CHECK(runs < 1'000'000);
}

TEST_CASE("the limit for a query is one for all its parts", "[db][threads]") {
  const TempDir folder;
  OpenOptions options = InFile(folder.File("x.db"));
  options.query_timeout_us = 20'000;
  const auto database = OpenOrThrow(options);
  const bobbin::testing::CapturedLog log;
  std::atomic<int> runs = 0;
  // Each of them is well below it.
  const Status read = ReadParts(*database, 1'000'000, [&](Connection&, auto) {
    ++runs;
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  });
  REQUIRE(!read.ok());
  CHECK(read.error().code == Code::kTimeout);
  CHECK(runs < 1'000'000);
  CHECK(log.Text().find("took longer than 0.02 seconds") != std::string::npos);
}

TEST_CASE("a read in parts ends when nobody waits for it", "[db][threads]") {
  const TempDir folder;
  const auto database = OpenAs(Durability::kFull, folder);
  std::atomic<bool> gone = false;
  const Caller caller([&] { return gone.load(); });
  const Status read =
      ReadParts(*database, 2, [&](Connection& connection, int64_t) {
        gone = true;
        Query(connection,
              "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM "
              "n) SELECT count(*) FROM n")
            .Run();
      });
  REQUIRE(!read.ok());
  CHECK(read.error().code == Code::kTimeout);
}

}  // namespace
}  // namespace bobbin::db
