// `bobbin run`: the command, what it is given, and what becomes of it.
#include <SQLiteCpp/Database.h>

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "support/catch.h"
#include "support/connection.h"
#include "support/ran.h"

namespace bobbin::testing {
namespace {

namespace fs = std::filesystem;

int PortOf(const std::string& url) {
  return std::stoi(url.substr(url.rfind(':') + 1));
}

TEST_CASE("run ends with the exit code of its command", "[e2e]") {
  const int code = GENERATE(0, 1, 7, 255);
  const Finished finished = RunScriptToEnd("exit " + std::to_string(code));
  CHECK(finished.code == code);
  CHECK(finished.out.empty());
}

TEST_CASE("run ends with 128 and the signal that its command died of",
          "[e2e]") {
  const int signal = GENERATE(SIGTERM, SIGKILL, SIGINT, SIGUSR1, SIGSEGV);
  CAPTURE(signal);
  const Finished finished =
      RunScriptToEnd("ulimit -c 0; kill -" + std::to_string(signal) + " $$");
  CHECK(finished.code == 128 + signal);
}

TEST_CASE("a command that is not there: exit 127", "[e2e]") {
  const std::string name = GENERATE("no-such-command", "/no/such/command");
  const Finished finished = RunBobbin({"run", "--", name});
  CHECK(finished.code == 127);
  CHECK(finished.out.empty());
  CHECK(finished.err ==
        "bobbin: cannot run '" + name + "': No such file or directory.\n");
}

TEST_CASE("a command that can't be executed: exit 126", "[e2e]") {
  const TempDir dir;
  std::ofstream(dir.File("text")) << "a text\n";
  const std::string path = GENERATE("text", "");
  const Finished finished = RunBobbin({"run", "--", dir.File(path)});
  CHECK(finished.code == 126);
  CHECK_THAT(finished.err, Catch::Contains("Permission denied"));
}

TEST_CASE("without a command, or without --, nothing is run: exit 2", "[e2e]") {
  const TempDir dir;
  const Arguments arguments = GENERATE(
      Arguments{"run"}, Arguments{"run", "--"}, Arguments{"run", "touch", "x"},
      Arguments{"run", "touch", "x", "--", "y"},
      Arguments{"run", "--nonsense", "--", "touch", "x"},
      Arguments{"run", "--fail-on", "rain", "--", "touch", "x"},
      Arguments{"run", "--summary", "long", "--", "touch", "x"});
  Process bobbin(BOBBIN_BINARY, arguments, {}, dir.path());
  CHECK(bobbin.Wait().code == 2);
  CHECK_THAT(bobbin.Stderr(), Catch::StartsWith("bobbin: "));
  CHECK(fs::is_empty(dir.path()));
}

TEST_CASE("the command gets its arguments as they are", "[e2e]") {
  const Finished finished = RunBobbin(
      {"run", "--summary", "none", "--", "/usr/bin/printf", "%s|", "--db",
       "[a,b]", "--", "", "%%", "run", "serve", "--help", "{}", "a,b", "-h"});
  CHECK(finished.code == 0);
  CHECK(finished.out == "--db|[a,b]|--||%%|run|serve|--help|{}|a,b|-h|");
  CHECK(finished.err.empty());
}

TEST_CASE("the command is told of its server, in place of any other", "[e2e]") {
  const Finished finished = RunScriptToEnd(
      "echo $WF_TRACE_SERVER_URL $WANDB_BASE_URL $BOBBIN_URL $WANDB_API_KEY "
      "$OTHER",
      {},
      {{"WF_TRACE_SERVER_URL", "http://192.0.2.1"},
       {"WANDB_BASE_URL", "http://192.0.2.1"},
       {"WANDB_API_KEY", "secret"},
       {"OTHER", "kept"}});
  const std::string url = finished.out.substr(0, finished.out.find(' '));
  CHECK_THAT(url, Catch::Matches("http://127\\.0\\.0\\.1:[0-9]+"));
  CHECK(finished.out == url + " " + url + " " + url +
                            " 0123456789abcdef0123456789abcdef01234567 kept\n");
}

TEST_CASE("the command finds signals as bobbin found them", "[e2e]") {
  const std::string show = "grep -E 'Sig(Blk|Ign|Cgt)' /proc/self/status; exit";
  const Finished direct = RunToEnd("/bin/bash", {"-c", show});
  const Finished run = RunScriptToEnd(show);
  CHECK(run.out == direct.out);
  const std::string ignoring = "trap '' PIPE CHLD HUP; exec \"$@\"";
  const std::string program = BOBBIN_BINARY;
  const Finished all_ignored =
      RunToEnd("/bin/bash", {"-c", ignoring, "x", program, "run", "--",
                             "/bin/grep", "SigIgn", "/proc/self/status"});
  const Finished expected = RunToEnd(
      "/bin/bash",
      {"-c", ignoring, "x", "/bin/grep", "SigIgn", "/proc/self/status"});
  CHECK(all_ignored.code == 0);
  CHECK(all_ignored.out == expected.out);
}

TEST_CASE("the command has our standard input and output", "[e2e]") {
  const Finished finished = RunToEnd(
      "/bin/bash",
      {"-c", "echo text | \"$0\" run -- tr a-z A-Z; echo $?", BOBBIN_BINARY});
  CHECK(finished.out == "TEXT\n0\n");
}

TEST_CASE("a server that can't be had: exit 125, and no command is run",
          "[e2e]") {
  const TempDir dir;
  const std::string file = dir.File("calls.db");
  SECTION("another bobbin has the file") {
    Served other({"--db", file});
    const Finished finished =
        RunScriptToEnd("touch " + dir.File("x"), {"--db", file});
    CHECK(finished.code == 125);
    CHECK_THAT(finished.err, Catch::Contains(file));
  }
  SECTION("the file is something else") {
    std::ofstream(file) << "Dear diary, ...\n";
    const Finished finished =
        RunScriptToEnd("touch " + dir.File("x"), {"--db", file});
    CHECK(finished.code == 125);
    CHECK_THAT(finished.err, Catch::Contains(file));
  }
  CHECK_FALSE(fs::exists(dir.File("x")));
}

TEST_CASE("without --db nothing is kept, whatever BOBBIN_DB says", "[e2e]") {
  const TempDir dir;
  Ran ran("echo $BOBBIN_URL; read < $gate", {},
          {{"BOBBIN_DB", dir.File("calls.db")},
           {"XDG_DATA_HOME", dir.File("data")}});
  Client client(ran.Line());
  CHECK(client.Post("/call/start", StartBody("c1")).status == 200);
  ran.gate().Open();
  CHECK(ran.process().Wait().code == 0);
  CHECK(fs::is_empty(dir.path()));
}

TEST_CASE("with --db the traces are kept, and the next run counts its own",
          "[e2e]") {
  const TempDir dir;
  const Arguments options = {"--db", dir.File("calls.db"), "--summary",
                             "short"};
  for (const std::string id : {"c1", "c2"}) {
    Ran ran("echo $BOBBIN_URL; read < $gate", options);
    Client client(ran.Line());
    CHECK(client.Post("/call/start", StartBody(id)).status == 200);
    CHECK(client.Post("/call/end", EndBody(id)).status == 200);
    ran.gate().Open();
    CHECK(ran.process().Wait().code == 0);
    CHECK(ran.process().Stderr() == "bobbin: 1 trace, 1 call\n");
  }
  const SQLite::Database file(dir.File("calls.db"));
  CHECK(const_cast<SQLite::Database&>(file)
            .execAndGet("SELECT group_concat(id) FROM v_calls")
            .getString() == "c1,c2");
}

TEST_CASE("a request whose sender is gone already is stored", "[e2e]") {
  const std::string body = StartBody("c1");
  const std::string request = PostHead("/call/start", body.size()) + body;
  // Sends it, waits for nothing, and is gone.
  const std::string script =
      "exec 3<>/dev/tcp/127.0.0.1/${BOBBIN_URL##*:}; printf '%s' \"$request\" "
      ">&3";
  for (int i = 0; i < 5; ++i) {
    const Finished finished =
        RunScriptToEnd(script, {"--summary", "short"}, {{"request", request}});
    CHECK(finished.code == 0);
    CHECK(finished.err == "bobbin: 1 trace, 1 call, 1 still open\n");
  }
}

TEST_CASE("a request that is under way when the command ends is waited for",
          "[e2e]") {
  Ran ran("echo $BOBBIN_URL; read < $gate", {"--summary", "short"});
  const int port = PortOf(ran.Line());
  const std::string body = StartBody("late");
  Connection connection(port);
  REQUIRE(connection.Send(
      PostHead("/call/start", body.size(), "Expect: 100-continue\r\n")));
  REQUIRE(connection.ReadAnswer().status == 100);
  REQUIRE(connection.Send(body.substr(0, 20)));
  ran.gate().Open("");
  while (Listening(port)) {
  }
  REQUIRE(connection.Send(body.substr(20)));
  CHECK(connection.ReadAnswer().status == 200);
  CHECK(ran.process().Wait().code == 0);
  CHECK(ran.process().Stderr() == "bobbin: 1 trace, 1 call, 1 still open\n");
}

TEST_CASE("one that never comes to its end is cut off by a second signal",
          "[e2e]") {
  Ran ran("echo $BOBBIN_URL; read < $gate");
  const int port = PortOf(ran.Line());
  Connection connection(port);
  REQUIRE(connection.Send(
      PostHead("/call/start", 100, "Expect: 100-continue\r\n")));
  REQUIRE(connection.ReadAnswer().status == 100);
  ran.gate().Open("");
  while (Listening(port)) {
  }
  ran.process().Signal(SIGINT);
  const Exit exit = ran.process().Wait();
  CHECK(exit.code == 0);
  CHECK(exit.signal == 0);
}

// --- the verdict ----------------------------------------------------------

// Two traces: one is in order; in the other one a call has failed, one has
// not ended, and one says that it has a parent.
void SendTraffic(const std::string& url) {
  Client client(url);
  const auto post = [&](const std::string& path, const std::string& body) {
    REQUIRE(client.Post(path, body).status == 200);
  };
  post("/call/start", StartBody("good"));
  post("/call/end", EndBody("good"));
  post("/call/start", StartBody("open"));
  post("/call/start", StartBody("bad"));
  std::string end = EndBody("bad");
  end.insert(end.find("\"summary\""), R"("exception":"ValueError: no",)");
  post("/call/end", end);
  std::string orphan = StartBody("lost");
  orphan.insert(orphan.find("\"op_name\""), R"("parent_id":"nobody",)");
  post("/call/start", orphan);
  post("/call/end", EndBody("lost"));
}

constexpr const char* kShort =
    "bobbin: 4 traces, 4 calls, 1 error, 1 still open, 1 orphan\n";

TEST_CASE("the short summary is one line on stderr", "[e2e]") {
  Ran ran("echo $BOBBIN_URL; read < $gate", {"--summary", "short"});
  SendTraffic(ran.Line());
  ran.gate().Open();
  CHECK(ran.process().Wait().code == 0);
  CHECK(ran.process().Stderr() == kShort);
}

TEST_CASE("the summary ends with the last trace as a tree", "[e2e]") {
  Ran ran("echo $BOBBIN_URL; read < $gate", {},
          {{"LC_ALL", "C.UTF-8"}, {"COLUMNS", ""}});
  Client client(ran.Line());
  const std::string trace = R"("trace_id":"t",)";
  const auto call = [&](const std::string& id, const std::string& parent,
                        const std::string& started, const std::string& ended) {
    std::string start = R"({"start":{"project_id":"team/e2e",)" + trace +
                        R"("id":")" + id + R"(","op_name":")" + id +
                        R"(","started_at":"2026-01-01T00:00:)" + started +
                        R"(Z","attributes":{},"inputs":{})";
    if (!parent.empty()) start += R"(,"parent_id":")" + parent + '"';
    REQUIRE(client.Post("/call/start", start + "}}").status == 200);
    if (ended.empty()) return;
    const std::string exception =
        id == "fetch" ? R"("exception":"IOError: no such page\nmore",)" : "";
    REQUIRE(client
                .Post("/call/end",
                      R"({"end":{"project_id":"team/e2e",)" + exception +
                          R"("id":")" + id + R"(","ended_at":"2026-01-01T)" +
                          "00:00:" + ended + R"(Z","summary":{},"output":1}})")
                .status == 200);
  };
  REQUIRE(client.Post("/call/start", StartBody("earlier")).status == 200);
  call("answer", "", "00", "04");
  call("fetch", "answer", "01", "02");
  call("think", "answer", "02", "");
  ran.gate().Open();
  CHECK(ran.process().Wait().code == 0);
  CHECK(ran.process().Stderr() ==
        "bobbin: 2 traces, 4 calls, 1 error, 2 still open\n"
        "✓ answer   "
        "████████████████████████████████████████    4.00s\n"
        "├╴✗ fetch  "
        "          ██████████                        1.00s\n"
        "│   IOError: no such page\n"
        "└╴… think  "
        "                    ████████████████████  running\n");
}

