#include "store/report_store.h"

#include <algorithm>
#include <mutex>
#include <string>
#include <tuple>
#include <vector>

#include "db/read_parts.h"
#include "json/write.h"
#include "store/names.h"
#include "store/rows.h"
#include "store/statement.h"

namespace bobbin::store {
namespace {

using db::Connection;
using db::Query;
using query::Statement;

// Rows of texts that a thread reads at a time: some milliseconds.
constexpr int64_t kTextsAtATime = 4096;
// In how many parts the calls are read: each makes the lists of rows anew.
constexpr int64_t kCallsParts = 8;

// No row has number 0.
int64_t ProjectRow(Connection& connection,
                   const std::optional<std::string_view>& project_id) {
  return project_id ? FindProject(connection, *project_id).value_or(0) : 0;
}

// Of what `query`, with all its values, gives.
void VisitRows(Query& query, const query::Report& report,
               const ReportStore::Visit& visit) {
  std::string text;
  while (query.Row()) {
    text.clear();
    AppendRow(text, query, report.columns);
    if (!visit(text)) return;
  }
}

int64_t NumberOf(Connection& connection, const Statement& statement,
                 int64_t project) {
  Query query(connection, statement.sql);
  BindAll(query, statement, project);
  return query.Row() ? query.Int(0) : 0;
}

// The row numbers of a table from 1 on, in equal parts.
struct RowParts {
  int64_t last = 0;
  int64_t size = 1;
  int64_t count() const { return (last + size - 1) / size; }
  // Binds the first and the last row of a part.
  void Bind(Query& query, int64_t part) const {
    query.Bind(part * size + 1).Bind((part + 1) * size);
  }
};

// What several threads find.
class RowList {
 public:
  void Add(int64_t row) {
    const std::lock_guard lock(mutex_);
    json_ += json_.empty() ? '[' : ',';
    json::AppendInt(json_, row);
  }
  // Once all have ended.
  std::string Json() && {
    return json_.empty() ? "[]" : std::move(json_) + ']';
  }

 private:
  std::mutex mutex_;
  std::string json_;
};

struct FoundCall {
  int64_t started_at_us;
  std::string id;
  std::string hit;
};

}  // namespace

Status ReportStore::Run(const query::Report& report,
                        const std::optional<std::string_view>& project_id,
                        const Visit& visit) const {
  return database_.Read([&](Connection& connection) -> Status {
    Query rows(connection, report.rows.sql);
    BindAll(rows, report.rows, ProjectRow(connection, project_id));
    VisitRows(rows, report, visit);
    return {};
  });
}

Status ReportStore::Run(const query::Search& search,
                        const std::optional<std::string_view>& project_id,
                        const Visit& visit) const {
  std::vector<std::string> hits;
  bool is_enough = false;
  Status read = database_.Read([&](Connection& connection) -> Status {
    const int64_t project = ProjectRow(connection, project_id);
    Query rows(connection, search.newest.rows.sql);
    BindAll(rows, search.newest.rows, project);
    VisitRows(rows, search.newest, [&](std::string_view hit) {
      hits.emplace_back(hit);
      return true;
    });
    is_enough =
        std::cmp_greater_equal(hits.size(), search.limit) ||
        NumberOf(connection, search.newest_count, project) < search.newest_most;
    return {};
  });
  if (!read.ok()) return read;
  if (!is_enough) {
    return search.scan ? ScanFile(search, project_id, visit)
                       : Run(*search.filtered, project_id, visit);
  }
  for (const std::string& hit : hits) {
    if (!visit(hit)) break;
  }
  return {};
}

Status ReportStore::ScanFile(const query::Search& search,
                             const std::optional<std::string_view>& project_id,
                             const Visit& visit) const {
  const query::Search::FileScan& scan = *search.scan;
  int64_t project = 0;
  RowParts inputs{.size = kTextsAtATime}, outputs{.size = kTextsAtATime}, calls;
  Status read = database_.Read([&](Connection& connection) -> Status {
    project = ProjectRow(connection, project_id);
    const auto last = [&](const char* sql) {
      return NumberOf(connection, Statement{sql}, 0);
    };
    inputs.last = last("SELECT max(row_id) FROM call_inputs");
    outputs.last = last("SELECT max(row_id) FROM call_outputs");
    calls.last = last("SELECT max(row_id) FROM calls");
    calls.size = calls.last / kCallsParts + 1;
    return {};
  });
  if (!read.ok()) return read;

  RowList with_inputs, with_outputs;
  read = db::ReadParts(
      database_, inputs.count() + outputs.count(),
      [&](Connection& connection, int64_t part) {
        const bool is_input = part < inputs.count();
        const Statement& statement = is_input ? scan.inputs : scan.outputs;
        Query query(connection, statement.sql);
        BindAll(query, statement, project);
        if (is_input) {
          inputs.Bind(query, part);
        } else {
          outputs.Bind(query, part - inputs.count());
        }
        while (query.Row()) {
          (is_input ? with_inputs : with_outputs).Add(query.Int(0));
        }
      });
  if (!read.ok()) return read;

  const std::string input_rows = std::move(with_inputs).Json();
  const std::string output_rows = std::move(with_outputs).Json();
  const int started_column = static_cast<int>(scan.calls.columns.size());
  std::vector<FoundCall> found;
  std::mutex found_mutex;
  read = db::ReadParts(
      database_, calls.count(), [&](Connection& connection, int64_t part) {
        Query query(connection, scan.calls.rows.sql);
        query.Bind(std::string_view(input_rows))
            .Bind(std::string_view(output_rows));
        calls.Bind(query, part);
        query.Bind(search.limit);
        BindAll(query, scan.calls.rows, project);
        VisitRows(query, scan.calls, [&](std::string_view hit) {
          FoundCall call{.started_at_us = query.Int(started_column),
                         .id = std::string(query.Text(started_column + 1)),
                         .hit = std::string(hit)};
          const std::lock_guard lock(found_mutex);
          found.push_back(std::move(call));
          return true;
        });
      });
  if (!read.ok()) return read;
  std::ranges::sort(found, std::greater(), [](const FoundCall& call) {
    return std::tie(call.started_at_us, call.id);
  });
  int64_t left = search.limit;
  for (const FoundCall& call : found) {
    if (left-- == 0 || !visit(call.hit)) break;
  }
  return {};
}

}  // namespace bobbin::store
