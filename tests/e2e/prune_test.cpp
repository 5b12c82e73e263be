// `bobbin prune`, on real files.
#include <SQLiteCpp/Database.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>

#include "support/catch.h"
#include "support/served.h"
#include "support/temp_dir.h"
#include "support/terminal.h"

namespace bobbin::testing {
namespace {

namespace fs = std::filesystem;
using Catch::Contains;
using Catch::EndsWith;
using Catch::StartsWith;

void Begin(Client& client, const std::string& id, const std::string& day,
           const std::string& project = "team/e2e", size_t bytes = 10) {
  REQUIRE(client
              .Post("/call/start",
                    R"({"start":{"project_id":")" + project + R"(","id":")" +
                        id + R"(","trace_id":"t-)" + id +
                        R"(","op_name":"f","started_at":")" + day +
                        R"(T00:00:00Z","attributes":{},"inputs":{"x":")" +
                        std::string(bytes, 'x') + "\"}}}")
              .status == 200);
}

// Two old traces, one of them large, a new one, and one of another project.
std::string FileToPrune(const TempDir& dir) {
  const std::string path = dir.File("calls.db");
  Served bobbin({"--db", path});
  Client client = bobbin.NewClient();
  Begin(client, "old1", "2020-01-01", "team/e2e", 2'000'000);
  Begin(client, "old2", "2020-01-02");
  Begin(client, "new", "2096-01-01");
  Begin(client, "other", "2020-01-01", "team/other");
  REQUIRE(bobbin.Stop() == 0);
  return path;
}

std::string Ids(const std::string& path) {
  return RunBobbin({"sql", "--db", path,
                    "SELECT group_concat(id, ' ') AS ids FROM (SELECT id FROM "
                    "calls ORDER BY id)"})
      .out;
}

TEST_CASE("old traces go, and the file gets smaller", "[e2e]") {
  const TempDir dir;
  const std::string path = FileToPrune(dir);
  const auto before = fs::file_size(path);
  const Finished run =
      RunBobbin({"prune", "--older-than", "30d", "--yes", "--db", path});
  CHECK(run.err.empty());
  CHECK(run.code == 0);
  CHECK_THAT(
      run.out,
      StartsWith(R"({"projects":[{"project_id":"team/e2e","traces":2,)"
                 R"("calls":2,"feedback":0,"json_bytes":2000030,"hidden":0},)"
                 R"({"project_id":"team/other","traces":1,"calls":1,)"
                 R"("feedback":0,"json_bytes":20,"hidden":0}],)"
                 R"("whole_project":false,"file_bytes":)" +
                 std::to_string(before) + R"(,"file_bytes_after":)"));
  CHECK(Ids(path) == "{\"ids\":\"new\"}\n");
  CHECK(fs::file_size(path) + 1'900'000 < before);
  CHECK(RunBobbin({"check", "--db", path}).code == 0);
  // There is no more to be done.
  const std::string left = FileText(path);
  const Finished again =
      RunBobbin({"prune", "--older-than", "30d", "--db", path});
  CHECK(again.code == 0);
  CHECK_THAT(again.out, StartsWith(R"({"projects":[],)"));
  CHECK(FileText(path) == left);
}

TEST_CASE("only what is asked for goes", "[e2e]") {
  const TempDir dir;
  const std::string path = FileToPrune(dir);
  CHECK(RunBobbin({"prune", "--older-than", "2020-01-02", "-p", "team/e2e",
                   "-y", "--db", path})
            .code == 0);
  CHECK(Ids(path) == "{\"ids\":\"new old2 other\"}\n");
  CHECK(RunBobbin({"prune", "-p", "team/other", "-y", "--db", path}).code == 0);
  CHECK(Ids(path) == "{\"ids\":\"new old2\"}\n");
  CHECK(
      RunBobbin({"sql", "--db", path, "SELECT DISTINCT project_id FROM calls"})
          .out == "{\"project_id\":\"team/e2e\"}\n");
  const Finished none =
      RunBobbin({"prune", "-p", "team/other", "-y", "--db", path});
  CHECK(none.code == 8);
  CHECK(none.err == "bobbin: There is no project team/other.\n");
}

TEST_CASE("a size is met by the oldest traces", "[e2e]") {
  const TempDir dir;
  const std::string path = FileToPrune(dir);
  CHECK(RunBobbin({"prune", "--max-size", "1MB", "-y", "--db", path}).code ==
        0);
  CHECK(Ids(path) == "{\"ids\":\"new old2\"}\n");
  CHECK(fs::file_size(path) < 1'000'000);
  // Nothing is that small; all traces have gone then.
  for (const bool has_traces : {true, false}) {
    CAPTURE(has_traces);
    const Finished run =
        RunOnTerminal({"prune", "--max-size", "1kB", "-y", "--db", path});
    CHECK(run.code == 1);
    CHECK_THAT(run.out,
               Contains("The file is larger than 1.0 kB, but does not get "
                        "smaller by traces: the rest is objects, tables and "
                        "files."));
    CHECK(Ids(path) == "{\"ids\":null}\n");
  }
  CHECK(RunBobbin({"prune", "--max-size", "1kB", "-n", "--db", path}).code ==
        1);
}

TEST_CASE("no more goes for a size than was announced", "[e2e]") {
  const TempDir dir;
  const std::string path = dir.File("calls.db");
  {
    // Tables that stay: what their rows take beside their JSON the estimate
    // takes for the calls'.
    Served bobbin({"--db", path});
    Client client = bobbin.NewClient();
    std::string items;
    for (int i = 0; i < 2000; ++i) {
      const std::string id = "c" + std::to_string(i);
      items += items.empty() ? "" : ",";
      items += R"({"mode":"start","req":{"start":{"project_id":"team/e2e",)"
               R"("id":")" +
               id + R"(","trace_id":"t-)" + id +
               R"(","op_name":"f","started_at":)" +
               std::to_string(1'700'000'000 + i) +
               R"(,"attributes":{},"inputs":{}}}})";
    }
    REQUIRE(client.Post("/call/upsert_batch", R"({"batch":[)" + items + "]}")
                .status == 200);
    std::string rows;
    for (int i = 0; i < 10'000; ++i) {
      rows += (i > 0 ? "," : "") + std::string(R"({"n":)") + std::to_string(i) +
              "}";
    }
    REQUIRE(client
                .Post("/table/create",
                      R"({"table":{"project_id":"team/e2e","rows":[)" + rows +
                          "]}}")
                .status == 200);
    REQUIRE(bobbin.Stop() == 0);
  }
  // Room between the rows would go as well, and make up for it.
  SQLite::Database(path, SQLite::OPEN_READWRITE).exec("VACUUM");
  const auto bytes = fs::file_size(path);
  for (const size_t less : {1, 2, 3, 4, 5, 6, 20}) {
    CAPTURE(less);
    const std::string copy = dir.File("copy.db");
    fs::copy_file(path, copy, fs::copy_options::overwrite_existing);
    const std::string size = std::to_string(bytes - less * 100'000);
    const auto prune = [&](const char* how) {
      return RunBobbin({"prune", "--max-size", size, how, "--db", copy});
    };
    const auto projects = [](const std::string& out) {
      return nlohmann::json::parse(out).at("projects");
    };
    const Finished announced = prune("--dry-run");
    const Finished done = prune("--yes");
    CHECK(projects(done.out) == projects(announced.out));
    const bool fits = fs::file_size(copy) <= std::stoull(size);
    CHECK(done.code == (fits ? 0 : 1));
    CHECK(done.err.empty() == fits);
  }
}

TEST_CASE("a dry run says all that goes with a project", "[e2e]") {
  const TempDir dir;
  const std::string path = FileToPrune(dir);
  const auto prune = [&](const std::string& project) {
    return RunBobbin({"prune", "-p", project, "-n", "--db", path}).out;
  };
  CHECK_THAT(
      prune("team/other"),
      StartsWith(R"({"projects":[{"project_id":"team/other","traces":1,)"
                 R"("calls":1,"feedback":0,"json_bytes":20,"hidden":0}],)"
                 R"("whole_project":true,"objects":0,"tables":0,)"
                 R"("files":0,"prices":0,"snapshots":0,)"));
  {
    Served bobbin({"--db", path});
    Client client = bobbin.NewClient();
    const auto ok = [&](const std::string& route, const std::string& body) {
      INFO(body);
      CHECK(client.Post(route, body).status == 200);
    };
    ok("/obj/create", R"({"obj":{"project_id":"team/other","object_id":"o",)"
                      R"("val":1}})");
    ok("/table/create", R"({"table":{"project_id":"team/other","rows":[{}]}})");
    ok("/feedback/create",
       R"({"project_id":"team/other","feedback_type":"wandb.note.1",)"
       R"("weave_ref":"weave:///team/other/object/o:x",)"
       R"("payload":{"note":"n"}})");
    ok("/calls/delete", R"({"project_id":"team/other","call_ids":["other"]})");
    ok("/_bobbin/snapshot", R"({"project_id":"team/other","name":"s"})");
    REQUIRE(bobbin.Stop() == 0);
  }
  CHECK_THAT(prune("team/other"),
             StartsWith(R"({"projects":[{"project_id":"team/other","traces":0,)"
                        R"("calls":0,"feedback":1,"json_bytes":0,"hidden":1}],)"
                        R"("whole_project":true,"objects":1,"tables":1,)"
                        R"("files":0,"prices":0,"snapshots":1,)"));
  CHECK(RunOnTerminal({"prune", "-p", "team/other", "-n", "--db", path}).out ==
        "team/other: 1 mark of deleted calls and ends without a start, 1 "
        "feedback\nteam/other as a whole, with 1 object version, 1 table, 1 "
        "snapshot\n");
}

TEST_CASE("a file that is small enough loses nothing, whatever its age",
          "[e2e]") {
  const TempDir dir;
  const std::string path = dir.File("calls.db");
  {
    Served bobbin({"--db", path});
    Client client = bobbin.NewClient();
    Begin(client, "old", "1960-01-01");
    Begin(client, "new", "2020-01-01");
  }
  const auto prune = [&](Arguments more) {
    Arguments all{"prune", "--yes", "--max-size", "1TB", "--db", path};
    all.insert(all.end(), more.begin(), more.end());
    return RunBobbin(all);
  };
  CHECK_THAT(prune({}).out, StartsWith(R"({"projects":[],)"));
  CHECK_THAT(prune({"--older-than", "1950-01-01"}).out,
             StartsWith(R"({"projects":[],)"));
  CHECK(Ids(path) == "{\"ids\":\"new old\"}\n");
  CHECK(prune({"--older-than", "1961-01-01"}).code == 0);
  CHECK(Ids(path) == "{\"ids\":\"new\"}\n");
}

TEST_CASE("a dry run changes no byte, also of a file that is served", "[e2e]") {
  const TempDir dir;
  const std::string path = FileToPrune(dir);
  const std::string before = FileText(path);
  const Finished run =
      RunBobbin({"prune", "--older-than", "30d", "--dry-run", "--db", path});
  CHECK(run.code == 0);
  CHECK_THAT(run.out, EndsWith("\"file_bytes_after\":null}\n"));
  CHECK(FileText(path) == before);

  Served bobbin({"--db", path});
  CHECK(RunBobbin({"prune", "--older-than", "30d", "-n", "--db", path}).out ==
        run.out);
  const Finished refused =
      RunBobbin({"prune", "--older-than", "30d", "-y", "--db", path});
  CHECK(refused.code == 7);
  CHECK_THAT(refused.err, Contains("already served by another bobbin"));
  CHECK(bobbin.Stop() == 0);
  CHECK(Ids(path) == "{\"ids\":\"new old1 old2 other\"}\n");
}

TEST_CASE("nothing goes without a yes", "[e2e]") {
  const TempDir dir;
  const std::string path = FileToPrune(dir);
  const Finished run =
      RunBobbin({"prune", "--older-than", "30d", "--db", path});
  CHECK(run.code == 2);
  CHECK(run.err ==
        "bobbin: There is nobody to ask: say --yes to take this away, or "
        "--dry-run to see what it is.\n");
  CHECK(Ids(path) == "{\"ids\":\"new old1 old2 other\"}\n");
  const Finished told = RunOnTerminal(
      {"prune", "--older-than", "30d", "--dry-run", "--db", path});
  CHECK(told.out ==
        "team/e2e: 2 traces, 2 calls, 2.0 MB of JSON\n"
        "team/other: 1 trace, 1 call, 20 bytes of JSON\n");
}

TEST_CASE("what makes no sense is a usage error", "[e2e]") {
  const TempDir dir;
  const std::string path = FileToPrune(dir);
  for (const Arguments& arguments :
       std::vector<Arguments>{{},
                              {"--older-than", "long ago"},
                              {"--max-size", "0"},
                              {"--max-size", "much"},
                              {"--older-than", "30d", "--url", "http://x"}}) {
    Arguments all{"prune", "--yes", "--db", path};
    all.insert(all.end(), arguments.begin(), arguments.end());
    const Finished run = RunBobbin(all);
    INFO(run.err);
    CHECK(run.code == 2);
  }
  CHECK(RunBobbin({"prune", "--max-size", "0", "--db", path}).err ==
        "bobbin: --max-size: A file has some bytes: say 500MB, for example\n"
        "See 'bobbin prune --help'.\n");
  const std::string missing = dir.File("no.db");
  CHECK(
      RunBobbin({"prune", "--older-than", "1d", "-y", "--db", missing}).code ==
      4);
  CHECK_FALSE(fs::exists(missing));
}

}  // namespace
}  // namespace bobbin::testing
