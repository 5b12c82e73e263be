// `bobbin export` and `bobbin import`, on real files.
#include <csignal>
#include <filesystem>
#include <fstream>
#include <future>
#include <string>

#include "support/catch.h"
#include "support/http_server.h"
#include "support/served.h"
#include "support/temp_dir.h"
#include "support/terminal.h"

namespace bobbin::testing {
namespace {

namespace fs = std::filesystem;
using Catch::Contains;
using Catch::EndsWith;
using Catch::StartsWith;

void Ask(Client& client, const std::string& path, const std::string& body) {
  const Answer answer = client.Post(path, body);
  INFO(answer.body);
  REQUIRE(answer.status == 200);
}

// Calls in trees of ten, every fifth still open, with the JSON of clients that
// care for it.
void PutCalls(Client& client, int count) {
  constexpr int kInBatch = 1000;
  std::string batch;
  for (int i = 0; i < count; ++i) {
    const std::string id = "c" + std::to_string(i);
    const std::string root = "c" + std::to_string(i - i % 10);
    const std::string half = R"({"project_id":"team/e2e","id":")" + id + '"';
    batch += (batch.empty() ? "" : ",");
    batch += R"({"mode":"start","req":{"start":)" + half + R"(,"trace_id":"t)" +
             root + '"' + (id == root ? "" : R"(,"parent_id":")" + root + '"') +
             R"(,"op_name":"weave:///team/e2e/op/f)" + std::to_string(i % 7) +
             R"(:v","started_at":"2026-01-01T00:00:00.)" +
             std::to_string(100'000 + i) +
             R"(Z","attributes":{"n": 1.0},"inputs":{"i":)" +
             std::to_string(i) + ",\n\"text\":\"\\u00e9\\n\xc3\xa9\"}}}}";
    if (i % 5 != 0) {
      batch += R"(,{"mode":"end","req":{"end":)" + half +
               R"(,"ended_at":"2026-01-01T00:00:09Z","output":[)" +
               std::to_string(i) +
               R"(],"summary":{"usage":{"m":{"prompt_tokens":3}}}}}})";
    }
    if ((i + 1) % kInBatch == 0 || i + 1 == count) {
      Ask(client, "/call/upsert_batch", R"({"batch":[)" + batch + "]}");
      batch.clear();
    }
  }
}

void PutTheRest(Client& client, int count) {
  for (int i = 0; i < count; ++i) {
    const std::string n = std::to_string(i);
    Ask(client, "/obj/create",
        R"({"obj":{"project_id":"team/e2e","object_id":"o)" +
            std::to_string(i % 10) + R"(","val":{"n":)" + n + "}}}");
    Ask(client, "/table/create",
        R"({"table":{"project_id":"team/e2e","rows":[{"n":)" + n +
            R"(},{"same":1}]}})");
    Ask(client, "/feedback/create",
        R"({"project_id":"team/e2e","weave_ref":"weave:///team/e2e/call/c)" +
            n + R"(","feedback_type":"wandb.note.1","payload":{"note":")" + n +
            "\"}}");
    const Answer file = client.PostBytes(
        "/file/create",
        "--b\r\nContent-Disposition: form-data; name=\"project_id\"\r\n\r\n"
        "team/e2e\r\n--b\r\nContent-Disposition: form-data; name=\"file\"; "
        "filename=\"f\"\r\n\r\n" +
            std::string(static_cast<size_t>(i) * 3000, '\xff') + n +
            "\r\n--b--\r\n",
        "multipart/form-data; boundary=b");
    REQUIRE(file.status == 200);
  }
}

// A file with a call in it that nobody serves.
void MakeFile(const std::string& path) {
  Served bobbin({"--db", path});
  Client client = bobbin.NewClient();
  PutCalls(client, 1);
  REQUIRE(bobbin.Stop() == 0);
}

