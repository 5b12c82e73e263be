#include "http/server.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <exception>
#include <mutex>
#include <optional>
#include <thread>
#include <unordered_set>
#include <utility>

#include "base/log.h"
#include "http/connection.h"
#include "http/guard.h"
#include "http/listener.h"
#include "http/protocol.h"
#include "http/thread_pool.h"

namespace bobbin::http {
namespace {

using SteadyClock = std::chrono::steady_clock;

// Descriptors for the database, the log and the like.
constexpr rlim_t kOtherFiles = 256;
constexpr auto kOutOfFilesPause = std::chrono::milliseconds(20);

// Each connection takes a descriptor, and the usual bound is low.
void MakeRoomForConnections(int count) {
  rlimit files = {};
  if (getrlimit(RLIMIT_NOFILE, &files) != 0) return;
  const rlim_t wanted =
      std::min(static_cast<rlim_t>(count) + kOtherFiles, files.rlim_max);
  if (files.rlim_cur >= wanted) return;
  files.rlim_cur = wanted;
  setrlimit(RLIMIT_NOFILE, &files);
}

// Connections that were turned away. They stay open for a moment, so that the
// client gets to read why: to close on a client that is still sending would
// make it lose the answer.
class TurnedAway {
 public:
  ~TurnedAway() { Close(clients_.size()); }

  void Add(int fd) {
    static const std::string answer =
        ClosingAnswer(503, "Too many connections.", "Retry-After: 1\r\n");
    if (send(fd, answer.data(), answer.size(), MSG_NOSIGNAL | MSG_DONTWAIT) <
        0) {
      close(fd);
      return;
    }
    shutdown(fd, SHUT_WR);
    clients_.push_back({fd, SteadyClock::now() + kStay});
    if (clients_.size() > kMostAtOnce) Close(1);
  }

  // Closes those whose time is over. Returns when to come again, in
  // milliseconds from now; -1: never.
  int CloseDue() {
    const auto now = SteadyClock::now();
    size_t due = 0;
    while (due < clients_.size() && clients_[due].until <= now) ++due;
    Close(due);
    if (clients_.empty()) return -1;
    return static_cast<int>(
        std::chrono::ceil<std::chrono::milliseconds>(clients_[0].until - now)
            .count());
  }

 private:
  struct Client {
    int fd;
    SteadyClock::time_point until;
  };
  static constexpr auto kStay = std::chrono::seconds(1);
  static constexpr size_t kMostAtOnce = 64;

  void Close(size_t count) {
    for (; count > 0; --count) {
      close(clients_.front().fd);
      clients_.pop_front();
    }
  }

  std::deque<Client> clients_;  // the oldest first
};

}  // namespace

class Server::Impl {
 public:
  explicit Impl(ServerOptions options)
      : options_(std::move(options)),
        pool_(static_cast<size_t>(options_.max_threads)) {}
  ~Impl() {
    Stop();
    if (listener_.fd >= 0) close(listener_.fd);
    if (stop_event_ >= 0) close(stop_event_);
  }

  Status Bind();
  int port() const { return listener_.port; }
  void Start(api::Handler handler);
  void Stop();
  void HurryStop();

 private:
  void AcceptLoop();
  void Accept(TurnedAway& turned_away);
  void ServeConnection(int fd);
  // Answers the request that has come; false: it was the last one.
  bool Serve(Connection& connection);

  const ServerOptions options_;
  // Set by Bind() and Start(), constant while threads run.
  Listener listener_;
  int stop_event_ = -1;
  std::optional<Guard> guard_;
  std::optional<Protocol> protocol_;

  std::atomic<bool> stopping_{false};
  std::atomic<int> busy_{0};  // requests that are being served
  std::mutex stop_mutex_;     // one Stop() at a time
  std::thread acceptor_;
  bool full_ = false;  // of the acceptor: the system is out of descriptors

  std::mutex mutex_;  // guards the two below
  std::unordered_set<Connection*> connections_;
  bool hurry_ = false;
  std::condition_variable drained_;  // no connections, or no time for them

