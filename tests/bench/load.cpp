#include "bench/load.h"

#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <memory>
#include <stdexcept>

#include "bench/http.h"

namespace bobbin::bench {
namespace {

using Clock = std::chrono::steady_clock;
constexpr int kPatienceMs = 60'000;

class Connection {
 public:
  Connection(int port, int number)
      : fd_(Connect(port, false)), number_(number) {}
  ~Connection() { close(fd_); }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  int fd() const { return fd_; }
  // Has had its last answer, or nothing to send at all.
  bool idle() const { return request_ == nullptr; }

  // False when there is nothing more to send.
  bool Begin(const NextRequest& next) {
    request_ = next(number_);
    if (request_ == nullptr) return false;
    sent_ = 0;
    answer_.Clear();
    begun_ = Clock::now();
    Write();
    return true;
  }

  void Write() {
    while (sent_ < request_->size()) {
      const ssize_t count = send(fd_, request_->data() + sent_,
                                 request_->size() - sent_, MSG_NOSIGNAL);
      if (count < 0 && (errno == EAGAIN || errno == EINTR)) return;
      CheckCall(static_cast<int>(count), "send");
      sent_ += static_cast<size_t>(count);
    }
  }

  // True when the answer is whole.
  bool Read() {
    while (!answer_.complete() && answer_.ReadFrom(fd_)) {
    }
    if (answer_.complete() && !answer_.ok()) ThrowAnswer(answer_);
    return answer_.complete();
  }

  int64_t MicrosecondsSince() const {
    return std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() -
                                                                 begun_)
        .count();
  }

 private:
  const int fd_;
  const int number_;
  const std::string* request_ = nullptr;
  size_t sent_ = 0;
  Answer answer_;
  Clock::time_point begun_;
};

// Which of the connections have something to do.
class Poll {
 public:
  Poll() : fd_(CheckCall(epoll_create1(EPOLL_CLOEXEC), "epoll_create1")) {}
  ~Poll() { close(fd_); }
  Poll(const Poll&) = delete;
  Poll& operator=(const Poll&) = delete;

  void Add(Connection& connection) {
    // Edge-triggered: one system call per connection, not one per request.
    epoll_event event{};
    event.events = EPOLLIN | EPOLLOUT | EPOLLET;
    event.data.ptr = &connection;
    CheckCall(epoll_ctl(fd_, EPOLL_CTL_ADD, connection.fd(), &event),
              "epoll_ctl");
  }

  template <class Visit>
  void Wait(const Visit& visit) {
    epoll_event events[64];
    const int count = epoll_wait(fd_, events, 64, kPatienceMs);
    if (count < 0 && errno == EINTR) return;
    if (CheckCall(count, "epoll_wait") == 0) {
      throw std::runtime_error("no answer in time");
    }
    for (int i = 0; i < count; ++i) {
      visit(*static_cast<Connection*>(events[i].data.ptr));
    }
  }

 private:
  const int fd_;
};

int64_t Percentile(std::vector<int64_t>& values, size_t percent) {
  if (values.empty()) return 0;
  const size_t at = (values.size() - 1) * percent / 100;
  std::nth_element(values.begin(), values.begin() + static_cast<ptrdiff_t>(at),
                   values.end());
  return values[at];
}

}  // namespace

LoadResult RunLoad(int port, int connections, const NextRequest& next) {
  Poll poll;
  std::vector<std::unique_ptr<Connection>> all;
  for (int i = 0; i < connections; ++i) {
    poll.Add(*all.emplace_back(std::make_unique<Connection>(port, i)));
  }
  std::vector<int64_t> latencies;
  latencies.reserve(1 << 16);
  int busy = 0;
  const Clock::time_point begin = Clock::now();
  for (const auto& connection : all) {
    if (connection->Begin(next)) ++busy;
  }
  while (busy > 0) {
    poll.Wait([&](Connection& connection) {
      if (connection.idle()) return;
      connection.Write();
      if (!connection.Read()) return;
      latencies.push_back(connection.MicrosecondsSince());
      if (!connection.Begin(next)) --busy;
    });
  }
  const std::chrono::duration<double> elapsed = Clock::now() - begin;
  return {.requests = static_cast<int64_t>(latencies.size()),
          .seconds = elapsed.count(),
          .p50_us = Percentile(latencies, 50),
          .p99_us = Percentile(latencies, 99)};
}

NextRequest Shared(const std::vector<std::string>& requests) {
  return [&requests, at = size_t{0}](int) mutable -> const std::string* {
    return at < requests.size() ? &requests[at++] : nullptr;
  };
}

}  // namespace bobbin::bench
