// What SQLite does for each kind of question, on a real database with the
// program's own schema.
#include "query/calls_sql.h"
#include "support/catch.h"
#include "support/store_fixture.h"

namespace bobbin::testing {
namespace {

using query::CallsCountStatement;
using query::CallsStatement;
using query::Selection;
using query::Statement;

// The plan of `sql`, a line per step, as EXPLAIN QUERY PLAN words it.
std::string Plan(db::Database& database, const std::string& sql) {
  std::string plan;
  const Status status = database.Read([&](db::Connection& connection) {
    db::Query query(connection, "EXPLAIN QUERY PLAN " + sql);
    while (query.Row()) plan += std::string(query.Text(3)) + "\n";
    return Status();
  });
  REQUIRE(status.ok());
  return plan;
}

std::string PlanOf(db::Database& database, const Result<Statement>& statement) {
  REQUIRE(statement.ok());
  return Plan(database, statement.value().sql);
}

bool Has(const std::string& plan, std::string_view step) {
  return plan.find(step) != std::string::npos;
}

// No table of the file is read from end to end. ("SCAN s" goes over the rows
// of a page that was sorted before.)
void CheckNoScans(const std::string& plan) {
  for (const char* table : {"calls", "c", "t", "ops", "o", "refs", "r", "cr",
                            "call_refs", "i", "u", "projects"}) {
    CAPTURE(table);
    CHECK(!Has(plan, "SCAN " + std::string(table) + "\n"));
    CHECK(!Has(plan, "SCAN " + std::string(table) + " "));
  }
}

struct Shape {
  const char* name;
  void (*ask)(model::CallsFilter&);
  const char* index;
  bool in_order;  // the index gives the order of started_at
};

constexpr std::string_view kRef = "weave:///team/app/object/a:v1";
constexpr std::string_view kAnyVersion = "weave:///team/app/object/a:*";

const Shape kShapes[] = {
    {"a call by id", [](auto& f) { f.call_ids = {{"c"}}; },
     "calls_by_id (id=? AND project=?)", false},
    {"calls by id",
     [](auto& f) {
       f.call_ids = {{"c", "d"}};
     },
     "calls_by_id (id=? AND project=?)", false},
    {"one trace", [](auto& f) { f.trace_ids = {{"t"}}; },
     "calls_by_trace (trace_id=? AND started_at_us>?)", true},
    {"some traces",
     [](auto& f) {
       f.trace_ids = {{"t", "u"}};
     },
     "calls_by_trace (trace_id=?", false},
    {"the roots of a trace",
     [](auto& f) {
       f.trace_ids = {{"t"}};
       f.trace_roots_only = true;
     },
     "calls_by_trace (trace_id=? AND started_at_us>?)", true},
    {"children of a parent", [](auto& f) { f.parent_ids = {{"p"}}; },
     "calls_by_parent (parent_id=?)", false},
    {"children of some parents",
     [](auto& f) {
       f.parent_ids = {{"p", "q"}};
     },
     "calls_by_parent (parent_id=?)", false},
    {"all calls of a project", [](auto&) {},
     "calls_by_start (project=? AND started_at_us>?)", true},
    {"the roots of a project", [](auto& f) { f.trace_roots_only = true; },
     "calls_roots_by_start (project=? AND started_at_us>?)", true},
    {"an op", [](auto& f) { f.op_names = {{"op"}}; },
     "calls_by_op (op=? AND started_at_us>?)", true},
    {"some ops",
     [](auto& f) {
       f.op_names = {{"op", "oq"}};
     },
     "calls_by_op (op=?", false},
    {"any version of an op", [](auto& f) { f.op_names = {{kAnyVersion}}; },
     "calls_by_op (op=?", false},
    {"an op or any version of another",
     [](auto& f) {
       f.op_names = {{"op", kAnyVersion}};
     },
     "calls_by_op (op=?", false},
    {"a thread", [](auto& f) { f.thread_ids = {{"th"}}; },
     "calls_by_thread (thread_id=? AND started_at_us>?)", true},
    {"some threads",
     [](auto& f) {
       f.thread_ids = {{"th", "ti"}};
     },
     "calls_by_thread (thread_id=?", false},
    {"a turn", [](auto& f) { f.turn_ids = {{"tu"}}; },
     "calls_by_turn (turn_id=? AND started_at_us>?)", true},
    {"consumers of a ref", [](auto& f) { f.input_refs = {{kRef}}; },
     "SEARCH c USING INTEGER PRIMARY KEY (rowid=?)", false},
    {"producers of any version",
     [](auto& f) { f.output_refs = {{kAnyVersion}}; },
     "SEARCH c USING INTEGER PRIMARY KEY (rowid=?)", false},
    {"consumers of a ref or any version of another",
     [](auto& f) {
       f.input_refs = {{kRef, kAnyVersion}};
     },
     "SEARCH c USING INTEGER PRIMARY KEY (rowid=?)", false},
    {"both sides of refs",
     [](auto& f) {
       f.input_refs = {{kRef}};
       f.output_refs = {{kAnyVersion, "x"}};
     },
     "SEARCH c USING INTEGER PRIMARY KEY (rowid=?)", false},
    {"an op within a trace",
     [](auto& f) {
       f.trace_ids = {{"t"}};
       f.op_names = {{"op"}};
     },
     "calls_by_trace (trace_id=? AND started_at_us>?)", true},
    {"a user", [](auto& f) { f.wb_user_ids = {{"me"}}; },
     "calls_by_start (project=? AND started_at_us>?)", true},
    {"a run",
     [](auto& f) {
       f.wb_run_ids = {{"r", "e/p/r"}};
     },
     "calls_by_start (project=? AND started_at_us>?)", true},
};

TEST_CASE_METHOD(StoreFixture, "every question walks along its index",
                 "[query]") {
  const bool newest_first = GENERATE(false, true);
  const bool sizes = GENERATE(false, true);
  CAPTURE(newest_first, sizes);
  for (const Shape& shape : kShapes) {
    CAPTURE(shape.name);
    model::CallsQueryReq request = ARequest();
    shape.ask(*request.filter);
    if (newest_first) request.sort_by = Descending("started_at");
    request.limit = 50;
    request.include_storage_size = sizes;
    request.include_total_storage_size = sizes;

    const std::string plan = PlanOf(*database, CallsStatement(request, {}));

    CAPTURE(plan);
    CHECK(Has(plan, shape.index));
    CheckNoScans(plan);
    // Calls of the same microsecond are put in order, no more than that.
    CHECK(!shape.in_order == Has(plan, "USE TEMP B-TREE FOR ORDER BY"));
    CHECK(shape.in_order == !Has(plan, "SCAN s\n"));
    if (sizes) CHECK(Has(plan, "SEARCH t USING INDEX calls_by_trace"));
  }
}

TEST_CASE_METHOD(StoreFixture, "every count walks along its index", "[query]") {
  const bool limited = GENERATE(false, true);
  const bool sizes = GENERATE(false, true);
  CAPTURE(limited, sizes);
  for (const Shape& shape : kShapes) {
    CAPTURE(shape.name);
    model::CallsQueryStatsReq request = ACount();
    shape.ask(*request.filter);
    if (limited) request.limit = 1;
    request.include_total_storage_size = sizes;

    const std::string plan = PlanOf(*database, CallsCountStatement(request));

    CAPTURE(plan);
    CHECK(Has(plan, shape.index));
    CheckNoScans(plan);
    CHECK(!Has(plan, "TEMP B-TREE FOR ORDER BY"));
  }
}

TEST_CASE_METHOD(StoreFixture,
                 "the calls of a project are counted without "
                 "reading them",
                 "[query]") {
  CHECK(Has(PlanOf(*database, CallsCountStatement(ACount())),
            "USING COVERING INDEX calls_by_start"));
}

TEST_CASE_METHOD(StoreFixture, "a sort reads wide columns for its page alone",
                 "[query]") {
  const std::string field =
      GENERATE(as<std::string>(), "id", "op_name", "ended_at", "inputs.a",
               "output.a", "summary.weave.latency_ms");
  CAPTURE(field);
  model::CallsQueryReq request = ARequest();
  request.sort_by = Ascending(field);
  request.limit = 10;

  const std::string plan = PlanOf(*database, CallsStatement(request, {}));

  CAPTURE(plan);
  CHECK(Has(plan, "calls_by_start (project=? AND started_at_us>?)"));
  CHECK(Has(plan, "USE TEMP B-TREE FOR ORDER BY"));
  CheckNoScans(plan);
  // The rows of the page in their order, each looked up by its number.
  const size_t page = plan.find("SCAN s\n");
  REQUIRE(page != std::string::npos);
  const std::string after = plan.substr(page);
  CHECK(Has(after, "SEARCH c USING INTEGER PRIMARY KEY"));
  CHECK(Has(after, "SEARCH o USING INTEGER PRIMARY KEY"));
  CHECK(Has(after, "SEARCH i USING INTEGER PRIMARY KEY"));
  CHECK(Has(after, "SEARCH u USING INTEGER PRIMARY KEY"));
  CHECK(!Has(after, "TEMP B-TREE"));
}

TEST_CASE_METHOD(StoreFixture,
                 "plans do not depend on what SQLite knows of "
                 "the data",
                 "[query]") {
  REQUIRE(Record(AStart("c1"), AStart("c2").Under("c1")).ok());
  REQUIRE(database
              ->Write([](db::Connection& connection) {
                connection.Exec("ANALYZE");
                // One op and one trace for millions of calls.
                connection.Exec(
                    "UPDATE sqlite_stat1 SET stat = '9000000 9000000 9000000' "
                    "WHERE idx IN ('calls_by_trace', 'calls_by_start')");
                connection.Exec("ANALYZE sqlite_schema");
                return Status();
              })
              .ok());
  for (const Shape& shape : kShapes) {
    CAPTURE(shape.name);
    model::CallsQueryReq request = ARequest();
    shape.ask(*request.filter);
    const std::string plan = PlanOf(*database, CallsStatement(request, {}));
    CAPTURE(plan);
    CHECK(Has(plan, std::string(shape.index)
                        .substr(0, std::string(shape.index).find(" ("))));
    const size_t page = plan.find("SCAN s\n");
    CHECK(shape.in_order == (page == std::string::npos));
    if (page != std::string::npos) {
      CHECK(Has(plan.substr(page), "SEARCH c USING INTEGER PRIMARY KEY"));
    }
  }
}

struct QueryShape {
  const char* name;
  const char* expr;
  const char* index;
  bool in_order;
};

const QueryShape kQueryShapes[] = {
    {"a JSON field, nothing else",
     R"({"$eq":[{"$getField":"inputs.x"},{"$literal":1}]})",
     "calls_by_start (project=? AND started_at_us>?)", true},
    {"a text within the output",
     R"({"$contains":{"input":{"$getField":"output"},
         "substr":{"$literal":"x"}}})",
     "calls_by_start (project=? AND started_at_us>?)", true},
    {"an id", R"({"$eq":[{"$getField":"id"},{"$literal":"x"}]})",
     "calls_by_id (id=? AND project=?)", false},
    {"some ids",
     R"({"$in":[{"$getField":"id"},[{"$literal":"x"},{"$literal":"y"}]]})",
     "calls_by_id (id=? AND project=?)", false},
    {"a trace, the literal first",
     R"({"$eq":[{"$literal":"t"},{"$getField":"trace_id"}]})",
     "calls_by_trace (trace_id=? AND started_at_us>?)", true},
    {"a trace and a JSON field",
     R"({"$and":[{"$gt":[{"$getField":"inputs.x"},{"$literal":1}]},
                 {"$and":[{"$eq":[{"$getField":"trace_id"},
                                  {"$literal":"t"}]}]}]})",
     "calls_by_trace (trace_id=? AND started_at_us>?)", true},
    {"an op", R"({"$eq":[{"$getField":"op_name"},{"$literal":"o"}]})",
     "calls_by_op (op=? AND started_at_us>?)", true},
    {"some ops",
     R"({"$in":[{"$getField":"op_name"},[{"$literal":"o"},
                                         {"$literal":"p"}]]})",
     "calls_by_op (op=?", false},
    {"a parent", R"({"$eq":[{"$getField":"parent_id"},{"$literal":"p"}]})",
     "calls_by_parent (parent_id=?)", false},
    {"roots", R"({"$eq":[{"$getField":"parent_id"},{"$literal":null}]})",
     "calls_roots_by_start (project=? AND started_at_us>?)", true},
    {"a thread", R"({"$eq":[{"$getField":"thread_id"},{"$literal":"t"}]})",
     "calls_by_thread (thread_id=? AND started_at_us>?)", true},
    {"a turn", R"({"$eq":[{"$getField":"turn_id"},{"$literal":"t"}]})",
     "calls_by_turn (turn_id=? AND started_at_us>?)", true},
    {"a range of time",
     R"({"$and":[{"$gte":[{"$getField":"started_at"},{"$literal":1}]},
                 {"$lt":[{"$getField":"started_at"},
                         {"$literal":"2024-01-01"}]}]})",
     "calls_by_start (project=? AND started_at_us>? AND started_at_us<?)",
     true},
    {"a range of time of an op",
     R"({"$and":[{"$eq":[{"$getField":"op_name"},{"$literal":"o"}]},
                 {"$lt":[{"$getField":"started_at"},
                         {"$literal":"2024-01-01"}]}]})",
     "calls_by_op (op=? AND started_at_us>? AND started_at_us<?)", true},
    {"one or the other",
     R"({"$or":[{"$eq":[{"$getField":"id"},{"$literal":"x"}]},
                {"$eq":[{"$getField":"trace_id"},{"$literal":"t"}]}]})",
     "calls_by_start (project=? AND started_at_us>?)", true},
    {"not an id", R"({"$not":[{"$eq":[{"$getField":"id"},{"$literal":"x"}]}]})",
     "calls_by_start (project=? AND started_at_us>?)", true},
    {"feedback",
     R"({"$gt":[{"$getField":"feedback.[a].payload.x"},{"$literal":1}]})",
     "SEARCH f1 USING INDEX feedback_by_call (call_id=? AND feedback_type=?)",
     true},
    {"any feedback",
     R"({"$gt":[{"$getField":"feedback.[*].payload.x"},{"$literal":1}]})",
     "SEARCH f1 USING INDEX feedback_by_call (call_id=?)", true},
    {"refs", R"({"$eq":[{"$getField":"input_refs"},{"$literal":"x"}]})",
     "SEARCH q1 USING COVERING INDEX call_refs_by_call (call=? AND side=?)",
     true},
    {"a digest behind a ref",
     R"({"$eq":[{"$getField":"inputs.m.x"},{"$literal":"x"}]})",
     "SEARCH d USING INDEX objects_by_digest (project=? AND object_id=? AND "
     "kind=? AND digest=?)",
     true},
    {"a version behind a ref",
     R"({"$eq":[{"$getField":"inputs.m.x"},{"$literal":"x"}]})",
     "SEARCH v USING INDEX sqlite_autoindex_objects_1 (project=? AND "
     "object_id=? AND kind=? AND version_index=?)",
     true},
    {"the latest behind a ref",
     R"({"$eq":[{"$getField":"inputs.m.x"},{"$literal":"x"}]})",
     "SEARCH l USING INDEX objects_by_publish_order (project=? AND "
     "object_id=?)",
     true},
    {"the row behind a ref",
     R"({"$eq":[{"$getField":"inputs.m.x"},{"$literal":"x"}]})",
     "SEARCH r USING INDEX sqlite_autoindex_table_rows_1 (project=? AND "
     "digest=?)",
     true},
};

