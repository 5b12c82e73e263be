// Reading objects (contract section 6.3).

#include <array>
#include <memory>
#include <string>

#include "api/body.h"
#include "api/checks.h"
#include "api/dispatch.h"
#include "api/object_json.h"
#include "model/objects_query.h"
#include "query/objects_sql.h"

namespace bobbin::api {
namespace {

using model::ObjectRecord;
using model::ObjsQueryReq;

// Containers from the body down to a filter's lists.
constexpr int kDepthOfObjectsQuery = 3;
// A stream is handed on in pieces of about this size.
constexpr size_t kObjectsPieceBytes = 64 << 10;

Result<Response> ReadObject(Services& services, const Request& request,
                            const PathValues&) {
  Body<model::ObjReadReq> body;
  Status status = body.Read(request, 1);
  if (status.ok()) status = CheckProjectId(body.record.project_id);
  if (!status.ok()) return std::move(status).error();
  Response response;
  status = services.objects.Read(body.record, [&](const ObjectRecord& object) {
    response.body = R"({"obj":)";
    AppendObject(response.body, object);
    response.body += '}';
    return false;
  });
  if (!status.ok()) return std::move(status).error();
  return response;
}

// A query that has been read and checked, and can be run later.
struct ObjectsQuery {
  Request request;  // a copy: the record points into its body
  Body<ObjsQueryReq> body;
};

// Writes all matching objects into `sink`.
bool WriteObjects(Services& services, const ObjsQueryReq& wanted,
                  const Sink& sink) {
  // Where a scan holds writers up, a slow client must not prolong it.
  const bool collect = services.objects.scan_blocks_writers();
  std::string piece = R"({"objs":[)";
  std::string_view separator;
  bool open = true;
  const Status status =
      services.objects.Scan(wanted, [&](const ObjectRecord& object) {
        piece += separator;
        separator = ",";
        AppendObject(piece, object);
        if (!collect && piece.size() >= kObjectsPieceBytes) {
          open = sink(piece);
          piece.clear();
        }
        return open;
      });
  if (!status.ok()) {
    ErrorResponse(status.error());  // for the log: the stream has begun
    return false;
  }
  piece += "]}";
  return open && sink(piece);
}

Result<Response> QueryObjects(Services& services, const Request& request,
                              const PathValues&) {
  auto query = std::make_shared<ObjectsQuery>();
  query->request = request;
  Status status = query->body.Read(query->request, kDepthOfObjectsQuery);
  if (status.ok()) status = CheckProjectId(query->body.record.project_id);
  if (!status.ok()) return std::move(status).error();
  // What is wrong with the query must be said before the stream begins.
  const Result<query::Statement> statement =
      query::ObjectsStatement(query->body.record, 0);
  if (!statement.ok()) return statement.error();
  Response response;
  response.stream = [&services, query](const Sink& sink) {
    return WriteObjects(services, query->body.record, sink);
  };
  return response;
}

constexpr auto kObjectsQueryRoutes = std::to_array<Route>({
    {"POST", "/obj/read", ReadObject},
    {"POST", "/objs/query", QueryObjects},
});

}  // namespace

std::span<const Route> ObjectQueryRoutes() { return kObjectsQueryRoutes; }

}  // namespace bobbin::api
