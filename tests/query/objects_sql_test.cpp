// What is refused, and what SQLite does for each kind of question.
#include "query/objects_sql.h"

#include "support/catch.h"
#include "support/store_fixture.h"

namespace bobbin::testing {
namespace {

using query::ObjectsStatement;

model::ObjsQueryReq AQuery() {
  model::ObjsQueryReq request;
  request.project_id = kProject;
  request.filter.emplace();
  return request;
}

std::string Plan(db::Database& database, const query::Statement& statement) {
  std::string plan;
  const Status status = database.Read([&](db::Connection& connection) {
    db::Query query(connection, "EXPLAIN QUERY PLAN " + statement.sql);
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
  const char* name;
  void (*ask)(model::ObjsFilter&);
  const char* index;
  bool in_order;  // the index gives the order of created_at
};

const Shape kShapes[] = {
    {"a whole project", [](auto&) {}, "objects_by_creation (project=?)", true},
    {"ops", [](auto& f) { f.is_op = true; },
     "objects_by_kind_and_creation (project=? AND kind=?)", true},
    {"a name", [](auto& f) { f.object_ids = {{"m"}}; },
     "objects_by_name (project=? AND object_id=?)", true},
    {"names",
     [](auto& f) {
       f.object_ids = {{"m", "n"}};
     },
     "objects_by_name (project=? AND object_id=?)", false},
    {"a base class", [](auto& f) { f.base_object_classes = {{"B"}}; },
     "objects_by_base_class (project=? AND base_object_class=?)", true},
    {"base classes",
     [](auto& f) {
       f.base_object_classes = {{"B", "C"}};
     },
     "objects_by_base_class (project=? AND base_object_class=?)", false},
    {"a leaf class", [](auto& f) { f.leaf_object_classes = {{"L"}}; },
     "objects_by_leaf_class (project=? AND leaf_object_class=?)", true},
    {"all but a base class",
     [](auto& f) { f.exclude_base_object_classes = {{"B"}}; },
     "objects_by_creation (project=?)", true},
    {"a tag", [](auto& f) { f.tags = {{"t"}}; },
     "SEARCH object_tags USING PRIMARY KEY (project=? AND tag=?)", false},
    {"an alias", [](auto& f) { f.aliases = {{"a"}}; },
     "object_aliases_by_alias (project=? AND alias=?)", false},
    {"an alias or the latest",
     [](auto& f) {
       f.aliases = {{"a", "latest"}};
     },
     "objects_by_creation (project=?)", true},
    {"the latest", [](auto& f) { f.latest_only = true; },
     "objects_by_name (project=? AND object_id>?)", false},
    {"the latest, as an alias", [](auto& f) { f.aliases = {{"latest"}}; },
     "objects_by_kind (project=? AND object_id=? AND kind=?)", false},
    {"the latest of names",
     [](auto& f) {
       f.latest_only = true;
       f.object_ids = {{"m", "n"}};
     },
     "objects_by_kind (project=? AND object_id=? AND kind=?)", false},
};

TEST_CASE("every question about objects has its index", "[query][objects]") {
  const auto database = OpenOrThrow(InMemory());
  for (const Shape& shape : kShapes) {
    for (const char* field : {"created_at", "object_id"}) {
      CAPTURE(shape.name, field);
      model::ObjsQueryReq request = AQuery();
      shape.ask(*request.filter);
      request.sort_by = Descending(field);
      const Result<query::Statement> statement = ObjectsStatement(request, 1);
      REQUIRE(statement.ok());
      const std::string plan = Plan(*database, statement.value());
      CAPTURE(plan);
      for (const char* table :
           {"o", "l", "objects", "object_tags", "object_aliases"}) {
        CHECK(!Has(plan, "SCAN " + std::string(table) + "\n"));
        CHECK(!Has(plan, "SCAN " + std::string(table) + " "));
      }
      if (field != std::string_view("created_at")) continue;
      CHECK(Has(plan, shape.index));
      CHECK(shape.in_order == !Has(plan, "FOR ORDER BY"));
    }
  }
}

TEST_CASE("objects by name come out of the index in order",
          "[query][objects]") {
  const auto database = OpenOrThrow(InMemory());
  model::ObjsQueryReq request = AQuery();
  const char* field = "object_id";
  request.sort_by = GENERATE_COPY(Ascending(field), Descending(field));
  const std::string plan =
      Plan(*database, ObjectsStatement(request, 1).value());
  CAPTURE(plan);
  CHECK(Has(plan, "objects_by_name (project=?)"));
  CHECK(!Has(plan, "FOR ORDER BY"));
}

TEST_CASE("only row numbers of objects are sorted", "[query][objects]") {
  const auto database = OpenOrThrow(InMemory());
  model::ObjsQueryReq request = AQuery();
  request.filter->object_ids = {{"m", "n"}};
  const std::string plan =
      Plan(*database, ObjectsStatement(request, 1).value());
  CAPTURE(plan);
  const size_t page = plan.find("SCAN s\n");
  REQUIRE(page != std::string::npos);
  CHECK(Has(plan.substr(page), "SEARCH o USING INTEGER PRIMARY KEY"));
  CHECK(plan.find("FOR ORDER BY") < page);
}

TEST_CASE("what a query about objects must not ask", "[query][objects]") {
  struct Row {
    const char* name;
    void (*ask)(model::ObjsQueryReq&, const model::Texts&);
    const char* reason;
  };
  const Row row = GENERATE(values<Row>({
      {"limit", [](auto& r, const auto&) { r.limit = -1; },
       "limit must not be negative"},
      {"offset", [](auto& r, const auto&) { r.offset = -1; },
       "offset must not be negative"},
      {"tags", [](auto& r, const auto& list) { r.filter->tags = list; },
       "Parameter: 'tags' request length is greater than max length (1000). "
       "Actual length: 1001"},
      {"aliases", [](auto& r, const auto& list) { r.filter->aliases = list; },
       "Parameter: 'aliases' request"},
      {"names", [](auto& r, const auto& list) { r.filter->object_ids = list; },
       "Parameter: 'object_ids' request"},
      {"base",
       [](auto& r, const auto& l) { r.filter->base_object_classes = l; },
       "Parameter: 'base_object_classes' request"},
      {"not base",
       [](auto& r, const auto& l) {
         r.filter->exclude_base_object_classes = l;
       },
       "Parameter: 'exclude_base_object_classes' request"},
      {"leaf",
       [](auto& r, const auto& l) { r.filter->leaf_object_classes = l; },
       "Parameter: 'leaf_object_classes' request"},
  }));
  CAPTURE(row.name);
  model::ObjsQueryReq request = AQuery();
  row.ask(request, std::vector<std::string_view>(1001, "x"));
  const Result<query::Statement> statement = ObjectsStatement(request, 1);
  REQUIRE(!statement.ok());
  CHECK(statement.error().code == Code::kInvalid);
  CHECK_THAT(statement.error().message, Catch::StartsWith(row.reason));
}

TEST_CASE("lists of a thousand entries are not too long", "[query][objects]") {
  const auto database = OpenOrThrow(InMemory());
  const std::vector<std::string_view> list(1000, "x");
  model::ObjsQueryReq request = AQuery();
  model::ObjsFilter& filter = *request.filter;
  filter.base_object_classes = list;
  filter.exclude_base_object_classes = list;
  filter.leaf_object_classes = list;
  filter.object_ids = list;
  filter.tags = list;
  filter.aliases = list;
  filter.latest_only = GENERATE(true, false);
  const Result<query::Statement> statement = ObjectsStatement(request, 1);
  REQUIRE(statement.ok());
  CHECK(!Plan(*database, statement.value()).empty());
}

}  // namespace
}  // namespace bobbin::testing
