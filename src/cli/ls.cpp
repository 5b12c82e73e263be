// `bobbin ls`: the newest traces.

#include <algorithm>
#include <vector>

#include "cli/fields.h"
#include "cli/look_commands.h"
#include "cli/projects.h"
#include "cli/traces.h"

namespace bobbin::cli {
namespace {

constexpr std::string_view kPath = "/_bobbin/traces/query";

// What people call it, and what the API calls it.
struct Sort {
  std::string_view name, field;
};
constexpr Sort kSorts[] = {{"started", "started_at"},
                           {"latency", "latency_ms"},
                           {"tokens", "total_tokens"},
                           {"cost", "total_cost"},
                           {"calls", "calls"}};

Result<std::string> BodyOf(const LsOptions& options, int64_t limit,
                           int64_t now_us) {
  std::string body = "{";
  Status added = AddFilters(body, options.filters, now_us);
  if (!added.ok()) return std::move(added).error();
  if (!options.text.empty()) AddText(body, "text", options.text);
  for (const Sort& sort : kSorts) {
    if (sort.name != options.sort) continue;
    AddRaw(body, "sort_by",
           R"([{"field":")" + std::string(sort.field) +
               R"(","direction":"desc"}])");
  }
  AddRaw(body, "limit", std::to_string(limit));
  body.back() = '}';
  return body;
}

Result<int> Nothing(const Looking& with, const LsOptions& options) {
  const Result<std::vector<ProjectCounts>> projects =
      ReadProjects(with.source, options.filters.project);
  if (!projects.ok()) return projects.error();
  if (with.json) return kExitOk;
  int64_t calls = 0;
  int64_t roots = 0;
  for (const ProjectCounts& project : projects.value()) {
    calls += project.calls;
    roots += project.roots;
  }
  if (calls == 0) {
    with.out.Write("No traces yet in " + with.source.name() +
                   ". Point a Weave SDK at `bobbin serve`.\n");
  } else if (roots == 0) {
    with.out.Write(
        "There are calls, but each has a parent that never came: `bobbin "
        "check` names\nsome, and `bobbin show ID` shows them.\n");
  } else {
    with.out.Write("No trace matches.\n");
  }
  return kExitOk;
}

Result<int> List(const LsOptions& options, const Looking& with) {
  // One more than is shown says whether there are more.
  const Result<std::string> body =
      BodyOf(options, options.limit + (with.json ? 0 : 1), with.now_us);
  if (!body.ok()) return body.error();
  std::vector<TraceRow> rows;
  Status problem;
  bool none = true;
  const auto take = [&](std::string_view line) {
    none = false;
    if (with.json) return with.out.WriteJson(line);
    Result<TraceRow> row = ReadTrace(line);
    if (!row.ok()) problem = row.error();
    if (row.ok()) rows.push_back(std::move(row).value());
    return problem.ok();
  };
  const Status got =
      with.source.PostLines(std::string(kPath), body.value(), take);
  if (!got.ok()) return got.error();
  if (!problem.ok()) return problem.error();
  if (none) return Nothing(with, options);
  if (with.json) return kExitOk;
  const bool more = std::ssize(rows) > options.limit;
  if (more) rows.resize(static_cast<size_t>(options.limit));
  with.out.Write(TraceTable(rows, with.look, with.now_us,
                            options.filters.project.empty()));
  if (more) {
    with.out.Write(Styled(with.look, Style::kDim,
                          "more: -n " + std::to_string(options.limit * 5)) +
                   '\n');
  }
  return kExitOk;
}

}  // namespace

int RunLs(const LsOptions& options) {
  return RunLooking(options,
                    [&](const Looking& with) { return List(options, with); });
}

}  // namespace bobbin::cli
