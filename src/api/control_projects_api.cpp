// Projects as a whole: emptied, copied, put back; what the server makes for
// one; and the hooks of upstream's mock server (contract section 20).

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <utility>

#include "api/body.h"
#include "api/call_list.h"
#include "api/checks.h"
#include "api/dispatch.h"
#include "json/write.h"
#include "model/projects.h"

namespace bobbin::api {
namespace {

constexpr size_t kMaxNameBytes = 100;
constexpr std::string_view kNameChars =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.";

Response JsonAnswer(std::string body) {
  Response response;
  response.body = std::move(body);
  return response;
}

// `status` as an answer.
Result<Response> Answer(Status status, std::string_view body = "{}") {
  if (!status.ok()) return std::move(status).error();
  return JsonAnswer(std::string(body));
}

// The parameter of that name in the address, if it is there: it names a
// project.
Result<std::optional<std::string>> ProjectInQuery(const Request& request) {
  static constexpr std::string_view kName = "project_id";
  const auto found = std::ranges::find_if(
      request.query, [](const auto& pair) { return pair.first == kName; });
  if (found == request.query.end()) return std::optional<std::string>();
  Status status = CheckProjectId(found->second);
  if (!status.ok()) return std::move(status).error();
  return std::optional(found->second);
}

// A name of a snapshot is part of addresses, of messages and of other names.
Status CheckSnapshotName(std::string_view name) {
  const bool fine =
      name.find_first_not_of(kNameChars) == std::string_view::npos;
  if (fine && !name.empty() && name.size() <= kMaxNameBytes) return {};
  return Invalid(
      "The name of a snapshot has up to 100 letters, digits and -_.");
}

// A request of a harmful kind: read, if it is allowed at all.
template <class Req>
Status ReadHarmful(Services& services, const Request& request,
                   Body<Req>& body) {
  Status status = services.control.CheckMayHarm();
  if (status.ok()) status = body.ReadInProject(request, 2);
  return status;
}

// Everything, or a project, goes; so does what was decided for it, and what
// was noted of it.
Status Empty(Services& services, std::optional<std::string_view> project_id) {
  if (!project_id) {
    Status status = services.projects.ResetAll();
    if (status.ok()) {
      services.control.seeds().ForgetAll();
      services.control.Forget({});
    }
    return status;
  }
  Status status = CheckProjectId(*project_id);
  if (status.ok()) status = services.projects.Reset(*project_id);
  if (status.ok()) {
    services.control.seeds().Forget(*project_id);
    services.control.Forget(std::string(*project_id));
  }
  return status;
}

Result<Response> Reset(Services& services, const Request& request,
                       const PathValues&) {
  Body<model::ResetReq> body;
  Status status = services.control.CheckMayHarm();
  // No body means no project as well.
  if (status.ok() && !request.body.empty()) status = body.Read(request, 1);
  if (status.ok()) status = Empty(services, body.record.project_id);
  return Answer(std::move(status));
}

Result<Response> Snapshot(Services& services, const Request& request,
                          const PathValues&) {
  Body<model::SnapshotReq> body;
  Status status = body.ReadInProject(request, 1);
  if (!status.ok()) return std::move(status).error();
  const std::string_view project_id = body.record.project_id;
  const std::string name =
      body.record.name ? std::string(*body.record.name) : services.ids.NewId();
  status = CheckSnapshotName(name);
  if (status.ok()) status = services.projects.Snapshot(project_id, name);
  return Answer(std::move(status), R"({"name":")" + name + "\"}");
}

Result<Response> Restore(Services& services, const Request& request,
                         const PathValues&) {
  Body<model::RestoreReq> body;
  Status status = ReadHarmful(services, request, body);
  if (status.ok()) status = CheckSnapshotName(body.record.snapshot);
  if (status.ok()) {
    status =
        services.projects.Restore(body.record.project_id, body.record.snapshot);
  }
  return Answer(std::move(status));
}

Result<Response> Fork(Services& services, const Request& request,
                      const PathValues&) {
  Body<model::ForkReq> body;
  Status status = body.ReadInProject(request, 1);
  if (status.ok()) status = CheckProjectId(body.record.to);
  if (status.ok()) {
    status = services.projects.Fork(body.record.project_id, body.record.to);
  }
  return Answer(std::move(status));
}

Result<Response> Drop(Services& services, const Request& request,
                      const PathValues&) {
  Body<model::DropReq> body;
  Status status = ReadHarmful(services, request, body);
  if (!status.ok()) return std::move(status).error();
  const std::string_view project_id = body.record.project_id;
  if (!body.record.snapshot) {
    status = services.projects.Drop(project_id);
    if (status.ok()) services.control.seeds().Forget(project_id);
    return Answer(std::move(status));
  }
  status = CheckSnapshotName(*body.record.snapshot);
  if (status.ok()) {
    status = services.projects.DropSnapshot(project_id, *body.record.snapshot);
  }
  return Answer(std::move(status));
}

Result<Response> ListSnapshots(Services& services, const Request& request,
                               const PathValues&) {
  const auto project_id = ProjectInQuery(request);
  if (!project_id.ok()) return project_id.error();
  const auto snapshots = services.projects.Snapshots(project_id.value());
  if (!snapshots.ok()) return snapshots.error();
  std::string list = R"({"snapshots":[)";
  for (const auto& snapshot : snapshots.value()) {
    if (list.back() == '}') list += ',';
    list += R"({"project_id":)";
    json::AppendQuoted(list, snapshot.project_id);
    list += R"(,"name":)";
    json::AppendQuoted(list, snapshot.name);
    list += '}';
  }
  return JsonAnswer(list + "]}");
}

Result<Response> Seed(Services& services, const Request& request,
                      const PathValues&) {
  Body<model::SeedReq> body;
  Status status = ReadHarmful(services, request, body);
  if (!status.ok()) return std::move(status).error();
  const model::SeedReq& wanted = body.record;
  std::optional<control::Seeds::Clock> clock;
  if (wanted.clock) {
    clock = {.now_us = wanted.clock->now.us, .step_us = wanted.clock->step_us};
  }
  services.control.seeds().Set(wanted.project_id, wanted.seed, clock);
  return JsonAnswer("{}");
}

constexpr std::string_view kMockOk = R"({"ok":true})";

Result<Response> MockHealth(Services&, const Request&, const PathValues&) {
  return JsonAnswer(std::string(kMockOk));
}

Result<Response> MockCalls(Services& services, const Request& request,
                           const PathValues&) {
  Result<std::optional<std::string>> project_id = ProjectInQuery(request);
  if (!project_id.ok()) return std::move(project_id).error();
  if (!project_id.value()) return Invalid("project_id is required");
  return ListCalls(services, *std::move(project_id).value());
}

Result<Response> MockReset(Services& services, const Request& request,
                           const PathValues&) {
  Status status = services.control.CheckMayHarm();
  if (!status.ok()) return std::move(status).error();
  const Result<std::optional<std::string>> project_id = ProjectInQuery(request);
  if (!project_id.ok()) return project_id.error();
  return Answer(Empty(services, project_id.value()), kMockOk);
}

constexpr auto kControlProjectsRoutes = std::to_array<Route>({
    {"POST", "/_bobbin/reset", Reset},
    {"POST", "/_bobbin/snapshot", Snapshot},
    {"GET", "/_bobbin/snapshots", ListSnapshots},
    {"POST", "/_bobbin/restore", Restore},
    {"POST", "/_bobbin/fork", Fork},
    {"POST", "/_bobbin/drop", Drop},
    {"POST", "/_bobbin/seed", Seed},
    {"GET", "/test/health", MockHealth},
    {"GET", "/test/getCalls", MockCalls},
    {"POST", "/test/reset", MockReset},
});

}  // namespace

std::span<const Route> ControlProjectsRoutes() {
  return kControlProjectsRoutes;
}

}  // namespace bobbin::api
