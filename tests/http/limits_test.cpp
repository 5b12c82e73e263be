// What is too much, and what the client is told.
#include <atomic>
#include <string>
#include <thread>

#include "http/gzip.h"
#include "support/catch.h"
#include "support/http_server.h"

namespace bobbin::testing {
namespace {

constexpr std::string_view kTooLarge =
    R"({"reason":"Request too large","error_type":"RequestTooLarge"})";
constexpr std::string_view kChunked = "Transfer-Encoding: chunked\r\n";

std::string Head(std::string_view more) {
  return "POST /p HTTP/1.1\r\nHost: localhost\r\n" + std::string(more) + "\r\n";
}

std::string Length(size_t length) {
  return "Content-Length: " + std::to_string(length) + "\r\n";
}

std::string Get(const std::string& path, const std::string& more = {}) {
  return "GET " + path + " HTTP/1.1\r\nHost: localhost\r\n" + more + "\r\n";
}

// Counts what reaches it.
class Counter {
 public:
  explicit Counter(http::ServerOptions options)
      : server_(
            [this](const api::Request&) {
              ++calls_;
              return api::Response{.body = "{}"};
            },
            std::move(options)) {}
  int port() const { return server_.port(); }
  int calls() const { return calls_; }

 private:
  std::atomic<int> calls_ = 0;
  HttpServer server_;
};

TEST_CASE("a body may be as large as the bound", "[http][threads]") {
  Counter server({.max_body_bytes = 1000});
  const std::string body(1000, 'x');
  CHECK(Ask(server.port(), Head(Length(1000)) + body).status == 200);
  CHECK(Ask(server.port(), Head(kChunked) + "3e8\r\n" + body + "\r\n0\r\n\r\n")
            .status == 200);
  CHECK(server.calls() == 2);
}

TEST_CASE("a body beyond the bound is 413", "[http][threads]") {
  Counter server({.max_body_bytes = 1000});
  std::string bomb;
  http::GzipWriter().Finish(std::string(5'000'000, 'x'), bomb);
  bomb.resize(900);  // the bound is passed long before the end
  const std::string body(1001, 'x');
  const std::string request = GENERATE_COPY(
      Head(Length(1001)) + body, Head(Length(1001)),
      Head("Content-Length: 99999999999999999999999\r\n"),
      Head(kChunked) + "3e9\r\n" + body + "\r\n0\r\n\r\n",
      Head(kChunked) + "3e8\r\n" + body.substr(1) + "\r\n1\r\n",
      Head(kChunked) + "ffffffffffffffff\r\n",
      Head(kChunked) + "fffffffffffffffff\r\n",
      Head("Content-Encoding: gzip\r\n" + Length(bomb.size())) + bomb);
  const RawReply answer = Ask(server.port(), request);
  CHECK(answer.status == 413);
  CHECK(answer.body == kTooLarge);
  CHECK(server.calls() == 0);
}

TEST_CASE("a client that is still sending can read why it should not",
          "[http][threads]") {
  Counter server({.max_body_bytes = 1000});
  RawClient connection(server.port());
  // Far more than the system buffers on the way.
  const std::string body(16 << 20, 'x');
  CHECK(connection.Send(Head(Length(body.size()))));
  CHECK(connection.Send(body));
  const RawReply answer = connection.ReadReply();
  CHECK(answer.status == 413);
  CHECK(answer.body == kTooLarge);
  CHECK_THAT(answer.head, Catch::Contains("\r\nConnection: close\r\n"));
  CHECK(connection.AtEnd());
}

TEST_CASE("a long address is 414", "[http][threads]") {
  Counter server({});
  CHECK(Ask(server.port(), Get("/" + std::string(8000, 'a'))).status == 200);
  const size_t size = GENERATE(8192, 40'000, 100'000, 1'000'000);
  const RawReply answer = Ask(server.port(), Get("/" + std::string(size, 'a')));
  CHECK(answer.status == 414);
  CHECK(IsError(answer, "AddressTooLong"));
  CHECK(server.calls() == 1);
}

TEST_CASE("long headers are 431", "[http][threads]") {
  Counter server({});
  CHECK(Ask(server.port(), Get("/", "X: " + std::string(8000, 'a') + "\r\n"))
            .status == 200);
  std::string many;
  for (int i = 0; i < 5000; ++i) {
    many += "X-Header-Number-" + std::to_string(i) + ": x\r\n";
  }
  const std::string headers =
      GENERATE_COPY(std::string(many), "X: " + std::string(9000, 'a') + "\r\n",
                    "X: " + std::string(500'000, 'a') + "\r\n",
                    std::string(9000, 'a') + ": x\r\n");
  const RawReply answer = Ask(server.port(), Get("/", headers));
  CHECK(answer.status == 431);
  CHECK(IsError(answer, "HeadersTooLarge"));
  CHECK(server.calls() == 1);
}

TEST_CASE("long names and values are no danger to a thread's stack",
          "[http][threads]") {
  HttpServer server([](const api::Request& request) {
    return api::Response{.content_type = request.accept, .body = "{}"};
  });
  const std::string letters(8000, 'a');
  CHECK(Ask(server.port(),
            Get("/" + letters, letters + ": x\r\nAccept: " + letters + "\r\n"))
            .status == 200);
  const std::string form =
      "--X\r\nContent-Disposition: form-data; name=" + letters +
      "\r\n\r\n\r\n--X--";
  CHECK(Ask(server.port(),
            Head("Content-Type: multipart/form-data; boundary=X\r\n" +
                 Length(form.size())) +
                form)
            .status == 200);
}

TEST_CASE("a connection beyond the bound is told to come back",
          "[http][threads]") {
  Counter server({.max_threads = 2});
  RawClient first(server.port());
  RawClient second(server.port());
  for (RawClient* c : {&first, &second}) {
    c->Send(Get("/"));
    REQUIRE(c->ReadReply().status == 200);
  }
  RawClient third(server.port());
  third.Send(Get("/"));
  const RawReply answer = third.ReadReply();
  CHECK(answer.status == 503);
  CHECK_THAT(answer.head, Catch::Contains("\r\nRetry-After: 1\r\n"));
  CHECK_THAT(answer.head, Catch::Contains("\r\nConnection: close\r\n"));
  CHECK(IsError(answer, "Busy"));
  CHECK(third.AtEnd());
  first.Send(Get("/"));
  CHECK(first.ReadReply().status == 200);
}

TEST_CASE("a place that has become free is given away again",
          "[http][threads]") {
  Counter server({.max_threads = 1});
  for (int i = 0; i < 20; ++i) {
    int status = 0;
    // The server may not have seen yet that the last client has gone.
    while (status != 200) {
      status = Ask(server.port(), Get("/", "Connection: close\r\n")).status;
      if (status != 200) std::this_thread::yield();
    }
  }
  CHECK(server.calls() == 20);
}

TEST_CASE("idle connections are in nobody's way", "[http][threads]") {
  Counter server({});
  std::vector<RawClient> idle;
  for (int i = 0; i < 300; ++i) {
    idle.emplace_back(server.port());
    idle.back().Send(Get("/"));
    REQUIRE(idle.back().ReadReply().status == 200);
  }
  CHECK(Ask(server.port(), Get("/")).status == 200);
  for (RawClient& connection : idle) {
    connection.Send(Get("/"));
    REQUIRE(connection.ReadReply().status == 200);
  }
}

TEST_CASE("an idle connection is closed after a while", "[http][threads]") {
  Counter server({.idle_timeout_ms = 50});
  RawClient silent(server.port());
  CHECK(silent.AtEnd());
  RawClient used(server.port());
  used.Send(Get("/"));
  CHECK(used.ReadReply().status == 200);
  CHECK(used.AtEnd());
}

TEST_CASE("a client that stops in the middle of a head is let go",
          "[http][threads]") {
  Counter server({.read_timeout_ms = 50});
  RawClient connection(server.port());
  connection.Send("GET / HTTP/1.1\r\nHost: loc");
  connection.ReadToEnd();
  CHECK(server.calls() == 0);
}

}  // namespace
}  // namespace bobbin::testing
