// Tags and aliases of objects (contract section 6.4).

#include <algorithm>
#include <array>
#include <cctype>
#include <string>

#include "api/body.h"
#include "api/checks.h"
#include "api/dispatch.h"
#include "api/object_json.h"
#include "model/details.h"
#include "model/label.h"
#include "model/object_record.h"
#include "model/objects_query.h"

namespace bobbin::api {
namespace {

using model::ObjTagsReq;
using Texts = std::vector<std::string_view>;
using Strings = std::vector<std::string>;

constexpr int kDepthOfLabels = 2;  // {tags: [...]}

// Reads the body and checks what it has in common with the others of this
// file.
template <class Record>
Status ReadLabels(Body<Record>& body, const Request& request,
                  std::vector<std::string_view> Record::*labels,
                  Status (*check)(std::string_view)) {
  Status status = body.Read(request, kDepthOfLabels);
  if (status.ok()) status = CheckProjectId(body.record.project_id);
  if (!status.ok()) return status;
  for (const std::string_view label : body.record.*labels) {
    status = check(label);
    if (!status.ok()) return status;
  }
  return {};
}

Result<Response> Done(Status status) {
  if (!status.ok()) return std::move(status).error();
  Response response;
  response.body = "{}";
  return response;
}

// /objs/{object_id}/versions/{digest}/...
store::ObjectStore::Version VersionIn(std::string_view project_id,
                                      const PathValues& values) {
  return {
      .project_id = project_id, .object_id = values[0], .digest = values[1]};
}

Result<Response> AddTags(Services& services, const Request& request,
                         const PathValues& values) {
  Body<ObjTagsReq> body;
  Status status = ReadLabels(body, request, &ObjTagsReq::tags, model::CheckTag);
  if (!status.ok()) return std::move(status).error();
  return Done(services.objects.AddTags(
      VersionIn(body.record.project_id, values), body.record.tags));
}

Result<Response> RemoveTags(Services& services, const Request& request,
                            const PathValues& values) {
  Body<ObjTagsReq> body;
  Status status = ReadLabels(body, request, &ObjTagsReq::tags, model::CheckTag);
  if (!status.ok()) return std::move(status).error();
  return Done(services.objects.RemoveTags(
      VersionIn(body.record.project_id, values), body.record.tags));
}

Result<Response> SetAliases(Services& services, const Request& request,
                            const PathValues& values) {
  using Record = model::ObjSetAliasesReq;
  Body<Record> body;
  Status status =
      ReadLabels(body, request, &Record::aliases, model::CheckAlias);
  if (!status.ok()) return std::move(status).error();
  return Done(services.objects.SetAliases({.project_id = body.record.project_id,
                                           .object_id = values[0],
                                           .digest = body.record.digest},
                                          body.record.aliases));
}

Result<Response> RemoveAliases(Services& services, const Request& request,
                               const PathValues& values) {
  using Record = model::ObjRemoveAliasesReq;
  Body<Record> body;
  Status status =
      ReadLabels(body, request, &Record::aliases, model::CheckAlias);
  if (!status.ok()) return std::move(status).error();
  return Done(services.objects.RemoveAliases(body.record.project_id, values[0],
                                             body.record.aliases));
}

// The query string's project.
Result<std::string_view> ProjectIn(const Request& request) {
  constexpr std::string_view kName = "project_id";
  const auto found = std::ranges::find_if(
      request.query, [&](const auto& pair) { return pair.first == kName; });
  if (found == request.query.end()) {
    model::Details details;
    details.Add("missing", model::Loc{.name = "query"}.In(kName),
                "Field required", "null");
    return std::move(details).Take();
  }
  Status status = CheckProjectId(found->second);
  if (!status.ok()) return std::move(status).error();
  return std::string_view(found->second);
}

Result<Response> ListOf(std::string_view name, const Result<Strings>& texts) {
  if (!texts.ok()) return texts.error();
  Response response;
  response.body = R"({")" + std::string(name) + R"(":)";
  AppendTexts(response.body, texts.value());
  response.body += '}';
  return response;
}

Result<Response> ListTags(Services& services, const Request& request,
                          const PathValues&) {
  const Result<std::string_view> project = ProjectIn(request);
  if (!project.ok()) return project.error();
  return ListOf("tags", services.objects.Tags(project.value()));
}

Result<Response> ListAliases(Services& services, const Request& request,
                             const PathValues&) {
  const Result<std::string_view> project = ProjectIn(request);
  if (!project.ok()) return project.error();
  return ListOf("aliases", services.objects.Aliases(project.value()));
}

constexpr auto kTagsRoutes = std::to_array<Route>({
    {"PUT", "/objs/{object_id}/versions/{digest}/tags", AddTags},
    {"POST", "/objs/{object_id}/versions/{digest}/tags/remove", RemoveTags},
    {"PUT", "/objs/{object_id}/aliases", SetAliases},
    {"POST", "/objs/{object_id}/aliases/remove", RemoveAliases},
    {"GET", "/tags", ListTags},
    {"GET", "/aliases", ListAliases},
});

}  // namespace

std::span<const Route> TagRoutes() { return kTagsRoutes; }

}  // namespace bobbin::api
