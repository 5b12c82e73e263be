// `bobbin backup` and `bobbin check`, on real files.
#include <SQLiteCpp/Column.h>
#include <SQLiteCpp/Database.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "support/catch.h"
#include "support/served.h"
#include "support/temp_dir.h"
#include "support/terminal.h"

namespace bobbin::testing {
namespace {

namespace fs = std::filesystem;
using Catch::Contains;
using Catch::StartsWith;

void Post(Client& client, const std::string& path, const std::string& body) {
  REQUIRE(client.Post(path, body).status == 200);
}

// A file with a call that has ended, and nobody who serves it.
std::string AFile(const TempDir& dir) {
  const std::string path = dir.File("calls.db");
  Served bobbin({"--db", path});
  Client client = bobbin.NewClient();
  Post(client, "/call/start", StartBody("c1"));
  Post(client, "/call/end", EndBody("c1", "42"));
  REQUIRE(bobbin.Stop() == 0);
  return path;
}

std::string IdsIn(const std::string& path) {
  const Finished run = RunBobbin(
      {"sql", "--db", path, "SELECT group_concat(id) AS ids FROM calls"});
  REQUIRE(run.code == 0);
  return run.out;
}

size_t FilesIn(const TempDir& dir) {
  size_t files = 0;
  for (const auto& entry : fs::directory_iterator(dir.path())) {
    files += entry.path().empty() ? 0 : 1;
  }
  return files;
}

constexpr size_t kPageBytes = 8192;

// Bytes of the first page of a table or an index.
void Overwrite(const std::string& path, const std::string& name, size_t at,
               const std::string& bytes) {
  const int64_t page = SQLite::Database(path)
                           .execAndGet(
                               "SELECT rootpage FROM sqlite_schema "
                               "WHERE name = '" +
                               name + "'")
                           .getInt64();
  std::fstream file(path, std::ios::binary | std::ios::in | std::ios::out);
  file.seekp(static_cast<std::streamoff>(
      static_cast<size_t>(page - 1) * kPageBytes + at));
  file.write(bytes.data(), std::ssize(bytes));
}

TEST_CASE("a backup of a served file holds what was answered until then",
          "[e2e]") {
  const TempDir dir;
  const std::string copy = dir.File("copy.db");
  Served bobbin({"--db", dir.File("calls.db")});
  Client client = bobbin.NewClient();
  Post(client, "/call/start", StartBody("c1"));
  const Finished run =
      RunBobbin({"backup", copy, "--db", dir.File("calls.db")});
  CHECK(run.code == 0);
  CHECK(run.out == R"({"from":")" + dir.File("calls.db") + R"(","to":")" +
                       copy + R"(","bytes":532480})" + "\n");
  CHECK(run.err.empty());
  Post(client, "/call/start", StartBody("c2"));

  // One file, without a log beside it.
  CHECK_FALSE(fs::exists(copy + "-wal"));
  CHECK(IdsIn(copy) == "{\"ids\":\"c1\"}\n");
  CHECK(RunBobbin({"check", "--db", copy}).code == 0);
  Served second({"--db", copy});
  Client other = second.NewClient();
  Post(other, "/call/start", StartBody("c3"));
  CHECK(second.Stop() == 0);
  CHECK(IdsIn(copy) == "{\"ids\":\"c1,c3\"}\n");
  CHECK(IdsIn(dir.File("calls.db")) == "{\"ids\":\"c1,c2\"}\n");
}

TEST_CASE("a person is told what was copied", "[e2e]") {
  const TempDir dir;
  const std::string path = AFile(dir);
  const std::string copy = dir.File("copy.db");
  CHECK(
      RunOnTerminal({"backup", copy, "--db", path}, {}, {.columns = 200}).out ==
      "Copied " + path + " to " + copy + ": 532,480 bytes.\n");
}

TEST_CASE("a backup replaces no file, and one that fails leaves none",
          "[e2e]") {
  const TempDir dir;
  const std::string path = AFile(dir);
  const std::string copy = dir.File("copy.db");
  std::ofstream(copy) << "mine";
  const size_t files = FilesIn(dir);

  Finished run = RunBobbin({"backup", copy, "--db", path});
  CHECK(run.code == 1);
  CHECK(run.err ==
        "bobbin: " + copy + " is there already, and is not replaced.\n");
  CHECK(FileText(copy) == "mine");
  run = RunBobbin({"backup", path, "--db", path});
  CHECK(run.code == 1);
  run = RunBobbin({"backup", dir.File("none/copy.db"), "--db", path});
  CHECK(run.code == 1);
  CHECK(run.err == "bobbin: Cannot write " + dir.File("none/copy.db") +
                       ": there is no folder " + dir.File("none") + ".\n");
  run =
      RunBobbin({"backup", dir.File("other.db"), "--db", dir.File("none.db")});
  CHECK(run.code == 4);
  CHECK(FilesIn(dir) == files);
  CHECK(IdsIn(path) == "{\"ids\":\"c1\"}\n");
}

