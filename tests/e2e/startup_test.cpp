// What `bobbin serve` does when it can't, and where it puts its file.
#include <SQLiteCpp/Database.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <string>

#include "support/catch.h"
#include "support/served.h"
#include "support/temp_dir.h"

namespace bobbin::testing {
namespace {

namespace fs = std::filesystem;

// The files below a folder and what is in them; folders end in a slash.
std::map<std::string, std::string> Snapshot(const TempDir& dir) {
  std::map<std::string, std::string> all;
  for (const auto& entry : fs::recursive_directory_iterator(dir.path())) {
    if (entry.is_directory()) {
      all[entry.path().string() + "/"] = "";
      continue;
    }
    std::ifstream file(entry.path(), std::ios::binary);
    all[entry.path()] = {std::istreambuf_iterator<char>(file), {}};
  }
  return all;
}

void WriteFile(const std::string& path, const std::string& content) {
  std::ofstream(path, std::ios::binary) << content;
}

// A file of bobbin's, with one call in it.
void MakeFile(const std::string& path) {
  Served bobbin({"--db", path});
  REQUIRE(bobbin.NewClient().Post("/call/start", StartBody("c1")).status ==
          200);
  REQUIRE(bobbin.Stop() == 0);
}

TEST_CASE("a file of an older bobbin is brought up to date, and that is said",
          "[e2e]") {
  const TempDir dir;
  const std::string path = dir.File("old.db");
  MakeFile(path);
  SQLite::Database(path, SQLite::OPEN_READWRITE)
      .exec("ALTER TABLE calls DROP COLUMN usage; PRAGMA user_version = 9");
  // Those that only look leave it alone.
  CHECK(RunBobbin({"ls", "--db", path}).code == 10);
  const Finished run = RunBobbin({"check", "--repair", "--db", path});
  CHECK(run.code == 0);
  CHECK(run.err == "warning: " + path +
                       " was written by an older bobbin; it is brought up to "
                       "date, and no longer opened by that one.\n");
  CHECK(RunBobbin({"check", "--repair", "--db", path}).err.empty());
  Served bobbin({"--db", path});
  CHECK(bobbin.NewClient().Post("/call/end", EndBody("c1")).status == 200);
}

// Runs `bobbin serve ARGUMENTS`, which must end with `code`, say one plain
// sentence about `subject`, and leave everything in `dir` as it was.
void CheckRefused(const TempDir& dir, const Arguments& arguments, int code,
                  const std::string& subject) {
  const auto before = Snapshot(dir);
  Arguments command = {"serve"};
  command.insert(command.end(), arguments.begin(), arguments.end());

  const Finished refused = RunBobbin(command);

  CAPTURE(refused.err);
  CHECK(refused.code == code);
  CHECK(refused.out.empty());
  CHECK(std::count(refused.err.begin(), refused.err.end(), '\n') == 1);
  CHECK_THAT(refused.err, Catch::EndsWith(".\n"));
  CHECK_THAT(refused.err, Catch::Contains(subject));
  CHECK(Snapshot(dir) == before);
}

TEST_CASE("a port that is taken: exit 3, and no file is made", "[e2e]") {
  const TempDir dir;
  Served first({"--ephemeral"});
  const std::string port = std::to_string(first.port());

  CheckRefused(dir,
               {"--db", dir.File("calls.db"), "--port", port, "--port-file",
                dir.File("port")},
               3, port);
  CHECK(first.NewClient().Get("/health").status == 200);
}

TEST_CASE("a port that is taken: exit 3, and an existing file is untouched",
          "[e2e]") {
  const TempDir dir;
  MakeFile(dir.File("calls.db"));
  Served first({"--ephemeral"});
  const std::string port = std::to_string(first.port());

  CheckRefused(dir, {"--db", dir.File("calls.db"), "--port", port}, 3, port);
}

TEST_CASE("a file that can't be opened for writing: exit 4", "[e2e]") {
  const TempDir dir;
  WriteFile(dir.File("file"), "text");
  fs::create_directory(dir.File("folder"));
  const std::string name = GENERATE("file/calls.db", "folder", "/proc/calls.db",
                                    "/proc/bobbin/calls.db");
  const std::string path = name.starts_with('/') ? name : dir.File(name);
  CAPTURE(path);

  CheckRefused(dir, {"--db", path, "--port", "0"}, 4,
               fs::path(path).parent_path());
}

TEST_CASE("a file that is not SQLite: exit 5", "[e2e]") {
  const TempDir dir;
  const std::string path = dir.File("notes.txt");
  WriteFile(path, GENERATE("x", "Dear diary, ...",
                           "A text longer than the header of a database. It "
                           "goes on and on, for more than a hundred bytes, so "
                           "that there is something to be read as a header."));

  CheckRefused(dir, {"--db", path, "--port", "0"}, 5, path);
}

TEST_CASE("a SQLite file of another program: exit 5", "[e2e]") {
  const TempDir dir;
  const std::string path = dir.File("other.db");
  SQLite::Database(path, SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE)
      .exec("CREATE TABLE birds (name TEXT)");

  CheckRefused(dir, {"--db", path, "--port", "0"}, 5, path);
}

TEST_CASE("a file of a newer bobbin: exit 6", "[e2e]") {
  const TempDir dir;
  const std::string path = dir.File("calls.db");
  MakeFile(path);
  SQLite::Database(path, SQLite::OPEN_READWRITE)
      .exec("PRAGMA user_version = 9999");

  CheckRefused(dir, {"--db", path, "--port", "0"}, 6, path);
}

TEST_CASE("a file that another bobbin serves: exit 7", "[e2e]") {
  const TempDir dir;
  const std::string path = dir.File("calls.db");
  Served first({"--db", path});
  Client client = first.NewClient();
  REQUIRE(client.Post("/call/start", StartBody("c1")).status == 200);

  CheckRefused(dir, {"--db", path, "--port", "0"}, 7, path);
  SECTION("under another name too") {
    fs::create_symlink(path, dir.File("link.db"));
    CheckRefused(dir, {"--db", dir.File("link.db"), "--port", "0"}, 7,
                 "link.db");
  }
  CHECK(client.Post("/call/start", StartBody("c2")).status == 200);
}

TEST_CASE("a port file that can't be written: exit 1, and nothing is served",
          "[e2e]") {
  const TempDir dir;
  const std::string path = GENERATE("folder", "none/port");
  fs::create_directory(dir.File("folder"));
  CheckRefused(dir,
               {"--ephemeral", "--port", "0", "--port-file", dir.File(path)}, 1,
               dir.File(path));
}

TEST_CASE("a full disk: exit 4, and no file that is none is left", "[e2e]") {
  const TempDir dir;
  // Files may grow to two kilobytes: too little for a database.
  const std::string limited =
      "trap '' XFSZ; ulimit -f 2; exec \"$0\" serve --port 0 --db \"$1\"";
  const std::string path = dir.File("calls.db");
  SECTION("a new one") {
    const Finished refused =
        RunToEnd("/bin/bash", {"-c", limited, BOBBIN_BINARY, path});
    CAPTURE(refused.err);
    CHECK(refused.code == 4);
    CHECK_THAT(refused.err, Catch::Contains(path));
    CHECK(Snapshot(dir).empty());
  }
  SECTION("an empty one that was there before stays") {
    WriteFile(path, "");
    const Finished refused =
        RunToEnd("/bin/bash", {"-c", limited, BOBBIN_BINARY, path});
    CHECK(refused.code == 4);
    CHECK(fs::exists(path));
  }
}

TEST_CASE("an IPv6 address is given in brackets, once", "[e2e]") {
  const std::string host = GENERATE("::1", "[::1]");
  Served bobbin({"--ephemeral", "--host", host});
  CHECK_THAT(bobbin.url(), Catch::StartsWith("http://[::1]:"));
  CHECK_THAT(bobbin.process().Stderr(), Catch::Contains("=" + bobbin.url()));
  CHECK(bobbin.NewClient().Get("/health").status == 200);
}

TEST_CASE("the file of a bobbin that was killed can be served at once",
          "[e2e]") {
  const TempDir dir;
  const Arguments arguments = {"--db", dir.File("calls.db"), "--port-file",
                               dir.File("port")};
  Served(arguments).Kill();

  Served again(arguments);
  CHECK(again.NewClient().Get("/health").status == 200);
}

TEST_CASE("a wider address than loopback needs a key", "[e2e]") {
  const TempDir dir;
  const std::string host = GENERATE("0.0.0.0", "::");
  CAPTURE(host);
  const Arguments arguments = {
      "--db", dir.File("calls.db"), "--host", host, "--port", "0"};
  CheckRefused(dir, arguments, 2, host);
}

TEST_CASE("with a key a wider address than loopback is served", "[e2e]") {
  Served bobbin({"--ephemeral", "--host", "0.0.0.0", "--api-key", "secret"});
  Client client("http://127.0.0.1:" + std::to_string(bobbin.port()));
  CHECK(client.Post("/call/read", ReadBody("c1"), {{"wandb-api-key", "secret"}})
            .status == 200);
  CHECK(client.Post("/call/read", ReadBody("c1")).status == 401);
}

TEST_CASE("the default file is made where XDG says, folders and all", "[e2e]") {
  const TempDir dir;
  Environment environment = {{"HOME", dir.File("home")}};
  std::string path = dir.File("home/.local/share/bobbin/bobbin.db");
  SECTION("without $XDG_DATA_HOME") {}
  SECTION("with $XDG_DATA_HOME") {
    environment["XDG_DATA_HOME"] = dir.File("a/b");
    path = dir.File("a/b/bobbin/bobbin.db");
  }
  SECTION("with a relative $XDG_DATA_HOME, which is ignored") {
    environment["XDG_DATA_HOME"] = "a/b";
  }

  Served bobbin({}, environment);
  CHECK(fs::exists(path));
  CHECK_THAT(bobbin.process().Stderr(), Catch::Contains(path));
}

TEST_CASE("an ephemeral server leaves no file", "[e2e]") {
  const TempDir dir;
  Served bobbin({"--ephemeral"},
                {{"HOME", dir.path()},
                 {"XDG_DATA_HOME", dir.path()},
                 {"TMPDIR", dir.path()},
                 {"SQLITE_TMPDIR", dir.path()}},
                dir.path());
  Client client = bobbin.NewClient();
  REQUIRE(client.Post("/call/start", StartBody("c1")).status == 200);
  CHECK(client.Post("/call/read", ReadBody("c1")).body.find(R"("id":"c1")") !=
        std::string::npos);
  CHECK(Snapshot(dir).empty());
  CHECK(bobbin.Stop() == 0);
  CHECK(Snapshot(dir).empty());
}

TEST_CASE("ephemeral servers share nothing", "[e2e]") {
  Served one({"--ephemeral"});
  Served two({"--ephemeral"});
  REQUIRE(one.NewClient().Post("/call/start", StartBody("c1")).status == 200);
  const std::string nothing = R"({"call":null})";
  CHECK(two.NewClient().Post("/call/read", ReadBody("c1")).body == nothing);
  CHECK(one.NewClient().Post("/call/read", ReadBody("c1")).body != nothing);
}

}  // namespace
}  // namespace bobbin::testing
