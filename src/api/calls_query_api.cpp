// Reading calls (contract sections 4.3, 4.4 and 4.6).

#include <array>
#include <memory>
#include <string>
#include <utility>

#include "api/body.h"
#include "api/call_json.h"
#include "api/call_list.h"
#include "api/checks.h"
#include "api/dispatch.h"
#include "api/expand.h"
#include "api/list_stream.h"
#include "api/stream_type.h"
#include "model/calls_query.h"

namespace bobbin::api {
namespace {

using model::CallRecord;
using model::CallsQueryReq;

// Containers from the body down to a filter's lists.
constexpr int kDepthOfQuery = 3;
constexpr Frame kList{R"({"calls":[)", ",", "]}"};

// A query that has been read and checked, and can be run later.
struct CallsQuery {
  std::string project_id;    // of a request without a body
  Body<CallsQueryReq> body;  // points into the request, which outlives it
  query::Selection selection;
  query::Statement statement;
};

Status Prepare(CallsQuery& query) {
  const CallsQueryReq& wanted = query.body.record;
  Status status = CheckProjectId(wanted.project_id);
  if (!status.ok()) return status;
  Result<query::Selection> selection = query::SelectColumns(wanted.columns);
  if (!selection.ok()) return std::move(selection).error();
  query.selection = selection.value();
  // Costs are computed from the summary, and asking for them is asking for it.
  if (wanted.include_costs.value_or(false)) {
    query::SelectSummary(query.selection);
  }
  Result<query::Statement> statement =
      query::CallsStatement(wanted, query.selection);
  if (!statement.ok()) return std::move(statement).error();
  query.statement = std::move(statement).value();
  return {};
}

// Where refs give way to what they stand for.
model::Texts ExpandedPaths(const CallsQueryReq& wanted) {
  if (!wanted.return_expanded_column_values.value_or(true)) return {};
  return wanted.expand_columns;
}

// Writes all matching calls.
Status WriteCalls(Services& services, const CallsQuery& query,
                  ListStream& list) {
  const CallsQueryReq& wanted = query.body.record;
  const store::CallExtras extras = store::ExtrasOf(wanted);
  Expander expander(ExpandedPaths(wanted), [&](std::string_view call) {
    list.Begin() += call;
    return list.End();
  });
  if (!expander.expands()) {
    return services.calls.Scan(query.statement, wanted.project_id, extras,
                               [&](const CallRecord& call) {
                                 AppendCall(list.Begin(), call,
                                            query.selection);
                                 return list.End();
                               });
  }
  return services.calls.ScanWithRefs(
      query.statement, wanted.project_id, extras,
      [&](const CallRecord* call, store::RefReader& refs) {
        if (call == nullptr) return expander.Finish(refs);
        std::string text;
        AppendCall(text, *call, query.selection);
        return expander.Add(std::move(text), refs);
      });
}

// What is wrong with the query is said here, before the stream begins.
Result<Response> StreamPrepared(Services& services,
                                std::shared_ptr<CallsQuery> query,
                                const Frame& frame, std::string content_type) {
  Status status = Prepare(*query);
  if (!status.ok()) return std::move(status).error();
  // Where a scan holds writers up, a slow client must not prolong it.
  return StreamList(frame, std::move(content_type),
                    services.calls.scan_blocks_writers(),
                    [&services, query = std::move(query)](ListStream& list) {
                      return WriteCalls(services, *query, list);
                    });
}

Result<Response> StreamAs(Services& services, const Request& request,
                          const Frame& frame, std::string content_type) {
  auto query = std::make_shared<CallsQuery>();
  Status status = query->body.Read(request, kDepthOfQuery);
  if (!status.ok()) return std::move(status).error();
  return StreamPrepared(services, std::move(query), frame,
                        std::move(content_type));
}

Result<Response> StreamQuery(Services& services, const Request& request,
                             const PathValues&) {
  return StreamAs(services, request, kJsonLines, StreamType(request.accept));
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

constexpr auto kCallsQueryRoutes = std::to_array<Route>({
    {"POST", "/call/read", ReadCall},
    {"POST", "/calls/stream_query", StreamQuery},
    {"POST", "/calls/query_stats", QueryStats},
    {"POST", "/calls/query", QueryCalls},
});

}  // namespace

Result<Response> ListCalls(Services& services, std::string project_id) {
  auto query = std::make_shared<CallsQuery>();
  query->project_id = std::move(project_id);
  query->body.record.project_id = query->project_id;
  return StreamPrepared(services, std::move(query), kList, "application/json");
}

std::span<const Route> CallQueryRoutes() { return kCallsQueryRoutes; }

}  // namespace bobbin::api
