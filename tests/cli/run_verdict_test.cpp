// What `bobbin run` says in the end.
#include "cli/run_verdict.h"

#include "support/catch.h"

namespace bobbin::testing {
namespace {

using cli::Faults;
using cli::TallyText;
using store::CallTally;

TEST_CASE("a tally names what there is, in its number", "[cli]") {
  CHECK(TallyText({}) == "0 traces, 0 calls");
  CHECK(TallyText({.traces = 1, .calls = 1}) == "1 trace, 1 call");
  CHECK(TallyText(
            {.traces = 1, .calls = 2, .errors = 1, .open = 1, .orphans = 1}) ==
        "1 trace, 2 calls, 1 error, 1 still open, 1 orphan");
  CHECK(TallyText({.traces = 12,
                   .calls = 3456,
                   .errors = 6,
                   .open = 7,
                   .orphans = 8}) ==
        "12 traces, 3,456 calls, 6 errors, 7 still open, 8 orphans");
}

TEST_CASE("faults are those that were asked for and are there", "[cli]") {
  const CallTally all{.calls = 9, .errors = 1, .open = 2, .orphans = 3};
  CHECK(Faults(all, {}).empty());
  CHECK(Faults({.calls = 9}, {"error", "open", "orphan"}).empty());
  CHECK(Faults(all, {"error"}) == "1 call failed");
  CHECK(Faults(all, {"orphan", "open"}) ==
        "2 calls have not ended, 3 calls' parents never came");
}

}  // namespace
}  // namespace bobbin::testing