TEST_CASE(
    "10,000 calls with objects, tables, files and feedback come back "
    "byte for byte",
    "[e2e]") {
  const TempDir dir;
  {
    Served bobbin({"--db", dir.File("a.db")});
    Client client = bobbin.NewClient();
    PutCalls(client, 10'000);
    PutTheRest(client, 50);
    // While it is served.
    const Finished run =
        RunBobbin({"export", dir.File("a.jsonl"), "--db", dir.File("a.db")});
    CHECK(run.err.empty());
    REQUIRE(run.code == 0);
    CHECK_THAT(run.out,
               Contains(R"("to":")" + dir.File("a.jsonl") + R"(","bytes":)"));
  }
  const std::string lines = FileText(dir.File("a.jsonl"));
  CHECK_THAT(lines, EndsWith("{\"type\":\"end\",\"lines\":10302}\n"));
  const Finished in =
      RunBobbin({"import", dir.File("a.jsonl"), "--db", dir.File("b.db")});
  CHECK(in.err.empty());
  CHECK(in.code == 0);
  CHECK(in.out ==
        R"({"lines":10304,"added":{"project":1,"file_piece":50,"file":50,)"
        R"("table_row":51,"table":50,"object":50,"call":10000,)"
        R"("feedback":50},"present":{}})"
        "\n");
  const Finished out =
      RunBobbin({"export", "-", "--db", dir.File("b.db"), "-p", "team/e2e"});
  CHECK(out.code == 0);
  CHECK((out.out == lines));
  CHECK(RunBobbin({"check", "--db", dir.File("b.db")}).code == 0);
}

TEST_CASE("an import that was cut is repeated", "[e2e]") {
  const TempDir dir;
  {
    Served bobbin({"--db", dir.File("a.db")});
    Client client = bobbin.NewClient();
    PutCalls(client, 500);
    PutTheRest(client, 5);
  }
  const std::string lines =
      RunBobbin({"export", "-", "--db", dir.File("a.db")}).out;
  const std::string part = dir.File("part.jsonl");
  std::ofstream(part) << lines.substr(0, lines.rfind("{\"type\":\"feedback"));
  Finished run = RunBobbin({"import", part, "--db", dir.File("b.db")});
  CHECK(run.code == 1);
  CHECK(run.err ==
        "bobbin: The export was cut: its end is missing. What was there is "
        "imported; a whole one can be imported over it.\n");
  CHECK_THAT(run.out, Contains(R"("feedback":4})"));

  std::ofstream(part, std::ios::app)
      << lines.substr(lines.rfind("{\"type\":\"feedback"));
  run = RunBobbin({"import", part, "--db", dir.File("b.db")});
  CHECK(run.code == 0);
  CHECK_THAT(run.out, Contains(R"("added":{"feedback":1})"));
  CHECK(RunBobbin({"export", "-", "--db", dir.File("b.db")}).out == lines);
}

TEST_CASE("a line that was cut is no reason to lose those before it", "[e2e]") {
  const TempDir dir;
  {
    Served bobbin({"--db", dir.File("a.db")});
    Client client = bobbin.NewClient();
    PutCalls(client, 3);
  }
  const std::string lines =
      RunBobbin({"export", "-", "--db", dir.File("a.db")}).out;
  const std::string cut = dir.File("cut.jsonl");
  std::ofstream(cut) << lines.substr(0, lines.rfind("{\"type\":\"end") - 9);
  const Finished run = RunBobbin({"import", cut, "--db", dir.File("b.db")});
  CHECK(run.code == 1);
  CHECK(run.err ==
        "bobbin: The export was cut: it ends within line 5. What was there is "
        "imported; a whole one can be imported over it.\n");
  CHECK_THAT(run.out, Contains(R"("call":2)"));
  CHECK(RunBobbin({"import", "-", "--db", dir.File("b.db")}).code == 1);
}

TEST_CASE("a line that is too long for a server is named, with a way out",
          "[e2e]") {
  const TempDir dir;
  {
    Served bobbin({"--db", dir.File("a.db")});
    Client client = bobbin.NewClient();
    Ask(client, "/call/start",
        StartBody("c1", R"({"x":")" + std::string(100'000, 'x') + "\"}"));
  }
  const std::string from = dir.File("a.jsonl");
  REQUIRE(RunBobbin({"export", from, "--db", dir.File("a.db")}).code == 0);
  Served small({"--db", dir.File("b.db"), "--max-body", "50000"});
  const Finished run = RunBobbin({"import", from, "--url", small.url()});
  CHECK(run.code == 1);
  CHECK_THAT(run.err, Contains("Line 3 "));
  CHECK_THAT(run.err, Contains("--max-body"));
}

