// Reading calls (contract sections 4.3, 4.4 and 4.6).

#include <array>
#include <memory>
#include <string>

#include "api/body.h"
#include "api/call_json.h"
#include "api/checks.h"
#include "api/dispatch.h"
#include "model/calls_query.h"

namespace bobbin::api {
namespace {

using model::CallRecord;
using model::CallsQueryReq;

// Containers from the body down to a filter's lists.
constexpr int kDepthOfQuery = 3;
// A stream is handed on in pieces of about this size.
constexpr size_t kPieceBytes = 64 << 10;

// How the calls of an answer are put together.
struct Frame {
  std::string_view begin, between, end;
};
constexpr Frame kLines{"", "\n", "\n"};  // an empty answer has no line
constexpr Frame kList{R"({"calls":[)", ",", "]}"};

// A query that has been read and checked, and can be run later.
struct CallsQuery {
  Body<CallsQueryReq> body;  // points into the request, which outlives it
  query::Selection selection;
  query::Statement statement;
};

// What is wrong with the query is said here, before the stream begins.
Result<std::shared_ptr<CallsQuery>> ReadQuery(const Request& request) {
  auto query = std::make_shared<CallsQuery>();
  Status status = query->body.Read(request, kDepthOfQuery);
  if (!status.ok()) return std::move(status).error();
  const CallsQueryReq& wanted = query->body.record;
  status = CheckProjectId(wanted.project_id);
  if (!status.ok()) return std::move(status).error();
  Result<query::Selection> selection = query::SelectColumns(wanted.columns);
  if (!selection.ok()) return std::move(selection).error();
  query->selection = selection.value();
  // Costs are computed from the summary, and asking for them is asking for it.
  if (wanted.include_costs.value_or(false)) {
    query::SelectSummary(query->selection);
  }
  Result<query::Statement> statement =
      query::CallsStatement(wanted, query->selection);
  if (!statement.ok()) return std::move(statement).error();
  query->statement = std::move(statement).value();
  return query;
}

// A client's own JSON may have line breaks between its tokens, and nowhere
// else; in JSON lines they would end the line.
void PutOnOneLine(std::string& text, size_t begin) {
  for (const char c : {'\n', '\r'}) {
    size_t at = begin;
    while ((at = text.find(c, at)) != std::string::npos) text[at] = ' ';
  }
}

// Writes all matching calls into `sink`.
StreamEnd WriteCalls(Services& services, const CallsQuery& query,
                     const Frame& frame, const Sink& sink) {
  const CallsQueryReq& wanted = query.body.record;
  // Where a scan holds writers up, a slow client must not prolong it.
  const bool collect = services.calls.scan_blocks_writers();
  std::string piece;
  piece.reserve(kPieceBytes + kPieceBytes / 4);  // a call or two beyond
  piece += frame.begin;
  bool any = false;
  bool open = true;
  const Status status =
      services.calls.Scan(query.statement, wanted.project_id,
                          store::ExtrasOf(wanted), [&](const CallRecord& call) {
                            if (any) piece += frame.between;
                            any = true;
                            const size_t begin = piece.size();
                            AppendCall(piece, call, query.selection);
                            if (frame.between == "\n")
                              PutOnOneLine(piece, begin);
                            if (!collect && piece.size() >= kPieceBytes) {
                              open = sink(piece);
                              piece.clear();
                            }
                            return open;
                          });
  if (!status.ok()) return ErrorResponse(status.error());
  if (any || frame.end != "\n") piece += frame.end;
  return open && (piece.empty() || sink(piece));
}

// What the client would like a stream of JSON lines to be called.
std::string StreamType(const std::string& accept) {
  static constexpr std::array kKnown{"application/jsonl",
                                     "application/x-ndjson",
                                     "application/ndjson", "application/json"};
  for (const char* type : kKnown) {
    if (accept == type) return accept;
  }
  return "application/jsonl";
}

Result<Response> StreamAs(Services& services, const Request& request,
                          const Frame& frame, std::string content_type) {
  Result<std::shared_ptr<CallsQuery>> query = ReadQuery(request);
  if (!query.ok()) return std::move(query).error();
  Response response;
  response.content_type = std::move(content_type);
  response.stream = [&services, query = std::move(query).value(),
                     &frame](const Sink& sink) {
    return WriteCalls(services, *query, frame, sink);
  };
  return response;
}

Result<Response> StreamQuery(Services& services, const Request& request,
                             const PathValues&) {
  return StreamAs(services, request, kLines, StreamType(request.accept));
}

Result<Response> QueryCalls(Services& services, const Request& request,
                            const PathValues&) {
  return StreamAs(services, request, kList, "application/json");
}

Result<Response> ReadCall(Services& services, const Request& request,
                          const PathValues&) {
  Body<model::CallReadReq> body;
  Status status = body.Read(request, 1);
  if (!status.ok()) return std::move(status).error();
  const model::CallReadReq& wanted = body.record;
  status = CheckProjectId(wanted.project_id);
  if (!status.ok()) return std::move(status).error();
  CallsQueryReq query;
  query.project_id = wanted.project_id;
  query.filter.emplace().call_ids = {{wanted.id}};
  query.sort_by.emplace();
  query.include_costs = wanted.include_costs;
  query.include_storage_size = wanted.include_storage_size;
  query.include_total_storage_size = wanted.include_total_storage_size;
  const query::Selection all;
  Response response;
  response.body = R"({"call":)";
  bool found = false;
  status = services.calls.Scan(query, all, [&](const CallRecord& call) {
    found = true;
    AppendCall(response.body, call, all);
    return false;
  });
  if (!status.ok()) return std::move(status).error();
  if (!found) response.body += "null";
  response.body += '}';
  return response;
}

Result<Response> QueryStats(Services& services, const Request& request,
                            const PathValues&) {
  Body<model::CallsQueryStatsReq> body;
  Status status = body.Read(request, kDepthOfQuery);
  if (!status.ok()) return std::move(status).error();
  const model::CallsQueryStatsReq& wanted = body.record;
  status = CheckProjectId(wanted.project_id);
  if (!status.ok()) return std::move(status).error();
  Result<store::CallStore::Count> count = services.calls.CountCalls(wanted);
  if (!count.ok()) return std::move(count).error();
  Response response;
  response.body = R"({"count":)" + std::to_string(count.value().calls) +
                  R"(,"has_more":false,"total_storage_size_bytes":)";
  const std::optional<int64_t> bytes = count.value().storage_bytes;
  response.body += bytes ? std::to_string(*bytes) : "null";
  response.body += '}';
  return response;
}

constexpr auto kRoutes = std::to_array<Route>({
    {"POST", "/call/read", ReadCall},
    {"POST", "/calls/stream_query", StreamQuery},
    {"POST", "/calls/query_stats", QueryStats},
    {"POST", "/calls/query", QueryCalls},
});

}  // namespace

std::span<const Route> CallQueryRoutes() { return kRoutes; }

}  // namespace bobbin::api
