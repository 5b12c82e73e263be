#include "query/tables_sql.h"

#include "support/catch.h"
#include "support/table_fixture.h"

namespace bobbin::testing {
namespace {

using query::TableRowsStatement;

std::string PlanOf(db::Database& database, const std::string& sql) {
  std::string plan;
  const Status status = database.Read([&](db::Connection& connection) {
    plan.clear();
    db::Query query(connection, "EXPLAIN QUERY PLAN " + sql);
    while (query.Row()) plan += std::string(query.Text(3)) + "\n";
    return Status();
  });
  REQUIRE(status.ok());
  return plan;
}

std::string PlanOf(db::Database& database,
                   const model::TableQueryReq& request) {
  const auto statement = TableRowsStatement(request);
  REQUIRE(statement.ok());
  return PlanOf(database, statement.value().sql);
}

bool Has(const std::string& plan, std::string_view step) {
  return plan.find(step) != std::string::npos;
}

// No table of the file is read from end to end. ("SCAN s" goes over the rows
// of a page that was sorted before.)
void CheckNoScans(const std::string& plan) {
  for (const char* table : {"t", "c", "r", "tables", "table_chunks"}) {
    CAPTURE(table);
    CHECK(!Has(plan, "SCAN " + std::string(table) + "\n"));
    CHECK(!Has(plan, "SCAN " + std::string(table) + " "));
  }
}

TEST_CASE_METHOD(TableFixture,
                 "a page of a table is found by its place, unsorted",
                 "[query][tables]") {
  model::TableQueryReq request = ARequest("digest");
  const bool paged = GENERATE(false, true);
  if (paged) {
    request.limit = 100;
    request.offset = 99'900;
  }
  const std::string plan = PlanOf(*database, request);
  CAPTURE(plan);
  CHECK(Has(plan,
            "SEARCH t USING PRIMARY KEY (table_id=? AND first_index>? AND "
            "first_index<?)"));
  CHECK(Has(plan,
            "SEARCH c USING PRIMARY KEY (chunk=? AND position>? AND "
            "position<?)"));
  CHECK(Has(plan, "SEARCH r USING INTEGER PRIMARY KEY (rowid=?)"));
  CHECK(Has(plan,
            "SEARCH table_chunks USING PRIMARY KEY (table_id=? AND "
            "first_index<?)"));
  CHECK(!Has(plan, "TEMP B-TREE"));
  CheckNoScans(plan);
}

TEST_CASE_METHOD(TableFixture, "rows of some digests are found by these",
                 "[query][tables]") {
  model::TableQueryReq request = ARequest("digest");
  request.filter.emplace().row_digests = {{"a", "b"}};
  const bool sorted = GENERATE(false, true);
  if (sorted) request.sort_by = Ascending("a.b");
  const std::string plan = PlanOf(*database, request);
  CAPTURE(plan);
  CHECK(Has(plan, "sqlite_autoindex_table_rows_1 (project=? AND digest=?)"));
  CHECK(Has(plan,
            "SEARCH c USING COVERING INDEX chunk_rows_by_row (table_row=?)"));
  CHECK(Has(plan, "table_chunks_by_chunk (table_id=? AND chunk=?)"));
  CheckNoScans(plan);
}

TEST_CASE_METHOD(TableFixture, "a sort reads rows again for its page alone",
                 "[query][tables]") {
  model::TableQueryReq request = ARequest("digest");
  request.sort_by = Descending("a.b");
  request.limit = 10;
  const std::string plan = PlanOf(*database, request);
  CAPTURE(plan);
  const size_t page = plan.find("SCAN s\n");
  REQUIRE(page != std::string::npos);
  CHECK(
      Has(plan,
          "SEARCH t USING COVERING INDEX table_chunks_by_chunk (table_id=?)"));
  CHECK(Has(plan, "SEARCH c USING PRIMARY KEY (chunk=?)"));
  CHECK(Has(plan.substr(page), "SEARCH r USING INTEGER PRIMARY KEY (rowid=?)"));
  CheckNoScans(plan);
}

TEST_CASE_METHOD(TableFixture, "plans do not depend on what is in the file",
                 "[query][tables]") {
  Create(NumberRows(0, 2000));
  Create({NumberRow(1)});
  REQUIRE(database
              ->Write([](db::Connection& connection) {
                connection.Exec("ANALYZE");
                connection.Exec("ANALYZE sqlite_schema");
                return Status();
              })
              .ok());
  model::TableQueryReq request = ARequest("digest");
  CHECK(!Has(PlanOf(*database, request), "TEMP B-TREE"));
  CheckNoScans(PlanOf(*database, request));
  request.filter.emplace().row_digests = {{"a", "b"}};
  CheckNoScans(PlanOf(*database, request));
  request.sort_by = Ascending("a");
  CheckNoScans(PlanOf(*database, request));
}

TEST_CASE("what is wrong with a query of rows", "[query][tables]") {
  model::TableQueryReq request;
  request.project_id = "team/app";
  request.digest = "digest";
  std::string reason;
  SECTION("a negative limit") {
    request.limit = -1;
    reason = "limit must not be negative";
  }
  SECTION("a negative offset") {
    request.offset = -1;
    reason = "offset must not be negative";
  }
  SECTION("too many digests") {
    request.filter.emplace().row_digests.emplace(1001, "a");
    reason =
        "Parameter: 'row_digests' request length is greater than max length "
        "(1000). Actual length: 1001";
  }
  SECTION("too many sort fields") {
    request.sort_by.emplace(17, model::SortBy{.field = "a"});
    reason = "sort_by takes at most 16 fields";
  }
  for (const char* field : {"", ".", "a.", ".a", "a..b"}) {
    DYNAMIC_SECTION("a sort field that is no path: " << field) {
      request.sort_by = Ascending(field);
      reason = "Invalid sort field: '" + std::string(field) +
               "'. Expected a path inside a row's val";
    }
  }
  const auto statement = TableRowsStatement(request);
  REQUIRE(!statement.ok());
  CHECK(statement.error().code == Code::kInvalid);
  CHECK(statement.error().message == reason);
}

TEST_CASE_METHOD(TableFixture, "the most that a query of rows may ask for runs",
                 "[query][tables]") {
  const std::string digest = Create(NumberRows(0, 3));
  model::TableQueryReq request = ARequest(digest);
  const std::string row = DigestOfRow(NumberRow(1));
  request.filter.emplace().row_digests.emplace(1000, row);
  request.sort_by.emplace(16, model::SortBy{.field = "n"});
  request.limit = INT64_MAX;
  CHECK(Scan(request) == Rows{R"(1 {"n":1})"});
  request.offset = INT64_MAX;
  CHECK(Scan(request).empty());
  request.filter.reset();
  request.sort_by.reset();
  CHECK(Scan(request).empty());
}

}  // namespace
}  // namespace bobbin::testing
