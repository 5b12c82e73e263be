// What the log says about requests.
#include <stdexcept>
#include <string>

#include "support/captured_log.h"
#include "support/catch.h"
#include "support/http_server.h"

namespace bobbin::testing {
namespace {

constexpr const char* kMs = " [0-9]+\\.[0-9]ms";

std::string LogOf(const api::Handler& handler, std::string_view request) {
  const CapturedLog log;
  HttpServer server(handler);
  RawClient client(server.port());
  client.Send(request);
  client.ReadToEnd();
  server.server().Stop();
  return log.Text();
}

std::string Closing(const std::string& line, const std::string& more = {}) {
  return line + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n" + more +
         "\r\n";
}

TEST_CASE("each request is one line of the log", "[http][threads]") {
  const auto [request, line] = GENERATE(table<std::string, std::string>(
      {{Closing("GET /a%0ab?secret"), "info: GET /a\\\\nb 200 18B"},
       {Closing("HEAD /a"), "info: HEAD /a 200 0B"},
       {Closing("GET /a", "Origin: null\r\n"), "info: GET /a 403 [0-9]+B"},
       {"nonsense\r\n\r\n", "info: - - 400 [0-9]+B"}}));
  CHECK_THAT(LogOf(Echo, request), Catch::Matches(line + kMs + "\n"));
}

TEST_CASE("a stream is logged with its size, and how it ended",
          "[http][threads]") {
  const bool whole = GENERATE(true, false);
  const api::Handler handler = [whole](const api::Request&) {
    return api::Response{.stream = [whole](const api::Sink& sink) {
      return sink("12345") && whole;
    }};
  };
  CHECK_THAT(LogOf(handler, Closing("GET /s")),
             Catch::Matches("info: GET /s 200 5B" + std::string(kMs) +
                            (whole ? "\n" : " cut off\n")));
}

TEST_CASE("an exception is logged with its text", "[http][threads]") {
  const api::Handler handler = [](const api::Request&) -> api::Response {
    throw std::runtime_error("out of luck");
  };
  CHECK_THAT(LogOf(handler, Closing("GET /e")),
             Catch::StartsWith("error: GET /e: out of luck\n"));
}

}  // namespace
}  // namespace bobbin::testing
