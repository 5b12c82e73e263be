#include "db/connection.h"

#include <sqlite3.h>

#include "support/catch.h"

namespace bobbin::db {
namespace {

class ConnectionFixture {
 protected:
  Connection connection{
      ":memory:", SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE, 0};
};

TEST_CASE_METHOD(ConnectionFixture, "what is bound comes back", "[db]") {
  const std::string_view zero("a\0b", 3);
  Query query(connection, "SELECT ?, ?, ?, ?, ?, ?, ?");
  query.Bind(zero)
      .Bind(std::string_view())
      .Bind(int64_t{-9'223'372'036'854'775'807})
      .Bind(1.5)
      .Bind(std::optional<std::string_view>("x"))
      .Bind(std::optional<int64_t>(7))
      .BindBlob(std::string_view("\0\xff", 2));
  REQUIRE(query.Row());
  CHECK(query.Text(0) == zero);
  CHECK(query.OptText(1) == "");
  CHECK(!query.IsNull(1));
  CHECK(query.Int(2) == -9'223'372'036'854'775'807);
  CHECK(query.Text(3) == "1.5");
  CHECK(query.OptText(4) == "x");
  CHECK(query.OptInt(5) == 7);
  CHECK(query.Text(6) == std::string_view("\0\xff", 2));
  CHECK(!query.Row());
}

TEST_CASE_METHOD(ConnectionFixture, "NULL is told from an empty text", "[db]") {
  Query query(connection, "SELECT ?, ?, ?");
  query.BindNull()
      .Bind(std::optional<std::string_view>())
      .Bind(std::optional<int64_t>());
  REQUIRE(query.Row());
  for (int i = 0; i < 3; ++i) {
    CHECK(query.IsNull(i));
    CHECK(query.Text(i).data() == nullptr);
    CHECK(!query.OptText(i));
    CHECK(!query.OptInt(i));
  }
}

TEST_CASE_METHOD(ConnectionFixture, "an empty BLOB is not NULL", "[db]") {
  Query query(connection, "SELECT ?");
  query.BindBlob({});
  REQUIRE(query.Row());
  CHECK(!query.IsNull(0));
  CHECK(query.OptText(0) == "");
}

TEST_CASE_METHOD(ConnectionFixture,
                 "a statement is used again without what "
                 "was bound before",
                 "[db]") {
  const char* sql = "SELECT ?";
  {
    Query query(connection, sql);
    query.Bind(int64_t{1});
    REQUIRE(query.Row());
  }
  const size_t kept = connection.statement_bytes();
  CHECK(kept > 0);
  Query query(connection, std::string(sql));
  REQUIRE(query.Row());
  CHECK(query.IsNull(0));
  CHECK(connection.statement_bytes() == kept);
}

TEST_CASE_METHOD(ConnectionFixture,
                 "many different statements do not disturb "
                 "those in use",
                 "[db]") {
  Query running(connection, "SELECT 1 UNION ALL SELECT 2");
  REQUIRE(running.Row());
  Query waiting(connection, "SELECT ? || 'x'");
  waiting.Bind(std::string_view("y"));

  for (int i = 0; i < 1000; ++i) {
    Query query(connection, "SELECT " + std::to_string(i));
    REQUIRE(query.Row());
    REQUIRE(query.Int(0) == i);
  }

  REQUIRE(running.Row());
  CHECK(running.Int(0) == 2);
  REQUIRE(waiting.Row());
  CHECK(waiting.Text(0) == "yx");
}

TEST_CASE_METHOD(ConnectionFixture, "wrong SQL throws and is not kept",
                 "[db]") {
  CHECK_THROWS_AS(Query(connection, "nonsense"), SQLite::Exception);
  CHECK_THROWS_AS(Query(connection, "nonsense"), SQLite::Exception);
  CHECK_THROWS_AS(Query(connection, "SELECT 1").Bind(int64_t{1}),
                  SQLite::Exception);
}

TEST_CASE_METHOD(ConnectionFixture, "the memory of kept statements is bounded",
                 "[db]") {
  const std::string shorter(100, 'x');
  for (int i = 0; i < 3000; ++i) {
    Query query(connection, "SELECT '" + shorter + std::to_string(i) + "'");
    REQUIRE(query.Row());
    REQUIRE(query.Text(0) == shorter + std::to_string(i));
  }
  CHECK(connection.statement_bytes() < 2 << 20);
  const size_t before = connection.statement_bytes();
  const std::string longer(10'000, 'x');
  for (int i = 0; i < 2; ++i) {
    Query query(connection, "SELECT '" + longer + "'");
    REQUIRE(query.Row());
    CHECK(query.Text(0) == longer);
    Query other(connection, "SELECT '" + longer + "'");
    REQUIRE(other.Row());  // each has its own
  }
  CHECK(connection.statement_bytes() == before);
}

TEST_CASE_METHOD(ConnectionFixture,
                 "a rollback changes the generation, a "
                 "commit does not",
                 "[db]") {
  connection.Exec("CREATE TABLE t (a)");
  const uint64_t first = connection.generation();
  connection.Begin();
  connection.Exec("INSERT INTO t VALUES (1)");
  connection.Commit();
  CHECK(connection.generation() == first);
  connection.Begin();
  connection.Exec("INSERT INTO t VALUES (2)");
  connection.Rollback();
  CHECK(connection.generation() != first);
  Query query(connection, "SELECT count(*) FROM t");
  REQUIRE(query.Row());
  CHECK(query.Int(0) == 1);
}

TEST_CASE_METHOD(ConnectionFixture,
                 "a rollback outside a transaction is no "
                 "error",
                 "[db]") {
  connection.Rollback();
  connection.Begin();
  connection.Rollback();
}

TEST_CASE_METHOD(ConnectionFixture,
                 "a rollback prepares nothing, so that it cannot fail for it",
                 "[db]") {
  static_assert(noexcept(connection.Rollback()));
  sqlite3* handle = connection.raw().getHandle();
  connection.Begin();
  sqlite3_limit(handle, SQLITE_LIMIT_SQL_LENGTH, 4);  // shorter than any
  CHECK_THROWS_AS(Query(connection, "COMMIT"), SQLite::Exception);
  connection.Rollback();
  CHECK(sqlite3_get_autocommit(handle) == 1);
}

}  // namespace
}  // namespace bobbin::db
