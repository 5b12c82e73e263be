#include "api/rows_api.h"

#include <memory>

#include "api/body.h"
#include "api/checks.h"
#include "api/dispatch.h"
#include "model/rows_query.h"

namespace bobbin::api {
namespace {

// {sort_by: [{field}]}
constexpr int kDepthOfRowsQuery = 3;
// A stream is handed on in pieces of about this size.
constexpr size_t kRowsPieceBytes = 64 << 10;

// A query that has been read and checked, and can be run later.
struct Asked {
  Body<model::RowsQueryReq> body;  // points into the request, which stays
  query::RowsQuery query;
};

Result<std::shared_ptr<Asked>> ReadQuery(const Request& request,
                                         const query::RowsTable& table) {
  auto asked = std::make_shared<Asked>();
  Status status = asked->body.Read(request, kDepthOfRowsQuery);
  if (!status.ok()) return std::move(status).error();
  status = CheckProjectId(asked->body.record.project_id);
  if (!status.ok()) return std::move(status).error();
  // What is wrong with the query must be said before the stream begins.
  Result<query::RowsQuery> query =
      query::MakeRowsQuery(table, asked->body.record);
  if (!query.ok()) return std::move(query).error();
  asked->query = std::move(query).value();
  return asked;
}

bool WriteRows(Services& services, const Asked& asked,
               const RowsEndpoint& endpoint, const Sink& sink) {
  // Where a read holds writers up, a slow client must not prolong it.
  const bool collect = services.calls.scan_blocks_writers();
  std::string piece = "{\"" + std::string(endpoint.list) + "\":[";
  int64_t total = 0;
  bool any = false;
  bool open = true;
  const store::RowsVisitor visitor{
      .count = [&](int64_t count) { total = count; },
      .row =
          [&](std::string_view row) {
            if (any) piece += ',';
            any = true;
            piece += row;
            if (!collect && piece.size() >= kRowsPieceBytes) {
              open = sink(piece);
              piece.clear();
            }
            return open;
          }};
  const Status status = endpoint.run(services, asked.body.record.project_id,
                                     asked.query, visitor);
  if (!status.ok()) {
    ErrorResponse(status.error());  // for the log: the stream has begun
    return false;
  }
  piece += ']';
  if (endpoint.with_total) {
    piece += R"(,"total_count":)" + std::to_string(total);
  }
  piece += '}';
  return open && sink(piece);
}

}  // namespace

Result<Response> AnswerRows(Services& services, const Request& request,
                            const RowsEndpoint& endpoint) {
  Result<std::shared_ptr<Asked>> asked = ReadQuery(request, endpoint.table());
  if (!asked.ok()) return std::move(asked).error();
  Response response;
  response.stream = [&services, asked = std::move(asked).value(),
                     endpoint](const Sink& sink) {
    return WriteRows(services, *asked, endpoint, sink);
  };
  return response;
}

Result<Purge> ReadPurge(const Request& request, std::string_view message) {
  Body<model::RowsPurgeReq> body;
  Status status = body.Read(request, 1);
  if (!status.ok()) return std::move(status).error();
  status = CheckProjectId(body.record.project_id);
  if (!status.ok()) return std::move(status).error();
  Result<std::vector<std::string>> ids =
      query::IdsToPurge(body.record.query.json, message);
  if (!ids.ok()) return std::move(ids).error();
  return Purge{std::string(body.record.project_id), std::move(ids).value()};
}

}  // namespace bobbin::api
