#include "db/user_sql.h"

#include <string>
#include <vector>

#include "db/database.h"
#include "support/catch.h"
#include "support/store_fixture.h"
#include "support/temp_dir.h"

namespace bobbin::db {
namespace {

using bobbin::testing::InFile;
using bobbin::testing::NumberIn;
using bobbin::testing::OpenOrThrow;
using bobbin::testing::TempDir;

class UserSqlFixture {
 public:
  UserSqlFixture() : database_(OpenOrThrow(InFile(folder_.File("x.db")))) {
    REQUIRE(database_
                ->Write([](Connection& connection) {
                  connection.Exec(
                      "INSERT INTO projects (project_id) VALUES ('a'), ('b')");
                  return Status();
                })
                .ok());
  }

 protected:
  // The columns' names and the values, a line a row; or what it says.
  std::string Run(std::string_view text, int most = 100) {
    std::string out;
    const Status status = database_->Read([&](Connection& connection) {
      out.clear();
      int rows = 0;
      const UserSql sql{.text = text,
                        .columns =
                            [&](const std::vector<std::string>& names) {
                              for (const std::string& name : names)
                                out += name + ' ';
                              out += '\n';
                            },
                        .row =
                            [&](std::span<const SqlValue> row) {
                              for (const SqlValue& value : row)
                                out += Shown(value) + ' ';
                              out += '\n';
                              return ++rows < most;
                            }};
      return RunUserSql(connection, sql);
    });
    if (status.ok()) return out;
    CHECK(status.error().code == Code::kInvalid);
    return status.error().message;
  }

  static std::string Shown(const SqlValue& value) {
    switch (value.kind) {
      case SqlValue::Kind::kNull:
        return "null";
      case SqlValue::Kind::kInt:
        return std::to_string(value.integer);
      case SqlValue::Kind::kReal:
        return std::to_string(value.real);
      case SqlValue::Kind::kText:
        return "'" + std::string(value.bytes) + "'";
      case SqlValue::Kind::kBlob:
        return "<" + std::to_string(value.bytes.size()) + ">";
    }
    return "";
  }

  TempDir folder_;
  std::unique_ptr<Database> database_;
};

TEST_CASE_METHOD(UserSqlFixture, "values come with their types", "[db]") {
  CHECK(Run("SELECT 1 AS a, 2.5 b, 'x' c, NULL d, x'0102' e; -- and no more") ==
        "a b c d e \n1 2.500000 'x' null <2> \n");
  CHECK(Run("SELECT project_id FROM projects WHERE 0") == "project_id \n");
  CHECK(Run("SELECT project_id FROM projects ORDER BY 1", 1) ==
        "project_id \n'a' \n");
}

TEST_CASE_METHOD(UserSqlFixture, "the views have short names", "[db]") {
  CHECK(Run("SELECT count(*) n, max(op_name) FROM calls") ==
        "n max(op_name) \n0 null \n");
  CHECK(Run("SELECT count(started_at_us) AS n FROM main.calls") == "n \n0 \n");
  // More than once on one connection.
  CHECK(Run("SELECT count(*) AS n FROM calls") == "n \n0 \n");
}

TEST_CASE_METHOD(UserSqlFixture, "nothing can be changed", "[db]") {
  const std::string sql = GENERATE(
      "DELETE FROM projects", "INSERT INTO projects (project_id) VALUES ('c')",
      "UPDATE projects SET project_id = 'x'", "DROP TABLE projects",
      "CREATE TABLE t (a)", "CREATE TEMP TABLE t (a)",
      "ATTACH DATABASE 'other.db' AS other", "VACUUM", "REINDEX", "BEGIN",
      "COMMIT", "ROLLBACK", "PRAGMA query_only = OFF",
      "PRAGMA user_version = 3", "PRAGMA journal_mode = DELETE",
      "PRAGMA writable_schema = ON", "SELECT load_extension('x')",
      "WITH a AS (SELECT 1) DELETE FROM projects", "ANALYZE",
      "EXPLAIN DELETE FROM projects");
  CAPTURE(sql);
  CHECK_THAT(Run(sql), Catch::Contains("Only statements that read") ||
                           Catch::StartsWith("SQLite says"));
  CHECK(NumberIn(*database_, "SELECT count(*) FROM projects") == 2);
  CHECK(NumberIn(*database_, "PRAGMA user_version") != 3);
}

TEST_CASE_METHOD(UserSqlFixture, "what reads the schema is allowed", "[db]") {
  CHECK_THAT(Run("PRAGMA table_info(projects)"),
             Catch::Contains("'project_id'"));
  CHECK_THAT(Run("SELECT name FROM sqlite_schema WHERE name = 'projects'"),
             Catch::Contains("'projects'"));
  CHECK_THAT(Run("EXPLAIN QUERY PLAN SELECT * FROM projects"),
             Catch::Contains("projects"));
}

TEST_CASE_METHOD(UserSqlFixture, "what makes no sense is said", "[db]") {
  CHECK_THAT(Run("SELEC 1"), Catch::Contains("syntax error"));
  CHECK_THAT(Run("SELECT 1 FROM trace"), Catch::Contains("views calls, "));
  CHECK_THAT(Run("SELECT * FROM nowhere"), Catch::Contains("nowhere"));
  CHECK(Run("") == "There is no SQL statement.");
  CHECK(Run(" -- nothing") == "There is no SQL statement.");
  CHECK(Run("SELECT 1; SELECT 2") == "Only one statement at a time.");
  CHECK(Run("SELECT 1; DROP TABLE projects") ==
        "Only one statement at a time.");
  CHECK_THAT(Run("SELECT json_extract('{', '$')"),
             Catch::Contains("malformed JSON"));
}

TEST_CASE_METHOD(UserSqlFixture, "afterwards the connection is as before",
                 "[db]") {
  Run("SELECT 1");
  CHECK(NumberIn(*database_, "SELECT count(*) FROM sqlite_temp_schema") == 0);
  CHECK(NumberIn(*database_,
                 "SELECT count(*) FROM calls WHERE "
                 "started_at_us > 0") == 0);
  CHECK(NumberIn(*database_, "PRAGMA query_only") == 1);
}

}  // namespace
}  // namespace bobbin::db