TEST_CASE("lines that are missing in the middle are noticed", "[e2e]") {
  const TempDir dir;
  MakeFile(dir.File("a.db"));
  std::string lines = RunBobbin({"export", "-", "--db", dir.File("a.db")}).out;
  const size_t call = lines.find("{\"type\":\"call\"");
  lines.erase(call, lines.find('\n', call) + 1 - call);
  std::ofstream(dir.File("cut.jsonl")) << lines;
  const Finished run =
      RunBobbin({"import", dir.File("cut.jsonl"), "--db", dir.File("b.db")});
  CHECK(run.code == 1);
  CHECK_THAT(run.err, Contains("lines are missing from it"));
}

TEST_CASE("a line that is none is named, and what came before it is in",
          "[e2e]") {
  const TempDir dir;
  std::ofstream(dir.File("bad.jsonl")) << "\nnonsense\n";
  const Finished run =
      RunBobbin({"import", dir.File("bad.jsonl"), "--db", dir.File("b.db")});
  CHECK(run.code == 1);
  CHECK_THAT(run.err, Contains("Line 2: no JSON"));
  CHECK(run.out.empty());
}

TEST_CASE("an import goes through the bobbin that has the file", "[e2e]") {
  const TempDir dir;
  MakeFile(dir.File("a.db"));
  const std::string from = dir.File("a.jsonl");
  REQUIRE(RunBobbin({"export", from, "--db", dir.File("a.db")}).code == 0);
  Served bobbin({"--db", dir.File("b.db")});
  Finished run = RunBobbin({"import", from, "--db", dir.File("b.db")});
  CHECK(run.code == 7);
  CHECK(run.err == "bobbin: " + dir.File("b.db") +
                       " is served by another bobbin: import through that "
                       "one, with --url URL.\n");
  run = RunBobbin({"import", from, "--url", bobbin.url()});
  CHECK(run.err.empty());
  CHECK(run.code == 0);
  // Out of it, too.
  run = RunBobbin({"export", "-", "--url", bobbin.url()});
  CHECK(run.code == 0);
  CHECK(run.out == FileText(from));
  CHECK(bobbin.Stop() == 0);
  CHECK(RunBobbin({"import", from, "--url", bobbin.url()}).code == 9);
}

TEST_CASE("an export replaces no file, and one that fails leaves none",
          "[e2e]") {
  const TempDir dir;
  MakeFile(dir.File("a.db"));
  const std::string to = dir.File("a.jsonl");
  std::ofstream(to) << "mine";
  Finished run = RunBobbin({"export", to, "--db", dir.File("a.db")});
  CHECK(run.code == 1);
  CHECK(run.err ==
        "bobbin: " + to + " is there already, and is not replaced.\n");
  CHECK(FileText(to) == "mine");
  run = RunBobbin({"export", dir.File("no/a.jsonl"), "--db", dir.File("a.db")});
  CHECK(run.code == 1);
  run = RunBobbin(
      {"export", dir.File("b.jsonl"), "-p", "a/b", "--db", dir.File("a.db")});
  CHECK(run.code == 8);
  CHECK(run.err == "bobbin: There is no project a/b.\n");
  CHECK(RunBobbin({"export", "-", "--db", dir.File("no.db")}).code == 4);
  // The database with nothing beside it, and the file that was mine.
  size_t others = 0;
  for (const auto& entry : fs::directory_iterator(dir.path())) {
    const std::string name = entry.path().filename();
    if (!name.starts_with("a.")) ++others;
  }
  CHECK(others == 0);
}

TEST_CASE("what can't be read makes no file to import it into", "[e2e]") {
  const TempDir dir;
  for (const std::string& from : {dir.path(), dir.File("nix")}) {
    const Finished run = RunBobbin({"import", from, "--db", dir.File("b.db")});
    CHECK(run.code == 1);
    CHECK_THAT(run.err, Contains("Cannot read " + from + ": "));
  }
  CHECK_FALSE(fs::exists(dir.File("b.db")));
}

