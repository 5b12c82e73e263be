#include "db/migrate.h"

#include <fstream>
#include <sstream>

#include "db/database.h"
#include "support/catch.h"
#include "support/store_fixture.h"
#include "support/temp_dir.h"

namespace bobbin::db {
namespace {

using bobbin::testing::OpenOrThrow;
using bobbin::testing::TempDir;
using Files = std::vector<EmbeddedFile>;

constexpr EmbeddedFile kOne{"0001_one.sql", "CREATE TABLE one (a INTEGER);"};
constexpr EmbeddedFile kTwo{"0002_two.sql",
                            "INSERT INTO one VALUES (2);\n"
                            "CREATE TABLE two (a INTEGER);"};
constexpr EmbeddedFile kThree{"0003_three.sql",
                              "-- 0003\n"
                              "-- rewrites data\n"
                              "UPDATE one SET a = a + 1;"};
constexpr EmbeddedFile kBroken{"000x_broken.sql",
                               "INSERT INTO one VALUES (7);\n"
                               "CREATE TABLE half (a INTEGER);\n"
                               "INSERT INTO nowhere VALUES (1);"};

class MigrateFixture {
 protected:
  Result<std::unique_ptr<Database>> Open(const Files& files) {
    OpenOptions options;
    options.path = path;
    options.durability = Durability::kNormal;
    options.migrations = files;
    return Database::Open(options);
  }
  void MustOpen(const Files& files) {
    const auto opened = Open(files);
    if (!opened.ok()) FAIL(opened.error().message);
  }
  static int64_t Number(const std::string& file, const std::string& sql) {
    SQLite::Database database(file);
    return database.execAndGet(sql).getInt64();
  }
  int64_t Number(const std::string& sql) { return Number(path, sql); }
  int64_t Version() { return Number("PRAGMA user_version"); }
  bool Exists(const std::string& name) {
    return std::filesystem::exists(path + name);
  }