TEST_CASE("of a long tree the first lines are shown", "[e2e]") {
  Ran ran("echo $BOBBIN_URL; read < $gate", {}, {{"LC_ALL", "C.UTF-8"}});
  Client client(ran.Line());
  for (int i = 0; i < 100; ++i) {
    std::string start = StartBody("c" + std::to_string(100 + i));
    const size_t trace = start.find("\"trace_id\":\"") + 12;
    start.replace(trace, start.find('"', trace) - trace, "t");
    REQUIRE(client.Post("/call/start", start).status == 200);
  }
  ran.gate().Open();
  CHECK(ran.process().Wait().code == 0);
  const std::string said = ran.process().Stderr();
  CHECK(std::count(said.begin(), said.end(), '\n') == 42);
  CHECK_THAT(said, Catch::EndsWith("… and 60 lines more\n"));
}

TEST_CASE("without a summary bobbin says nothing", "[e2e]") {
  Ran ran("echo $BOBBIN_URL; read < $gate", {}, {{"BOBBIN_SUMMARY", "none"}});
  SendTraffic(ran.Line());
  ran.gate().Open();
  CHECK(ran.process().Wait().code == 0);
  CHECK(ran.process().Stderr().empty());
}

TEST_CASE("--fail-on makes the exit code speak: 121", "[e2e]") {
  struct Row {
    std::string kinds, said;
  };
  const Row row = GENERATE(
      Row{"error", "1 call failed"}, Row{"open", "1 call has not ended"},
      Row{"orphan", "1 call's parent never came"},
      Row{"orphan,error", "1 call failed, 1 call's parent never came"});
  CAPTURE(row.kinds);
  Ran ran("echo $BOBBIN_URL; read < $gate",
          {"--summary", "none", "--fail-on", row.kinds});
  SendTraffic(ran.Line());
  ran.gate().Open();
  CHECK(ran.process().Wait().code == 121);
  CHECK(ran.process().Stderr() ==
        "bobbin: failed, because of --fail-on: " + row.said + ".\n");
}

