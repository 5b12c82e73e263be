#include "control/report.h"

#include <algorithm>
#include <unordered_map>
#include <utility>

#include "base/time.h"
#include "json/write.h"

namespace bobbin::control {
namespace {

void AddTo(ProjectReport& total, const ProjectReport& project) {
  total.loose.calls += project.loose.calls;
  total.loose.ended += project.loose.ended;
  total.loose.open.count += project.loose.open.count;
  total.loose.orphans.count += project.loose.orphans.count;
  total.loose.ends_without_start.count +=
      project.loose.ends_without_start.count;
  total.duplicates.starts.count += project.duplicates.starts.count;
  total.duplicates.ends.count += project.duplicates.ends.count;
  total.retries.by_id += project.retries.by_id;
  total.retries.by_body += project.retries.by_body;
}

// What was counted, put with the projects that it is about.
void AddCounts(Report& report, const Journal& journal,
               const std::optional<std::string>& project_id, size_t most) {
  std::unordered_map<std::string, size_t> at;
  for (size_t i = 0; i < report.projects.size(); ++i) {
    at[report.projects[i].loose.project_id] = i;
  }
  const auto of = [&](const std::string& id) -> ProjectReport& {
    const auto [known, is_new] = at.emplace(id, report.projects.size());
    if (is_new) report.projects.emplace_back().loose.project_id = id;
    return report.projects[known->second];
  };
  for (auto& [id, duplicates] : report.counts.duplicates) {
    if (project_id && id != *project_id) continue;
    Duplicates& put = of(id).duplicates = duplicates;
    for (Counted* counted : {&put.starts, &put.ends}) {
      if (counted->first.size() > most) counted->first.resize(most);
    }
  }
  for (const auto& [id, retries] : journal.AllRetries()) {
    if (project_id && id != *project_id) continue;
    // A request need not have a project.
    (id.empty() ? report.total : of(id)).retries = retries;
  }
}

std::vector<RetriedRequest> Retried(
    const Journal& journal, const std::optional<std::string>& project_id,
    size_t most) {
  std::vector<RetriedRequest> retried;
  journal.Visit(0, [&](const Entry& entry) {
    const auto& ids = entry.facts.project_ids;
    if (entry.retry_of > 0 &&
        (!project_id || std::ranges::find(ids, *project_id) != ids.end())) {
      retried.push_back(
          {entry.seq, entry.retry_of, std::string(entry.route), ids});
    }
    return true;
  });
  if (retried.size() > most) {
    retried.erase(retried.begin(),
                  retried.end() - static_cast<std::ptrdiff_t>(most));
  }
  return retried;
}

void AppendText(std::string& out, std::string_view name,
                const std::optional<std::string>& text) {
  out.append(",\"").append(name).append("\":");
  if (text) {
    json::AppendQuoted(out, *text);
  } else {
    out += "null";
  }
}

void AppendMoment(std::string& out, std::string_view name,
                  const std::optional<int64_t>& us) {
  out.append(",\"").append(name).append("\":");
  if (!us) {
    out += "null";
    return;
  }
  out += '"';
  AppendTime(out, *us);
  out += '"';
}

void AppendCount(std::string& out, std::string_view name, int64_t count) {
  out.append("\"").append(name).append("\":");
  json::AppendInt(out, count);
}

void AppendLoose(std::string& out, std::string_view name,
                 const store::LooseCalls& calls, bool examples) {
  out.append(",\"").append(name).append("\":{");
  AppendCount(out, "count", calls.count);
  if (examples) {
    out += R"(,"calls":[)";
    for (const store::LooseCalls::Call& call : calls.first) {
      if (&call != &calls.first.front()) out += ',';
      out += R"({"id":)";
      json::AppendQuoted(out, call.id);
      AppendText(out, "trace_id", call.trace_id);
      AppendText(out, "parent_id", call.parent_id);
      AppendText(out, "op_name", call.op_name);
      AppendMoment(out, "started_at", call.started_at_us);
      AppendMoment(out, "ended_at", call.ended_at_us);
      out += '}';
    }
    out += ']';
  }
  out += '}';
}

void AppendCounted(std::string& out, std::string_view name,
                   const Counted& counted, bool examples) {
  out.append(",\"").append(name).append("\":{");
  AppendCount(out, "count", counted.count);
  if (examples) {
    out += R"(,"call_ids":[)";
    for (const std::string& id : counted.first) {
      if (&id != &counted.first.front()) out += ',';
      json::AppendQuoted(out, id);
    }
    out += ']';
  }
  out += '}';
}

// The members of a project's report, or of the sum. What is not counted is
// null: nobody knows.
void AppendMembers(std::string& out, const ProjectReport& project,
                   bool counting, bool examples) {
  AppendCount(out, "calls", project.loose.calls);
  out += ',';
  AppendCount(out, "ended", project.loose.ended);
  AppendLoose(out, "open", project.loose.open, examples);
  AppendLoose(out, "orphans", project.loose.orphans, examples);
  AppendLoose(out, "ends_without_start", project.loose.ends_without_start,
              examples);
  if (!counting) {
    out += R"(,"duplicate_starts":null,"duplicate_ends":null,)"
           R"("retried_requests":null)";
    return;
  }
  AppendCounted(out, "duplicate_starts", project.duplicates.starts, examples);
  AppendCounted(out, "duplicate_ends", project.duplicates.ends, examples);
  out += R"(,"retried_requests":{)";
  AppendCount(out, "count", project.retries.by_id + project.retries.by_body);
  out += ',';
  AppendCount(out, "by_retry_id", project.retries.by_id);
  out += ',';
  AppendCount(out, "by_body", project.retries.by_body);
  out += '}';
}

void AppendRetried(std::string& out,
                   const std::vector<RetriedRequest>& retried) {
  out += R"(,"retried":[)";
  for (const RetriedRequest& request : retried) {
    if (&request != &retried.front()) out += ',';
    out += '{';
    AppendCount(out, "seq", request.seq);
    out += ',';
    AppendCount(out, "retry_of", request.retry_of);
    out += R"(,"route":)";
    json::AppendQuoted(out, request.route);
    out += R"(,"project_ids":[)";
    for (const std::string& id : request.project_ids) {
      if (&id != &request.project_ids.front()) out += ',';
      json::AppendQuoted(out, id);
    }
    out += "]}";
  }
  out += ']';
}

void AppendNames(std::string& out, std::string_view list,
                 std::string_view first, std::string_view second,
                 const std::map<Tally::Name, int64_t>& counts) {
  out.append(",\"").append(list).append("\":[");
  for (const auto& [name, count] : counts) {
    if (out.back() != '[') out += ',';
    out.append("{\"").append(first).append("\":");
    json::AppendQuoted(out, name.first);
    out.append(",\"").append(second).append("\":");
    json::AppendQuoted(out, name.second);
    out += ',';
    AppendCount(out, "count", count);
    out += '}';
  }
  out += ']';
}

}  // namespace

Result<Report> MakeReport(const store::CallStore& calls, const Journal& journal,
                          const Tally& tally,
                          const std::optional<std::string>& project_id,
                          int64_t most) {
  Report report{.counting = journal.enabled()};
  Result<std::vector<store::LooseEnds>> loose =
      calls.FindLooseEnds(project_id, most);
  if (!loose.ok()) return std::move(loose).error();
  for (store::LooseEnds& ends : loose.value()) {
    report.projects.push_back({.loose = std::move(ends)});
  }
  if (report.counting) {
    report.counts = tally.All();
    AddCounts(report, journal, project_id, static_cast<size_t>(most));
    report.retried = Retried(journal, project_id, static_cast<size_t>(most));
  }
  for (const ProjectReport& project : report.projects) {
    AddTo(report.total, project);
  }
  return report;
}

std::string ReportJson(const Report& report) {
  std::string out = R"({"counting":)";
  out += report.counting ? "true" : "false";
  out += R"(,"total":{)";
  AppendMembers(out, report.total, report.counting, false);
  out += R"(},"projects":[)";
  for (const ProjectReport& project : report.projects) {
    if (&project != &report.projects.front()) out += ',';
    out += R"({"project_id":)";
    json::AppendQuoted(out, project.loose.project_id);
    out += ',';
    AppendMembers(out, project, report.counting, true);
    out += '}';
  }
  out += ']';
  if (report.counting) {
    AppendRetried(out, report.retried);
    AppendNames(out, "unknown_routes", "method", "path",
                report.counts.unknown_routes);
    AppendNames(out, "unknown_fields", "route", "field",
                report.counts.unknown_fields);
  } else {
    out += R"(,"retried":null,"unknown_routes":null,"unknown_fields":null)";
  }
  return out + '}';
}

}  // namespace bobbin::control