  TempDir folder;
  const std::string path = folder.File("x.db");
};

TEST_CASE_METHOD(MigrateFixture, "migrations run once each, in order", "[db]") {
  MustOpen({kOne, kTwo});
  CHECK(Version() == 2);
  CHECK(Number("SELECT a FROM one") == 2);

  MustOpen({kOne, kTwo});
  CHECK(Number("SELECT count(*) FROM one") == 1);

  MustOpen({kOne, kTwo, kThree});
  CHECK(Version() == 3);
  CHECK(Number("SELECT a FROM one") == 3);
}

TEST_CASE_METHOD(MigrateFixture, "a file may be some steps behind", "[db]") {
  MustOpen({kOne});
  CHECK(Version() == 1);
  MustOpen({kOne, kTwo, kThree});
  CHECK(Version() == 3);
  CHECK(Number("SELECT a FROM one") == 3);
}

TEST_CASE_METHOD(MigrateFixture,
                 "a migration that fails leaves the file at "
                 "the version before",
                 "[db]") {
  SECTION("as the first: nothing is in the file") {
    const auto opened = Open({kBroken, kOne});
    REQUIRE(!opened.ok());
    CHECK(opened.error().type == kNotOpenable);
    CHECK(Version() == 0);
    CHECK(Number("SELECT count(*) FROM sqlite_schema") == 0);
    MustOpen({kOne, kTwo});  // the file is still good for use
  }
  SECTION("after others: those stay, it does not") {
    const auto opened = Open({kOne, kTwo, kBroken, kThree});
    REQUIRE(!opened.ok());
    CHECK(Version() == 2);
    CHECK(Number("SELECT count(*) FROM one") == 1);
    CHECK(Number("SELECT count(*) FROM sqlite_schema WHERE name = 'half'") ==
          0);
    MustOpen({kOne, kTwo, kThree});
    CHECK(Number("SELECT a FROM one") == 3);
  }
}

TEST_CASE_METHOD(MigrateFixture, "a backup is made before data is rewritten",
                 "[db]") {
  SECTION("with what was in the file, under the version it had") {
    MustOpen({kOne});
    SQLite::Database(path, SQLite::OPEN_READWRITE)
        .exec("INSERT INTO one VALUES (40)");
    MustOpen({kOne, kTwo, kThree});
    CHECK(Number("SELECT max(a) FROM one") == 41);
    const std::string backup = path + ".v1.backup";
    REQUIRE(std::filesystem::exists(backup));
    CHECK(Number(backup, "PRAGMA user_version") == 1);
    CHECK(Number(backup, "PRAGMA application_id") == kApplicationId);
    CHECK(Number(backup, "SELECT max(a) FROM one") == 40);
    CHECK(!Exists(".v2.backup"));
  }
  SECTION("not for a new file") {
    MustOpen({kOne, kTwo, kThree});
    CHECK(!Exists(".v0.backup"));
    CHECK(!Exists(".v1.backup"));
    CHECK(!Exists(".v2.backup"));
  }
  SECTION("not for migrations that rewrite nothing") {
    MustOpen({kOne});
    MustOpen({kOne, kTwo});
    CHECK(!Exists(".v1.backup"));
  }
  SECTION("not again when it has gone through") {
    MustOpen({kOne, kTwo});
    MustOpen({kOne, kTwo, kThree});
    REQUIRE(std::filesystem::remove(path + ".v2.backup"));
    MustOpen({kOne, kTwo, kThree});
    CHECK(!Exists(".v2.backup"));
  }
  SECTION("over one that an earlier, failed attempt has left") {
    MustOpen({kOne, kTwo});
    std::ofstream(path + ".v2.backup").close();
    MustOpen({kOne, kTwo, kThree});
    CHECK(Number(path + ".v2.backup", "SELECT a FROM one") == 2);
  }
}

TEST_CASE_METHOD(MigrateFixture,
                 "data is not rewritten when the backup "
                 "cannot be made",
                 "[db]") {
  MustOpen({kOne, kTwo});
  const std::string backup = path + ".v2.backup";
  SECTION("its name is taken by a folder") {
    std::filesystem::create_directory(backup);
    CHECK(!Open({kOne, kTwo, kThree}).ok());
  }
  SECTION("its file is in use") {
    SQLite::Database user(backup, SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
    user.exec("CREATE TABLE t (a); BEGIN EXCLUSIVE");
    CHECK(!Open({kOne, kTwo, kThree}).ok());
  }
  CHECK(Version() == 2);
  CHECK(Number("SELECT a FROM one") == 2);
}

TEST_CASE_METHOD(MigrateFixture,
                 "a comment that only mentions rewriting is "
                 "no order",
                 "[db]") {
  MustOpen({kOne});
  const EmbeddedFile mention{
      "0002.sql", "-- no -- rewrites data here\nCREATE TABLE x (a);"};
  MustOpen({kOne, mention});
  CHECK(!Exists(".v1.backup"));
}

TEST_CASE(
    "the program's own migrations are numbered without gaps and stop "
    "before other files",
    "[db]") {
  const auto migrations = Migrations();
  REQUIRE(!migrations.empty());
  for (size_t i = 0; i < migrations.size(); ++i) {
    const std::string number = std::to_string(10001 + i).substr(1);
    CAPTURE(migrations[i].name);
    CHECK(migrations[i].name.starts_with(number + "_"));
    CHECK(migrations[i].name.ends_with(".sql"));
  }
}

TEST_CASE_METHOD(MigrateFixture,
                 "calls of an older file get what their models used", "[db]") {
  const auto all = Migrations();
  const Files before(all.begin(), all.begin() + 9);
  MustOpen(before);
  SQLite::Database(path, SQLite::OPEN_READWRITE).exec(R"(
        INSERT INTO calls (row_id, project, id, status, output_row,
          start_bytes, end_bytes)
        VALUES (1, 1, 'a', 1, 10, 0, 0), (2, 1, 'b', 1, 11, 0, 0),
          (3, 1, 'c', 0, NULL, 0, 0), (4, 1, 'd', 1, 99, 0, 0);
        INSERT INTO call_outputs (row_id, summary) VALUES
          (10, '{"usage":{"m":{"requests":1,"prompt_tokens":2}}}'),
          (11, '{"usage":null}'), (12, '{"usage":{"n":{}}}'))");
  MustOpen({all.begin(), all.end()});
  CHECK(Version() == static_cast<int64_t>(all.size()));
  SQLite::Database file(path);
  CHECK(file.execAndGet("SELECT group_concat(id || coalesce(usage, ''), ' ') "
                        "FROM (SELECT * FROM calls ORDER BY id)")
            .getString() == R"(a{"m":[1,2]} b c d)");
  // Nothing that was there is rewritten.
  CHECK(!Exists(".v9.backup"));
}

TEST_CASE("all tables of the program are STRICT", "[db]") {
  const auto database = OpenOrThrow(bobbin::testing::InMemory());
  CHECK(bobbin::testing::RowsIn(*database,
                                "SELECT name FROM pragma_table_list WHERE "
                                "type = 'table' AND strict = 0 AND name NOT "
                                "LIKE 'sqlite%'")
            .empty());
}

TEST_CASE("each index of the program says which query it serves", "[db]") {
  for (const EmbeddedFile& file : Migrations()) {
    std::istringstream lines{std::string(file.content)};
    std::string line;
    std::string above;
    bool served = false;  // by the comment that stands right above
    while (std::getline(lines, line)) {
      if (line.starts_with("--")) {
        served |= line.starts_with("-- Serves: ");
        continue;
      }
      if (line.find(" INDEX ") != std::string::npos) {
        CAPTURE(line);
        CHECK(served);
      }
      served = false;
    }
  }
}

}  // namespace
}  // namespace bobbin::db
