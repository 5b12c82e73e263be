// Whole projects out and in, as lines of JSON: /_bobbin/export and import.

#include <array>
#include <memory>
#include <string>
#include <utility>

#include "api/body.h"
#include "api/dispatch.h"
#include "api/query_string.h"
#include "api/stream_type.h"
#include "json/write.h"
#include "model/transfer.h"

namespace bobbin::api {
namespace {

constexpr int kDepthOfExport = 2;  // {project_ids: [""]}

using ExportBody = std::shared_ptr<Body<model::ExportReq>>;

StreamEnd StreamExport(Services& services, const ExportBody& body,
                       const Sink& sink) {
  // Where a read holds writers up, a slow client must not prolong it.
  const bool collect = services.calls.scan_blocks_writers();
  std::string collected;
  bool open = true;
  const Status status = services.exports.Export(body->record.project_ids,
                                                [&](std::string_view lines) {
                                                  if (collect) {
                                                    collected += lines;
                                                  } else {
                                                    open = sink(lines);
                                                  }
                                                  return open;
                                                });
  if (!status.ok()) return ErrorResponse(status.error());
  return open && (!collect || sink(collected));
}

Result<Response> Export(Services& services, const Request& request,
                        const PathValues&) {
  auto body = std::make_shared<Body<model::ExportReq>>();
  Status status;
  // No body means all projects as well.
  if (!request.body.empty()) status = body->Read(request, kDepthOfExport);
  for (const std::string_view id : body->record.project_ids) {
    if (status.ok()) status = CheckProjectId(id);
  }
  if (!status.ok()) return std::move(status).error();
  Response response;
  response.content_type = StreamType(request.accept);
  response.stream = [&services, body = std::move(body)](const Sink& sink) {
    return StreamExport(services, body, sink);
  };
  return response;
}

Result<Response> Import(Services& services, const Request& request,
                        const PathValues&) {
  constexpr int64_t kMostLines = int64_t{1} << 53;
  QueryString query(request);
  const int64_t first = query.Number("line", 1, kMostLines).value_or(1);
  Status status = query.Check();
  if (!status.ok()) return std::move(status).error();
  const Result<store::ImportCounts> counts =
      services.imports.Import(request.body, first);
  if (!counts.ok()) return counts.error();
  Response response;
  response.body = R"({"lines":)";
  json::AppendInt(response.body, counts.value().lines);
  response.body += R"(,"added":)";
  store::AppendCounts(response.body, counts.value().added);
  response.body += R"(,"present":)";
  store::AppendCounts(response.body, counts.value().present);
  response.body += '}';
  return response;
}

constexpr auto kControlTransferRoutes = std::to_array<Route>({
    {"POST", "/_bobbin/export", Export},
    {"POST", "/_bobbin/import", Import},
});

}  // namespace

std::span<const Route> ControlTransferRoutes() {
  return kControlTransferRoutes;
}

}  // namespace bobbin::api