TEST_CASE("a command that fails keeps its exit code under --fail-on", "[e2e]") {
  Ran ran("echo $BOBBIN_URL; read code < $gate; exit $code",
          {"--fail-on", "error"});
  SendTraffic(ran.Line());
  ran.gate().Open("3");
  CHECK(ran.process().Wait().code == 3);
  CHECK_THAT(ran.process().Stderr(), Catch::Contains("1 call failed"));
}

TEST_CASE("--fail-on is silent where there is nothing of the kind", "[e2e]") {
  Ran ran("echo $BOBBIN_URL; read < $gate",
          {"--summary", "none", "--fail-on", "error,open,orphan,duplicate"});
  Client client(ran.Line());
  REQUIRE(client.Post("/call/start", StartBody("c1")).status == 200);
  REQUIRE(client.Post("/call/end", EndBody("c1")).status == 200);
  ran.gate().Open();
  CHECK(ran.process().Wait().code == 0);
  CHECK(ran.process().Stderr().empty());
}

TEST_CASE("--fail-on duplicate: what came twice, in a file as well", "[e2e]") {
  const TempDir dir;
  std::vector<std::string> options{"--summary", "none", "--fail-on",
                                   "duplicate"};
  const bool in_file = GENERATE(false, true);
  if (in_file) {
    options.insert(options.end(), {"--db", dir.File("calls.db")});
  }
  Ran ran("echo $BOBBIN_URL; read < $gate", options);
  Client client(ran.Line());
  for (int i = 0; i < 2; ++i) {
    REQUIRE(client.Post("/call/start", StartBody("c1")).status == 200);
  }
  ran.gate().Open();
  CHECK(ran.process().Wait().code == 121);
  CHECK(ran.process().Stderr() ==
        "bobbin: failed, because of --fail-on: 1 start or end came twice.\n");
}