TEST_CASE("check names calls that are open, orphans and ends without a start",
          "[e2e]") {
  const TempDir dir;
  Served bobbin({"--db", dir.File("calls.db")});
  Client client = bobbin.NewClient();
  Post(client, "/call/start", StartBody("c1"));
  std::string orphan = StartBody("c2");
  orphan.insert(orphan.find("\"id\""),
                R"("parent_id":"nobody","trace_id":"t",)");
  Post(client, "/call/start", orphan);
  Post(client, "/call/end", EndBody("c2"));
  Post(client, "/call/end", EndBody("c3"));

  const Finished run = RunBobbin({"check", "--db", dir.File("calls.db")});
  CHECK(run.code == 0);
  CHECK(run.out ==
        R"({"sound":true,"sqlite":[],"rows":[],"projects":[{"project_id":)"
        R"("team/e2e","calls":2,"open":{"count":1,"first":["c1"]},)"
        R"("orphans":{"count":1,"first":["c2"]},)"
        R"("ends_without_start":{"count":1,"first":["c3"]}}]})"
        "\n");
}

TEST_CASE("check finds rows that no read reaches; --repair takes them away",
          "[e2e]") {
  const TempDir dir;
  const std::string path = AFile(dir);
  SQLite::Database(path, SQLite::OPEN_READWRITE)
      .exec(
          "INSERT INTO call_inputs (row_id, attributes, inputs)"
          " VALUES (900, '{}', '{}'), (901, '{}', '{}');"
          "UPDATE project_counts SET calls = 7");
  const std::string damaged = FileText(path);
  Finished run = RunBobbin({"check", "--db", path});
  CHECK(run.code == 1);
  CHECK_THAT(
      run.out,
      StartsWith(
          R"({"sound":false,"sqlite":[],"rows":[)"
          R"({"what":"inputs without a call","count":2,"can_repair":true},)"
          R"({"what":"kept counts of calls that are wrong","count":1,)"
          R"("can_repair":true}],)"));
  // To look changes nothing.
  CHECK(FileText(path) == damaged);

  run = RunBobbin({"check", "--repair", "--db", path});
  CHECK(run.code == 0);
  CHECK_THAT(
      run.out,
      StartsWith(
          R"({"sound":true,"mended":[)"
          R"({"what":"inputs without a call","count":2},)"
          R"({"what":"kept counts of calls that are wrong","count":1}],)"));
  CHECK(IdsIn(path) == "{\"ids\":\"c1\"}\n");
  Served bobbin({"--db", path});
  CHECK_THAT(bobbin.NewClient()
                 .Post("/calls/query_stats", R"({"project_id":"team/e2e"})")
                 .body,
             Contains(R"("count":1)"));
}

TEST_CASE("check finds token counts that are not those of the summary",
          "[e2e]") {
  const TempDir dir;
  const std::string path = AFile(dir);
  constexpr const char* kUsage = "SELECT usage FROM calls";
  {
    SQLite::Database file(path, SQLite::OPEN_READWRITE);
    file.exec(
        R"(UPDATE call_outputs SET summary = '{"usage":{"m":{"requests":1}}}')");
    file.exec(R"(UPDATE calls SET usage = '{"m":[2]}')");
  }
  Finished run = RunBobbin({"check", "--db", path});
  CHECK(run.code == 1);
  CHECK_THAT(run.out,
             Contains(R"({"what":"calls whose token counts are not those of )"
                      R"(their summary","count":1,"can_repair":true})"));

  run = RunBobbin({"check", "--repair", "--db", path});
  CHECK(run.code == 0);
  CHECK_THAT(run.out, StartsWith(R"({"sound":true,)"));
  CHECK(SQLite::Database(path).execAndGet(kUsage).getString() ==
        R"({"m":[1]})");
}

TEST_CASE("token counts outlive the output that they came with", "[e2e]") {
  const TempDir dir;
  const std::string path = AFile(dir);
  {
    SQLite::Database file(path, SQLite::OPEN_READWRITE);
    file.exec(R"(UPDATE calls SET usage = '{"m":[2]}')");
    file.exec("DELETE FROM call_outputs");
  }
  const Finished run = RunBobbin({"check", "--repair", "--db", path});
  CHECK(run.code == 1);
  CHECK_THAT(run.out,
             StartsWith(R"({"sound":false,"mended":[],"sqlite":[],"rows":[{)"
                        R"("what":"calls whose output is gone","count":1,)"
                        R"("can_repair":false}],)"));
  CHECK(SQLite::Database(path)
            .execAndGet("SELECT usage FROM calls")
            .getString() == R"({"m":[2]})");
}

