// What the clients did to the store, and what they have left undone: the
// things that a server takes without a word and that a test suite, or the
// author of an SDK, wants to know.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "control/journal.h"
#include "control/tally.h"
#include "store/call_store.h"
#include "store/loose_ends.h"

namespace bobbin::control {

struct ProjectReport {
  // From the store: calls, open ones, orphans, ends without a start.
  store::LooseEnds loose = {};
  // Counted as it came; zero while nothing is counted (Report::counting).
  Duplicates duplicates = {};
  Retries retries = {};
};

// A request that was made again.
struct RetriedRequest {
  int64_t seq = 0;
  int64_t retry_of = 0;
  std::string route;
  std::vector<std::string> project_ids;
};

struct Report {
  // Those that have calls or counts; by when they first came.
  std::vector<ProjectReport> projects = {};
  // Sums over `projects` (and requests of none); without examples.
  ProjectReport total = {};
  // Whether there is a journal: without one the store's word is all there is.
  bool counting = false;
  std::vector<RetriedRequest> retried =
      {};  // the newest of them that are known
  // Of all projects, whatever was asked for: these have none.
  Tally::Counts counts = {};
};

// The report on one project, or on all. `most` is how many examples of each
// kind are named.
Result<Report> MakeReport(const store::CallStore& calls, const Journal& journal,
                          const Tally& tally,
                          const std::optional<std::string>& project_id,
                          int64_t most);

// The report as the API shows it (schema/openapi.json).
std::string ReportJson(const Report& report);

}  // namespace bobbin::control
