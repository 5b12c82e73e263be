// Uploading and downloading files (contract section 9). The routes have two
// live spellings.

#include <array>
#include <string>

#include "api/body.h"
#include "api/checks.h"
#include "api/dispatch.h"
#include "base/hash.h"
#include "json/write.h"
#include "model/details.h"
#include "model/object.h"

namespace bobbin::api {
namespace {

const Part* FindPart(const Request& request, std::string_view name) {
  for (const Part& part : request.parts) {
    if (part.name == name) return &part;
  }
  return nullptr;
}

Status CheckParts(const Part* project_id, const Part* file) {
  model::Details details;
  const model::Loc body{.name = "body"};
  if (project_id == nullptr) {
    details.Add("missing", body.In("project_id"), "Field required", "null");
  }
  if (file == nullptr) {
    details.Add("missing", body.In("file"), "Field required", "null");
  }
  if (!details.empty()) return std::move(details).Take();
  return CheckProjectId(project_id->data);
}

Result<Response> CreateFile(Services& services, const Request& request,
                            const PathValues&) {
  const Part* project_id = FindPart(request, "project_id");
  const Part* file = FindPart(request, "file");
  Status status = CheckParts(project_id, file);
  if (!status.ok()) return std::move(status).error();
  const std::string digest = Digest(file->data);
  const Part* expected = FindPart(request, "expected_digest");
  if (expected != nullptr && expected->data != digest) {
    return Error{
        Code::kConflict,
        "Client file digest " + expected->data + " != server digest " + digest,
        "DigestMismatchError"};
  }
  status = services.files.Put(project_id->data, digest, file->data,
                              services.clock.NowUs());
  if (!status.ok()) return std::move(status).error();
  Response response;
  response.body = R"({"digest":")" + digest + R"("})";
  return response;
}

Result<Response> FileContent(Services& services, const Request& request,
                             const PathValues&) {
  Body<model::FileContentReq> body;
  Status status = body.Read(request, 1);
  if (status.ok()) status = CheckProjectId(body.record.project_id);
  if (!status.ok()) return std::move(status).error();
  Result<std::string> bytes =
      services.files.Get(body.record.project_id, body.record.digest);
  if (!bytes.ok()) return std::move(bytes).error();
  Response response;
  response.content_type = "application/octet-stream";
  response.body = std::move(bytes).value();
  return response;
}

Result<Response> FilesStats(Services& services, const Request& request,
                            const PathValues&) {
  Body<model::FilesStatsReq> body;
  Status status = body.Read(request, 1);
  if (status.ok()) status = CheckProjectId(body.record.project_id);
  if (!status.ok()) return std::move(status).error();
  Result<int64_t> total = services.files.TotalBytes(body.record.project_id);
  if (!total.ok()) return std::move(total).error();
  Response response;
  response.body =
      R"({"total_size_bytes":)" + std::to_string(total.value()) + "}";
  return response;
}

constexpr auto kRoutes = std::to_array<Route>({
    {"POST", "/file/create", CreateFile},
    {"POST", "/files/create", CreateFile},
    {"POST", "/file/content", FileContent},
    {"POST", "/files/content", FileContent},
    {"POST", "/files/query_stats", FilesStats},
});

}  // namespace

std::span<const Route> FileRoutes() { return kRoutes; }

}  // namespace bobbin::api
