#include "http/connection.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <limits>
#include <utility>

namespace bobbin::http {
namespace {

constexpr int kLingerSilenceMs = 500;
constexpr auto kLingerAtMost = std::chrono::seconds(5);
// A client that sends one request after the other needs less than this
// between an answer and the next; to be woken from sleep takes longer.
constexpr auto kLookFor = std::chrono::microseconds(60);

template <class Call>
ssize_t Uninterrupted(const Call& call) {
  ssize_t result;
  do {
    result = call();
  } while (result < 0 && errno == EINTR);
  return result;
}

// False when `timeout_ms` has passed. True says nothing about success: the
// call that follows will tell.
bool WaitFor(int fd, short events, int timeout_ms) {
  pollfd wanted = {fd, events, 0};
  return Uninterrupted([&] { return poll(&wanted, 1, timeout_ms); }) > 0;
}

bool WouldBlock() { return errno == EAGAIN || errno == EWOULDBLOCK; }

}  // namespace

Connection::Connection(int fd, const Timeouts& timeouts)
    : fd_(fd),
      timeouts_(timeouts),
      buffer_(std::make_unique_for_overwrite<char[]>(kBufferBytes)) {
  const timeval idle = {timeouts.idle_ms / 1000,
                        timeouts.idle_ms % 1000 * 1000L};
  setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &idle, sizeof idle);
  const int on = 1;
  setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

Connection::~Connection() { close(fd_); }

bool Connection::WaitForRequest(const std::atomic<bool>& stopping,
                                const std::atomic<int>& busy) {
  while (true) {
    // Some clients put an empty line after a body; it means nothing.
    while (begin_ < end_ &&
           (buffer_[begin_] == '\r' || buffer_[begin_] == '\n')) {
      ++begin_;
    }
    if (begin_ < end_) return true;
    if (std::exchange(answered_, true) && LookForRequest(busy)) continue;
    // Sequentially consistent with Wake(): either we see `stopping`, or the
    // other thread sees that we wait.
    waiting_ = true;
    if (stopping) return false;
    const ssize_t got = Uninterrupted(
        [this] { return recv(fd_, buffer_.get(), kBufferBytes, 0); });
    waiting_ = false;
    if (got <= 0) return false;
    begin_ = 0;
    end_ = static_cast<size_t>(got);
  }
}

bool Connection::LookForRequest(const std::atomic<int>& busy) {
  const auto end = std::chrono::steady_clock::now() + kLookFor;
  do {
    const ssize_t got = Uninterrupted([this] {
      return recv(fd_, buffer_.get(), kBufferBytes, MSG_DONTWAIT);
    });
    if (got > 0) {
      begin_ = 0;
      end_ = static_cast<size_t>(got);
      return true;
    }
    // The end or an error is found again by the caller.
    if (got == 0 || !WouldBlock()) return false;
  } while (busy.load(std::memory_order_relaxed) == 0 &&
           std::chrono::steady_clock::now() < end);
  return false;
}

ssize_t Connection::Fill() {
  const ssize_t got = Receive(buffer_.get(), kBufferBytes);
  begin_ = 0;
  end_ = got > 0 ? static_cast<size_t>(got) : 0;
  return got;
}

ssize_t Connection::Receive(char* into, size_t size) {
  // The peer may be waiting for what we hold back, "100 Continue" say.
  if (!held_.empty() && !Flush()) return -1;
  while (true) {
    const ssize_t got = Uninterrupted(
        [=, this] { return recv(fd_, into, size, MSG_DONTWAIT); });
    if (got >= 0 || !WouldBlock()) return got;
    if (!WaitFor(fd_, POLLIN, timeouts_.read_ms)) return -1;
  }
}

bool Connection::Write(std::string_view bytes) {
  if (held_.size() + bytes.size() > kHoldBytes) return Send({&bytes, 1});
  held_ += bytes;
  return !broken_;
}

bool Connection::Send(std::span<const std::string_view> pieces, bool more) {
  std::array<iovec, 4> unsent;
  size_t count = 0;
  size_t left = 0;
  const auto add = [&](std::string_view piece) {
    if (piece.empty()) return;
    // sendmsg() only reads what it is given.
    unsent[count++] = {const_cast<char*>(piece.data()), piece.size()};
    left += piece.size();
  };
  add(held_);
  for (const std::string_view piece : pieces) add(piece);

  const int flags = MSG_NOSIGNAL | MSG_DONTWAIT | (more ? MSG_MORE : 0);
  size_t first = 0;
  while (left > 0 && !broken_) {
    msghdr message = {};
    message.msg_iov = unsent.data() + first;
    message.msg_iovlen = count - first;
    const ssize_t sent =
        Uninterrupted([&] { return sendmsg(fd_, &message, flags); });
    if (sent < 0) {
      broken_ = !WouldBlock() || !WaitFor(fd_, POLLOUT, timeouts_.write_ms);
      continue;
    }
    left -= static_cast<size_t>(sent);
    size_t done = static_cast<size_t>(sent);
    while (first < count && done >= unsent[first].iov_len) {
      done -= unsent[first++].iov_len;
    }
    if (done > 0) {
      unsent[first].iov_base =
          static_cast<char*>(unsent[first].iov_base) + done;
      unsent[first].iov_len -= done;
    }
  }
  held_.clear();
  return !broken_;
}

void Connection::Linger(const std::atomic<bool>& stopping) {
  if (!Flush()) return;
  shutdown(fd_, SHUT_WR);
  const auto end = std::chrono::steady_clock::now() + kLingerAtMost;
  while (!stopping && std::chrono::steady_clock::now() < end &&
         WaitFor(fd_, POLLIN, kLingerSilenceMs)) {
    const ssize_t got = Uninterrupted([this] {
      return recv(fd_, buffer_.get(), kBufferBytes, MSG_DONTWAIT);
    });
    if (got <= 0) return;
  }
}

bool Connection::PeerIsGone() const {
  pollfd wanted = {fd_, POLLRDHUP, 0};
  return Uninterrupted([&] { return poll(&wanted, 1, 0); }) > 0;
}

void Connection::Pause(const std::atomic<bool>& stopping, int64_t ms) {
  using std::chrono::milliseconds;
  using std::chrono::steady_clock;
  const steady_clock::time_point begin = steady_clock::now();
  waiting_ = true;  // see WaitForRequest()
  while (!stopping) {
    int64_t left = std::numeric_limits<int>::max();
    if (ms >= 0) {
      left =
          ms -
          std::chrono::floor<milliseconds>(steady_clock::now() - begin).count();
    }
    if (left <= 0) break;
    const auto timeout = static_cast<int>(
        std::min<int64_t>(left, std::numeric_limits<int>::max()));
    if (WaitFor(fd_, POLLRDHUP, timeout)) break;
  }
  waiting_ = false;
}

void Connection::ResetAtClose() {
  const linger at_once = {1, 0};
  setsockopt(fd_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
}

void Connection::Wake() {
  if (waiting_) shutdown(fd_, SHUT_RD);
}

void Connection::Cut() { shutdown(fd_, SHUT_RDWR); }

}  // namespace bobbin::http
