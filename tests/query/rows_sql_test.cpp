// Questions about feedback and prices, and what SQLite does for each kind, on a
// real database with the program's own schema.
#include "query/rows_sql.h"

#include "support/catch.h"
#include "support/store_fixture.h"

namespace bobbin::testing {
namespace {

using query::FeedbackTable;
using query::MakeRowsQuery;
using query::PricesTable;
using query::RowsQuery;
using query::RowsTable;

// A request with this query (JSON text), if it is not empty.
model::RowsQueryReq Asking(std::string_view query) {
  model::RowsQueryReq request;
  request.project_id = kProject;
  if (!query.empty()) request.query = model::RawValue{query};
  return request;
}

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

bool Has(const std::string& plan, std::string_view step) {
  return plan.find(step) != std::string::npos;
}

struct Shape {
  const RowsTable& (*table)();
  const char* query;
  const char* index;
  bool in_order;  // the index gives the default order
};

const Shape kShapes[] = {
    {FeedbackTable, "", "feedback_by_time (project=?)", true},
    {FeedbackTable,
     R"({"$expr":{"$eq":[{"$getField":"id"},{"$literal":"f"}]}})",
     "feedback_by_id (project=? AND id=?)", false},
    {FeedbackTable,
     R"({"$expr":{"$in":[{"$getField":"id"},[{"$literal":"f"},
         {"$literal":"g"}]]}})",
     "feedback_by_id (project=? AND id=?)", false},
    {FeedbackTable,
     R"({"$expr":{"$eq":[{"$getField":"weave_ref"},{"$literal":"r"}]}})",
     "feedback_by_ref (project=? AND weave_ref=?)", true},
    {FeedbackTable,
     R"({"$expr":{"$or":[
         {"$eq":[{"$getField":"weave_ref"},{"$literal":"r"}]},
         {"$eq":[{"$getField":"weave_ref"},{"$literal":"s"}]}]}})",
     "feedback_by_ref (project=? AND weave_ref=?)", false},
    {FeedbackTable,
     R"({"$expr":{"$and":[
         {"$eq":[{"$getField":"feedback_type"},{"$literal":"t"}]},
         {"$eq":[{"$getField":"weave_ref"},{"$literal":"r"}]}]}})",
     "feedback_by_ref (project=? AND weave_ref=?)", true},
    {FeedbackTable,
     R"({"$expr":{"$eq":[{"$getField":"feedback_type"},{"$literal":"t"}]}})",
     "feedback_by_type (project=? AND feedback_type=?)", true},
    {FeedbackTable,
     R"({"$expr":{"$not":[
         {"$eq":[{"$getField":"weave_ref"},{"$literal":"r"}]}]}})",
     "feedback_by_time (project=?)", true},
    {FeedbackTable,
     R"({"$expr":{"$gt":[{"$getField":"payload.score"},{"$literal":1}]}})",
     "feedback_by_time (project=?)", true},
    {PricesTable, "", "prices_by_time (project=?)", true},
    {PricesTable, R"({"$expr":{"$eq":[{"$literal":"1"},{"$literal":"1"}]}})",
     "prices_by_time (project=?)", true},
    {PricesTable,
     R"({"$expr":{"$in":[{"$getField":"id"},[{"$literal":"p"}]]}})",
     "prices_by_id (project=? AND id=?)", false},
};

TEST_CASE_METHOD(StoreFixture,
                 "every question about rows walks along its index", "[query]") {
  for (const Shape& shape : kShapes) {
    CAPTURE(shape.query);
    const model::RowsQueryReq request = Asking(shape.query);
    const Result<RowsQuery> query = MakeRowsQuery(shape.table(), request);
    REQUIRE(query.ok());

    const std::string plan = Plan(*database, query.value().rows.sql);
    CAPTURE(plan);
    CHECK(Has(plan, shape.index));
    CHECK(!Has(plan, "SCAN"));
    CHECK(!shape.in_order == Has(plan, "USE TEMP B-TREE FOR ORDER BY"));

    const std::string count = Plan(*database, query.value().count.sql);
    CAPTURE(count);
    CHECK(Has(count, shape.index));
    CHECK(!Has(count, "SCAN"));
    CHECK(!Has(count, "TEMP B-TREE"));
  }
}

