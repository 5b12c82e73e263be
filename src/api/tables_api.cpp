// Tables (contract section 7).

#include <array>
#include <memory>
#include <span>
#include <string>

#include "api/body.h"
#include "api/checks.h"
#include "api/dispatch.h"
#include "api/list_stream.h"
#include "api/stream_type.h"
#include "base/hash.h"
#include "json/write.h"
#include "model/table.h"
#include "query/tables_sql.h"

namespace bobbin::api {
namespace {

// Containers from the body down to what each record reads.
constexpr int kDepthOfCreate = 3;  // {table: {rows: [row]}}
constexpr int kDepthOfDigests = 2;
constexpr int kDepthOfUpdate = 4;      // {updates: [{insert: {row}}]}
constexpr int kDepthOfTableQuery = 3;  // {filter: {row_digests: [...]}}
// Contract section 3, "Limits".
constexpr size_t kMaxDigests = 1000;

constexpr Frame kRowList{R"({"rows":[)", ",", "]}"};

// Reads the body and checks its project. `project_of` finds that in it.
template <class Record, class ProjectOf>
Status ReadBody(Body<Record>& body, const Request& request, int depth,
                const ProjectOf& project_of) {
  Status status = body.Read(request, depth);
  return status.ok() ? CheckProjectId(project_of(body.record)) : status;
}

template <class Record>
Status ReadBody(Body<Record>& body, const Request& request, int depth) {
  return ReadBody(body, request, depth,
                  [](const Record& record) { return record.project_id; });
}

Status CheckExpected(const std::optional<std::string_view>& expected,
                     std::string_view digest) {
  if (!expected || *expected == digest) return {};
  return Error{Code::kConflict,
               "Client table digest " + std::string(*expected) +
                   " != server digest " + std::string(digest),
               "DigestMismatchError"};
}

// `["a","b"]`, of digests, which need no escapes.
void AppendDigests(std::string& out, std::string_view digests) {
  out += '[';
  for (size_t at = 0; at < digests.size(); at += kDigestChars) {
    if (at > 0) out += ',';
    out += '"';
    out += digests.substr(at, kDigestChars);
    out += '"';
  }
  out += ']';
}

Response DigestResponse(std::string_view digest, std::string_view list_name,
                        std::string_view digests) {
  Response response;
  std::string& body = response.body;
  body.reserve(digests.size() / kDigestChars * (kDigestChars + 3) + 128);
  body += R"({"digest":")";
  body += digest;
  body += '"';
  if (!list_name.empty()) {
    body += R"(,")";
    body += list_name;
    body += R"(":)";
    AppendDigests(body, digests);
  }
  body += '}';
  return response;
}

Result<Response> CreateTable(Services& services, const Request& request,
                             const PathValues&) {
  Body<model::TableCreateReq> body;
  Status status = ReadBody(body, request, kDepthOfCreate,
                           [](const model::TableCreateReq& record) {
                             return record.table.project_id;
                           });
  if (!status.ok()) return std::move(status).error();
  const model::TableInsert& table = body.record.table;
  const std::string row_digests = model::DigestsOf(table.rows);
  const std::string digest = HexSha256(row_digests);
  status = CheckExpected(table.expected_digest, digest);
  if (status.ok()) {
    status =
        services.tables.Create({.project_id = table.project_id,
                                .digest = digest,
                                .row_digests = row_digests,
                                .rows = table.rows,
                                .now_us = services.NowUs(table.project_id)});
  }
  if (!status.ok()) return std::move(status).error();
  return DigestResponse(digest, "row_digests", row_digests);
}

Result<Response> CreateFromDigests(Services& services, const Request& request,
                                   const PathValues&) {
  Body<model::TableFromDigestsReq> body;
  Status status = ReadBody(body, request, kDepthOfDigests);
  if (!status.ok()) return std::move(status).error();
  const model::TableFromDigestsReq& wanted = body.record;
  std::string row_digests;
  row_digests.reserve(wanted.row_digests.size() * kDigestChars);
  for (const std::string_view row : wanted.row_digests) row_digests += row;
  const std::string digest = HexSha256(row_digests);
  status = CheckExpected(wanted.expected_digest, digest);
  if (status.ok()) {
    status = services.tables.CreateFromDigests(
        wanted.project_id, digest, wanted.row_digests,
        services.NowUs(wanted.project_id));
  }
  if (!status.ok()) return std::move(status).error();
  return DigestResponse(digest, "", "");
}

