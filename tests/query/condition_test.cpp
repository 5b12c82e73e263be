// Queries as SQL: its shape, and that SQLite takes all of it. What it finds is
// for tests/api/query_test.cpp and query_property_test.cpp.
#include "query/condition.h"

#include "query/call_fields.h"
#include "query/calls_sql.h"
#include "support/catch.h"
#include "support/store_fixture.h"

namespace bobbin::testing {
namespace {

using query::CallsCountStatement;
using query::CallsStatement;
using query::Statement;

std::string Expr(const std::string& expr) {
  return R"({"$expr":)" + expr + "}";
}

// True if SQLite takes the statement.
bool Prepares(db::Database& database, const Statement& statement) {
  const Status status = database.Read([&](db::Connection& connection) {
    db::Query query(connection, statement.sql);
    return Status();
  });
  if (!status.ok()) UNSCOPED_INFO(status.error().message);
  return status.ok();
}

size_t QuestionMarks(const std::string& sql) {
  return static_cast<size_t>(std::ranges::count(sql, '?'));
}

std::string Repeated(const std::string& begin, const std::string& end,
                     const std::string& inner, int times) {
  std::string text = inner;
  for (int i = 0; i < times; ++i) text = begin + text + end;
  return text;
}

const std::string kAnExpanded = R"({"$getField":"inputs.a.b.c.d.e.f.g.h.i"})";
const model::Texts kExpandAll = {{"inputs.a", "inputs.a.b", "inputs.a.b.c",
                                  "inputs.a.b.c.d", "inputs.a.b.c.d.e",
                                  "inputs.a.b.c.d.e.f"}};

TEST_CASE_METHOD(StoreFixture, "values and paths of a query are parameters",
                 "[query]") {
  const std::string operand = GENERATE(
      as<std::string>(),
      R"({"$eq":[{"$getField":"inputs.evil') --"},{"$literal":"evil' --"}]})",
      R"({"$gt":[{"$getField":"feedback.[evil'].payload.evil"},
                 {"$literal":{"evil":"evil"}}]})",
      R"({"$in":[{"$getField":"id"},[{"$literal":"evil"},
                                     {"$literal":null}]]})",
      R"({"$in":[{"$getField":"op_name"},[{"$literal":"evil"}]]})",
      R"({"$in":[{"$getField":"output.evil"},[{"$literal":"evil"}]]})",
      R"({"$contains":{"input":{"$getField":"display_name"},
                       "substr":{"$literal":"evil\""}}})",
      R"({"$eq":[{"$getField":"inputs.a.evil"},{"$literal":"evil"}]})");
  CAPTURE(operand);
  const std::string text = Expr(operand);
  model::CallsQueryReq request = ARequest();
  request.query = model::RawValue{text};
  request.expand_columns = {{"inputs.a"}};
  const auto statement = CallsStatement(request, {});
  REQUIRE(statement.ok());
  CAPTURE(statement.value().sql);
  CHECK(statement.value().sql.find("evil") == std::string::npos);
  CHECK(QuestionMarks(statement.value().sql) ==
        statement.value().parameters.size());
  CHECK(Prepares(*database, statement.value()));
}

TEST_CASE_METHOD(StoreFixture, "each operator works on each kind of operand",
                 "[query]") {
  const std::vector<std::string> operands = {
      R"({"$getField":"id"})",
      R"({"$getField":"op_name"})",
      R"({"$getField":"project_id"})",
      R"({"$getField":"wb_run_step"})",
      R"({"$getField":"started_at"})",
      R"({"$getField":"summary.weave.status"})",
      R"({"$getField":"inputs.a"})",
      R"({"$getField":"output"})",
      R"({"$getField":"input_refs"})",
      R"({"$getField":"feedback.[*].payload.x"})",
      R"({"$getField":"feedback.[a.b].runnable_ref"})",
      kAnExpanded,
      R"({"$literal":"2024-01-01"})",
      R"({"$literal":5})",
      R"({"$literal":5.5})",
      R"({"$literal":123456789012345678901234567890})",
      R"({"$literal":null})",
      R"({"$literal":[1,{"a":{"$literal":"b"}}]})",
      R"({"$convert":{"input":{"$getField":"inputs.a"},"to":"int"}})",
      R"({"$convert":{"input":{"$getField":"started_at"},"to":"double"}})",
      R"({"$convert":{"input":{"$getField":"feedback.[*].payload"},
                      "to":"exists"}})",
      R"({"$eq":[{"$literal":1},{"$literal":1}]})",
  };
  for (const std::string& a : operands) {
    for (const std::string& b : operands) {
      for (const std::string& expr : {
               R"({"$eq":[)" + a + "," + b + "]}",
               R"({"$lte":[)" + a + "," + b + "]}",
               R"({"$in":[)" + a + ",[" + b + "]]}",
               R"({"$contains":{"input":)" + a + R"(,"substr":)" + b + "}}",
               R"({"$contains":{"case_insensitive":true,"input":)" + a +
                   R"(,"substr":)" + b + "}}",
               R"({"$or":[{"$not":[)" + a + "]}," + b + "]}",
           }) {
        const std::string text = Expr(expr);
        CAPTURE(text);
        model::CallsQueryStatsReq request = ACount();
        request.query = model::RawValue{text};
        request.expand_columns = kExpandAll;
        const auto statement = CallsCountStatement(request);
        if (!statement.ok()) {
          // Times, and things that are not.
          CHECK(statement.error().code == Code::kInvalid);
          CHECK(text.find("started_at") != std::string::npos);
          continue;
        }
        CAPTURE(statement.value().sql);
        REQUIRE(Prepares(*database, statement.value()));
        CHECK(QuestionMarks(statement.value().sql) ==
              statement.value().parameters.size());
      }
    }
  }
}