TEST_CASE_METHOD(StoreFixture, "a call's feedback is found along its index",
                 "[query]") {
  const std::string plan = Plan(*database, query::CallFeedbackQuery().rows.sql);
  CAPTURE(plan);
  CHECK(Has(plan, "feedback_by_call (call_id=?)"));
  CHECK(!Has(plan, "SCAN"));
}

TEST_CASE("values of the client are parameters, whatever they look like",
          "[query]") {
  const model::RowsQueryReq request = Asking(
      R"({"$expr":{"$eq":[{"$getField":"creator"},
          {"$literal":"'; DROP TABLE feedback; --"}]}})");
  const Result<RowsQuery> query = MakeRowsQuery(FeedbackTable(), request);
  REQUIRE(query.ok());
  CHECK(!Has(query.value().rows.sql, "DROP"));
  CHECK(!Has(query.value().rows.sql, "team/app"));
}

TEST_CASE("without `fields` an answer has all columns", "[query]") {
  const Result<RowsQuery> query = MakeRowsQuery(FeedbackTable(), Asking(""));
  REQUIRE(query.ok());
  CHECK(query.value().columns.size() == FeedbackTable().fields.size());
}

TEST_CASE("a field that is named twice is answered once", "[query]") {
  model::RowsQueryReq request = Asking("");
  request.fields = {{"id", "payload.a", "id", "payload.a"}};
  const Result<RowsQuery> query = MakeRowsQuery(FeedbackTable(), request);
  REQUIRE(query.ok());
  REQUIRE(query.value().columns.size() == 2);
  CHECK(query.value().columns[1].name == "payload.a");
}

TEST_CASE("a purge is a list of ids, and nothing else", "[query]") {
  struct Row {
    std::string query;
    std::vector<std::string> ids;  // none: refused
  };
  const auto [query, ids] = GENERATE(values<Row>({
      {R"({"$expr":{"$eq":[{"$getField":"id"},{"$literal":"a"}]}})", {"a"}},
      {R"({"$expr":{"$in":[{"$getField":"id"},[{"$literal":"a"},
           {"$literal":"b"}]]}})",
       {"a", "b"}},
      {R"({"$expr":{"$or":[{"$eq":[{"$getField":"id"},{"$literal":"a"}]},
           {"$eq":[{"$getField":"id"},{"$literal":"b"}]}]}})",
       {"a", "b"}},
      {R"({"$expr":{"$or":[]}})", {}},
      {R"({"$expr":{"$in":[{"$getField":"id"},[]]}})", {}},
      {R"({"$expr":{"$eq":[{"$getField":"id"},{"$literal":1}]}})", {}},
      {R"({"$expr":{"$eq":[{"$getField":"creator"},{"$literal":"a"}]}})", {}},
      {R"({"$expr":{"$eq":[{"$literal":"1"},{"$literal":"1"}]}})", {}},
      {R"({"$expr":{"$not":[{"$eq":[{"$getField":"id"},{"$literal":"a"}]}]}})",
       {}},
      {R"({"$expr":{"$and":[{"$eq":[{"$getField":"id"},{"$literal":"a"}]}]}})",
       {}},
      {R"({"$expr":{"$or":[{"$eq":[{"$getField":"id"},{"$literal":"a"}]},
           {"$gt":[{"$getField":"id"},{"$literal":"b"}]}]}})",
       {}},
  }));
  CAPTURE(query);
  const auto found = query::IdsToPurge(query, "Only ids.");
  if (ids.empty()) {
    REQUIRE_FALSE(found.ok());
    CHECK(found.error().code == Code::kInvalid);
    CHECK(found.error().message == "Only ids.");
    return;
  }
  REQUIRE(found.ok());
  CHECK(found.value() == ids);
}

}  // namespace
}  // namespace bobbin::testing
