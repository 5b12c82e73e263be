// What clients did, and what they have left undone (schema/openapi.json).

#include <array>
#include <string>

#include "api/dispatch.h"
#include "api/query_string.h"
#include "control/report.h"

namespace bobbin::api {
namespace {

constexpr int64_t kDefaultExamples = 20;
constexpr int64_t kMostExamples = 1000;

Result<Response> ReadReport(Services& services, const Request& request,
                            const PathValues&) {
  QueryString query(request);
  const std::optional<std::string> project_id = query.Text("project_id");
  const int64_t most =
      query.Number("limit", 0, kMostExamples).value_or(kDefaultExamples);
  Status status = query.Check();
  if (!status.ok()) return std::move(status).error();
  control::Control& control = services.control;
  const Result<control::Report> report = control::MakeReport(
      services.calls, control.journal(), control.tally(), project_id, most);
  if (!report.ok()) return report.error();
  Response response;
  response.body = control::ReportJson(report.value());
  return response;
}

constexpr auto kControlReportRoutes = std::to_array<Route>({
    {"GET", "/_bobbin/report", ReadReport},
});

}  // namespace

std::span<const Route> ControlReportRoutes() { return kControlReportRoutes; }

}  // namespace bobbin::api