// --- the export -----------------------------------------------------------

std::vector<std::string> LinesOf(const std::string& path) {
  std::ifstream file(path);
  std::vector<std::string> lines;
  for (std::string line; std::getline(file, line);) lines.push_back(line);
  return lines;
}

TEST_CASE("--export writes what stream_query answers, line by line", "[e2e]") {
  const TempDir dir;
  std::ofstream(dir.File("out")) << "of the last time\n";
  Ran ran("echo $BOBBIN_URL; read < $gate",
          {"--summary", "none", "--export", dir.File("out")});
  Client client(ran.Line());
  REQUIRE(client.Post("/call/start", StartBody("c1", R"({"n": 1.0})")).status ==
          200);
  REQUIRE(client.Post("/call/start", StartBody("x", "{}", "team/b")).status ==
          200);
  REQUIRE(client.Post("/call/end", EndBody("c1", R"(["é", 1e400])")).status ==
          200);
  REQUIRE(client.Post("/call/end", EndBody("unknown")).status == 200);
  const auto wrapped = [&](const std::string& project) {
    const Answer answer = client.Post("/calls/stream_query",
                                      R"({"project_id":")" + project + R"("})");
    std::string line = answer.body;
    REQUIRE(line.ends_with("\n"));
    line.pop_back();
    return R"({"type":"call","value":)" + line + "}";
  };
  const std::vector<std::string> expected{wrapped("team/b"),
                                          wrapped("team/e2e")};
  ran.gate().Open();
  CHECK(ran.process().Wait().code == 0);
  CHECK(LinesOf(dir.File("out")) == expected);
  CHECK_THAT(expected[1], Catch::Contains(R"({"n": 1.0})"));
}

