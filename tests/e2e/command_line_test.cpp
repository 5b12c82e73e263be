// Flags, their environment variables, and help.
#include <filesystem>
#include <string>
#include <vector>

#include "support/catch.h"
#include "support/connection.h"
#include "support/served.h"
#include "support/temp_dir.h"

namespace bobbin::testing {
namespace {

namespace fs = std::filesystem;

std::string ServerInfo(const Served& bobbin) {
  return bobbin.NewClient().Get("/server_info").body;
}

TEST_CASE("BOBBIN_DB, BOBBIN_PORT_FILE and BOBBIN_DURABILITY are obeyed",
          "[e2e]") {
  const TempDir dir;
  Served bobbin({}, {{"BOBBIN_DB", dir.File("calls.db")},
                     {"BOBBIN_PORT_FILE", dir.File("port")},
                     {"BOBBIN_DURABILITY", "normal"}});
  CHECK(fs::exists(dir.File("calls.db")));
  CHECK(fs::exists(dir.File("port")));
  CHECK_THAT(ServerInfo(bobbin), Catch::Contains(R"("normal")"));
  CHECK_THAT(bobbin.process().Stderr(), Catch::Contains("normal"));
}

TEST_CASE("BOBBIN_EPHEMERAL is obeyed", "[e2e]") {
  const TempDir dir;
  const std::string yes = GENERATE("1", "true");
  Served bobbin({}, {{"BOBBIN_EPHEMERAL", yes}, {"XDG_DATA_HOME", dir.path()}});
  CHECK_THAT(ServerInfo(bobbin), Catch::Contains(R"("memory")"));
  CHECK(fs::is_empty(dir.path()));
}

TEST_CASE("BOBBIN_PORT and BOBBIN_HOST are obeyed", "[e2e]") {
  // The port of a server that has just ended is free.
  Served earlier({"--ephemeral", "--host", "127.0.0.2"});
  const std::string url = earlier.url();
  CHECK_THAT(url, Catch::StartsWith("http://127.0.0.2:"));
  const std::string port = std::to_string(earlier.port());
  REQUIRE(earlier.Stop() == 0);

  Process bobbin(BOBBIN_BINARY, {"serve", "--ephemeral"},
                 {{"BOBBIN_HOST", "127.0.0.2"}, {"BOBBIN_PORT", port}});
  CHECK(bobbin.ReadLine() == "READY=" + url);
}

TEST_CASE("BOBBIN_API_KEY is obeyed", "[e2e]") {
  Served bobbin({"--ephemeral"}, {{"BOBBIN_API_KEY", "secret"}});
  Client client = bobbin.NewClient();
  CHECK(client.Post("/call/read", ReadBody("c1")).status == 401);
}

TEST_CASE("BOBBIN_MAX_BODY is obeyed", "[e2e]") {
  Served bobbin({"--ephemeral"}, {{"BOBBIN_MAX_BODY", "50"}});
  Client client = bobbin.NewClient();
  CHECK(client.Post("/call/start", StartBody("c1")).status == 413);
}

TEST_CASE("BOBBIN_THREADS is obeyed", "[e2e]") {
  Served bobbin({"--ephemeral"}, {{"BOBBIN_THREADS", "1"}});
  Client first = bobbin.NewClient();
  REQUIRE(first.Get("/health").status == 200);
  CHECK(bobbin.NewClient().Get("/health").status == 503);
}

TEST_CASE("BOBBIN_LOG_LEVEL is obeyed", "[e2e]") {
  const bool info = GENERATE(true, false);
  Served bobbin({"--ephemeral"},
                {{"BOBBIN_LOG_LEVEL", info ? "info" : "warning"}});
  REQUIRE(bobbin.NewClient().Post("/call/start", StartBody("c1")).status ==
          200);
  REQUIRE(bobbin.Stop() == 0);
  const auto line = Catch::Contains("POST /call/start 200");
  if (info) {
    CHECK_THAT(bobbin.process().Stderr(), line);
  } else {
    CHECK_THAT(bobbin.process().Stderr(), !line);
  }
}

TEST_CASE("a flag goes before its variable", "[e2e]") {
  const TempDir dir;
  Served bobbin(
      {"--db", dir.File("calls.db"), "--durability", "full"},
      {{"BOBBIN_DB", dir.File("other.db")}, {"BOBBIN_DURABILITY", "normal"}});
  CHECK_THAT(ServerInfo(bobbin), Catch::Contains(R"("full")"));
  CHECK(fs::exists(dir.File("calls.db")));
  CHECK_FALSE(fs::exists(dir.File("other.db")));
}

TEST_CASE("--ephemeral goes before BOBBIN_DB", "[e2e]") {
  const TempDir dir;
  Served bobbin({"--ephemeral"}, {{"BOBBIN_DB", dir.File("calls.db")}});
  CHECK_THAT(ServerInfo(bobbin), Catch::Contains(R"("memory")"));
  CHECK(fs::is_empty(dir.path()));
}

TEST_CASE("the greeting says what a user needs to point an SDK here", "[e2e]") {
  Served bobbin({"--ephemeral"});
  const std::string greeting = bobbin.process().Stderr();
  CHECK_THAT(greeting, Catch::Contains("WF_TRACE_SERVER_URL=" + bobbin.url()));
  CHECK_THAT(greeting, Catch::Contains("WANDB_API_KEY="));
  CHECK_THAT(greeting, Catch::Contains("memory"));
}

TEST_CASE("each command explains itself", "[e2e]") {
  const Finished help = RunBobbin({"--help"});
  CHECK(help.code == 0);
  CHECK(help.err.empty());
  CHECK_THAT(help.out, Catch::Contains("serve"));

  const Finished serve = RunBobbin({"serve", "--help"});
  CHECK(serve.code == 0);
  CHECK(serve.err.empty());
  for (const std::string flag :
       {"db", "ephemeral", "host", "port", "port-file", "durability", "api-key",
        "max-body", "threads", "query-timeout", "log-level"}) {
    std::string variable = "BOBBIN_";
    for (const char c : flag) {
      variable += static_cast<char>(c == '-' ? '_' : std::toupper(c));
    }
    CHECK_THAT(serve.out, Catch::Contains("--" + flag));
    CHECK_THAT(serve.out, Catch::Contains(variable));
  }
  const std::string codes = serve.out.substr(serve.out.find("Exit codes:"));
  for (char code = '0'; code <= '7'; ++code) {
    CHECK_THAT(codes, Catch::Contains(std::string{' ', code, ' '}) ||
                          Catch::Contains(std::string{'\n', code, ' '}));
  }
}

TEST_CASE("--version says the version on one line", "[e2e]") {
  const Finished version = RunBobbin({"--version"});
  CHECK(version.code == 0);
  CHECK_THAT(version.out, Catch::Matches("bobbin [0-9]+\\.[0-9]+\\.[0-9]+\n"));
}

TEST_CASE("a wrong command line is answered with 2 and a pointer to help",
          "[e2e]") {
  struct Wrong {
    Arguments arguments;
    std::string named;
  };
  const auto [arguments, named] = GENERATE(values<Wrong>({
      {{}, "command"},
      {{"sevre"}, "sevre"},
      {{"serve", "--prot", "1"}, "--prot"},
      {{"serve", "--port", "many"}, "--port"},
      {{"serve", "--port", "70000"}, "--port"},
      {{"serve", "--durability", "some"}, "--durability"},
      {{"serve", "--log-level", "loud"}, "--log-level"},
      {{"serve", "--max-body", "-1"}, "--max-body"},
      {{"serve", "--threads", "0"}, "--threads"},
      {{"serve", "--query-timeout", "-1"}, "--query-timeout"},
      {{"serve", "--query-timeout", "soon"}, "--query-timeout"},
      {{"serve", "--query-timeout", "nan"}, "--query-timeout"},
      {{"serve", "--ephemeral", "--db", "x"}, "--ephemeral"},
      {{"serve", "--ephemeral", "--durability", "full"}, "--durability"},
  }));
  const Finished wrong = RunBobbin(arguments);
  CAPTURE(arguments, wrong.err);
  CHECK(wrong.code == 2);
  CHECK(wrong.out.empty());
  CHECK_THAT(wrong.err, Catch::Contains(named));
  CHECK_THAT(wrong.err, Catch::Contains("--help"));
}

TEST_CASE("a wrong value in a variable is as wrong as in its flag", "[e2e]") {
  const auto [variable, value] = GENERATE(
      table<std::string, std::string>({{"BOBBIN_PORT", "many"},
                                       {"BOBBIN_EPHEMERAL", "maybe"},
                                       {"BOBBIN_DURABILITY", "some"},
                                       {"BOBBIN_QUERY_TIMEOUT", "soon"}}));
  const Finished wrong = RunBobbin({"serve"}, {{variable, value}});
  CAPTURE(variable, wrong.err);
  CHECK(wrong.code == 2);
  CHECK(wrong.out.empty());
  CHECK_FALSE(wrong.err.empty());
}

}  // namespace
}  // namespace bobbin::testing