TEST_CASE("token counts outlive a summary that can't be read", "[e2e]") {
  const TempDir dir;
  const std::string path = AFile(dir);
  {
    SQLite::Database file(path, SQLite::OPEN_READWRITE);
    file.exec(R"(UPDATE calls SET usage = '{"m":[2]}')");
    file.exec(R"(UPDATE call_outputs SET summary = '{"usage":{"m":{"req')");
  }
  RunBobbin({"check", "--repair", "--db", path});
  CHECK(SQLite::Database(path)
            .execAndGet("SELECT usage FROM calls")
            .getString() == R"({"m":[2]})");
}

TEST_CASE("a damaged file is told from a failure of ours", "[e2e]") {
  const TempDir dir;
  const std::string path = AFile(dir);
  Overwrite(path, "call_inputs", 0, std::string(kPageBytes, '\0'));
  const std::string to = dir.File("a.jsonl");
  Finished run = RunBobbin({"export", to, "--db", path});
  CHECK(run.code == 1);
  CHECK_THAT(run.err, Contains("The file is damaged: `bobbin check` says "
                               "where."));
  CHECK_FALSE(fs::exists(to));
  {
    Served bobbin({"--db", path});
    const auto answer = bobbin.NewClient().Post("/call/read", ReadBody("c1"));
    CHECK(answer.status == 500);
    CHECK_THAT(answer.body, Contains(R"("error_type":"FileDamaged")"));
  }
  run = RunBobbin({"check", "--db", path});
  CHECK(run.code == 1);
  CHECK_THAT(run.out, StartsWith(R"({"sound":false)"));

  run = RunOnTerminal({"check", "--repair", "--db", path});
  CHECK(run.code == 1);
  CHECK_THAT(run.out, Contains(": nothing could be mended\n") &&
                          Contains("This can't be mended"));

  // So much is missing that nothing can be said of the rest.
  fs::resize_file(path, kPageBytes * 5);
  run = RunBobbin({"check", "--db", path});
  CHECK(run.code == 1);
  CHECK_THAT(run.err, Contains("Go back to a backup."));
  CHECK(RunBobbin({"ls", "--db", path}).code == 4);
}

TEST_CASE("check finds an index that lost its rows; --repair builds it anew",
          "[e2e]") {
  const TempDir dir;
  const std::string path = AFile(dir);
  // The number of cells of a leaf: none (file format, section 1.6).
  Overwrite(path, "calls_by_id", 3, std::string(2, '\0'));
  Finished run = RunBobbin({"check", "--db", path});
  CHECK(run.code == 1);
  CHECK_THAT(run.out, Contains("missing from index calls_by_id"));
  run = RunBobbin({"check", "--repair", "--db", path});
  CHECK(run.code == 0);
  Served bobbin({"--db", path});
  CHECK_THAT(bobbin.NewClient().Post("/call/read", ReadBody("c1")).body,
             Contains(R"("output":42)"));
}

TEST_CASE("check says what is lost, and that --repair can't bring it back",
          "[e2e]") {
  const TempDir dir;
  const std::string path = AFile(dir);
  SQLite::Database(path, SQLite::OPEN_READWRITE)
      .exec("DELETE FROM call_outputs");
  const std::string lost =
      R"([{"what":"calls whose output is gone","count":1,"can_repair":false}])";
  Finished run = RunBobbin({"check", "--db", path});
  CHECK(run.code == 1);
  CHECK_THAT(run.out, Contains(lost));
  run = RunBobbin({"check", "--repair", "--db", path});
  CHECK(run.code == 1);
  CHECK_THAT(run.out, Contains(lost));
  // There is another way out.
  run = RunOnTerminal({"check", "--repair", "--db", path});
  CHECK_THAT(run.out, Contains("This can't be mended: go back to a backup"));
  CHECK_THAT(run.out, !Contains("--repair` mends"));
  const std::string lines = dir.File("saved.jsonl");
  run = RunBobbin({"export", lines, "--db", path});
  CHECK(run.code == 0);
  CHECK_THAT(run.err, Contains("exported without them: 1"));
  CHECK(RunBobbin({"import", lines, "--db", dir.File("new.db")}).code == 0);
  CHECK(RunBobbin({"check", "--db", dir.File("new.db")}).code == 0);
}

TEST_CASE("check --repair leaves a served file alone, and makes none",
          "[e2e]") {
  const TempDir dir;
  Served bobbin({"--db", dir.File("calls.db")});
  Finished run = RunBobbin({"check", "--repair", "--db", dir.File("calls.db")});
  CHECK(run.code == 7);
  CHECK_THAT(run.err, Contains("already served by another bobbin"));
  CHECK(RunBobbin({"check", "--db", dir.File("calls.db")}).code == 0);

  run = RunBobbin({"check", "--repair", "--db", dir.File("none.db")});
  CHECK(run.code == 4);
  CHECK_FALSE(fs::exists(dir.File("none.db")));
}

}  // namespace
}  // namespace bobbin::testing
