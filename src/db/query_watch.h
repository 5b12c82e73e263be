// Stops queries that compute for too long, or for nobody.
#pragma once

#include <chrono>
#include <cstdint>

#include "base/result.h"
#include "db/connection.h"

namespace bobbin::db {

// Watches what a connection computes for as long as it lives; then the
// connection is as it was before.
//
// The limit is for one step of a Query: from one row to the next. What the
// job does with its rows, such as to wait until a slow client takes them,
// does not count, and neither does how many there are: reading a huge file to
// its end is not cut, as long as it gets on.
//
// A query that was stopped throws SQLite::Exception (SQLITE_INTERRUPT).
class QueryWatch {
 public:
  enum class Verdict { kNone, kTooLong, kForNobody };

  // `limit_us` microseconds for each step; 0: any time. The thread's Caller
  // is asked whether it is still there. Leaves kNone in `verdict`, or why a
  // query was stopped.
  QueryWatch(Connection& connection, int64_t limit_us, Verdict& verdict);
  ~QueryWatch();
  QueryWatch(const QueryWatch&) = delete;
  QueryWatch& operator=(const QueryWatch&) = delete;

  // What a client is told of a verdict other than kNone: kTimeout.
  static Error ErrorFor(Verdict verdict, int64_t limit_us);

 private:
  using Clock = std::chrono::steady_clock;
  bool MustStop();

  Connection& connection_;
  const std::chrono::microseconds limit_;
  Verdict& verdict_;
  uint64_t step_;  // that began at, or soon before, begun_
  Clock::time_point begun_;
  Clock::time_point asked_;  // the caller
};

}  // namespace bobbin::db