TEST_CASE_METHOD(StoreFixture, "SQLite takes whatever the bounds allow",
                 "[query]") {
  // As deep as values may be, at the bottom of what conditions may be.
  const std::string contains =
      R"({"$contains":{"case_insensitive":true,"input":{"$getField":"id"},
          "substr":)";
  const std::string convert = R"({"$convert":{"to":"string","input":)";
  const std::string value = GENERATE_COPY(
      R"({"$eq":[{"$getField":"id"},)" +
          Repeated(contains, "}}", R"({"$literal":"x"})",
                   query::kMaxValueDepth - 1) +
          "]}",
      R"({"$eq":[{"$getField":"id"},)" +
          Repeated(convert, "}}", kAnExpanded, query::kMaxValueDepth - 1) +
          "]}",
      R"({"$eq":[{"$getField":"feedback.[*].payload.x"},)" +
          Repeated(R"({"$eq":[{"$getField":"feedback.[*].payload.x"},)", "]}",
                   R"({"$getField":"feedback.[*].payload.x"})",
                   query::kMaxValueDepth - 1) +
          "]}");
  const std::string wide = [] {
    std::string text;
    for (int i = 0; i < 100; ++i) text += R"(,{"$literal":true})";
    return text;
  }();
  const int depth = query::kMaxQueryDepth - query::kMaxValueDepth - 1;
  std::string expr = value;
  const int kind = GENERATE(0, 1, 2, 3);
  for (int i = 0; i < depth; ++i) {
    switch (kind) {
      case 0:
        expr = R"({"$not":[)" + expr + "]}";
        break;
      case 1:
        expr = (i % 2 == 0 ? R"({"$and":[{"$literal":true},)"
                           : R"({"$or":[{"$literal":true},)") +
               expr + wide + "]}";
        break;
      case 2:
        expr = i % 2 == 0 ? R"({"$and":[{"$literal":true},)" + expr + "]}"
                          : R"({"$not":[)" + expr + "]}";
        break;
      default:
        expr = R"({"$and":[)" + expr + "," + value + "]}";
    }
  }
  const std::string text = Expr(expr);
  model::CallsQueryReq request = ARequest();
  request.query = model::RawValue{text};
  request.expand_columns = kExpandAll;
  request.sort_by.emplace(16, Ascending("inputs.a.b.c.d.e.f.g").front());
  request.limit = 1;
  CAPTURE(kind, value);
  const auto statement = CallsStatement(request, {});
  INFO((statement.ok() ? "" : statement.error().message));
  REQUIRE(statement.ok());
  CHECK(Prepares(*database, statement.value()));
}

TEST_CASE_METHOD(StoreFixture, "SQLite takes as many terms as a query may have",
                 "[query]") {
  const std::string op = GENERATE(as<std::string>(), "$and", "$or");
  std::string expr = R"({")" + op + R"(":[)";
  const size_t terms = query::kMaxQueryNodes / 3 - 1;
  for (size_t i = 0; i < terms; ++i) {
    expr += i == 0 ? "" : ",";
    expr += R"({"$eq":[{"$getField":"inputs.a"},{"$literal":1}]})";
  }
  const std::string text = Expr(expr + "]}");
  model::CallsQueryStatsReq request = ACount();
  request.query = model::RawValue{text};
  const auto statement = CallsCountStatement(request);
  REQUIRE(statement.ok());
  CHECK(Prepares(*database, statement.value()));
}

