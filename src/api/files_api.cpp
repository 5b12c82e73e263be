// Uploading and downloading files (contract section 9). The routes have two
// live spellings.

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "api/body.h"
#include "api/checks.h"
#include "api/dispatch.h"
#include "base/hash.h"
#include "model/details.h"
#include "model/object.h"

namespace bobbin::api {
namespace {

// Longer than any name or digest.
constexpr size_t kMaxTextBytes = 64 << 10;

// What an upload says. Of parts that come twice the first counts; others mean
// nothing.
struct Upload {
  explicit Upload(store::FileStore& files) : file(files.Upload()) {}

  std::optional<std::string> project_id, expected_digest;
  store::FileUpload file;
  std::optional<std::string> digest;  // of the file, if there is one
};

Status ReadText(Form& form, const Part& part,
                std::optional<std::string>& text) {
  std::string whole;
  while (true) {
    Result<std::string_view> piece = form.Read();
    if (!piece.ok()) return std::move(piece).error();
    if (piece.value().empty()) break;
    whole += piece.value();
    if (whole.size() > kMaxTextBytes) {
      return Error{Code::kTooLarge, "The part " + part.name + " is too long"};
    }
  }
  text = std::move(whole);
  return {};
}

Status ReadFile(Form& form, Upload& upload) {
  DigestBuilder digest;
  while (true) {
    Result<std::string_view> piece = form.Read();
    if (!piece.ok()) return std::move(piece).error();
    if (piece.value().empty()) break;
    digest.Add(piece.value());
    Status added = upload.file.Add(piece.value());
    if (!added.ok()) return added;
  }
  upload.digest = digest.Finish();
  return {};
}

Status ReadParts(Form& form, Upload& upload) {
  while (true) {
    Part part;
    Result<bool> next = form.Next(part);
    if (!next.ok()) return std::move(next).error();
    if (!next.value()) return {};
    Status read;
    if (part.name == "project_id" && !upload.project_id) {
      read = ReadText(form, part, upload.project_id);
    } else if (part.name == "expected_digest" && !upload.expected_digest) {
      read = ReadText(form, part, upload.expected_digest);
    } else if (part.name == "file" && !upload.digest) {
      read = ReadFile(form, upload);
    }
    if (!read.ok()) return read;
  }
}

Status CheckParts(const Upload& upload) {
  model::Details details;
  const model::Loc body{.name = "body"};
  if (!upload.project_id) {
    details.Add("missing", body.In("project_id"), "Field required", "null");
  }
  if (!upload.digest) {
    details.Add("missing", body.In("file"), "Field required", "null");
  }
  if (!details.empty()) return std::move(details).Take();
  Status status = CheckProjectId(*upload.project_id);
  if (!status.ok()) return status;
  if (upload.expected_digest && *upload.expected_digest != *upload.digest) {
    return Error{Code::kConflict,
                 "Client file digest " + *upload.expected_digest +
                     " != server digest " + *upload.digest,
                 "DigestMismatchError"};
  }
  return {};
}

// The file goes to the store as it comes; it becomes one of the project's
// when all of the body is there and right.
Result<Response> CreateFile(Services& services, const Request& request,
                            const PathValues&) {
  Upload upload(services.files);
  Status status;
  if (request.form != nullptr) status = ReadParts(*request.form, upload);
  if (status.ok()) status = CheckParts(upload);
  if (status.ok()) {
    status = upload.file.Finish(*upload.project_id, *upload.digest,
                                services.NowUs(*upload.project_id));
  }
  if (!status.ok()) return std::move(status).error();
  Response response;
  response.body = R"({"digest":")" + *upload.digest + R"("})";
  return response;
}

StreamEnd SendFile(Services& services, const std::string& project_id,
                   const std::string& digest, const Sink& sink) {
  bool open = true;
  const Status status =
      services.files.Feed(project_id, digest, [&](std::string_view chunk) {
        open = sink(chunk);
        return open;
      });
  if (!status.ok()) return ErrorResponse(status.error());
  return open;
}

Result<Response> FileContent(Services& services, const Request& request,
                             const PathValues&) {
  Body<model::FileContentReq> body;
  Status status = body.Read(request, 1);
  if (status.ok()) status = CheckProjectId(body.record.project_id);
  if (!status.ok()) return std::move(status).error();
  std::string project_id(body.record.project_id);
  std::string digest(body.record.digest);
  const Result<int64_t> size = services.files.SizeBytes(project_id, digest);
  if (!size.ok()) return size.error();
  Response response;
  response.content_type = "application/octet-stream";
  response.stream_bytes = static_cast<size_t>(size.value());
  response.stream = [&services, project_id = std::move(project_id),
                     digest = std::move(digest)](const Sink& sink) {
    return SendFile(services, project_id, digest, sink);
  };
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

constexpr auto kFilesRoutes = std::to_array<Route>({
    {"POST", "/file/create", CreateFile},
    {"POST", "/files/create", CreateFile},
    {"POST", "/file/content", FileContent},
    {"POST", "/files/content", FileContent},
    {"POST", "/files/query_stats", FilesStats},
    {"POST", "/files/stats", FilesStats},  // what the Python SDK asks for
});

}  // namespace

std::span<const Route> FileRoutes() { return kFilesRoutes; }

}  // namespace bobbin::api
