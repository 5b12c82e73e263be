#include "control/wait.h"

#include <algorithm>
#include <chrono>
#include <string>

namespace bobbin::control {
namespace {

using store::Changes;

Status CheckNumber(std::string_view name, std::optional<int64_t> number,
                   int64_t least, int64_t most) {
  if (!number || (*number >= least && *number <= most)) return {};
  return Invalid(std::string(name) + " must be from " + std::to_string(least) +
                 " to " + std::to_string(most));
}

Status Check(const model::WaitReq& wanted) {
  constexpr int64_t kMost = int64_t{1} << 53;
  if (!wanted.calls && !wanted.ended && !wanted.query &&
      !wanted.none_open.value_or(false)) {
    return Invalid("Say what to wait for: calls, ended, none_open or query");
  }
  if (wanted.matching && !wanted.query) {
    return Invalid("matching counts what a query finds, and there is none");
  }
  Status status = CheckNumber("calls", wanted.calls, 0, kMost);
  if (status.ok()) status = CheckNumber("ended", wanted.ended, 0, kMost);
  if (status.ok()) status = CheckNumber("matching", wanted.matching, 1, kMost);
  if (!status.ok()) return status;
  return CheckNumber("timeout_ms", wanted.timeout_ms, 0, kLongestWaitMs);
}

Result<Reached> Look(const store::CallStore& calls,
                     const model::WaitReq& wanted) {
  Reached reached;
  if (wanted.query) {
    model::CallsQueryStatsReq request;
    request.project_id = wanted.project_id;
    request.query = wanted.query;
    request.limit = wanted.matching.value_or(1);
    const Result<store::CallStore::Count> count = calls.CountCalls(request);
    if (!count.ok()) return count.error();
    reached.matching = count.value().calls;
  }
  // Last: of a call that the query has found, the numbers know, too.
  const Result<store::CallStore::Progress> progress =
      calls.ProgressOf(wanted.project_id);
  if (!progress.ok()) return progress.error();
  reached.calls = progress.value().calls;
  reached.ended = progress.value().ended;
  return reached;
}

}  // namespace

Missing MissingOf(const model::WaitReq& wanted, const Reached& reached) {
  const auto lacking = [](int64_t wants, int64_t has) {
    return std::max<int64_t>(wants - has, 0);
  };
  return {.calls = lacking(wanted.calls.value_or(0), reached.calls),
          .ended = lacking(wanted.ended.value_or(0), reached.ended),
          .open = wanted.none_open.value_or(false) ? reached.open() : 0,
          .matching = wanted.query ? lacking(wanted.matching.value_or(1),
                                             reached.matching.value_or(0))
                                   : 0};
}

Result<Reached> Wait(store::CallStore& calls, const model::WaitReq& wanted) {
  Status status = Check(wanted);
  if (!status.ok()) return std::move(status).error();
  const auto deadline =
      std::chrono::steady_clock::now() +
      std::chrono::milliseconds(wanted.timeout_ms.value_or(kDefaultWaitMs));
  Changes& changes = calls.changes();
  while (true) {
    // The number first: what comes after it ends the wait below.
    const uint64_t seen = changes.last();
    Result<Reached> reached = Look(calls, wanted);
    if (!reached.ok() || !MissingOf(wanted, reached.value()).any()) {
      return reached;
    }
    switch (changes.WaitPast(seen, wanted.project_id, deadline)) {
      case Changes::End::kChange:
        break;
      case Changes::End::kDeadline:
        return reached;
      case Changes::End::kStopped:
        return Error{Code::kBusy, "The server stops."};
      case Changes::End::kCallerGone:
        return Error{Code::kBusy, "Nobody waits any more."};
    }
  }
}

}  // namespace bobbin::control
