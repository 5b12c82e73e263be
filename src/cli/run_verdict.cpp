#include "cli/run_verdict.h"

#include <algorithm>
#include <array>

#include "cli/format.h"

namespace bobbin::cli {
namespace {

// What is counted, in words for one and for many.
struct Kind {
  std::string_view name;
  int64_t (*count)(const RunFaults& found);
  std::string_view one, many;
};
constexpr std::array<Kind, 4> kFaults{{
    {kFailOnError, [](const RunFaults& found) { return found.calls.errors; },
     " call failed", " calls failed"},
    {kFailOnOpen, [](const RunFaults& found) { return found.calls.open; },
     " call has not ended", " calls have not ended"},
    {kFailOnOrphan, [](const RunFaults& found) { return found.calls.orphans; },
     " call's parent never came", " calls' parents never came"},
    {kFailOnDuplicate, [](const RunFaults& found) { return found.duplicates; },
     " start or end came twice", " starts or ends came twice"},
}};

void Append(std::string& text, int64_t count, std::string_view one,
            std::string_view many) {
  if (!text.empty()) text += ", ";
  text += CountText(count);
  text += count == 1 ? one : many;
}

}  // namespace

std::string TallyText(const store::CallTally& tally) {
  std::string text;
  Append(text, tally.traces, " trace", " traces");
  Append(text, tally.calls, " call", " calls");
  if (tally.errors > 0) Append(text, tally.errors, " error", " errors");
  if (tally.open > 0) Append(text, tally.open, " still open", " still open");
  if (tally.orphans > 0) Append(text, tally.orphans, " orphan", " orphans");
  return text;
}

std::string Faults(const RunFaults& found,
                   const std::vector<std::string>& fail_on) {
  std::string text;
  for (const Kind& kind : kFaults) {
    const int64_t count = kind.count(found);
    if (count > 0 && std::ranges::find(fail_on, kind.name) != fail_on.end()) {
      Append(text, count, kind.one, kind.many);
    }
  }
  return text;
}

}  // namespace bobbin::cli
