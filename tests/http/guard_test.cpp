#include "http/guard.h"

#include "support/catch.h"

namespace bobbin::http {
namespace {

// echo -n USER:PASSWORD | base64
constexpr std::string_view kApiSecret = "Basic YXBpOnNlY3JldA==";
constexpr std::string_view kApiSecre = "Basic YXBpOnNlY3Jl";
constexpr std::string_view kColonInPassword = "Basic YXBpOmE6Yg==";  // api:a:b

// The status of the refusal; 0: let in.
int StatusFor(const Guard& guard, const Visitor& visitor) {
  const std::optional<Refusal> refusal = guard.Refuse(visitor);
  return refusal ? refusal->status : 0;
}

Guard WithKey(const std::string& key) {
  return Guard({.api_key = key, .api_key_in_header = key});
}

TEST_CASE("on loopback a name of this machine may be the Host", "[http]") {
  const Guard guard({.host = "traces.test"});
  const std::string_view host =
      GENERATE("localhost", "localhost:6345", "LOCALHOST:1", "localhost.",
               "app.localhost:6345", "127.0.0.1", "127.255.0.9:80", "[::1]",
               "[::1]:80", "traces.test", "Traces.Test:6345");
  CAPTURE(host);
  CHECK(StatusFor(guard, {.host = host}) == 0);
}

TEST_CASE("on loopback any other Host stays out", "[http]") {
  const Guard guard({.host = "traces.test"});
  const std::string_view host = GENERATE(
      "", ":80", ".", "evil.example", "evil.example:6345",
      "localhost.evil.example", "notlocalhost", "127.0.0.1.evil.example",
      "127.1", "127.0.0.1:80:80", "127.0.0.1:x", "128.0.0.1", "10.0.0.1",
      "[::2]", "[::1", "[::1]x", "[::1]evil.example", "localhost@evil.example",
      "localhost/", "xtraces.test");
  CAPTURE(host);
  CHECK(StatusFor(guard, {.host = host}) == 403);
}

TEST_CASE("on loopback only HTTP/1.0 may leave Host out", "[http]") {
  const Guard guard({});
  CHECK(StatusFor(guard, {}) == 400);
  CHECK(StatusFor(guard, {.http_1_0 = true}) == 0);
}

TEST_CASE("beyond loopback Host may be anything", "[http]") {
  const Guard guard({.loopback = false});
  CHECK(StatusFor(guard, {.host = "traces.example:6345"}) == 0);
  CHECK(StatusFor(guard, {}) == 0);
}

TEST_CASE("a web page comes in only from the address it asks", "[http]") {
  const bool loopback = GENERATE(true, false);
  const Guard guard({.loopback = loopback});
  const Visitor visitor = {.host = "localhost:6345"};
  const auto status = [&](std::string_view origin) {
    Visitor page = visitor;
    page.origin = origin;
    return StatusFor(guard, page);
  };
  CHECK(status("http://localhost:6345") == 0);
  CHECK(status("HTTP://LocalHost:6345") == 0);
  const std::string_view elsewhere = GENERATE(
      "", "null", "http://localhost", "http://localhost:6346",
      "https://localhost:6345", "http://127.0.0.1:6345", "http://evil.example",
      "http://localhost:6345.evil.example", "localhost:6345");
  CAPTURE(elsewhere);
  CHECK(status(elsewhere) == 403);
}

TEST_CASE("a web page stays out where there is no Host", "[http]") {
  const Guard guard({.loopback = false});
  CHECK(StatusFor(guard, {.origin = "http://"}) == 403);
}

TEST_CASE("without a key any credentials will do", "[http]") {
  const Guard guard({.loopback = false});
  const std::string_view credentials =
      GENERATE("", "nonsense", "Basic !!!", kApiSecret);
  CHECK(StatusFor(guard, {.authorization = credentials}) == 0);
  CHECK(StatusFor(guard, {.wandb_api_key = credentials}) == 0);
}

TEST_CASE("the key opens, as password or in its own header", "[http]") {
  const Guard guard(
      {.api_key = "secret", .api_key_in_header = "secret", .loopback = false});
  CHECK(StatusFor(guard, {.authorization = kApiSecret}) == 0);
  CHECK(StatusFor(guard, {.authorization = "basic YXBpOnNlY3JldA"}) == 0);
  CHECK(StatusFor(guard, {.wandb_api_key = "secret"}) == 0);
  CHECK(StatusFor(guard, {.authorization = kApiSecre,
                          .wandb_api_key = "secret"}) == 0);
}

TEST_CASE("anything but the key is 401", "[http]") {
  const Guard guard = WithKey("secret");
  const Visitor visitor = {.path = "/call/start", .host = "localhost"};
  CHECK(StatusFor(guard, visitor) == 401);
  const std::string_view wrong = GENERATE(
      "", "secre", "secretx", "Basic", "Basic ", "Basic !!!", kApiSecre,
      "Basic c2VjcmV0", "Bearer secret", "Digest YXBpOnNlY3JldA==");
  CAPTURE(wrong);
  Visitor with = visitor;
  with.authorization = wrong;
  CHECK(StatusFor(guard, with) == 401);
  with = visitor;
  with.wandb_api_key = wrong;
  CHECK(StatusFor(guard, with) == 401);
}

TEST_CASE("a password may contain colons", "[http]") {
  CHECK(StatusFor(WithKey("a:b"), {.host = "localhost",
                                   .authorization = kColonInPassword}) == 0);
}

TEST_CASE("health needs no key, but the rest of the rules holds", "[http]") {
  const Guard guard = WithKey("secret");
  CHECK(StatusFor(guard, {.path = "/health", .host = "localhost"}) == 0);
  CHECK(StatusFor(guard, {.path = "/traces/health", .host = "localhost"}) == 0);
  CHECK(StatusFor(guard, {.path = "/health/x", .host = "localhost"}) == 401);
  CHECK(StatusFor(guard, {.path = "/health", .host = "evil.example"}) == 403);
}

}  // namespace
}  // namespace bobbin::http
