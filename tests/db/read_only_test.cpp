// Looking at a file that is somebody else's.
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "db/database.h"
#include "db/file_lock.h"
#include "db/migrate.h"
#include "support/catch.h"
#include "support/store_fixture.h"
#include "support/temp_dir.h"

namespace bobbin::db {
namespace {

using bobbin::testing::InFile;
using bobbin::testing::NumberIn;
using bobbin::testing::OpenOrThrow;
using bobbin::testing::TempDir;

OpenOptions ToRead(const std::string& path) {
  return {.path = path, .migrations = Migrations(), .read_only = true};
}

std::string_view RefusalOf(const OpenOptions& options, std::string& type) {
  const auto opened = Database::Open(options);
  REQUIRE(!opened.ok());
  return type = opened.error().type;
}

std::string BytesOf(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream bytes;
  bytes << file.rdbuf();
  return bytes.str();
}

Status Insert(Database& database, std::string_view project) {
  return database.Write([&](Connection& connection) {
    Query(connection, "INSERT INTO projects (project_id) VALUES (?)")
        .Bind(project)
        .Run();
    return Status();
  });
}

TEST_CASE("a file that is opened for reading is read and not changed", "[db]") {
  const TempDir folder;
  const std::string path = folder.File("x.db");
  REQUIRE(Insert(*OpenOrThrow(InFile(path)), "a").ok());
  const std::string before = BytesOf(path);
  {
    const auto database = OpenOrThrow(ToRead(path));
    CHECK(database->read_only());
    CHECK(NumberIn(*database, "SELECT count(*) FROM projects") == 1);
    const Status written = Insert(*database, "b");
    REQUIRE(!written.ok());
    CHECK(written.error().code == Code::kConflict);
  }
  CHECK(BytesOf(path) == before);
  CHECK(!std::filesystem::exists(path + "-wal"));
}

TEST_CASE("reading takes no lock, and leaves a killed program's WAL", "[db]") {
  const TempDir folder;
  const std::string path = folder.File("x.db");
  const std::string copy = folder.File("copy.db");
  {
    const auto database = OpenOrThrow(InFile(path));
    REQUIRE(Insert(*database, "a").ok());
    // As a power cut would leave them.
    std::filesystem::copy_file(path, copy);
    std::filesystem::copy_file(path + "-wal", copy + "-wal");
  }
  const std::string wal = BytesOf(copy + "-wal");
  REQUIRE(!wal.empty());
  {
    const auto reader = OpenOrThrow(ToRead(copy));
    CHECK(NumberIn(*reader, "SELECT count(*) FROM projects") == 1);
    const Result<FileLock> lock = FileLock::Take(copy);
    CHECK(lock.ok());
  }
  CHECK(BytesOf(copy + "-wal") == wal);
}

// What a process that may change nothing in `folder` is told on opening.
std::string RefusalWithoutRights(const TempDir& folder,
                                 const std::string& path) {
  namespace fs = std::filesystem;
  std::array<int, 2> pipe_ends{};
  REQUIRE(pipe(pipe_ends.data()) == 0);
  fs::permissions(folder.path(), fs::perms(0555));
  const pid_t child = fork();
  if (child == 0) {
    constexpr uid_t kNobody = 65534;
    if (geteuid() == 0 && setresuid(kNobody, kNobody, kNobody) != 0) _exit(1);
    const auto opened = Database::Open(ToRead(path));
    if (opened.ok()) _exit(2);
    const std::string said(opened.error().type + ": " + opened.error().message);
    _exit(write(pipe_ends[1], said.data(), said.size()) > 0 ? 0 : 3);
  }
  close(pipe_ends[1]);
  std::array<char, 1000> said{};
  const ssize_t length = read(pipe_ends[0], said.data(), said.size());
  close(pipe_ends[0]);
  int status = -1;
  waitpid(child, &status, 0);
  fs::permissions(folder.path(), fs::perms(0755));
  REQUIRE(status == 0);
  REQUIRE(length > 0);
  return {said.data(), static_cast<size_t>(length)};
}

TEST_CASE("a file in a folder that can't be written is refused with a way out",
          "[db]") {
  const TempDir folder;
  const std::string path = folder.File("x.db");
  REQUIRE(Insert(*OpenOrThrow(InFile(path)), "a").ok());
  CHECK(RefusalWithoutRights(folder, path) ==
        "NotOpenable: Cannot open " + path +
            ": SQLite: attempt to write a readonly database (code 1544). To "
            "read a file SQLite makes others beside it, and nothing can be "
            "written in " +
            folder.path() +
            ": copy it to a folder of yours, or ask its server with --url.");
}

TEST_CASE("what can't be read is refused, and nothing is made", "[db]") {
  const TempDir folder;
  const std::string path = folder.File("x.db");
  std::string type;
  SECTION("there is no file") {
    CHECK(RefusalOf(ToRead(path), type) == kNotOpenable);
    CHECK(!std::filesystem::exists(path));
  }
  SECTION("it is a folder") {
    CHECK(RefusalOf(ToRead(folder.path()), type) == kNotOpenable);
  }
  SECTION("it is empty") {
    std::ofstream(path).close();
    CHECK(RefusalOf(ToRead(path), type) == kNotSqlite);
  }
  SECTION("it is a stranger's") {
    SQLite::Database(path, SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE)
        .exec("CREATE TABLE t (a)");
    CHECK(RefusalOf(ToRead(path), type) == kNotOurs);
  }
  SECTION("a newer bobbin made it") {
    OpenOrThrow(InFile(path));
    SQLite::Database(path, SQLite::OPEN_READWRITE)
        .exec("PRAGMA user_version = 999");
    CHECK(RefusalOf(ToRead(path), type) == kNewerFile);
  }
}

TEST_CASE("an older file is not brought up to date by looking", "[db]") {
  const TempDir folder;
  const std::string path = folder.File("x.db");
  {
    OpenOptions older = InFile(path);
    older.migrations = Migrations().first(2);
    OpenOrThrow(older);
  }
  const std::string before = BytesOf(path);
  const auto opened = Database::Open(ToRead(path));
  REQUIRE(!opened.ok());
  CHECK(opened.error().type == kOlderFile);
  CHECK_THAT(opened.error().message, Catch::Contains("bobbin serve"));
  CHECK(BytesOf(path) == before);
}

}  // namespace
}  // namespace bobbin::db
