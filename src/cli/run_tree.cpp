#include "cli/run_tree.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "cli/format.h"
#include "cli/trace_calls.h"
#include "cli/tree.h"

namespace bobbin::cli {
namespace {

// A summary is short.
constexpr int kMostLines = 40;
// Beyond this nobody would wait for the first lines.
constexpr int64_t kMostCalls = 10'000;

// The first lines of `text`, and how many there are more.
std::string Shortened(std::string text, const Look& look) {
  size_t end = 0;
  for (int line = 0; line < kMostLines; ++line) {
    end = text.find('\n', end);
    if (end == std::string::npos) return text;
    ++end;
  }
  const auto begin = text.begin() + static_cast<ptrdiff_t>(end);
  const auto more = std::count(begin, text.end(), '\n');
  if (more == 0) return text;
  text.erase(end);
  text +=
      Styled(look, Style::kDim,
             std::string(look.unicode ? "…" : "...") + " and " +
                 CountText(more) + (more == 1 ? " line" : " lines") + " more");
  return text + '\n';
}

}  // namespace

Result<std::string> RunTree(Source& source, const store::TraceKey& trace,
                            const Look& look) {
  if (trace.calls > kMostCalls) {
    return "The last trace has " + CountText(trace.calls) + " calls.\n";
  }
  const Found found{.project_id = trace.project_id,
                    .trace_id = trace.trace_id,
                    .call_id = {}};
  const Result<std::vector<TraceCall>> calls = ReadCalls(source, found, false);
  if (!calls.ok()) return calls.error();
  std::vector<TreeCall> tree;
  for (const TraceCall& call : calls.value()) tree.push_back(call.tree);
  return Shortened(RenderTree(tree, look), look);
}

}  // namespace bobbin::cli
