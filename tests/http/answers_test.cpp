// How an answer reaches the client.
#include <zlib.h>

#include <functional>
#include <future>
#include <optional>
#include <stdexcept>
#include <string>

#include "base/log.h"
#include "http/gzip.h"
#include "support/catch.h"
#include "support/http_server.h"

namespace bobbin::testing {
namespace {

std::string Get(std::string_view more = {}) {
  return "GET / HTTP/1.1\r\nHost: localhost\r\n" + std::string(more) + "\r\n";
}

constexpr std::string_view kGet10 = "GET / HTTP/1.0\r\n\r\n";
constexpr std::string_view kAskGzip = "Accept-Encoding: gzip, deflate\r\n";

bool HasHeader(const RawReply& answer, const std::string& line) {
  return answer.head.find("\r\n" + line + "\r\n") != std::string::npos;
}

std::string Unzipped(const std::string& zipped) {
  z_stream stream = {};
  inflateInit2(&stream, MAX_WBITS + 16);
  std::string text(1 << 22, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(zipped.data()));
  stream.avail_in = static_cast<uInt>(zipped.size());
  stream.next_out = reinterpret_cast<Bytef*>(text.data());
  stream.avail_out = static_cast<uInt>(text.size());
  const int outcome = inflate(&stream, Z_FINISH);
  text.resize(stream.total_out);
  inflateEnd(&stream);
  REQUIRE(outcome == Z_STREAM_END);
  return text;
}

api::Handler Always(const api::Response& response) {
  return [response](const api::Request&) { return response; };
}

// A body in the given pieces; `whole` as the producer's verdict.
api::Handler Streaming(std::vector<std::string> pieces, bool whole = true) {
  return Always({.content_type = "application/jsonl",
                 .stream = [=](const api::Sink& sink) {
                   for (const std::string& piece : pieces) {
                     if (!sink(piece)) return false;
                   }
                   return whole;
                 }});
}

// Keeps the test's own errors out of the report.
class SilentLog {
 public:
  SilentLog() { SetLogLevel(static_cast<LogLevel>(-1)); }
  ~SilentLog() { SetLogLevel(LogLevel::kWarning); }
};

TEST_CASE("status, type, headers and body arrive", "[http][threads]") {
  HttpServer server(Always({.status = 409,
                            .content_type = "application/x-test",
                            .body = "body",
                            .headers = {{"X-One", "1"}, {"X-Two", "2"}}}));
  const RawReply answer = Ask(server.port(), Get());
  CHECK_THAT(answer.head, Catch::StartsWith("HTTP/1.1 409 Conflict\r\n"));
  CHECK(HasHeader(answer, "Content-Type: application/x-test"));
  CHECK(HasHeader(answer, "Content-Length: 4"));
  CHECK(HasHeader(answer, "X-One: 1"));
  CHECK(HasHeader(answer, "X-Two: 2"));
  CHECK(answer.body == "body");
  CHECK_THAT(answer.head, !Catch::Contains("Keep-Alive") &&
                              !Catch::Contains("Connection:") &&
                              !Catch::Contains("Access-Control"));
}

TEST_CASE("an empty body stays empty, whatever the status", "[http][threads]") {
  const int status = GENERATE(200, 400, 404, 500);
  HttpServer server(Always({.status = status}));
  const RawReply answer = Ask(server.port(), Get());
  CHECK(answer.status == status);
  CHECK(HasHeader(answer, "Content-Length: 0"));
  CHECK(answer.body.empty());
}

TEST_CASE("204 has no body, and no length", "[http][threads]") {
  HttpServer server(Always({.status = 204, .body = "lost"}));
  RawClient connection(server.port());
  connection.Send(Get() + Get("Connection: close\r\n"));
  CHECK(connection.ReadToEnd() ==
        "HTTP/1.1 204 No Content\r\n\r\n"
        "HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n");
}

TEST_CASE("HEAD is answered like GET, without the body", "[http][threads]") {
  std::string seen;
  const bool streamed = GENERATE(false, true);
  HttpServer server([&](const api::Request& request) {
    seen = request.method;
    api::Response response{.body = streamed ? "" : "four"};
    if (streamed) {
      response.stream = [](const api::Sink& sink) { return sink("never"); };
    }
    return response;
  });
  RawClient connection(server.port());
  connection.Send("HEAD / HTTP/1.1\r\nHost: localhost\r\n\r\n" +
                  std::string("HEAD / HTTP/1.1\r\nHost: localhost\r\n"
                              "Connection: close\r\n\r\n"));
  const std::string all = connection.ReadToEnd();
  CHECK(seen == "HEAD");
  const std::string end = "\r\n\r\n";
  const size_t second = all.find(end) + end.size();
  CHECK_THAT(all, Catch::StartsWith("HTTP/1.1 200 OK\r\n") &&
                      Catch::EndsWith(end) &&
                      Catch::Contains(streamed ? "Transfer-Encoding: chunked"
                                               : "Content-Length: 4"));
  CHECK_THAT(all.substr(second), Catch::StartsWith("HTTP/1.1 200 OK\r\n"));
}

TEST_CASE("a large body arrives whole", "[http][threads]") {
  std::string body(20 << 20, 'x');
  for (size_t i = 0; i < body.size(); i += 100) body[i] = "0123456789"[i % 7];
  HttpServer server(Always({.body = body}));
  RawClient connection(server.port());
  for (int i = 0; i < 2; ++i) {
    connection.Send(Get());
    CHECK((connection.ReadReply().body == body));
  }
}

TEST_CASE("who asks for close gets it", "[http][threads]") {
  HttpServer server(Always({.body = "x"}));
  const std::string request =
      GENERATE(Get("Connection: close\r\n"), Get("connection: x, Close\r\n"),
               std::string(kGet10));
  RawClient connection(server.port());
  connection.Send(request);
  const RawReply answer = connection.ReadReply();
  CHECK(HasHeader(answer, "Connection: close"));
  CHECK(connection.AtEnd());
}

TEST_CASE("an HTTP/1.0 client may keep its connection", "[http][threads]") {
  HttpServer server(Always({.body = "x"}));
  RawClient connection(server.port());
  for (int i = 0; i < 2; ++i) {
    connection.Send("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
    const RawReply answer = connection.ReadReply();
    CHECK(HasHeader(answer, "Connection: keep-alive"));
    CHECK(answer.body == "x");
  }
}

TEST_CASE("an exception is 500, and its text stays here", "[http][threads]") {
  const SilentLog silent;
  const bool standard = GENERATE(true, false);
  HttpServer server([=](const api::Request&) -> api::Response {
    if (standard) throw std::runtime_error("a secret");
    throw 1;
  });
  RawClient connection(server.port());
  for (int i = 0; i < 2; ++i) {
    connection.Send(Get());
    const RawReply answer = connection.ReadReply();
    CHECK(answer.status == 500);
    CHECK(answer.body == R"({"reason":"Internal server error",)"
                         R"("error_type":"InternalError"})");
    CHECK_THAT(answer.head, !Catch::Contains("secret") &&
                                !Catch::Contains("EXCEPTION_WHAT"));
  }
}

TEST_CASE("a header that would break the head is left out", "[http][threads]") {
  HttpServer server(Always({.content_type = "a\r\nX-Evil: 1",
                            .body = "x",
                            .headers = {{"X-Good", "1"},
                                        {"X-Bad", "1\r\nX-Evil: 1"},
                                        {"X-Evil\r\n", "1"}}}));
  const RawReply answer = Ask(server.port(), Get());
  CHECK(answer.status == 200);
  CHECK(HasHeader(answer, "X-Good: 1"));
  CHECK_THAT(answer.head, !Catch::Contains("Evil"));
}

TEST_CASE("a body is zipped for those who ask", "[http][threads]") {
  const std::string body(100'000, 'x');
  HttpServer server(Always({.body = body}));
  const RawReply zipped = Ask(server.port(), Get(kAskGzip));
  CHECK(HasHeader(zipped, "Content-Encoding: gzip"));
  CHECK(HasHeader(zipped, "Vary: Accept-Encoding"));
  CHECK(zipped.body.size() < 1000);
  CHECK((Unzipped(zipped.body) == body));

  const RawReply plain =
      Ask(server.port(), Get("Accept-Encoding: gzip;q=0, br\r\n"));
  CHECK_THAT(plain.head, !Catch::Contains("Content-Encoding"));
  CHECK(HasHeader(plain, "Vary: Accept-Encoding"));
  CHECK((plain.body == body));
}

TEST_CASE("a body that is kept zipped is unzipped for those who cannot",
          "[http][threads]") {
  const std::string text(5000, 'x');
  std::string zipped;
  http::GzipWriter().Finish(text, zipped);
  HttpServer server(
      Always({.content_type = "application/octet-stream",
              .body = zipped,
              .headers = {{"Content-Encoding", "gzip"}, {"X-One", "1"}}}));
  const RawReply as_kept = Ask(server.port(), Get(kAskGzip));
  CHECK(HasHeader(as_kept, "Content-Encoding: gzip"));
  CHECK(HasHeader(as_kept, "Vary: Accept-Encoding"));
  CHECK((as_kept.body == zipped));

  const RawReply plain = Ask(server.port(), Get());
  CHECK_THAT(plain.head, !Catch::Contains("Content-Encoding"));
  CHECK(HasHeader(plain, "Vary: Accept-Encoding"));
  CHECK(HasHeader(plain, "X-One: 1"));
  CHECK((plain.body == text));
}

TEST_CASE("an If-None-Match reaches the handler", "[http]") {
  HttpServer server([](const api::Request& request) {
    return api::Response{.content_type = "text/plain",
                         .body = request.if_none_match};
  });
  CHECK(Ask(server.port(), Get("If-None-Match: \"a\", W/\"b\"\r\n")).body ==
        "\"a\", W/\"b\"");
}

TEST_CASE("a body that would not gain is not zipped", "[http][threads]") {
  const api::Response response =
      GENERATE(api::Response{.body = std::string(1023, 'x')},
               api::Response{.content_type = "application/octet-stream",
                             .body = std::string(100'000, 'x')},
               api::Response{.body = std::string(100'000, 'x'),
                             .headers = {{"Content-Encoding", "br"}}});
  HttpServer server(Always(response));
  const RawReply answer = Ask(server.port(), Get(kAskGzip));
  CHECK_THAT(answer.head, !Catch::Contains("gzip"));
  CHECK((answer.body == response.body));
}

TEST_CASE("HEAD and GET give the same length of a zipped body",
          "[http][threads]") {
  HttpServer server(Always({.body = std::string(100'000, 'x')}));
  const RawReply get = Ask(server.port(), Get(kAskGzip));
  RawClient connection(server.port());
  connection.Send(
      "HEAD / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n" +
      std::string(kAskGzip) + "\r\n");
  CHECK_THAT(connection.ReadToEnd(),
             Catch::Contains("Content-Length: " +
                             std::to_string(get.body.size()) + "\r\n"));
}

TEST_CASE("a stream arrives chunk by chunk", "[http][threads]") {
  HttpServer server(Streaming({"one", "", "two", std::string(100'000, 'x')}));
  RawClient connection(server.port());
  connection.Send(Get() + Get("Connection: close\r\n"));
  const std::string all = connection.ReadToEnd();
  const std::string body = "\r\n\r\n3\r\none\r\n3\r\ntwo\r\n186a0\r\n" +
                           std::string(100'000, 'x') + "\r\n0\r\n\r\n";
  const size_t first = all.find(body);
  REQUIRE(first != std::string::npos);
  CHECK_THAT(all.substr(0, first),
             Catch::Contains("Transfer-Encoding: chunked") &&
                 !Catch::Contains("Content-Length"));
  CHECK(all.find(body, first + body.size()) != std::string::npos);
}

TEST_CASE("a piece is on its way when the sink returns", "[http][threads]") {
  const std::string accept = GENERATE(std::string(), std::string(kAskGzip));
  std::promise<void> seen;
  HttpServer server(Always(
      {.content_type = "text/plain", .stream = [&](const api::Sink& sink) {
         if (!sink("first")) return false;
         seen.get_future().wait();
         return sink("second");
       }}));
  RawClient client(server.port());
  client.Send(Get(accept + "Connection: close\r\n"));
  std::string first;
  while (!first.ends_with("\r\n") || first.ends_with("\r\n\r\n")) {
    first += client.ReadSome(1000);
  }
  CHECK_THAT(first, Catch::Contains("Content-Encoding") ||
                        Catch::EndsWith("\r\n\r\n5\r\nfirst\r\n"));
  seen.set_value();
  CHECK_THAT(client.ReadToEnd(), Catch::EndsWith("\r\n0\r\n\r\n"));
}

TEST_CASE("a stream is zipped for those who ask", "[http][threads]") {
  const std::string piece(50'000, 'x');
  HttpServer server(Streaming({"one\n", piece, "two\n"}));
  RawClient connection(server.port());
  for (int i = 0; i < 2; ++i) {
    connection.Send(Get(kAskGzip));
    const RawReply answer = connection.ReadReply();
    CHECK(HasHeader(answer, "Content-Encoding: gzip"));
    CHECK(HasHeader(answer, "Vary: Accept-Encoding"));
    CHECK((Unzipped(answer.body) == "one\n" + piece + "two\n"));
  }
}

TEST_CASE("a stream of nothing is an empty body", "[http][threads]") {
  HttpServer server(Streaming({}));
  RawClient connection(server.port());
  connection.Send(Get());
  CHECK(connection.ReadReply().status == 200);
  connection.Send(Get(kAskGzip));
  CHECK(Unzipped(connection.ReadReply().body).empty());
}

TEST_CASE("an HTTP/1.0 client gets a stream up to the end", "[http][threads]") {
  HttpServer server(Streaming({"one", "two"}));
  RawClient connection(server.port());
  connection.Send("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  const std::string all = connection.ReadToEnd();
  CHECK_THAT(all, Catch::EndsWith("\r\n\r\nonetwo") &&
                      !Catch::Contains("Transfer-Encoding") &&
                      Catch::Contains("\r\nConnection: close\r\n"));
}

TEST_CASE("a stream that fails is not made to look whole", "[http][threads]") {
  const SilentLog silent;
  const bool thrown = GENERATE(false, true);
  HttpServer server(Always({.stream = [=](const api::Sink& sink) {
    sink("one");
    if (thrown) throw std::runtime_error("a secret");
    return false;
  }}));
  RawClient connection(server.port());
  connection.Send(Get());
  const std::string all = connection.ReadToEnd();
  CHECK_THAT(all, Catch::EndsWith("\r\n\r\n3\r\none\r\n"));
}

TEST_CASE("a reader that stalls is cut off", "[http][threads]") {
  std::promise<bool> sink_stays_shut;
  HttpServer server(Always({.stream =
                                [&](const api::Sink& sink) {
                                  const std::string piece(64 << 10, 'x');
                                  while (sink(piece)) {
                                  }
                                  sink_stays_shut.set_value(!sink("more"));
                                  return true;
                                }}),
                    {.write_timeout_ms = 50});
  RawClient client(server.port());
  client.Send(Get());
  CHECK(sink_stays_shut.get_future().get());
  CHECK_THAT(client.ReadToEnd(), !Catch::EndsWith("0\r\n\r\n"));
}

TEST_CASE("a stream of known length says how long it is", "[http][threads]") {
  const std::string piece(100'000, 'x');
  const bool empty = GENERATE(false, true);
  api::Response response{.content_type = "application/octet-stream",
                         .stream = [=](const api::Sink& sink) {
                           return empty || (sink("one") && sink(piece));
                         }};
  response.stream_bytes = empty ? 0 : piece.size() + 3;
  HttpServer server(Always(response));
  const std::string length =
      "Content-Length: " + std::to_string(*response.stream_bytes);
  RawClient connection(server.port());
  for (int i = 0; i < 2; ++i) {
    connection.Send(Get(kAskGzip));
    const RawReply answer = connection.ReadReply();
    CHECK(answer.status == 200);
    CHECK(HasHeader(answer, length));
    CHECK_THAT(answer.head, !Catch::Contains("chunked"));
    CHECK((answer.body == (empty ? "" : "one" + piece)));
  }
  connection.Send("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  CHECK(HasHeader(connection.ReadReply(), "Connection: keep-alive"));
  connection.Send("HEAD / HTTP/1.1\r\nHost: localhost\r\n\r\n" + Get());
  const std::string head = connection.ReadSome(1 << 12);
  CHECK_THAT(head, Catch::StartsWith("HTTP/1.1 200 OK\r\n") &&
                       Catch::Contains(length));
}

TEST_CASE("a stream that is longer or shorter than it said is not whole",
          "[http][threads]") {
  const size_t bytes = GENERATE(2u, 4u);
  HttpServer server(Always(
      {.stream = [](const api::Sink& sink) { return sink("o") && sink("ne"); },
       .stream_bytes = bytes}));
  RawClient connection(server.port());
  connection.Send(Get() + Get());
  CHECK(connection.ReadReply().status == 0);
}

TEST_CASE("a stream that fails before it begins is another answer",
          "[http][threads]") {
  const SilentLog silent;
  const auto [stream, status, body] = GENERATE(table<
                                               std::function<api::StreamEnd(
                                                   const api::Sink&)>,
                                               int, std::string>(
      {{[](const api::Sink&) {
          return api::Response{.status = 504, .body = R"({"reason":"late"})"};
        },
        504, R"({"reason":"late"})"},
       {[](const api::Sink&) { return false; }, 500,
        R"({"reason":"Internal server error","error_type":"InternalError"})"},
       {[](const api::Sink&) -> api::StreamEnd {
          throw std::runtime_error("a secret");
        },
        500,
        R"({"reason":"Internal server error","error_type":"InternalError"})"}}));
  const std::optional<size_t> bytes =
      GENERATE(std::optional<size_t>(), std::optional<size_t>(3));
  HttpServer server(Always({.content_type = "application/jsonl",
                            .headers = {{"X-Stream", "yes"}},
                            .stream = stream,
                            .stream_bytes = bytes}));
  RawClient connection(server.port());
  for (int i = 0; i < 2; ++i) {
    connection.Send(Get(kAskGzip));
    const RawReply answer = connection.ReadReply();
    CHECK(answer.status == status);
    CHECK(answer.body == body);
    CHECK(HasHeader(answer, "Content-Type: application/json"));
    CHECK_THAT(answer.head, !Catch::Contains("X-Stream"));
  }
  CHECK_THAT(Ask(server.port(), std::string(kGet10)).body,
             Catch::Contains("reason"));
}

TEST_CASE("a stream that fails later keeps its first answer",
          "[http][threads]") {
  HttpServer server(Always({.stream = [](const api::Sink& sink) {
    sink("one");
    return api::Response{.status = 504, .body = "{}"};
  }}));
  RawClient connection(server.port());
  connection.Send(Get());
  CHECK_THAT(connection.ReadToEnd(),
             Catch::StartsWith("HTTP/1.1 200 OK\r\n") &&
                 Catch::EndsWith("\r\n\r\n3\r\none\r\n"));
}

TEST_CASE("an HTTP/1.0 client can tell a broken stream from a whole one",
          "[http][threads]") {
  HttpServer server(Always(
      {.stream = [](const api::Sink& sink) { return sink("x") && false; }}));
  RawClient client(server.port());
  client.Send(kGet10);
  client.ReadToEnd();
  CHECK_FALSE(client.AtEnd());
}

}  // namespace
}  // namespace bobbin::testing