TEST_CASE("an import makes a file, but no folder for it", "[e2e]") {
  const TempDir dir;
  MakeFile(dir.File("a.db"));
  const std::string from = dir.File("a.jsonl");
  REQUIRE(RunBobbin({"export", from, "--db", dir.File("a.db")}).code == 0);
  const Finished run = RunBobbin({"import", from, "--db", dir.File("n/b.db")});
  CHECK(run.code == 4);
  CHECK(run.err == "bobbin: There is no folder " + dir.File("n") +
                       "; make it first, or name another file.\n");
  CHECK_FALSE(fs::exists(dir.File("n")));
  // Where files are kept by default there is one soon.
  CHECK(
      RunBobbin({"import", from}, {{"XDG_DATA_HOME", dir.File("data")}}).code ==
      0);
  CHECK(fs::exists(dir.File("data/bobbin/bobbin.db")));
}

TEST_CASE("an export that is still zipped is told from one that is none",
          "[e2e]") {
  const TempDir dir;
  const std::string from = dir.File("a.jsonl.gz");
  std::ofstream(from, std::ios::binary) << "\x1f\x8b\x08";
  Finished run = RunBobbin({"import", from, "--db", dir.File("b.db")});
  CHECK(run.code == 1);
  CHECK(run.err == "bobbin: " + from +
                       " is compressed: say gunzip -c FILE | bobbin import "
                       "-\n");
  CHECK_FALSE(fs::exists(dir.File("b.db")));
  // The first byte alone is none of gzip's, and is read.
  std::ofstream(from, std::ios::binary) << "\x1f";
  run = RunBobbin({"import", from, "--db", dir.File("b.db")});
  CHECK(run.code == 1);
  CHECK_THAT(run.err, Contains("Line 1"));
}

TEST_CASE("what is no export makes no file", "[e2e]") {
  const TempDir dir;
  const std::string from = dir.File("x.py");
  const auto [text, reason] = GENERATE(table<std::string, std::string>({
      {"import sys\n",
       "Line 1: no JSON: Expecting value at character 0. x.py has to be JSON "
       "lines as `bobbin export` writes them.\n"},
      {"{\"type\":\"bobbin_export\",\"version\":99}\n", "newer bobbin"},
      {"hello", "Line 1: no JSON"},
      {"", "x.py is empty.\n"},
      {" \n\n", "x.py is empty.\n"},
  }));
  CAPTURE(text);
  std::ofstream(from) << text;
  const Finished run = RunBobbin({"import", from, "--db", dir.File("none.db")});
  CHECK(run.code == 1);
  CHECK(run.out.empty());
  std::string err = run.err;
  for (size_t at = 0; (at = err.find(dir.File(""))) != std::string::npos;) {
    err.erase(at, dir.File("").size());
  }
  CHECK_THAT(err, Contains(reason));
  CHECK_FALSE(fs::exists(dir.File("none.db")));
}

TEST_CASE("an export that is interrupted leaves nothing", "[e2e]") {
  const TempDir dir;
  std::promise<void> asked;
  std::promise<void> interrupted;
  const HttpServer server([&](const api::Request&) {
    asked.set_value();
    interrupted.get_future().wait();
    return api::Response();
  });
  Process bobbin(BOBBIN_BINARY,
                 {"export", dir.File("a.jsonl"), "--url",
                  "http://127.0.0.1:" + std::to_string(server.port())});
  asked.get_future().wait();
  CHECK(fs::directory_iterator(dir.path()) != fs::directory_iterator());
  bobbin.Signal(SIGINT);
  CHECK(bobbin.Wait().signal == SIGINT);
  interrupted.set_value();
  CHECK(fs::directory_iterator(dir.path()) == fs::directory_iterator());
}

