#include "db/query_watch.h"

#include <sqlite3.h>

#include <cstdio>
#include <string>

#include "base/caller.h"

namespace bobbin::db {
namespace {

// Instructions of SQLite's machine between two looks at the clock: some tens
// of microseconds, as a rule.
constexpr int kInstructions = 1000;
constexpr auto kAskEvery = std::chrono::milliseconds(20);

// "30 seconds", "1 second", "0.5 seconds"
std::string Seconds(int64_t us) {
  char text[32];
  std::snprintf(text, sizeof text, "%g", static_cast<double>(us) / 1e6);
  const std::string number = text;
  return number + (number == "1" ? " second" : " seconds");
}

}  // namespace

QueryWatch::QueryWatch(Connection& connection, int64_t limit_us,
                       Verdict& verdict)
    : connection_(connection),
      limit_(limit_us),
      verdict_(verdict),
      step_(connection.steps()),
      begun_(Clock::now()),
      asked_(begun_) {
  verdict_ = Verdict::kNone;
  sqlite3_progress_handler(
      connection_.raw().getHandle(), kInstructions,
      [](void* self) {
        return static_cast<QueryWatch*>(self)->MustStop() ? 1 : 0;
      },
      this);
}

QueryWatch::~QueryWatch() {
  sqlite3_progress_handler(connection_.raw().getHandle(), 0, nullptr, nullptr);
}

bool QueryWatch::MustStop() {
  const Clock::time_point now = Clock::now();
  if (step_ != connection_.steps()) {
    step_ = connection_.steps();
    begun_ = now;
  } else if (limit_.count() > 0 && now - begun_ > limit_) {
    verdict_ = Verdict::kTooLong;
    return true;
  }
  if (now - asked_ < kAskEvery) return false;
  asked_ = now;
  if (Caller::IsGone()) verdict_ = Verdict::kForNobody;
  return verdict_ != Verdict::kNone;
}

Error QueryWatch::ErrorFor(Verdict verdict, int64_t limit_us) {
  if (verdict == Verdict::kForNobody) {
    return {Code::kTimeout, "The client did not wait for the answer."};
  }
  return {Code::kTimeout, "The query was stopped: it took longer than " +
                              Seconds(limit_us) + "."};
}

}  // namespace bobbin::db
