// What SQLite does for reports: lists of traces, ids, statistics, searches,
// threads.
#include <sqlite3.h>

#include "query/search_sql.h"
#include "query/stats_sql.h"
#include "query/threads_sql.h"
#include "query/traces_sql.h"
#include "store/statement.h"
#include "support/catch.h"
#include "support/store_fixture.h"

namespace bobbin::testing {
namespace {

using model::Time;
using model::TracesQueryReq;

std::string PlanOf(db::Database& database,
                   const Result<query::Report>& report) {
  REQUIRE(report.ok());
  std::string plan;
  const Status status = database.Read([&](db::Connection& connection) {
    db::Query query(connection,
                    "EXPLAIN QUERY PLAN " + report.value().rows.sql);
    while (query.Row()) plan += std::string(query.Text(3)) + "\n";
    return Status();
  });
  REQUIRE(status.ok());
  return plan;
}

bool Has(const std::string& plan, std::string_view step) {
  return plan.find(step) != std::string::npos;
}

TEST_CASE_METHOD(StoreFixture,
                 "every list of traces walks along the index of its filter",
                 "[query]") {
  struct Row {
    const char* what;
    void (*ask)(TracesQueryReq&);
    const char* step;
  };
  const Row row = GENERATE(values<Row>({
      {"all projects", [](auto& r) { r.project_id.reset(); },
       "SEARCH c USING INDEX calls_roots_by_start (project=? AND "
       "started_at_us>?)"},
      {"a project", [](auto&) {},
       "SEARCH c USING INDEX calls_roots_by_start (project=? AND "
       "started_at_us>?)"},
      {"times",
       [](auto& r) {
         r.since = Time{1};
         r.until = Time{2};
       },
       "calls_roots_by_start (project=? AND started_at_us>? AND "
       "started_at_us<?)"},
      {"ops",
       [](auto& r) {
         r.op_names = {{"a", "b:*"}};
       },
       "SEARCH c USING INDEX calls_by_op (op=? AND started_at_us>?)"},
      {"ops of all projects",
       [](auto& r) {
         r.project_id.reset();
         r.op_names = {{"a"}};
       },
       "SEARCH c USING INDEX calls_by_op (op=? AND started_at_us>?)"},
      {"a trace", [](auto& r) { r.where = "trace_id = 'x'"; },
       "SEARCH c USING INDEX calls_by_trace (trace_id=? AND "
       "started_at_us>?)"},
      {"an id", [](auto& r) { r.where = "id = 'x'"; },
       "SEARCH c USING INDEX calls_by_id (id=? AND project=?)"},
      {"an id in all projects",
       [](auto& r) {
         r.project_id.reset();
         r.where = "id = 'x'";
       },
       "SEARCH c USING INDEX calls_by_id (id=? AND project=?)"},
      {"a thread", [](auto& r) { r.where = "thread = 'x'"; },
       "SEARCH c USING INDEX calls_by_thread (thread_id=? AND "
       "started_at_us>?)"},
      {"an op by a condition",
       [](auto& r) { r.where = "op_name in ('a','b')"; },
       "SEARCH c USING INDEX calls_roots_by_start"},
  }));
  CAPTURE(row.what);
  TracesQueryReq request;
  request.project_id = kProject;
  row.ask(request);
  const std::string plan = PlanOf(*database, query::TracesReport(request));
  CAPTURE(plan);
  CHECK(Has(plan, row.step));
  CHECK(Has(plan, "SEARCH t USING INDEX calls_by_trace (trace_id=?"));
  CHECK(Has(plan, "SEARCH k USING INDEX calls_by_parent (parent_id=?)"));
  CHECK(Has(plan, "SEARCH f USING INDEX feedback_by_call (call_id=?"));
  for (const char* table : {"c", "t", "k", "u", "i", "o", "f"}) {
    CAPTURE(table);
    CHECK(!Has(plan, "SCAN " + std::string(table) + "\n"));
    CHECK(!Has(plan, "SCAN " + std::string(table) + " "));
  }
}

TEST_CASE_METHOD(StoreFixture, "a list of the newest traces is not sorted",
                 "[query]") {
  TracesQueryReq request;
  request.project_id = kProject;
  const std::string plan = PlanOf(*database, query::TracesReport(request));
  CAPTURE(plan);
  // Only what has the same start; and the page itself.
  CHECK(Has(plan, "USE TEMP B-TREE FOR RIGHT PART OF ORDER BY"));
}

TEST_CASE_METHOD(StoreFixture, "ids are found along their indexes", "[query]") {
  model::ResolveReq request{.id = "abc"};
  if (GENERATE(true, false)) request.project_id = kProject;
  const std::string plan = PlanOf(*database, query::ResolveReport(request));
  CAPTURE(plan);
  CHECK(Has(plan, "SEARCH c USING INDEX calls_by_id (id>? AND id<?)"));
  CHECK(Has(plan,
            "SEARCH c USING COVERING INDEX calls_by_trace (trace_id>? AND "
            "trace_id<?)"));
  CHECK(!Has(plan, "SCAN c"));
}

TEST_CASE_METHOD(StoreFixture,
                 "statistics walk along the index of their filter", "[query]") {
  struct Row {
    const char* what;
    void (*ask)(model::StatsReq&);
    const char* step;
  };
  const Row row = GENERATE(values<Row>({
      {"times", [](auto& r) { r.since = Time{1}; },
       "SEARCH c USING INDEX calls_by_start (project=? AND started_at_us>?)"},
      {"times of all projects",
       [](auto& r) {
         r.project_id.reset();
         r.until = Time{1};
       },
       "SEARCH c USING INDEX calls_by_start (project=? AND started_at_us>? "
       "AND started_at_us<?)"},
      {"ops", [](auto& r) { r.op_names = {{"a"}}; },
       "SEARCH c USING INDEX calls_by_op (op=? AND started_at_us>?)"},
      {"a trace", [](auto& r) { r.where = "trace = 'x'"; },
       "SEARCH c USING INDEX calls_by_trace (trace_id=?"},
      {"a little of the file", [](auto&) {},
       "SEARCH c USING INDEX calls_by_start (project=? AND started_at_us>?)"},
      {"most of the file", [](auto&) {}, "SCAN c\n"},
      {"all of the file", [](auto& r) { r.project_id.reset(); }, "SCAN c\n"},
  }));
  const std::string_view by =
      GENERATE(as<std::string_view>(), "op", "model", "time");
  CAPTURE(row.what, by);
  model::StatsReq request;
  request.by = by;
  request.project_id = kProject;
  row.ask(request);
  const std::string plan = PlanOf(*database, query::StatsReport(request));
  CAPTURE(plan);
  CHECK(Has(plan, row.step));
  // What each call gave is not read.
  CHECK(!Has(plan, "call_outputs"));
  CHECK(!Has(plan, " u "));
  CHECK(!Has(plan, "USE TEMP B-TREE FOR GROUP BY"));
}

// So many steps of SQLite's machine, in hundreds.
int64_t StepsOf(db::Database& database, const query::Report& report) {
  int64_t steps = 0;
  const Status status = database.Read([&](db::Connection& connection) {
    sqlite3* const handle = connection.raw().getHandle();
    const auto count = [](void* sum) {
      ++*static_cast<int64_t*>(sum);
      return 0;
    };
    constexpr int kSteps = 100;
    sqlite3_progress_handler(handle, kSteps, count, &steps);
    db::Query query(connection, report.rows.sql);
    store::BindAll(query, report.rows, 0);
    while (query.Row()) continue;
    sqlite3_progress_handler(handle, 0, nullptr, nullptr);
    return Status();
  });
  REQUIRE(status.ok());
  return steps;
}

TEST_CASE_METHOD(StoreFixture,
                 "twice the calls take statistics twice the steps",
                 "[query][regress]") {
  const std::string by = GENERATE("op", "model", "time");
  CAPTURE(by);
  model::StatsReq request;
  request.by = by;
  const auto report = query::StatsReport(request);
  REQUIRE(report.ok());
  const auto record = [this](int from, int to) {
    std::vector<Part> parts;
    for (int i = from; i < to; ++i) {
      parts.push_back(AComplete("c" + std::to_string(i))
                          .Under("c" + std::to_string(i / 2))
                          .Summary(R"({"usage":{"m":{"requests":1}}})"));
    }
    REQUIRE(RecordAll(parts).ok());
  };
  record(1, 500);
  const int64_t once = StepsOf(*database, report.value());
  record(500, 1000);
  CHECK(StepsOf(*database, report.value()) < 3 * once);
}

TEST_CASE_METHOD(StoreFixture, "a search begins with the newest calls",
                 "[query]") {
  model::SearchReq request{.text = "x"};
  if (GENERATE(true, false)) request.project_id = kProject;
  const Result<query::Search> search = query::SearchCalls(request);
  REQUIRE(search.ok());
  const auto plan_of = [&](const query::Statement& statement) {
    return PlanOf(*database, query::Report{.rows = statement});
  };
  const std::string newest = plan_of(search.value().newest.rows);
  CAPTURE(newest);
  constexpr std::string_view kNewest =
      "SEARCH c USING INDEX calls_by_start (project=? AND started_at_us>?)";
  CHECK(Has(newest, kNewest));
  CHECK(Has(plan_of(search.value().newest_count), kNewest));
  // Then parts of the tables, from end to end.
  REQUIRE(search.value().scan);
  const query::Search::FileScan& scan = *search.value().scan;
  constexpr std::string_view kRows =
      "USING INTEGER PRIMARY KEY (rowid>? AND rowid<?)";
  CHECK(plan_of(scan.inputs) ==
        "SEARCH call_inputs " + std::string(kRows) + "\n");
  CHECK(plan_of(scan.outputs) ==
        "SEARCH call_outputs " + std::string(kRows) + "\n");
  CHECK(Has(plan_of(scan.calls.rows), "SEARCH c " + std::string(kRows)));
}

TEST_CASE_METHOD(StoreFixture, "threads and usage go along their indexes",
                 "[query]") {
  model::ThreadsQueryReq threads{.project_id = kProject};
  std::string plan = PlanOf(*database, query::ThreadsReport(threads));
  CAPTURE(plan);
  CHECK(Has(plan, "SEARCH c USING INDEX calls_by_thread (thread_id>?)"));
  CHECK(!Has(plan, "USE TEMP B-TREE FOR GROUP BY"));
  threads.filter.emplace().thread_ids = {{"a", "b"}};
  plan = PlanOf(*database, query::ThreadsReport(threads));
  CHECK(Has(plan, "SEARCH c USING INDEX calls_by_thread (thread_id=?"));

  model::CallsUsageReq usage{.project_id = kProject, .call_ids = {"a", "b"}};
  plan = PlanOf(*database, query::CallsUsageReport(usage));
  CHECK(Has(plan, "SEARCH c USING INDEX calls_by_id (id=? AND project=?)"));
  CHECK(Has(plan, "SEARCH k USING INDEX calls_by_parent (parent_id=?)"));
  plan = PlanOf(*database, Result<query::Report>(query::CallsOfTraces(usage)));
  CHECK(Has(plan, "SEARCH t USING INDEX calls_by_trace (trace_id=?"));
}

}  // namespace
}  // namespace bobbin::testing
