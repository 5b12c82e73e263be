#include "bench/http.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstring>
#include <stdexcept>

namespace bobbin::bench {
namespace {

constexpr size_t kReadBytes = 64 << 10;
constexpr int kPatienceSeconds = 60;

}  // namespace

std::string Post(std::string_view path, std::string_view body,
                 std::string_view more) {
  std::string request = "POST ";
  request += path;
  request +=
      " HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: */*\r\n"
      "Authorization: Basic YXBpOmtleQ==\r\n"
      "Content-Type: application/json\r\n";
  request += more;
  request += "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n";
  request += body;
  return request;
}

void Answer::Clear() {
  used_ = 0;
  head_bytes_ = 0;
  needed_bytes_ = 0;
  complete_ = false;
}

bool Answer::ReadFrom(int fd) {
  if (buffer_.size() < used_ + kReadBytes) buffer_.resize(used_ + kReadBytes);
  const ssize_t count = recv(fd, buffer_.data() + used_, kReadBytes, 0);
  if (count < 0 && (errno == EAGAIN || errno == EINTR)) return false;
  if (count <= 0) {
    throw std::runtime_error("the server closed a connection after: " +
                             std::string(text()));
  }
  used_ += static_cast<size_t>(count);
  Look();
  return true;
}

bool Answer::ok() const { return text().starts_with("HTTP/1.1 200 "); }

void Answer::Look() {
  if (head_bytes_ == 0) {
    const size_t end = text().find("\r\n\r\n");
    if (end == std::string_view::npos) return;
    head_bytes_ = end + 4;
    // Past the status line, a header begins after each line's end.
    static constexpr std::string_view kLength = "\nContent-Length: ";
    for (size_t at = text().find('\n'); at < end;
         at = text().find('\n', at + 1)) {
      const char* line = buffer_.data() + at;
      if (strncasecmp(line, kLength.data(), kLength.size()) != 0) continue;
      size_t length = 0;
      std::from_chars(line + kLength.size(), buffer_.data() + end, length);
      needed_bytes_ = head_bytes_ + length;
    }
  }
  // JSON has no carriage returns, so these cannot be part of the body.
  complete_ = needed_bytes_ > 0 ? used_ >= needed_bytes_
                                : text().ends_with("0\r\n\r\n");
}

int CheckCall(int result, const char* what) {
  if (result < 0) {
    throw std::runtime_error(std::string(what) + ": " + std::strerror(errno));
  }
  return result;
}

void ThrowAnswer(const Answer& answer) {
  throw std::runtime_error("the server answered: " +
                           std::string(answer.text().substr(0, 1000)));
}

int Connect(int port, bool blocking) {
  const int fd =
      CheckCall(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), "socket");
  const int on = 1;
  CheckCall(setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on),
            "TCP_NODELAY");
  const timeval patience{kPatienceSeconds, 0};
  CheckCall(setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience),
            "SO_RCVTIMEO");
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  CheckCall(connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address),
            "connect");
  if (!blocking) {
    CheckCall(fcntl(fd, F_SETFL, O_NONBLOCK), "O_NONBLOCK");
  }
  return fd;
}

Client::~Client() { close(fd_); }

const Answer& Client::Send(std::string_view request) {
  answer_.Clear();
  while (!request.empty()) {
    const ssize_t sent =
        send(fd_, request.data(), request.size(), MSG_NOSIGNAL);
    CheckCall(static_cast<int>(sent), "send");
    request.remove_prefix(static_cast<size_t>(sent));
  }
  while (!answer_.complete()) {
    if (!answer_.ReadFrom(fd_)) throw std::runtime_error("no answer in time");
  }
  if (!answer_.ok()) ThrowAnswer(answer_);
  return answer_;
}

}  // namespace bobbin::bench