TEST_CASE("--export of many calls, and only of this run's", "[e2e]") {
  const TempDir dir;
  const Arguments options = {"--summary",    "none",     "--db",
                             dir.File("db"), "--export", dir.File("out")};
  for (const int count : {3, 1234}) {
    Ran ran("echo $BOBBIN_URL; read < $gate", options);
    Client client(ran.Line());
    std::string batch;
    for (int i = 0; i < count; ++i) {
      batch += (i > 0 ? "," : "") + std::string(R"({"mode":"start","req":)") +
               StartBody(std::to_string(count) + "-" + std::to_string(i)) + "}";
    }
    REQUIRE(client.Post("/call/upsert_batch", R"({"batch":[)" + batch + "]}")
                .status == 200);
    ran.gate().Open();
    CHECK(ran.process().Wait().code == 0);
    CHECK(LinesOf(dir.File("out")).size() == static_cast<size_t>(count));
  }
}

TEST_CASE("an export that can't be written: exit 125, or the command's",
          "[e2e]") {
  const TempDir dir;
  const int code = GENERATE(0, 3);
  const Finished finished =
      RunScriptToEnd("exit " + std::to_string(code),
                     {"--summary", "none", "--export", dir.File("none/out")});
  CHECK(finished.code == (code == 0 ? 125 : 3));
  CHECK(finished.err == "bobbin: Cannot write " + dir.File("none/out") +
                            ": No such file or directory.\n");
}

}  // namespace
}  // namespace bobbin::testing
