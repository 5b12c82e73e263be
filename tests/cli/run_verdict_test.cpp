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
  const cli::RunFaults all{
      .calls = {.calls = 9, .errors = 1, .open = 2, .orphans = 3},
      .duplicates = 4};
  CHECK(Faults(all, {}).empty());
  CHECK(
      Faults({.calls = {.calls = 9}}, {"error", "open", "orphan", "duplicate"})
          .empty());
  CHECK(Faults(all, {"error"}) == "1 call failed");
  CHECK(Faults(all, {"orphan", "open"}) ==
        "2 calls have not ended, 3 calls' parents never came");
  CHECK(Faults(all, {"duplicate"}) == "4 starts or ends came twice");
  CHECK(Faults({.duplicates = 1}, {"duplicate"}) ==
        "1 start or end came twice");
}

}  // namespace
}  // namespace bobbin::testing
