// Who may come in: the key, and web pages from elsewhere.
#include <string>
#include <vector>

#include "support/catch.h"
#include "support/served.h"

namespace bobbin::testing {
namespace {

// echo -n USER:PASSWORD | base64
constexpr const char* kApiSecret = "Basic YXBpOnNlY3JldA==";   // api:secret
constexpr const char* kApiSecre = "Basic YXBpOnNlY3Jl";        // api:secre
constexpr const char* kApiSecretX = "Basic YXBpOnNlY3JldHg=";  // api:secretx
constexpr const char* kApiNothing = "Basic YXBpOg==";          // api:

bool Stored(Client& client, const Headers& headers = {}) {
  const Answer read = client.Post("/call/read", ReadBody("c1"), headers);
  REQUIRE(read.status == 200);
  return read.body != R"({"call":null})";
}

// `text` with the port in place of PORT.
std::string WithPort(std::string text, int port) {
  const size_t at = text.find("PORT");
  if (at != std::string::npos) text.replace(at, 4, std::to_string(port));
  return text;
}

TEST_CASE("without --api-key any credentials will do", "[e2e]") {
  Served bobbin({"--ephemeral"});
  Client client = bobbin.NewClient();
  const Headers headers = GENERATE(
      Headers{}, Headers{{"Authorization", kApiSecret}},
      Headers{{"Authorization", "nonsense"}}, Headers{{"wandb-api-key", "x"}});
  CHECK(client.Post("/call/start", StartBody("c1"), headers).status == 200);
}

TEST_CASE("with --api-key the right key is let in", "[e2e]") {
  Served bobbin({"--ephemeral", "--api-key", "secret"});
  Client client = bobbin.NewClient();
  const Headers headers = GENERATE(Headers{{"Authorization", kApiSecret}},
                                   Headers{{"wandb-api-key", "secret"}});
  CHECK(client.Post("/call/start", StartBody("c1"), headers).status == 200);
  CHECK(Stored(client, headers));
}

TEST_CASE("with --api-key anything else is 401 and changes nothing", "[e2e]") {
  Served bobbin({"--ephemeral", "--api-key", "secret"});
  Client client = bobbin.NewClient();
  const Headers headers = GENERATE(
      Headers{}, Headers{{"Authorization", kApiSecre}},
      Headers{{"Authorization", kApiSecretX}},
      Headers{{"Authorization", kApiNothing}},
      Headers{{"Authorization", "Basic !!!"}},
      Headers{{"Authorization", "Basic"}}, Headers{{"Authorization", "secret"}},
      Headers{{"Authorization", ""}}, Headers{{"wandb-api-key", "secre"}},
      Headers{{"wandb-api-key", "secretx"}}, Headers{{"wandb-api-key", ""}});
  const Answer refused = client.Post("/call/start", StartBody("c1"), headers);
  CHECK(refused.status == 401);
  CHECK_THAT(refused.Header("www-authenticate"), Catch::StartsWith("Basic"));
  CHECK_FALSE(Stored(client, {{"wandb-api-key", "secret"}}));
}

TEST_CASE("the key is nowhere in what the server says", "[e2e]") {
  Served bobbin(
      {"--ephemeral", "--api-key", "much-too-secret", "--log-level", "info"});
  Client client = bobbin.NewClient();
  client.Get("/server_info", {{"wandb-api-key", "much-too-secret"}});
  client.Get("/server_info", {{"wandb-api-key", "wrong-but-secret"}});
  REQUIRE(bobbin.Stop() == 0);
  CHECK_THAT(bobbin.process().Stderr(), !Catch::Contains("too-secret"));
  CHECK_THAT(bobbin.process().Stderr(), !Catch::Contains("but-secret"));
}

TEST_CASE("on loopback a local Host is let in", "[e2e]") {
  Served bobbin({"--ephemeral"});
  Client client = bobbin.NewClient();
  const std::string port = ":" + std::to_string(bobbin.port());
  for (const std::string name :
       {"127.0.0.1", "localhost", "LocalHost", "[::1]", "127.0.0.2"}) {
    CAPTURE(name);
    CHECK(client.Get("/health", {{"Host", name + port}}).status == 200);
    CHECK(client.Get("/health", {{"Host", name}}).status == 200);
  }
}

TEST_CASE("on loopback a foreign Host is 403 and changes nothing", "[e2e]") {
  Served bobbin({"--ephemeral"});
  Client client = bobbin.NewClient();
  // A name that an attacker has pointed at 127.0.0.1.
  const std::string host =
      GENERATE("evil.example", "evil.example:80", "localhost.evil.example",
               "127.0.0.1.evil.example", "evil.example#localhost", "10.0.0.1",
               "127.evil.example");
  CAPTURE(host);
  CHECK(client.Post("/call/start", StartBody("c1"), {{"Host", host}}).status ==
        403);
  CHECK_FALSE(Stored(client));
}

TEST_CASE("on loopback a page from elsewhere is 403 and changes nothing",
          "[e2e]") {
  Served bobbin({"--ephemeral"});
  Client client = bobbin.NewClient();
  const std::string origin = WithPort(
      GENERATE("http://evil.example", "http://evil.example:PORT", "null",
               "https://127.0.0.1:PORT", "http://127.0.0.1:1",
               "http://127.0.0.1", "http://127.0.0.1:PORT.evil.example"),
      bobbin.port());
  CAPTURE(origin);
  const Answer refused =
      client.Post("/call/start", StartBody("c1"), {{"Origin", origin}});
  CHECK(refused.status == 403);
  CHECK(refused.Header("access-control-allow-origin").empty());
  CHECK_FALSE(Stored(client));
}

TEST_CASE("on loopback the server's own pages are let in", "[e2e]") {
  Served bobbin({"--ephemeral"});
  Client client = bobbin.NewClient();
  const std::string authority =
      WithPort(GENERATE("127.0.0.1:PORT", "localhost:PORT"), bobbin.port());
  CHECK(client
            .Post("/call/start", StartBody("c1"),
                  {{"Host", authority}, {"Origin", "http://" + authority}})
            .status == 200);
}

}  // namespace
}  // namespace bobbin::testing