  ThreadPool pool_;
};

Status Server::Impl::Bind() {
  Result<Listener> listener = Listen(options_.host, options_.port);
  if (!listener.ok()) return std::move(listener).error();
  listener_ = listener.value();
  if (!listener_.loopback && options_.api_key.empty()) {
    close(listener_.fd);
    listener_ = {};
    return Invalid("Listening on " + options_.host +
                   " lets in everybody on the network: set a key with "
                   "--api-key, or listen on 127.0.0.1.");
  }
  stop_event_ = eventfd(0, EFD_CLOEXEC);
  if (stop_event_ < 0) return Internal("Cannot make an eventfd.");
  return {};
}

void Server::Impl::Start(api::Handler handler) {
  MakeRoomForConnections(options_.max_threads);
  guard_.emplace(
      Guard::Options{.api_key = options_.api_key,
                     .api_key_in_header = HeaderAsRead(options_.api_key),
                     .loopback = listener_.loopback,
                     .host = options_.host});
  protocol_.emplace(*guard_, std::move(handler),
                    Protocol::Options{.max_body_bytes = options_.max_body_bytes,
                                      .keep_headers = options_.keep_headers},
                    stopping_);
  acceptor_ = std::thread([this] { AcceptLoop(); });
}

void Server::Impl::Stop() {
  const std::lock_guard<std::mutex> one_at_a_time(stop_mutex_);
  if (!acceptor_.joinable()) return;
  stopping_ = true;
  const uint64_t one = 1;
  [[maybe_unused]] const ssize_t written = write(stop_event_, &one, sizeof one);
  acceptor_.join();
  close(std::exchange(listener_.fd, -1));

  {
    std::unique_lock<std::mutex> lock(mutex_);
    for (Connection* connection : connections_) connection->Wake();
    drained_.wait_for(lock,
                      std::chrono::milliseconds(options_.drain_timeout_ms),
                      [this] { return connections_.empty() || hurry_; });
    for (Connection* connection : connections_) connection->Cut();
  }
  pool_.Join();
}

void Server::Impl::HurryStop() {
  const std::lock_guard<std::mutex> lock(mutex_);
  hurry_ = true;
  drained_.notify_all();
}

void Server::Impl::AcceptLoop() {
  TurnedAway turned_away;
  pollfd events[2] = {{listener_.fd, POLLIN, 0}, {stop_event_, POLLIN, 0}};
  while (!stopping_) {
    const int ready = poll(events, 2, turned_away.CloseDue());
    if (ready > 0 && !stopping_) Accept(turned_away);
  }
}

void Server::Impl::Accept(TurnedAway& turned_away) {
  const int fd = accept4(listener_.fd, nullptr, nullptr, SOCK_CLOEXEC);
  if (fd < 0) {
    if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS ||
        errno == ENOMEM) {
      if (!full_) Log(LogLevel::kWarning, "no room for more connections");
      full_ = true;
      std::this_thread::sleep_for(kOutOfFilesPause);
    }
    return;  // the others are troubles of that one client
  }
  full_ = false;
  if (!pool_.Run([this, fd] { ServeConnection(fd); })) turned_away.Add(fd);
}

bool Server::Impl::Serve(Connection& connection) {
  busy_.fetch_add(1, std::memory_order_relaxed);
  const bool again = protocol_->ServeRequest(connection);
  busy_.fetch_sub(1, std::memory_order_relaxed);
  return again;
}

void Server::Impl::ServeConnection(int fd) {
  Connection connection(fd, {.idle_ms = options_.idle_timeout_ms,
                             .read_ms = options_.read_timeout_ms,
                             .write_ms = options_.write_timeout_ms});
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    connections_.insert(&connection);
  }
  while (connection.WaitForRequest(stopping_, busy_) && Serve(connection)) {
  }
  const std::lock_guard<std::mutex> lock(mutex_);
  connections_.erase(&connection);
  if (connections_.empty()) drained_.notify_all();
}

Server::Server(ServerOptions options)
    : impl_(std::make_unique<Impl>(std::move(options))) {}

Server::~Server() = default;

Status Server::Bind() { return impl_->Bind(); }

int Server::port() const { return impl_->port(); }

void Server::Start(api::Handler handler) { impl_->Start(std::move(handler)); }

void Server::Stop() { impl_->Stop(); }

void Server::HurryStop() { impl_->HurryStop(); }

}  // namespace bobbin::http
