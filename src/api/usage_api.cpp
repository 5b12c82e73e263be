// Threads, usage of calls, sizes of projects (contract sections 4.6 and 12).

#include <array>
#include <map>
#include <string>
#include <vector>

#include "api/dispatch.h"
#include "api/report_stream.h"
#include "api/stream_type.h"
#include "json/document.h"
#include "json/write.h"
#include "model/usage_query.h"
#include "query/threads_sql.h"

namespace bobbin::api {
namespace {

// {filter: {thread_ids: []}}, {sort_by: [{field}]}
constexpr int kDepthOfThreads = 3;
constexpr Frame kOne{"", "", ""};

Result<Response> QueryThreads(Services& services, const Request& request,
                              const PathValues&) {
  return AnswerReport<model::ThreadsQueryReq>(
      services, request, kDepthOfThreads, kJsonLines,
      StreamType(request.accept), query::ThreadsReport);
}

Result<Response> AskProjectStats(Services& services, const Request& request,
                                 const PathValues&) {
  return AnswerReport<model::ProjectStatsReq>(services, request, 1, kOne,
                                              "application/json",
                                              query::ProjectSizesReport);
}

// Calls `visit` with the values of each row of a report, in their order.
template <class Visit>
Status EachRow(Services& services, const query::Report& report,
               std::string_view project_id, const Visit& visit) {
  json::Document document;
  std::vector<json::Value> values;
  return services.reports.Run(report, project_id, [&](std::string_view row) {
    if (!document.Parse(row, 1).message.empty()) return false;
    values.clear();
    for (json::Value v = document.root().first(); v.exists(); v = v.next()) {
      values.push_back(v);
    }
    visit(values);
    return true;
  });
}

// kTooLarge if the traces of the calls have more calls than the limit.
Status CheckTraces(Services& services, const model::CallsUsageReq& wanted) {
  if (wanted.call_ids.empty()) return {};
  const int64_t limit = wanted.limit.value_or(query::kUsageLimit);
  bool too_many = false;
  Status status =
      EachRow(services, query::CallsOfTraces(wanted), wanted.project_id,
              [&](const std::vector<json::Value>& row) {
                too_many = row[0].raw() == "true";
              });
  if (!status.ok() || !too_many) return status;
  return Error{Code::kTooLarge, "The traces of these calls have more than " +
                                    std::to_string(limit) +
                                    " calls, the limit"};
}

Result<Response> AskCallsUsage(Services& services, const Request& request,
                               const PathValues&) {
  Body<model::CallsUsageReq> body;
  Status status = body.ReadInProject(request, 2);
  if (!status.ok()) return std::move(status).error();
  const model::CallsUsageReq& wanted = body.record;
  const Result<query::Report> report = query::CallsUsageReport(wanted);
  if (!report.ok()) return report.error();
  status = CheckTraces(services, wanted);
  if (!status.ok()) return std::move(status).error();
  // Also what is no call has a key.
  std::map<std::string, std::string, std::less<>> usage;
  for (const std::string_view id : wanted.call_ids) usage.emplace(id, "{}");
  std::string open;
  const auto add = [&](const std::vector<json::Value>& row) {
    usage.find(row[0].text())->second = row[1].raw();
    if (row[2].raw() != "true") return;
    if (!open.empty()) open += ',';
    open += row[0].raw();
  };
  if (!usage.empty()) {
    status = EachRow(services, report.value(), wanted.project_id, add);
  }
  if (!status.ok()) return std::move(status).error();
  Response response;
  response.body = R"({"call_usage":{)";
  std::string_view separator;
  for (const auto& [id, models] : usage) {
    response.body += separator;
    separator = ",";
    json::AppendQuoted(response.body, id);
    response.body += ':';
    response.body += models;
  }
  response.body += R"(},"unfinished_call_ids":[)" + open + "]}";
  return response;
}

constexpr auto kUsageRoutes = std::to_array<Route>({
    {"POST", "/threads/stream_query", QueryThreads},
    {"POST", "/calls/usage", AskCallsUsage},
    {"POST", "/project/stats", AskProjectStats},
});

}  // namespace

std::span<const Route> UsageRoutes() { return kUsageRoutes; }

}  // namespace bobbin::api
