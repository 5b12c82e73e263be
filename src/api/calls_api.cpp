// Reporting and changing calls (contract section 4.2).

#include <array>
#include <deque>
#include <span>
#include <string>
#include <vector>

#include "api/body.h"
#include "api/checks.h"
#include "api/dispatch.h"
#include "json/write.h"
#include "model/call.h"

namespace bobbin::api {
namespace {

using model::CallPart;
using model::CallReport;

// Containers from the body down to the fields of a call.
constexpr int kDepthOfCall = 2;       // {start: {…}}
constexpr int kDepthOfComplete = 3;   // {batch: [{…}]}
constexpr int kDepthOfBatchItem = 5;  // {batch: [{req: {start: {…}}}]}

// Contract section 3, "Limits".
constexpr size_t kMaxDeletes = 1000;

void NoneIfEmpty(model::OptText& text) {
  if (text && text->empty()) text.reset();
}

// Makes a report ready to be stored: checks its names, fills in the ids that
// the client left out. Ids of our making live in `made`.
class Preparer {
 public:
  explicit Preparer(Services& services) : services_(services) {}

  Status Prepare(CallReport& report,
                 const std::vector<std::string_view>& refs) {
    Status project = CheckProjectId(report.project_id);
    if (!project.ok()) return project;
    if (report.part == CallPart::kStart) {
      // Clients in typed languages send "" for what they do not set.
      NoneIfEmpty(report.id);
      NoneIfEmpty(report.trace_id);
      if (!report.id) report.id = Make(report.project_id);
      if (!report.trace_id) {
        report.trace_id = Make(report.project_id);
        report.made_trace_id = true;
      }
    }
    NoneIfEmpty(report.parent_id);
    if (report.id->empty()) return Invalid("id must not be empty");
    if (report.trace_id && report.trace_id->empty()) {
      return Invalid("trace_id must not be empty");
    }
    model::TakeRefs(report, refs);
    return {};
  }

 private:
  std::string_view Make(std::string_view project_id) {
    return made_.emplace_back(services_.NewId(project_id));
  }

