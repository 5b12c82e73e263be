// From Bind() to Stop().
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <future>
#include <string>
#include <thread>

#include "base/caller.h"
#include "support/catch.h"
#include "support/connection.h"
#include "support/http_server.h"

namespace bobbin::testing {
namespace {

const std::string kGet = "GET /p HTTP/1.1\r\nHost: localhost\r\n\r\n";

Status BindTo(const std::string& host, int port, const std::string& key = {}) {
  http::Server server({.host = host, .port = port, .api_key = key});
  return server.Bind();
}

size_t ThreadCount() {
  size_t count = 0;
  for ([[maybe_unused]] const auto& entry :
       std::filesystem::directory_iterator("/proc/self/task")) {
    ++count;
  }
  return count;
}

TEST_CASE("a port that is taken is a conflict", "[http][threads]") {
  HttpServer server(Echo);
  const std::string host = GENERATE("127.0.0.1", "localhost");
  const Status bound = BindTo(host, server.port());
  REQUIRE_FALSE(bound.ok());
  CHECK(bound.error().code == Code::kConflict);
  CHECK_THAT(bound.error().message,
             Catch::Contains(std::to_string(server.port())));
}

TEST_CASE("a port is taken from Bind() on", "[http][threads]") {
  http::Server server({});
  REQUIRE(server.Bind().ok());
  CHECK(BindTo("127.0.0.1", server.port()).error().code == Code::kConflict);
  RawClient early(server.port());
  early.Send(kGet);
  server.Start(Echo);
  CHECK(early.ReadReply().body == "GET /p||");
}

TEST_CASE("a port can be taken again at once", "[http][threads]") {
  int port = 0;
  for (int i = 0; i < 3; ++i) {
    HttpServer server(Echo, {.port = port});
    port = server.port();
    // The server closes first: that leaves a trace of the connection behind.
    CHECK(Ask(port, "GET / HTTP/1.0\r\n\r\n").status == 200);
  }
}

TEST_CASE("a host that is not this machine is invalid", "[http]") {
  const std::string host =
      GENERATE("", "192.0.2.1", "no-such-host.invalid", "256.0.0.1", "[::1");
  CAPTURE(host);
  const Status bound = BindTo(host, 0, "key");
  REQUIRE_FALSE(bound.ok());
  CHECK(bound.error().code == Code::kInvalid);
}

TEST_CASE("a port that is none is invalid", "[http]") {
  CHECK(BindTo("127.0.0.1", GENERATE(-1, 65536)).error().code ==
        Code::kInvalid);
}

TEST_CASE("wider than loopback only with a key", "[http]") {
  const Status bound = BindTo("0.0.0.0", 0);
  REQUIRE_FALSE(bound.ok());
  CHECK(bound.error().code == Code::kInvalid);
  CHECK_THAT(bound.error().message, Catch::Contains("--api-key"));
  CHECK(BindTo("0.0.0.0", 0, "key").ok());
}

TEST_CASE("with a key the right one is asked for", "[http][threads]") {
  HttpServer server(Echo, {.host = "0.0.0.0", .api_key = "s%41cret"});
  const auto ask = [&](const std::string& path, const std::string& header) {
    return Ask(server.port(), "GET " + path + " HTTP/1.1\r\n" + header +
                                  "Host: traces.example\r\n\r\n");
  };
  CHECK(ask("/", "wandb-api-key: s%41cret\r\n").status == 200);
  CHECK(ask("/", "Authorization: Basic YXBpOnMlNDFjcmV0\r\n").status == 200);
  CHECK(ask("/health", "").status == 200);
  const RawReply refused = ask("/", "");
  CHECK(refused.status == 401);
  CHECK_THAT(
      refused.head,
      Catch::Contains("\r\nWWW-Authenticate: Basic realm=\"bobbin\"\r\n"));
  CHECK(IsError(refused, "AuthenticationError"));
  CHECK(ask("/", "wandb-api-key: s%41cret\r\nOrigin: http://evil.example\r\n")
            .status == 403);
}

TEST_CASE("a refusal costs the connection only if a body is under way",
          "[http][threads]") {
  HttpServer server(Echo);
  RawClient connection(server.port());
  connection.Send("GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n" + kGet);
  CHECK(connection.ReadReply().status == 403);
  CHECK(connection.ReadReply().status == 200);
  connection.Send(
      "POST / HTTP/1.1\r\nHost: evil.example\r\nContent-Length: 4\r\n\r\nbody" +
      kGet);
  CHECK(connection.ReadReply().status == 403);
  CHECK(connection.AtEnd());
}

TEST_CASE("the IPv6 loopback address will do", "[http][threads]") {
  const std::string host = GENERATE("::1", "[::1]");
  http::Server server({.host = host});
  if (!server.Bind().ok()) return;  // a machine without IPv6
  server.Start(Echo);
  const int fd = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in6 address = {};
  address.sin6_family = AF_INET6;
  address.sin6_port = htons(server.port());
  address.sin6_addr = in6addr_loopback;
  REQUIRE(connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) ==
          0);
  const std::string request = "GET / HTTP/1.1\r\nHost: [::1]:1\r\n\r\n";
  send(fd, request.data(), request.size(), MSG_NOSIGNAL);
  char answer[16] = {};
  CHECK(recv(fd, answer, 15, MSG_WAITALL) == 15);
  CHECK(std::string(answer) == "HTTP/1.1 200 OK");
  close(fd);
}

TEST_CASE("Stop() closes idle connections at once and leaves no thread",
          "[http][threads]") {
  const size_t threads_before = ThreadCount();
  HttpServer server(Echo, {.drain_timeout_ms = 3'600'000});
  std::vector<RawClient> idle;
  for (int i = 0; i < 20; ++i) {
    idle.emplace_back(server.port());
    if (i % 2 == 0) continue;  // some have never said anything
    idle.back().Send(kGet);
    REQUIRE(idle.back().ReadReply().status == 200);
  }
  server.server().Stop();
  CHECK(ThreadCount() == threads_before);
  CHECK_FALSE(Listening(server.port()));
  for (RawClient& connection : idle) CHECK(connection.AtEnd());
  server.server().Stop();
}

TEST_CASE("Stop() lets a running request finish", "[http][threads]") {
  std::promise<void> entered;
  std::promise<void> leave;
  HttpServer server([&](const api::Request& request) {
    entered.set_value();
    leave.get_future().wait();
    return Echo(request);
  });
  RawClient connection(server.port());
  connection.Send(kGet);
  entered.get_future().wait();
  std::thread stopper([&] { server.server().Stop(); });
  while (Listening(server.port())) std::this_thread::yield();
  leave.set_value();
  const RawReply answer = connection.ReadReply();
  CHECK(answer.status == 200);
  CHECK_THAT(answer.head, Catch::Contains("\r\nConnection: close\r\n"));
  CHECK(connection.AtEnd());
  stopper.join();
}

TEST_CASE("Stop() lets a running stream finish", "[http][threads]") {
  std::promise<void> entered;
  std::promise<void> leave;
  HttpServer server([&](const api::Request&) {
    return api::Response{.stream = [&](const api::Sink& sink) {
      entered.set_value();
      leave.get_future().wait();
      return sink("whole");
    }};
  });
  RawClient connection(server.port());
  connection.Send(kGet);
  entered.get_future().wait();
  std::thread stopper([&] { server.server().Stop(); });
  while (Listening(server.port())) std::this_thread::yield();
  leave.set_value();
  const RawReply answer = connection.ReadReply();
  CHECK(answer.status == 200);
  CHECK(answer.body == "whole");
  stopper.join();
}

TEST_CASE("Stop() cuts what does not finish in time", "[http][threads]") {
  std::promise<void> entered;
  std::atomic<bool> ended = false;
  HttpServer server(
      [&](const api::Request&) {
        return api::Response{.stream = [&](const api::Sink& sink) {
          entered.set_value();
          const std::string piece(64 << 10, 'x');
          while (sink(piece)) {
          }
          ended = true;
          return false;
        }};
      },
      {.write_timeout_ms = 3'600'000, .drain_timeout_ms = 50});
  RawClient never_reads(server.port());
  never_reads.Send(kGet);
  RawClient never_ends(server.port());
  never_ends.Send(
      "POST / HTTP/1.1\r\nHost: localhost\r\n"
      "Content-Length: 5\r\n\r\nbody");
  entered.get_future().wait();
  server.server().Stop();
  CHECK(ended);
}

TEST_CASE("Stop() answers what has come before it, accepted or not",
          "[http][threads]") {
  constexpr int kClients = 50;
  std::atomic<int> handled = 0;
  http::Server server({.drain_timeout_ms = 3'600'000});
  REQUIRE(server.Bind().ok());
  {
    std::vector<RawClient> clients;
    for (int i = 0; i < kClients; ++i) {
      clients.emplace_back(server.port());
      REQUIRE(clients.back().Send(kGet));
    }
    // They wait for nothing, and are gone.
  }
  server.Start([&](const api::Request& request) {
    ++handled;
    return Echo(request);
  });
  server.Stop();
  CHECK(handled == kClients);
}

// Returns when its caller is gone.
api::Response WorksForItsCaller(const api::Request&) {
  while (!Caller::IsGone()) std::this_thread::yield();
  return {};
}

TEST_CASE("a handler is told when nobody waits for it any more",
          "[http][threads]") {
  std::promise<void> entered;
  std::promise<bool> told;
  HttpServer server([&](const api::Request& request) {
    told.set_value(!Caller::IsGone());
    entered.set_value();
    return WorksForItsCaller(request);
  });
  {
    RawClient connection(server.port());
    // A request that waits for its turn does not hide that the client goes.
    connection.Send(kGet + kGet);
    entered.get_future().wait();
  }
  server.server().Stop();
  CHECK(told.get_future().get());
}

TEST_CASE("Stop() also ends what computes and does not write",
          "[http][threads]") {
  std::promise<void> entered;
  HttpServer server(
      [&](const api::Request& request) {
        entered.set_value();
        return WorksForItsCaller(request);
      },
      {.drain_timeout_ms = 50});
  RawClient connection(server.port());
  connection.Send(kGet);
  entered.get_future().wait();
  server.server().Stop();
  CHECK(connection.ReadReply().status == 0);
}

TEST_CASE("a Stop() that is told to hurry waits for nobody",
          "[http][threads]") {
  HttpServer server(Echo, {.drain_timeout_ms = 3'600'000});
  RawClient never_ends(server.port());
  never_ends.Send(
      "POST / HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\n"
      "Content-Length: 5\r\n\r\n");
  REQUIRE(never_ends.ReadReply().status == 100);
  SECTION("while it waits") {
    std::thread stop([&] { server.server().Stop(); });
    while (Listening(server.port())) std::this_thread::yield();
    server.server().HurryStop();
    stop.join();
  }
  SECTION("before it begins") {
    server.server().HurryStop();
    server.server().Stop();
  }
  never_ends.ReadToEnd();
  CHECK_FALSE(Listening(server.port()));
}

TEST_CASE("a server that was never started can be stopped", "[http]") {
  http::Server unbound({});
  unbound.Stop();
  http::Server bound({});
  REQUIRE(bound.Bind().ok());
  bound.Stop();
}

TEST_CASE("many clients at once get their own answers", "[http][threads]") {
  HttpServer server(Echo);
  std::atomic<int> wrong = 0;
  std::vector<std::thread> clients;
  for (int i = 0; i < 16; ++i) {
    clients.emplace_back([&, i] {
      RawClient connection(server.port());
      for (int j = 0; j < 100; ++j) {
        const std::string body(1 + i * 100 + j, static_cast<char>('a' + i));
        connection.Send(PostHead("/p", body.size()) + body);
        if (connection.ReadReply().body != "POST /p|application/json|" + body) {
          ++wrong;
        }
      }
    });
  }
  for (std::thread& client : clients) client.join();
  CHECK(wrong == 0);
}

TEST_CASE("Stop() in the middle of traffic loses no answer half way",
          "[http][threads]") {
  HttpServer server(Echo);
  std::atomic<int> garbled = 0;
  std::atomic<int> answered = 0;
  std::vector<std::thread> clients;
  for (int i = 0; i < 8; ++i) {
    clients.emplace_back([&] {
      RawClient connection(server.port());
      while (connection.Send(kGet)) {
        const std::string got = connection.ReadSome(1000);
        if (got.empty()) return;
        ++answered;
        if (!got.ends_with("GET /p||")) ++garbled;
      }
    });
  }
  while (answered < 200) std::this_thread::yield();
  server.server().Stop();
  for (std::thread& client : clients) client.join();
  CHECK(garbled == 0);
}

}  // namespace
}  // namespace bobbin::testing
