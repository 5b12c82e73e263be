// What cpp-httplib alone can do: a server as one would write it with that
// library, which reads the requests that bobbin is measured with and answers
// as many bytes as bobbin does, and does nothing else.
//
// Prints READY=<url>, like bobbin; ends on a signal.

// The library lets 5 connections wait to be accepted; the others of 64 that
// come at once would try again a second later.
#define CPPHTTPLIB_LISTEN_BACKLOG 128
#include <httplib.h>

#include <cstdio>
#include <string>

namespace {

// The library's own thread pool has as many threads as the machine has
// processors, and at least 8: a connection holds its thread, so the rest of
// the measure's 64 connections would wait for the first ones to close.
constexpr size_t kThreads = 72;

// The same length as bobbin's answer to a start.
constexpr const char* kStarted =
    R"({"id":"0199c5a0-3f80-7c3a-9d41-6b1f0a2e8c57",)"
    R"("trace_id":"0199c5a0-3f7c-7b02-8e15-d40c7a91b3f6"})";

}  // namespace

int main() {
  httplib::Server server;
  server.set_tcp_nodelay(true);
  server.new_task_queue = [] { return new httplib::ThreadPool(kThreads); };
  // Otherwise a connection is closed after its hundredth request.
  server.set_keep_alive_max_count(size_t{1} << 40);
  server.Post("/call/start",
              [](const httplib::Request&, httplib::Response& response) {
                response.set_content(kStarted, "application/json");
              });
  // The client says how long bobbin's answer was.
  server.Post("/call/read", [](const httplib::Request& request,
                               httplib::Response& response) {
    const size_t bytes = std::stoul(request.get_header_value("Answer-Bytes"));
    response.set_content(std::string(bytes, 'x'), "application/json");
  });
  const int port = server.bind_to_any_port("127.0.0.1");
  if (port <= 0) return 1;
  std::printf("READY=http://127.0.0.1:%d\n", port);
  std::fflush(stdout);
  return server.listen_after_bind() ? 0 : 1;
}