TEST_CASE("a person is told in words, and no export runs over a terminal",
          "[e2e]") {
  const TempDir dir;
  MakeFile(dir.File("a.db"));
  const std::string from = dir.File("a.jsonl");
  REQUIRE(RunBobbin({"export", from, "--db", dir.File("a.db")}).code == 0);
  Finished run = RunOnTerminal({"import", from, "--db", dir.File("b.db")});
  CHECK(run.code == 0);
  CHECK_THAT(run.out, EndsWith("Imported " + from + " into " +
                               dir.File("b.db") + ": 1 call, 1 project.\n"));
  run = RunOnTerminal({"import", from, "--db", dir.File("b.db")});
  CHECK_THAT(run.out, EndsWith(": nothing.\nThere already: 1 call, 1 "
                               "project.\n"));
  run = RunOnTerminal({"export", "-", "--db", dir.File("b.db")});
  CHECK(run.code == 2);
  CHECK_THAT(run.out, Contains("not for a terminal"));
}

std::string Csv(const std::string& db, Arguments more) {
  Arguments all{"export", "-", "--format", "csv", "--db", db};
  all.insert(all.end(), more.begin(), more.end());
  const Finished run = RunBobbin(all);
  INFO(run.err);
  CHECK(run.code == 0);
  // The ids.
  std::string ids;
  for (size_t at = run.out.find('\n') + 1; at < run.out.size();
       at = run.out.find('\n', at) + 1) {
    ids += run.out.substr(at, run.out.find(',', at) - at) + ' ';
  }
  return ids;
}

TEST_CASE("calls are exported as CSV by the filters of ls", "[e2e]") {
  const TempDir dir;
  const std::string db = dir.File("a.db");
  {
    Served bobbin({"--db", db});
    Client client = bobbin.NewClient();
    PutCalls(client, 12);
    Ask(client, "/call/start", StartBody("other", "{}", "team/second"));
  }
  CHECK(Csv(db, {}) == "other c0 c1 c2 c3 c4 c5 c6 c7 c8 c9 c10 c11 ");
  CHECK(Csv(db, {"-p", "team/second"}) == "other ");
  CHECK(Csv(db, {"--status", "running", "-p", "team/e2e"}) == "c0 c5 c10 ");
  CHECK(Csv(db, {"--op", "f3", "--op", "f4"}) == "c3 c4 c10 c11 ");
  CHECK(Csv(db, {"--where", "inputs.i < 2 or inputs.i = 9", "--status",
                 "success"}) == "c1 c9 ");
  CHECK(Csv(db, {"--since", "2026-01-01T00:00:00.100009Z", "--until",
                 "2026-01-01T00:00:00.100011Z"}) == "c9 c10 ");
  Finished run = RunBobbin({"export", "-", "--format", "csv", "--db", db,
                            "--where", "id = 'c1') or (id = 'c2'"});
  CHECK(run.code == 2);
  run = RunBobbin({"export", "-", "--db", db, "--op", "f"});
  CHECK(run.code == 2);
  CHECK_THAT(run.err, Contains("--format csv or otlp"));
  run = RunBobbin({"export", "-", "--format", "csv", "-p", "a/b", "--db", db});
  CHECK(run.code == 8);
  // By the name of the file, and through a server.
  Served bobbin({"--db", db});
  run = RunBobbin({"export", dir.File("c.csv"), "--url", bobbin.url()});
  CHECK(run.code == 0);
  CHECK_THAT(FileText(dir.File("c.csv")),
             StartsWith("id,trace_id,parent_id,project_id,op_name,"));
  REQUIRE(
      RunBobbin({"export", dir.File("s.otlp"), "--url", bobbin.url()}).code ==
      0);
  CHECK_THAT(FileText(dir.File("s.otlp")), StartsWith("{\"resourceSpans\":"));
}

TEST_CASE("calls are exported as spans of OpenTelemetry", "[e2e]") {
  const TempDir dir;
  const std::string db = dir.File("a.db");
  MakeFile(db);
  const Finished run =
      RunBobbin({"export", "-", "--format", "otlp", "--db", db});
  CHECK(run.code == 0);
  CHECK_THAT(run.out, StartsWith(R"({"resourceSpans":[{"resource":)"));
  CHECK_THAT(run.out, Contains(R"("name":"f0","kind":1)"));
  CHECK(RunBobbin({"export", "-", "--format", "otlp", "--db", db, "--op", "x"})
            .out.empty());
}

}  // namespace
}  // namespace bobbin::testing