  Services& services_;
  std::deque<std::string> made_;
};

// A start is answered with its ids, an end with nothing.
void AppendAnswer(std::string& out, const CallReport& report) {
  if (report.part == CallPart::kEnd) {
    out += "{}";
    return;
  }
  out += R"({"id":)";
  json::AppendQuoted(out, *report.id);
  out += R"(,"trace_id":)";
  json::AppendQuoted(out, *report.trace_id);
  out += '}';
}

Response Json(std::string body) {
  Response response;
  response.body = std::move(body);
  return response;
}

// A v2 path names the project, and so does each call: they must agree.
Status CheckPathProject(const PathValues& values, std::string_view project_id) {
  if (values.empty()) return {};  // not a v2 path
  std::string path(values[0]);
  path += '/';
  path += values[1];
  if (path == project_id) return {};
  return Invalid("project_id '" + std::string(project_id) +
                 "' is not the project of the path, '" + path + "'");
}

// Makes the reports ready and stores them, all or none. The ids that are made
// for them live in `preparer`.
Status Record(Services& services, const PathValues& values, Preparer& preparer,
              std::span<CallReport* const> reports,
              const std::vector<std::string_view>& refs) {
  for (CallReport* const report : reports) {
    Status status = CheckPathProject(values, report->project_id);
    if (status.ok()) status = preparer.Prepare(*report, refs);
    if (!status.ok()) return status;
  }
  Status status = services.calls.Record(reports);
  if (status.ok() && services.control.journal().enabled()) {
    services.control.tally().NoteReports(reports);
  }
  return status;
}

// One start or end: the member `kReport` of the body `Req`.
template <class Req, auto kReport>
Result<Response> ReportCall(Services& services, const Request& request,
                            const PathValues& values) {
  Body<Req> body;
  Status status = body.Read(request, kDepthOfCall);
  if (!status.ok()) return std::move(status).error();
  CallReport* const report = &(body.record.*kReport);
  Preparer preparer(services);
  status = Record(services, values, preparer, {&report, 1}, body.refs());
  if (!status.ok()) return std::move(status).error();
  std::string answer;
  AppendAnswer(answer, *report);
  return Json(std::move(answer));
}

constexpr RouteHandler kStartCall =
    ReportCall<model::CallStartReq, &model::CallStartReq::start>;
constexpr RouteHandler kEndCall =
    ReportCall<model::CallEndReq, &model::CallEndReq::end>;

Result<Response> UpsertBatch(Services& services, const Request& request,
                             const PathValues& values) {
  Body<model::CallsUpsertBatchReq> body;
  Status status = body.Read(request, kDepthOfBatchItem);
  if (!status.ok()) return std::move(status).error();
  std::vector<CallReport*> reports;
  reports.reserve(body.record.batch.size());
  for (model::CallBatchItem& item : body.record.batch) {
    if (item.mode != "start" && item.mode != "end") {
      return Invalid("Invalid mode");
    }
    reports.push_back(&item.report);
  }
  Preparer preparer(services);
  status = Record(services, values, preparer, reports, body.refs());
  if (!status.ok()) return std::move(status).error();
  std::string answer = R"({"res":[)";
  for (const CallReport* report : reports) {
    if (report != reports.front()) answer += ',';
    AppendAnswer(answer, *report);
  }
  answer += "]}";
  return Json(std::move(answer));
}

Result<Response> CompleteCalls(Services& services, const Request& request,
                               const PathValues& values) {
  Body<model::CallsCompleteReq> body;
  Status status = body.Read(request, kDepthOfComplete);
  if (!status.ok()) return std::move(status).error();
  std::vector<CallReport*> reports;
  reports.reserve(body.record.batch.size());
  for (CallReport& report : body.record.batch) reports.push_back(&report);
  Preparer preparer(services);
  status = Record(services, values, preparer, reports, body.refs());
  if (!status.ok()) return std::move(status).error();
  return Json("{}");
}

Result<Response> UpdateCall(Services& services, const Request& request,
                            const PathValues&) {
  Body<model::CallUpdateReq> body;
  Status status = body.ReadInProject(request, 1);
  if (!status.ok()) return std::move(status).error();
  const model::CallUpdateReq& update = body.record;
  if (!update.display_name) {
    return Invalid("One of [display_name] is required for call update");
  }
  if (update.call_id.empty()) return Invalid("call_id must not be empty");
  status = services.calls.SetDisplayName(update.project_id, update.call_id,
                                         *update.display_name);
  if (!status.ok()) return std::move(status).error();
  return Json("{}");
}

Result<Response> DeleteCalls(Services& services, const Request& request,
                             const PathValues&) {
  Body<model::CallsDeleteReq> body;
  Status status = body.ReadInProject(request, 2);
  if (!status.ok()) return std::move(status).error();
  const model::CallsDeleteReq& wanted = body.record;
  if (wanted.call_ids.size() > kMaxDeletes) {
    return Error{Code::kTooLarge, "Cannot delete more than " +
                                      std::to_string(kMaxDeletes) +
                                      " calls at once"};
  }
  Result<int64_t> deleted = services.calls.Delete(
      wanted.project_id, wanted.call_ids, services.NowUs(wanted.project_id));
  if (!deleted.ok()) return std::move(deleted).error();
  return Json(R"({"num_deleted":)" + std::to_string(deleted.value()) + "}");
}

constexpr auto kCallsRoutes = std::to_array<Route>({
    {"POST", "/call/start", kStartCall},
    {"POST", "/call/end", kEndCall},
    {"POST", "/call/upsert_batch", UpsertBatch},
    {"POST", "/call/update", UpdateCall},
    {"POST", "/calls/delete", DeleteCalls},
    {"POST", "/v2/{entity}/{project}/calls/complete", CompleteCalls},
    {"POST", "/v2/{entity}/{project}/call/start", kStartCall},
    {"POST", "/v2/{entity}/{project}/call/end", kEndCall},
});

}  // namespace

std::span<const Route> CallRoutes() { return kCallsRoutes; }

}  // namespace bobbin::api