TEST_CASE("more values than SQLite takes are refused", "[query]") {
  std::string expr = R"({"$and":[)";
  for (size_t i = 0; i < query::kMaxQueryNodes / 3 - 1; ++i) {
    expr += i == 0 ? "" : ",";
    expr += R"({"$eq":[)" + kAnExpanded + R"(,{"$literal":1}]})";
  }
  const std::string text = Expr(expr + "]}");
  model::CallsQueryStatsReq request = ACount();
  request.query = model::RawValue{text};
  request.expand_columns = kExpandAll;
  const auto statement = CallsCountStatement(request);
  REQUIRE(!statement.ok());
  CHECK(statement.error().code == Code::kInvalid);
}

TEST_CASE("a path leads through a bounded number of refs", "[query]") {
  const std::string text =
      Expr(R"({"$eq":[{"$getField":"inputs.a.a.a.a.a.a.a.a.a.a"},
                      {"$literal":1}]})");
  model::CallsQueryStatsReq request = ACount();
  request.query = model::RawValue{text};
  std::vector<std::string> columns{"inputs"};
  for (int i = 0; i < 9; ++i) columns.push_back(columns.back() + ".a");
  request.expand_columns.emplace(columns.begin(), columns.begin() + 8);
  CHECK(CallsCountStatement(request).ok());
  request.expand_columns.emplace(columns.begin(), columns.end());
  const auto statement = CallsCountStatement(request);
  REQUIRE(!statement.ok());
  CHECK(statement.error().code == Code::kInvalid);
}

TEST_CASE("what a query must not say is refused", "[query]") {
  const auto [expr, message] = GENERATE(table<std::string, std::string>({
      {R"({"$and":[]})", "Empty AND operation"},
      {R"({"$not":[{"$or":[]}]})", "Empty OR operation"},
      {R"({"$in":[{"$getField":"inputs.a"},[{"$literal":1},
                                            {"$literal":"1"}]]})",
       "The values of $in are of different types"},
      {R"({"$in":[{"$getField":"id"},[{"$literal":true},{"$literal":1}]]})",
       "The values of $in are of different types"},
      {R"({"$gt":[{"$getField":"started_at"},{"$literal":"soon"}]})",
       "A time is compared with \"soon\", which is not a time"},
      {R"({"$gt":[{"$literal":true},{"$getField":"ended_at"}]})",
       "A time is compared with true, which is not a time"},
  }));
  CAPTURE(expr);
  const std::string text = Expr(expr);
  model::CallsQueryStatsReq request = ACount();
  request.query = model::RawValue{text};
  const auto statement = CallsCountStatement(request);
  REQUIRE(!statement.ok());
  CHECK(statement.error().code == Code::kInvalid);
  CHECK(statement.error().message == message);
}

TEST_CASE("a name that is not a field is refused, wherever it is", "[query]") {
  const std::string field =
      GENERATE(as<std::string>(), "", "nonsense", "c.id", "id.x", "inputs.",
               "storage_size_bytes", "total_storage_size_bytes", "feedback",
               "feedback.x", "feedback.[].payload", "feedback.[x]",
               "feedback.[x].creator", "feedback.[x].payloads",
               "feedback.[x].payload.", "summary.weave.status.x.y.z\t");
  CAPTURE(field);
  const std::string operand = R"({"$getField":")" + field + "\"}";
  // The last is a path of the summary: anything goes below a JSON column.
  const bool fine = field.starts_with("summary.weave.status.");
  for (const std::string& expr :
       {R"({"$eq":[)" + operand + R"(,{"$literal":1}]})",
        R"({"$in":[{"$literal":1},[)" + operand + "]]}",
        R"({"$and":[{"$literal":true},{"$not":[)" + operand + "]}]}"}) {
    std::string text = Expr(expr);
    if (fine) std::ranges::replace(text, '\t', '_');
    model::CallsQueryStatsReq request = ACount();
    request.query = model::RawValue{text};
    const auto statement = CallsCountStatement(request);
    REQUIRE(statement.ok() == fine);
    if (fine) continue;
    CHECK(statement.error().code == Code::kUnprocessable);
    CHECK(statement.error().type == "InvalidFieldError");
    CHECK(statement.error().message == "Field " + field + " is not allowed");
  }
}

}  // namespace
}  // namespace bobbin::testing