TEST_CASE_METHOD(StoreFixture, "every query walks along its index", "[query]") {
  const bool newest_first = GENERATE(false, true);
  CAPTURE(newest_first);
  for (const QueryShape& shape : kQueryShapes) {
    CAPTURE(shape.name);
    const std::string text = R"({"$expr":)" + std::string(shape.expr) + "}";
    model::CallsQueryReq request = ARequest();
    request.query = model::RawValue{text};
    request.expand_columns = {{"inputs.m"}};
    if (newest_first) request.sort_by = Descending("started_at");
    request.limit = 50;
    const std::string plan = PlanOf(*database, CallsStatement(request, {}));
    // For people who want to know what a query costs.
    if (!newest_first) WARN(shape.name << "\n" << plan);
    CAPTURE(plan);
    CHECK(Has(plan, shape.index));
    CheckNoScans(plan);
    for (const char* table : {"x", "d", "v", "l", "r", "f1", "q1", "r1"}) {
      CHECK(!Has(plan, "SCAN " + std::string(table) + "\n"));
    }
    CHECK(!shape.in_order == Has(plan, "USE TEMP B-TREE FOR ORDER BY"));

    model::CallsQueryStatsReq count = ACount();
    count.query = request.query;
    count.expand_columns = request.expand_columns;
    const std::string counting = PlanOf(*database, CallsCountStatement(count));
    CAPTURE(counting);
    CHECK(Has(counting, shape.index));
    CheckNoScans(counting);
  }
}

TEST_CASE_METHOD(StoreFixture,
                 "a call that a query does not want is left before the rest "
                 "of it is read",
                 "[query]") {
  const std::string text =
      R"({"$expr":{"$eq":[{"$getField":"inputs.x"},{"$literal":1}]}})";
  model::CallsQueryReq request = ARequest();
  request.query = model::RawValue{text};
  const std::string plan = PlanOf(*database, CallsStatement(request, {}));
  CAPTURE(plan);
  const size_t inputs = plan.find("SEARCH i ");
  REQUIRE(inputs != std::string::npos);
  CHECK(inputs < plan.find("SEARCH o "));
  CHECK(inputs < plan.find("SEARCH u "));
  // A count reads the index and the inputs, and no calls.
  model::CallsQueryStatsReq count = ACount();
  count.query = request.query;
  CHECK(Has(PlanOf(*database, CallsCountStatement(count)),
            "SEARCH c USING COVERING INDEX calls_by_start"));
}

}  // namespace
}  // namespace bobbin::testing
