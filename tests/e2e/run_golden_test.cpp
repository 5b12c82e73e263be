// `bobbin run --golden`: a run is compared with what it was.
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "support/catch.h"
#include "support/connection.h"
#include "support/ran.h"

namespace bobbin::testing {
namespace {

namespace fs = std::filesystem;

struct Outcome {
  int code = 0;
  std::string err;
};

// A run with one call, which ends with `exit_code`.
Outcome RunOnce(const std::string& id, const std::string& inputs,
                Arguments options, int exit_code = 0) {
  options.insert(options.end(), {"--summary", "none"});
  Ran ran("echo $BOBBIN_URL; read < $gate; exit " + std::to_string(exit_code),
          std::move(options));
  Client client(ran.Line());
  REQUIRE(client.Post("/call/start", StartBody(id, inputs)).status == 200);
  REQUIRE(client.Post("/call/end", EndBody(id)).status == 200);
  ran.gate().Open();
  const int code = ran.process().Wait().code;
  return {code, ran.process().Stderr()};
}

TEST_CASE("--golden --update writes what later runs are compared with",
          "[e2e]") {
  const TempDir dir;
  const std::string path = dir.File("golden.json");
  Outcome run =
      RunOnce("call-of-one", R"({"n":1})", {"--golden", path, "--update"});
  CHECK(run.code == 0);
  CHECK(run.err == "bobbin: " + path + " is written.\n");
  const std::string text = FileText(path);
  CHECK_THAT(text, Catch::StartsWith("{\n  \"golden\": 1,\n"));

  run = RunOnce("call-of-two", R"({"n":1})", {"--golden", path});
  CHECK(run.code == 0);
  CHECK(run.err.empty());

  run = RunOnce("call-of-two", R"({"n":2})", {"--golden", path});
  CHECK(run.code == 121);
  CHECK_THAT(run.err, Catch::StartsWith("bobbin: failed, because of --golden: "
                                        "the traces are not those of " +
                                        path + "\n  line "));
  CHECK_THAT(run.err, Catch::Contains("\n  -       \"inputs\": {\"n\": 1},\n"
                                      "  +       \"inputs\": {\"n\": 2},\n"));
  CHECK_THAT(run.err, Catch::EndsWith("run it again with --update.\n"));
  CHECK(FileText(path) == text);

  run = RunOnce("call-of-two", R"({"n":1})", {"--golden", path, "--update"});
  CHECK(run.err == "bobbin: " + path + " is as it was.\n");
}

TEST_CASE("what the command says goes before what --golden says", "[e2e]") {
  const TempDir dir;
  const Outcome run =
      RunOnce("c", "{}", {"--golden", dir.File("golden.json")}, 3);
  CHECK(run.code == 3);
  CHECK_THAT(run.err, Catch::Contains("there is no " + dir.File("golden.json") +
                                      " to compare with.\n"));
  CHECK(fs::is_empty(dir.path()));
}

TEST_CASE("a golden file that can't be written or read: exit 125", "[e2e]") {
  const TempDir dir;
  Outcome run =
      RunOnce("c", "{}", {"--golden", dir.File("none/x"), "--update"});
  CHECK(run.code == 125);
  CHECK(run.err == "bobbin: Cannot write " + dir.File("none/x") +
                       ": No such file or directory.\n");
  run = RunOnce("c", "{}", {"--golden", dir.path()});
  CHECK(run.code == 125);
  CHECK_THAT(run.err, Catch::StartsWith("bobbin: Cannot read "));
}

TEST_CASE("--golden is about one run, and --update about --golden", "[e2e]") {
  const TempDir dir;
  const std::string db = dir.File("calls.db");
  RunOnce("c", "{}", {"--db", db});
  const Finished second = RunScriptToEnd(
      "touch " + dir.File("x"), {"--db", db, "--golden", dir.File("golden")});
  CHECK(second.code == 125);
  CHECK(second.err == "bobbin: " + db +
                          " has calls already, which --golden would compare "
                          "as well; name a new file for --db.\n");
  CHECK(!fs::exists(dir.File("x")));
  CHECK(RunScriptToEnd("true", {"--update"}).code == 2);
}

TEST_CASE("the golden traces of projects stand by their names", "[e2e]") {
  const TempDir dir;
  const std::string path = dir.File("golden.json");
  Ran ran("echo $BOBBIN_URL; read < $gate",
          {"--summary", "none", "--golden", path, "--update"});
  Client client(ran.Line());
  for (const char* project : {"team/b", "team/a"}) {
    REQUIRE(client
                .Post("/call/start",
                      StartBody(
                          project,
                          "{\"in\":\"" + std::string(project).substr(5) + "\"}",
                          project))
                .status == 200);
  }
  ran.gate().Open();
  CHECK(ran.process().Wait().code == 0);
  const std::string text = FileText(path);
  CHECK(text.find(R"("in": "a")") < text.find(R"("in": "b")"));
  CHECK(text.find(R"("in": "b")") != std::string::npos);
}

}  // namespace
}  // namespace bobbin::testing
