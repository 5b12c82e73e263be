#include "db/reader_pool.h"

#include <atomic>
#include <thread>

#include "support/catch.h"

namespace bobbin::db {
namespace {

std::unique_ptr<Connection> Make() {
  return std::make_unique<Connection>(
      ":memory:", SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE, 0);
}

bool Never() { return false; }

TEST_CASE("connections are made on demand and used again", "[db]") {
  int made = 0;
  ReaderPool pool({.max = 3, .kept = 3}, [&] {
    ++made;
    return Make();
  });
  CHECK(made == 0);
  Connection* first = nullptr;
  {
    auto lease = pool.Take(Never);
    first = &lease->connection();
  }
  CHECK(made == 1);
  auto again = pool.Take(Never);
  CHECK(&again->connection() == first);
  auto second = pool.Take(Never);
  CHECK(&second->connection() != first);
  CHECK(made == 2);
}

TEST_CASE("a connection that could not be made takes no place", "[db]") {
  bool broken = true;
  ReaderPool pool({.max = 1, .kept = 1}, [&] {
    if (broken) throw SQLite::Exception("no");
    return Make();
  });
  CHECK_THROWS_AS(pool.Take(Never), SQLite::Exception);
  CHECK_THROWS_AS(pool.Take(Never), SQLite::Exception);
  broken = false;
  CHECK_NOTHROW(pool.Take(Never));
}

TEST_CASE("connections beyond those that are kept are closed after their use",
          "[db]") {
  int made = 0;
  ReaderPool pool({.max = 3, .kept = 1}, [&] {
    ++made;
    return Make();
  });
  {
    const auto first = pool.Take(Never);
    const auto second = pool.Take(Never);
    const auto third = pool.Take(Never);
    CHECK_FALSE(pool.Take([] { return true; }));
  }
  CHECK(made == 3);
  const auto kept = pool.Take(Never);
  CHECK(made == 3);
  // The places of the others are free again.
  const auto fourth = pool.Take(Never);
  const auto fifth = pool.Take(Never);
  CHECK(made == 5);
  CHECK_FALSE(pool.Take([] { return true; }));
}

TEST_CASE("who gives up waiting gets none and takes no place", "[db]") {
  ReaderPool pool({.max = 1, .kept = 1}, Make);
  {
    const auto lease = pool.Take([] { return true; });
    CHECK(lease);  // one is free: nobody has to wait
    int asked = 0;
    CHECK_FALSE(pool.Take([&] { return ++asked == 2; }));
    CHECK(asked == 2);
  }
  CHECK(pool.Take(Never));
}

TEST_CASE(
    "no more connections are out than are allowed, and all who wait get "
    "one",
    "[db][threads]") {
  std::atomic<int> made = 0;
  ReaderPool pool({.max = 3, .kept = 3}, [&] {
    ++made;
    return Make();
  });
  std::atomic<int> out = 0;
  std::atomic<int> most = 0;
  std::atomic<int> served = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 12; ++i) {
    threads.emplace_back([&] {
      for (int n = 0; n < 100; ++n) {
        auto lease = pool.Take(Never);
        const int now = ++out;
        int seen = most;
        while (seen < now && !most.compare_exchange_weak(seen, now)) {
        }
        Query query(lease->connection(), "SELECT 1");
        query.Row();
        --out;
        ++served;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(served == 1200);
  CHECK(most <= 3);
  CHECK(made <= 3);
}

}  // namespace
}  // namespace bobbin::db
