#include "db/database.h"

#include <sqlite3.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <fstream>
#include <sstream>
#include <thread>

#include "db/migrate.h"
#include "support/catch.h"
#include "support/store_fixture.h"
#include "support/temp_dir.h"

namespace bobbin::db {
namespace {

using bobbin::testing::InFile;
using bobbin::testing::InMemory;
using bobbin::testing::NumberIn;
using bobbin::testing::OpenOrThrow;
using bobbin::testing::TempDir;

std::string BytesOf(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream bytes;
  bytes << file.rdbuf();
  return bytes.str();
}

std::vector<std::string> FilesIn(const TempDir& folder) {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(folder.path())) {
    names.push_back(entry.path().filename());
  }
  std::ranges::sort(names);
  return names;
}

// Makes or changes a database without bobbin.
void Sql(const std::string& path, const std::string& sql) {
  SQLite::Database(path, SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE)
      .exec(sql);
}

Status Insert(Database& database, std::string_view project) {
  return database.Write([&](Connection& connection) {
    Query(connection, "INSERT INTO projects (project_id) VALUES (?)")
        .Bind(project)
        .Run();
    return Status();
  });
}

int64_t Projects(Database& database) {
  return NumberIn(database, "SELECT count(*) FROM projects");
}

// What Open() says, which must be an error.
Error Refusal(const OpenOptions& options) {
  const auto opened = Database::Open(options);
  REQUIRE(!opened.ok());
  return opened.error();
}

TEST_CASE("a new file is made, ours, and at the newest version", "[db]") {
  const TempDir folder;
  const std::string path = folder.File("new.db");
  {
    OpenOrThrow(InFile(path, GENERATE(Durability::kFull, Durability::kNormal)));
  }

  SQLite::Database file(path);
  CHECK(file.execAndGet("PRAGMA application_id").getInt() == kApplicationId);
  CHECK(file.execAndGet("PRAGMA user_version").getInt64() ==
        static_cast<int64_t>(Migrations().size()));
  CHECK(file.execAndGet("PRAGMA journal_mode").getString() == "wal");
  CHECK(file.execAndGet("PRAGMA integrity_check").getString() == "ok");
  // A file that was just made has no backups.
  CHECK(!std::filesystem::exists(path + ".v0.backup"));
}

TEST_CASE("an existing file keeps what is in it", "[db]") {
  const TempDir folder;
  const std::string path = folder.File("x.db");
  {
    const auto database = OpenOrThrow(InFile(path));
    REQUIRE(Insert(*database, "a").ok());
  }
  for (const Durability level : {Durability::kFull, Durability::kNormal}) {
    const auto database = OpenOrThrow(InFile(path, level));
    CHECK(database->durability() == level);
    CHECK(Projects(*database) == 1);
  }
}

TEST_CASE("an empty file that is already there is used", "[db]") {
  const TempDir folder;
  const std::string path = folder.File("x.db");
  std::ofstream(path).close();
  const auto database = OpenOrThrow(InFile(path));
  CHECK(Insert(*database, "a").ok());
}

TEST_CASE("the names of the levels are those of the flag", "[db]") {
  CHECK(DurabilityName(Durability::kFull) == "full");
  CHECK(DurabilityName(Durability::kNormal) == "normal");
  CHECK(DurabilityName(Durability::kMemory) == "memory");
}

TEST_CASE("a full disk is said to be full, and keeps nothing of the job",
          "[db]") {
  const TempDir folder;
  const auto database = OpenOrThrow(InFile(folder.File("x.db")));
  // As if the disk ended here.
  const Status limited = database->Write([](Connection& connection) {
    connection.Exec("PRAGMA max_page_count = 1");
    return Status();
  });
  REQUIRE(limited.ok());
  const Status full = Insert(*database, std::string(1'000'000, 'x'));
  REQUIRE(!full.ok());
  CHECK(full.error().code == Code::kBusy);
  CHECK(full.error().message == "The disk is full.");
  CHECK(full.error().type == kDiskFull);
  CHECK(Projects(*database) == 0);
  CHECK(Insert(*database, "small").ok());
}

TEST_CASE("a file that cannot be had is refused as such", "[db]") {
  const TempDir folder;
  SECTION("its folder is not there") {
    CHECK(Refusal(InFile(folder.File("no/x.db"))).type == kNotOpenable);
  }
  SECTION("it is a folder") {
    CHECK(Refusal(InFile(folder.path())).type == kNotOpenable);
  }
  SECTION("it is a device") {
    CHECK(Refusal(InFile("/dev/null")).type == kNotOpenable);
  }
  CHECK(FilesIn(folder).empty());
}

TEST_CASE("a file that is not SQLite's is refused and untouched", "[db]") {
  const TempDir folder;
  const std::string path = folder.File("notes.txt");
  const std::string content = GENERATE(as<std::string>(), "x", "hello\n",
                                       "SQLite format 4 and more than that",
                                       std::string(100'000, '\0'));
  std::ofstream(path, std::ios::binary) << content;

  CHECK(Refusal(InFile(path)).type == kNotSqlite);

  CHECK(BytesOf(path) == content);
  CHECK(FilesIn(folder) == std::vector<std::string>{"notes.txt"});
}

TEST_CASE("a stranger's database is refused and untouched", "[db]") {
  const TempDir folder;
  const std::string path = folder.File("theirs.db");
  const auto [sql, type] = GENERATE(table<std::string, std::string_view>({
      {"CREATE TABLE t (a)", kNotOurs},
      {"CREATE TABLE t (a); PRAGMA user_version = 1", kNotOurs},
      {"CREATE TABLE t (a); PRAGMA user_version = 99", kNotOurs},
      {"PRAGMA journal_mode = WAL; CREATE TABLE t (a)", kNotOurs},
      // No tables yet, but somebody has put a mark on it.
      {"PRAGMA user_version = 1", kNotOurs},
      {"PRAGMA application_id = 77", kNotOurs},
  }));
  CAPTURE(sql);
  Sql(path, sql);
  const std::string before = BytesOf(path);
  REQUIRE(!before.empty());

  CHECK(Refusal(InFile(path)).type == type);

  CHECK(BytesOf(path) == before);
  CHECK(FilesIn(folder) == std::vector<std::string>{"theirs.db"});
}

TEST_CASE("a newer file is refused and untouched", "[db]") {
  const TempDir folder;
  const std::string path = folder.File("newer.db");
  {
    const auto database = OpenOrThrow(InFile(path));
    REQUIRE(Insert(*database, "a").ok());
  }
  Sql(path, "PRAGMA user_version = 1000");
  const std::string before = BytesOf(path);

  const Error error = Refusal(InFile(path));

  CHECK(error.type == kNewerFile);
  CHECK(error.code == Code::kConflict);
  CHECK(BytesOf(path) == before);
  CHECK(FilesIn(folder) == std::vector<std::string>{"newer.db"});
}

TEST_CASE("a refused file keeps the WAL that a killed program left", "[db]") {
  const TempDir folder;
  const std::string path = folder.File("x.db");
  const auto [mark, type] = GENERATE(table<std::string, std::string_view>({
      {"PRAGMA application_id = 0", kNotOurs},
      {"PRAGMA user_version = 1000", kNewerFile},
  }));
  {
    const TempDir other;
    const std::string original = other.File("x.db");
    { OpenOrThrow(InFile(original)); }
    Sql(original, mark);
    SQLite::Database writer(original, SQLite::OPEN_READWRITE);
    writer.exec("PRAGMA wal_autocheckpoint = 0");
    writer.exec("INSERT INTO projects (project_id) VALUES ('a')");
    // What a kill at this moment leaves.
    std::filesystem::copy(original, path);
    std::filesystem::copy(original + "-wal", path + "-wal");
  }
  const std::string before = BytesOf(path);
  const std::string wal_before = BytesOf(path + "-wal");
  REQUIRE(!wal_before.empty());

  CHECK(Refusal(InFile(path)).type == type);

  CHECK(BytesOf(path) == before);
  CHECK(BytesOf(path + "-wal") == wal_before);
}

TEST_CASE("a file with a SQLite head and nothing sound behind it is refused",
          "[db]") {
  const TempDir folder;
  const std::string path = folder.File("x.db");
  std::string content("SQLite format 3\0", 16);
  content += std::string(5000, 'x');
  std::ofstream(path, std::ios::binary) << content;

  CHECK(Refusal(InFile(path)).type == kNotOpenable);
  CHECK(BytesOf(path) == content);
}

TEST_CASE("a path with odd characters is a path", "[db]") {
  const TempDir folder;
  const std::string name =
      GENERATE(as<std::string>(), "a b.db", "file:x.db", "q?mode=memory.db",
               "100%.db", "\xc3\xa9.db", "'.db");
  CAPTURE(name);
  const std::string path = folder.File(name);
  {
    const auto database = OpenOrThrow(InFile(path));
    REQUIRE(Insert(*database, "a").ok());
  }
  CHECK(FilesIn(folder) == std::vector<std::string>{name});
}

TEST_CASE("a job's result comes back, and a failed job leaves nothing",
          "[db]") {
  const auto database = OpenOrThrow(InMemory());
  const auto half_done = [&](Connection& connection) {
    connection.Exec("INSERT INTO projects (project_id) VALUES ('half')");
  };

  SECTION("an error of its own") {
    const Status status = database->Write([&](Connection& c) -> Status {
      half_done(c);
      return NotFound("nothing there");
    });
    REQUIRE(!status.ok());
    CHECK(status.error().code == Code::kNotFound);
    CHECK(status.error().message == "nothing there");
  }
  SECTION("an exception of SQLite's") {
    const Status status = database->Write([&](Connection& c) {
      half_done(c);
      c.Exec("INSERT INTO nowhere VALUES (1)");
      return Status();
    });
    REQUIRE(!status.ok());
    CHECK(status.error().code == Code::kInternal);
  }
  SECTION("a constraint") {
    const Status status = database->Write([&](Connection& c) {
      half_done(c);
      half_done(c);
      return Status();
    });
    REQUIRE(!status.ok());
    CHECK(status.error().code == Code::kInternal);
  }
  CHECK(Projects(*database) == 0);
  CHECK(Insert(*database, "next").ok());
  CHECK(Projects(*database) == 1);
}

TEST_CASE("a read that fails says so and gives its connection back", "[db]") {
  const auto database = OpenOrThrow(InMemory());
  for (int i = 0; i < 40; ++i) {  // more than there are readers
    const Status status = database->Read([](Connection& connection) {
      connection.Exec("SELECT * FROM nowhere");
      return Status();
    });
    REQUIRE(!status.ok());
    CHECK(status.error().code == Code::kInternal);
  }
  CHECK(Projects(*database) == 0);
}

TEST_CASE("a read cannot write", "[db]") {
  const TempDir folder;
  const auto database = GENERATE(true, false)
                            ? OpenOrThrow(InMemory())
                            : OpenOrThrow(InFile(folder.File("x.db")));
  const Status status = database->Read([](Connection& connection) {
    connection.Exec("INSERT INTO projects (project_id) VALUES ('a')");
    return Status();
  });
  CHECK(!status.ok());
  CHECK(Projects(*database) == 0);
}

TEST_CASE("what a write has answered, the next read sees", "[db]") {
  const TempDir folder;
  const auto database = GENERATE(true, false)
                            ? OpenOrThrow(InMemory())
                            : OpenOrThrow(InFile(folder.File("x.db")));
  for (int i = 1; i <= 50; ++i) {
    REQUIRE(Insert(*database, std::to_string(i)).ok());
    REQUIRE(Projects(*database) == i);
  }
}

TEST_CASE("a long read holds up no write, and does not see it", "[db]") {
  const TempDir folder;
  const auto database = OpenOrThrow(InFile(folder.File("x.db")));
  REQUIRE(Insert(*database, "a").ok());
  REQUIRE(Insert(*database, "b").ok());

  int rows = 0;
  const Status read = database->Read([&](Connection& connection) {
    Query query(connection, "SELECT project_id FROM projects");
    while (query.Row()) {
      ++rows;
      std::thread([&] {
        CHECK(Insert(*database, "more" + std::to_string(rows)).ok());
      }).join();
    }
    return Status();
  });

  CHECK(read.ok());
  CHECK(rows == 2);
  CHECK(Projects(*database) == 4);
}

TEST_CASE(
    "a write lock held by another program makes writes busy, not "
    "wrong",
    "[db]") {
  const TempDir folder;
  OpenOptions options = InFile(folder.File("x.db"));
  options.busy_timeout_ms = 20;
  const auto database = OpenOrThrow(options);
  SQLite::Database other(options.path, SQLite::OPEN_READWRITE);
  other.exec("BEGIN IMMEDIATE");

  const Status status = Insert(*database, "a");

  REQUIRE(!status.ok());
  CHECK(status.error().code == Code::kBusy);
  CHECK(Projects(*database) == 0);  // reads go on
  other.exec("ROLLBACK");
  CHECK(Insert(*database, "a").ok());
  CHECK(Projects(*database) == 1);
}

TEST_CASE("a database in memory is private and leaves no file", "[db]") {
  const TempDir folder;
  OpenOptions options = InMemory();
  options.path = folder.File("never.db");
  {
    const auto one = OpenOrThrow(options);
    const auto other = OpenOrThrow(options);
    REQUIRE(Insert(*one, "a").ok());
    CHECK(Projects(*one) == 1);
    CHECK(Projects(*other) == 0);
    CHECK(one->durability() == Durability::kMemory);
  }
  CHECK(Projects(*OpenOrThrow(options)) == 0);
  CHECK(FilesIn(folder).empty());
}

// --- one server per file ---------------------------------------------------

TEST_CASE("a file that is open is not opened again in the same process",
          "[db]") {
  const TempDir folder;
  const std::string path = folder.File("x.db");
  auto database = OpenOrThrow(InFile(path));
  CHECK(Refusal(InFile(path)).type == kAlreadyServed);
  CHECK(Insert(*database, "a").ok());
  database.reset();
  CHECK(Projects(*OpenOrThrow(InFile(path))) == 1);
}

// A child process that has `path` open until it is killed.
class OtherServer {
 public:
  explicit OtherServer(const std::string& path) {
    int ready[2];
    REQUIRE(pipe(ready) == 0);
    child_ = fork();
    if (child_ == 0) {
      auto opened = Database::Open(InFile(path));
      if (opened.ok()) {
        opened = std::move(opened).value();
        const bool written = Insert(*opened.value(), "theirs").ok();
        const char word = written ? 'y' : 'n';
        if (write(ready[1], &word, 1) == 1) pause();
      }
      _exit(1);
    }
    close(ready[1]);
    char word = 0;
    const ssize_t count = read(ready[0], &word, 1);
    close(ready[0]);
    REQUIRE(count == 1);
    REQUIRE(word == 'y');
  }
  ~OtherServer() { Kill(); }

  void Kill() {
    if (child_ <= 0) return;
    kill(child_, SIGKILL);
    waitpid(child_, nullptr, 0);
    child_ = -1;
  }

 private:
  pid_t child_ = -1;
};

TEST_CASE(
    "a file that another process serves is refused until that one is "
    "dead",
    "[db]") {
  const TempDir folder;
  const std::string path = folder.File("x.db");
  OtherServer other(path);

  const Error error = Refusal(InFile(path));
  CHECK(error.type == kAlreadyServed);
  CHECK(error.code == Code::kConflict);

  other.Kill();
  const auto database = OpenOrThrow(InFile(path));
  CHECK(Projects(*database) == 1);  // what the other had answered
  CHECK(NumberIn(*database,
                 "SELECT count(*) FROM pragma_integrity_check "
                 "WHERE integrity_check = 'ok'") == 1);
}

TEST_CASE("the lock keeps no reader such as the sqlite3 shell out", "[db]") {
  const TempDir folder;
  const std::string path = folder.File("x.db");
  const auto database = OpenOrThrow(InFile(path));
  REQUIRE(Insert(*database, "a").ok());

  const pid_t child = fork();
  if (child == 0) {
    int count = -1;
    try {
      SQLite::Database shell(path, SQLite::OPEN_READONLY);
      count = shell.execAndGet("SELECT count(*) FROM projects").getInt();
    } catch (const SQLite::Exception&) {
      count = 99;
    }
    _exit(count);
  }
  int status = 0;
  REQUIRE(waitpid(child, &status, 0) == child);
  CHECK(WIFEXITED(status));
  CHECK(WEXITSTATUS(status) == 1);
}

}  // namespace
}  // namespace bobbin::db
