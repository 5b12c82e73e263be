// Answers that go wrong on order.
#include <atomic>
#include <string>
#include <thread>

#include "support/catch.h"
#include "support/http_server.h"

namespace bobbin::testing {
namespace {

using api::Disruption;

const std::string kGet = "GET /p HTTP/1.1\r\nHost: localhost\r\n\r\n";
// What nobody waits for.
constexpr int64_t kLongMs = 3'600'000;

// A handler whose answers have `disruption`.
api::Handler Disturbed(const Disruption& disruption,
                       api::Response response = {.body = "0123456789"}) {
  response.disruption = disruption;
  return [response](const api::Request&) { return response; };
}

api::Response Lines(bool sized = false) {
  api::Response response;
  response.stream = [](const api::Sink& sink) {
    return sink("one\ntwo") && sink("\nthree\n") && sink("four\n");
  };
  if (sized) response.stream_bytes = 19;
  return response;
}

// All that a server sends to one request before it closes the connection.
std::string AllOf(HttpServer& server, const std::string& request = kGet) {
  RawClient client(server.port());
  client.Send(request);
  return client.ReadToEnd();
}

std::string BodyOf(const std::string& answer) {
  const size_t end = answer.find("\r\n\r\n");
  return end == std::string::npos ? "" : answer.substr(end + 4);
}

TEST_CASE("an answer can be closed away", "[http][threads]") {
  HttpServer server(Disturbed({.silent = true}));
  CHECK(AllOf(server).empty());
  // Each time anew.
  CHECK(AllOf(server).empty());
}

TEST_CASE("a delayed answer is whole, and its connection goes on",
          "[http][threads]") {
  HttpServer server(Disturbed({.delay_ms = 2}));
  RawClient client(server.port());
  for (int i = 0; i < 2; ++i) {
    client.Send(kGet);
    const RawReply reply = client.ReadReply();
    CHECK(reply.status == 200);
    CHECK(reply.body == "0123456789");
  }
}

TEST_CASE("a body can break off after so many bytes", "[http][threads]") {
  const size_t bytes = GENERATE(0, 1, 9, 10, 11);
  CAPTURE(bytes);
  HttpServer server(Disturbed({.cut = Disruption::Cut{.bytes = bytes}}));
  const std::string answer = AllOf(server);
  // It announces what it does not keep.
  CHECK_THAT(answer, Catch::StartsWith("HTTP/1.1 200 "));
  CHECK_THAT(answer, Catch::Contains("Content-Length: 10\r\n"));
  CHECK(BodyOf(answer) == std::string("0123456789").substr(0, bytes));
}

TEST_CASE("a stream can break off after so many lines", "[http][threads]") {
  const bool sized = GENERATE(false, true);
  CAPTURE(sized);
  HttpServer server(
      Disturbed({.cut = Disruption::Cut{.lines = 2}}, Lines(sized)));
  RawClient client(server.port());
  client.Send(kGet);
  CHECK(client.ReadReply().status == 0);  // never whole
  const std::string answer = AllOf(server);
  if (sized) {
    CHECK(BodyOf(answer) == "one\ntwo\n");
  } else {
    CHECK(BodyOf(answer) == "7\r\none\ntwo\r\n1\r\n\n\r\n");
  }
}

TEST_CASE("a stream can end early as if that were all", "[http][threads]") {
  const bool sized = GENERATE(false, true);
  const size_t lines = GENERATE(0, 1, 3);
  CAPTURE(sized, lines);
  HttpServer server(Disturbed(
      {.cut = Disruption::Cut{.lines = lines, .clean = true}}, Lines(sized)));
  RawClient client(server.port());
  for (int i = 0; i < 2; ++i) {  // the connection is as good as ever
    client.Send(kGet);
    const RawReply reply = client.ReadReply();
    CHECK(reply.status == 200);
    CHECK(reply.body == (lines == 0   ? ""
                         : lines == 1 ? "one\n"
                                      : "one\ntwo\nthree\n"));
  }
}

TEST_CASE("a stream with no more lines than that is whole", "[http][threads]") {
  const size_t lines = GENERATE(4, 5);
  const bool clean = GENERATE(false, true);
  HttpServer server(Disturbed(
      {.cut = Disruption::Cut{.lines = lines, .clean = clean}}, Lines()));
  CHECK(Ask(server.port(), kGet).body == "one\ntwo\nthree\nfour\n");
}

TEST_CASE("a stream that was to fail before it began breaks off all the same",
          "[http][threads]") {
  HttpServer server(Disturbed({.cut = Disruption::Cut{.lines = 0}}, Lines()));
  const std::string answer = AllOf(server);
  CHECK_THAT(answer, Catch::StartsWith("HTTP/1.1 200 "));
  CHECK(BodyOf(answer).empty());
}

TEST_CASE("what waits ends when the server stops", "[http][threads]") {
  const bool hang = GENERATE(false, true);
  CAPTURE(hang);
  std::atomic<int> handled{0};
  HttpServer server(
      [&](const api::Request&) {
        ++handled;
        return api::Response{
            .body = "fine",
            .disruption = Disruption{.delay_ms = kLongMs, .hang = hang}};
      },
      {.drain_timeout_ms = static_cast<int>(kLongMs)});
  RawClient first(server.port());
  RawClient second(server.port());
  first.Send(kGet);
  second.Send(kGet);
  while (handled < 2) std::this_thread::yield();
  server.server().Stop();  // or the test would not end
  for (RawClient* client : {&first, &second}) {
    CHECK(BodyOf(client->ReadToEnd()) == (hang ? "" : "fine"));
  }
}

TEST_CASE("what waits ends when the client hangs up", "[http][threads]") {
  const bool hang = GENERATE(false, true);
  CAPTURE(hang);
  std::atomic<int> count{0};
  HttpServer server(
      [&](const api::Request&) {
        api::Response response{.body = "fine"};
        if (count++ == 0) {
          response.disruption = Disruption{.delay_ms = kLongMs, .hang = hang};
        }
        return response;
      },
      {.max_threads = 1});
  {
    RawClient client(server.port());
    client.Send(kGet);
  }
  // Turned away while the first is being served.
  while (Ask(server.port(), kGet).status != 200) std::this_thread::yield();
}

TEST_CASE("headers come with a request only if they are to be kept",
          "[http][threads]") {
  const bool keep = GENERATE(false, true);
  CAPTURE(keep);
  HttpServer server(
      [](const api::Request& request) {
        api::Response response{.content_type = "text/plain"};
        for (const auto& [name, value] : request.headers) {
          response.body += name + "=" + value + "\n";
        }
        return response;
      },
      {.keep_headers = keep});
  const std::string body =
      Ask(server.port(),
          "POST / HTTP/1.1\r\nHost: localhost\r\nX-Weave-Retry-Id: r1\r\n"
          "Content-Type: text/plain\r\nCookie: secret\r\n"
          "Authorization: Basic secret\r\nwandb-api-key: secret\r\n"
          "Proxy-Authorization: secret\r\nContent-Length: 0\r\n\r\n")
          .body;
  CHECK(body.find("secret") == std::string::npos);
  if (!keep) {
    CHECK(body.empty());
    return;
  }
  for (const char* line :
       {"X-Weave-Retry-Id=r1\n", "Content-Type=text/plain\n",
        "Host=localhost\n", "Cookie=[redacted]\n", "Authorization=[redacted]\n",
        "wandb-api-key=[redacted]\n", "Proxy-Authorization=[redacted]\n"}) {
    CHECK_THAT(body, Catch::Contains(line));
  }
}

}  // namespace
}  // namespace bobbin::testing