Result<Response> UpdateTable(Services& services, const Request& request,
                             const PathValues&) {
  Body<model::TableUpdateReq> body;
  Status status = ReadBody(body, request, kDepthOfUpdate);
  if (!status.ok()) return std::move(status).error();
  const model::TableUpdateReq& wanted = body.record;
  const Result<store::TableStore::Updated> updated =
      services.tables.Update(wanted.project_id, wanted.base_digest,
                             wanted.updates, services.NowUs(wanted.project_id));
  if (!updated.ok()) return updated.error();
  return DigestResponse(updated.value().digest, "updated_row_digests",
                        updated.value().row_digests);
}

void AppendRow(std::string& out, const store::TableStore::Row& row) {
  out += R"({"digest":")";
  out += row.digest;
  out += R"(","val":)";
  out += row.val;
  out += R"(,"original_index":)";
  json::AppendInt(out, row.index);
  out += '}';
}

// A query that has been read and checked, and can be run later.
struct RowsQuery {
  Body<model::TableQueryReq> body;  // points into the request
  query::Statement statement;
};

Result<Response> StreamRows(Services& services, const Request& request,
                            const Frame& frame, std::string content_type) {
  auto query = std::make_shared<RowsQuery>();
  Status status = ReadBody(query->body, request, kDepthOfTableQuery);
  if (!status.ok()) return std::move(status).error();
  Result<query::Statement> statement =
      query::TableRowsStatement(query->body.record);
  if (!statement.ok()) return std::move(statement).error();
  query->statement = std::move(statement).value();
  const store::TableStore& tables = services.tables;
  return StreamList(
      frame, std::move(content_type),
      // Where a scan holds writers up, a slow client must not prolong it.
      tables.scan_blocks_writers(),
      [&tables, query = std::move(query)](ListStream& list) {
        return tables.Scan(query->statement, query->body.record.project_id,
                           [&](const store::TableStore::Row& row) {
                             AppendRow(list.Begin(), row);
                             return list.End();
                           });
      });
}

Result<Response> QueryTable(Services& services, const Request& request,
                            const PathValues&) {
  return StreamRows(services, request, kRowList, "application/json");
}

Result<Response> StreamTable(Services& services, const Request& request,
                             const PathValues&) {
  return StreamRows(services, request, kJsonLines, StreamType(request.accept));
}

Result<Response> TableStats(Services& services, const Request& request,
                            const PathValues&) {
  Body<model::TableStatsReq> body;
  Status status = ReadBody(body, request, 1);
  if (!status.ok()) return std::move(status).error();
  const auto stats = services.tables.StatsOf(body.record.project_id,
                                             std::span(&body.record.digest, 1));
  if (!stats.ok()) return stats.error();
  const int64_t count =
      stats.value().empty() ? 0 : stats.value().front().row_count;
  Response response;
  response.body = R"({"count":)" + std::to_string(count) + "}";
  return response;
}

Result<Response> TableStatsBatch(Services& services, const Request& request,
                                 const PathValues&) {
  Body<model::TableStatsBatchReq> body;
  Status status = ReadBody(body, request, kDepthOfDigests);
  if (!status.ok()) return std::move(status).error();
  const model::TableStatsBatchReq& wanted = body.record;
  const size_t asked = wanted.digests ? wanted.digests->size() : 0;
  if (asked > kMaxDigests) {
    return Invalid(
        "Parameter: 'digests' request length is greater than max length "
        "(1000). Actual length: " +
        std::to_string(asked));
  }
  Response response;
  response.body = R"({"tables":[)";
  if (asked > 0) {
    const auto stats =
        services.tables.StatsOf(wanted.project_id, *wanted.digests);
    if (!stats.ok()) return stats.error();
    const bool sizes = wanted.include_storage_size.value_or(false);
    std::string_view separator = R"({"count":)";
    for (const store::TableStore::Stats& table : stats.value()) {
      response.body += separator;
      separator = R"(,{"count":)";
      json::AppendInt(response.body, table.row_count);
      response.body +=
          R"(,"digest":")" + table.digest + R"(","storage_size_bytes":)";
      response.body += sizes ? std::to_string(table.val_bytes) : "null";
      response.body += '}';
    }
  }
  response.body += "]}";
  return response;
}

constexpr auto kTablesRoutes = std::to_array<Route>({
    {"POST", "/table/create", CreateTable},
    {"POST", "/table/create_from_digests", CreateFromDigests},
    {"POST", "/table/update", UpdateTable},
    {"POST", "/table/query", QueryTable},
    {"POST", "/table/query_stream", StreamTable},
    {"POST", "/table/query_stats", TableStats},
    {"POST", "/table/query_stats_batch", TableStatsBatch},
});

}  // namespace

std::span<const Route> TableRoutes() { return kTablesRoutes; }

}  // namespace bobbin::api
