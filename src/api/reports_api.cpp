// What happened, below /_bobbin/: projects, traces, statistics, ids, the
// language of `where`.

#include <array>
#include <memory>
#include <string>

#include "api/dispatch.h"
#include "api/report_stream.h"
#include "api/stream_type.h"
#include "base/time.h"
#include "json/write.h"
#include "model/reports.h"
#include "query/search_sql.h"
#include "query/stats_sql.h"
#include "query/traces_sql.h"
#include "query/where.h"

namespace bobbin::api {
namespace {

// {op_names: [""]}
constexpr int kDepthOfLists = 2;
// {sort_by: [{field}]}
constexpr int kDepthOfTraces = 3;
constexpr Frame kRows{R"({"rows":[)", ",", "]}"};
constexpr Frame kMatches{R"({"matches":[)", ",", "]}"};

Result<Response> ListProjects(Services& services, const Request&,
                              const PathValues&) {
  const auto projects = services.calls.Projects();
  if (!projects.ok()) return projects.error();
  Response response;
  std::string& out = response.body;
  out = R"({"projects":[)";
  for (const store::CallStore::ProjectSummary& project : projects.value()) {
    out += out.back() == '}' ? ",{" : "{";
    out += R"("project_id":)";
    json::AppendQuoted(out, project.project_id);
    out += R"(,"calls":)";
    json::AppendInt(out, project.calls);
    out += R"(,"roots":)";
    json::AppendInt(out, project.roots);
    out += R"(,"last_started_at":)";
    if (project.last_started_us) {
      out += '"';
      AppendTime(out, *project.last_started_us);
      out += "\"}";
    } else {
      out += "null}";
    }
  }
  out += "]}";
  return response;
}

Result<Response> QueryTraces(Services& services, const Request& request,
                             const PathValues&) {
  return AnswerReport<model::TracesQueryReq>(
      services, request, kDepthOfTraces, kJsonLines, StreamType(request.accept),
      query::TracesReport);
}

Result<Response> CountCalls(Services& services, const Request& request,
                            const PathValues&) {
  return AnswerReport<model::StatsReq>(services, request, kDepthOfLists, kRows,
                                       "application/json", query::StatsReport);
}

Result<Response> Search(Services& services, const Request& request,
                        const PathValues&) {
  return AnswerReport<model::SearchReq>(services, request, kDepthOfLists,
                                        kJsonLines, StreamType(request.accept),
                                        query::SearchCalls);
}

Result<Response> ResolveId(Services& services, const Request& request,
                           const PathValues&) {
  return AnswerReport<model::ResolveReq>(
      services, request, 1, kMatches, "application/json", query::ResolveReport);
}

Result<Response> ReadWhere(Services&, const Request& request,
                           const PathValues&) {
  Body<model::WhereReq> body;
  Status status = body.Read(request, 1);
  if (!status.ok()) return std::move(status).error();
  const Result<query::Expr> expr = query::ParseWhere(body.record.where);
  if (!expr.ok()) return expr.error();
  Response response;
  response.body = R"({"query":)" + query::QueryText(expr.value()) + "}";
  return response;
}

constexpr auto kReportsRoutes = std::to_array<Route>({
    {"GET", "/_bobbin/projects", ListProjects},
    {"POST", "/_bobbin/traces/query", QueryTraces},
    {"POST", "/_bobbin/stats", CountCalls},
    {"POST", "/_bobbin/search", Search},
    {"POST", "/_bobbin/resolve", ResolveId},
    {"POST", "/_bobbin/where", ReadWhere},
});

}  // namespace

std::span<const Route> ReportRoutes() { return kReportsRoutes; }

}  // namespace bobbin::api
