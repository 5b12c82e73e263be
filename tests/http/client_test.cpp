#include "http/client.h"

#include <string>

#include "support/catch.h"
#include "support/http_server.h"

namespace bobbin::testing {
namespace {

std::string UrlOf(const HttpServer& server) {
  return "http://127.0.0.1:" + std::to_string(server.port());
}

std::unique_ptr<http::Client> AClient(http::ClientOptions options) {
  auto made = http::Client::Make(std::move(options));
  REQUIRE(made.ok());
  return std::move(made).value();
}

TEST_CASE("a client's requests arrive and are answered", "[http][threads]") {
  HttpServer server(Echo);
  const auto client = AClient({.url = UrlOf(server) + "/"});
  const auto got = client->Get("/a?x=1%26");
  REQUIRE(got.ok());
  CHECK(got.value().status == 200);
  CHECK(got.value().body == "GET /a?x=1&||");
  const auto posted = client->Post("/b", R"({"a":1})");
  REQUIRE(posted.ok());
  CHECK(posted.value().body == R"(POST /b|application/json|{"a":1})");
}

TEST_CASE("only the body of a 200 goes to the sink", "[http][threads]") {
  HttpServer server([](const api::Request& request) {
    api::Response response = Echo(request);
    if (request.path == "/missing") response.status = 404;
    return response;
  });
  const auto client = AClient({.url = UrlOf(server)});
  std::string sunk;
  const http::Client::Sink sink = [&](std::string_view piece) {
    sunk += piece;
    return true;
  };
  const auto found = client->Get("/x", sink);
  REQUIRE(found.ok());
  CHECK(found.value().body.empty());
  CHECK(sunk == "GET /x||");
  const auto missing = client->Get("/missing", sink);
  REQUIRE(missing.ok());
  CHECK(missing.value().status == 404);
  CHECK(missing.value().body == "GET /missing||");
  CHECK(sunk == "GET /x||");
}

TEST_CASE("a sink that wants no more is no error", "[http][threads]") {
  HttpServer server([](const api::Request&) {
    api::Response response;
    response.stream = [](const api::Sink& sink) -> api::StreamEnd {
      while (sink(std::string(100'000, 'x'))) {
      }
      return false;
    };
    return response;
  });
  const auto client = AClient({.url = UrlOf(server)});
  size_t bytes = 0;
  const auto got = client->Get("/", [&](std::string_view piece) {
    bytes += piece.size();
    return bytes < 1'000'000;
  });
  REQUIRE(got.ok());
  CHECK(got.value().status == 200);
  CHECK(bytes >= 1'000'000);
}

TEST_CASE("an answer that breaks off is an error", "[http][threads]") {
  HttpServer server([](const api::Request&) {
    api::Response response;
    response.stream = [](const api::Sink& sink) -> api::StreamEnd {
      sink(std::string(200'000, 'x'));
      return false;
    };
    return response;
  });
  const auto got = AClient({.url = UrlOf(server)})->Get("/");
  REQUIRE(!got.ok());
  CHECK(got.error().code == Code::kBusy);
}

TEST_CASE("the key is sent", "[http][threads]") {
  HttpServer server(Echo, {.api_key = "secret"});
  const auto without = AClient({.url = UrlOf(server)})->Get("/");
  REQUIRE(without.ok());
  CHECK(without.value().status == 401);
  const auto with =
      AClient({.url = UrlOf(server), .api_key = "secret"})->Get("/");
  REQUIRE(with.ok());
  CHECK(with.value().status == 200);
}

TEST_CASE("where nobody answers, that is what is said", "[http]") {
  std::string url;
  {
    HttpServer server(Echo);
    url = UrlOf(server);
    server.server().Stop();
  }
  const auto got = AClient({.url = url})->Get("/");
  REQUIRE(!got.ok());
  CHECK(got.error().code == Code::kNotFound);
  CHECK_THAT(got.error().message, Catch::Contains(url));
}

TEST_CASE("an address that is none is refused", "[http]") {
  const std::string url =
      GENERATE("", "localhost:6345", "https://x", "http://x/path", "ftp://x");
  CAPTURE(url);
  const auto made = http::Client::Make({.url = url});
  REQUIRE(!made.ok());
  CHECK(made.error().code == Code::kInvalid);
}

}  // namespace
}  // namespace bobbin::testing
