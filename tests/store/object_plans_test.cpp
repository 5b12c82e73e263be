// What SQLite does for the statements that the store itself writes.
#include <sqlite3.h>

#include "support/object_fixture.h"

namespace bobbin::testing {
namespace {

// The statements that the connection has prepared so far.
Strings Prepared(db::Connection& connection) {
  Strings statements;
  sqlite3* const handle = connection.raw().getHandle();
  for (sqlite3_stmt* at = sqlite3_next_stmt(handle, nullptr); at != nullptr;
       at = sqlite3_next_stmt(handle, at)) {
    const std::string sql = sqlite3_sql(at);
    if (sql.find("object") != std::string::npos &&
        !sql.starts_with("EXPLAIN")) {
      statements.push_back(sql);
    }
  }
  return statements;
}

std::string PlanOf(db::Connection& connection, const std::string& sql) {
  std::string plan;
  db::Query query(connection, "EXPLAIN QUERY PLAN " + sql);
  while (query.Row()) plan += std::string(query.Text(3)) + "\n";
  return plan;
}

TEST_CASE_METHOD(ObjectFixture, "no statement reads a table end to end",
                 "[store][objects]") {
  Publish("m", "a");
  Publish("m", "a");
  Publish("m", "b");
  Tag("m", "a", {"t"});
  Alias("m", "a", {"prod"});
  for (const char* name : {"latest", "v0", "a", "prod", "none"}) {
    for (const auto kind :
         {std::optional<std::string_view>(), {std::string_view("op")}}) {
      Find("m", name, kind);
    }
    model::ObjReadReq request;
    request.project_id = kProject;
    request.object_id = "m";
    request.digest = name;
    request.include_tags_and_aliases = true;
    const Status read =
        objects.Read(request, [](const model::ObjectRecord&) { return true; });
    CHECK(read.ok() == (name != std::string_view("none")));
  }
  REQUIRE(objects.Tags(kProject).ok());
  REQUIRE(objects.Aliases(kProject).ok());
  const std::vector<std::string_view> texts{"x"};
  Must(objects.RemoveTags(At("m", "a"), texts));
  Must(objects.RemoveAliases(kProject, "m", texts));
  Delete("m", {{"a"}});
  Delete("m");
  Find("m", "latest");

  size_t count = 0;
  const auto check = [&](db::Connection& connection) {
    for (const std::string& sql : Prepared(connection)) {
      CAPTURE(sql);
      const std::string plan = PlanOf(connection, sql);
      CAPTURE(plan);
      // "SCAN CONSTANT ROW" and scans of what was made on the way are fine.
      for (const char* table : {"objects", "o", "l", "a", "object_tags",
                                "object_aliases", "projects"}) {
        CHECK(plan.find("SCAN " + std::string(table) + "\n") ==
              std::string::npos);
        CHECK(plan.find("SCAN " + std::string(table) + " ") ==
              std::string::npos);
      }
      ++count;
    }
    return Status();
  };
  Must(database->Write(check));
  Must(database->Read(check));
  CHECK(count >= 20);  // or they were not found
}

}  // namespace
}  // namespace bobbin::testing
