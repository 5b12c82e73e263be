#include "support/connection.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <stdexcept>
#include <string>

namespace bobbin::testing {
namespace {

constexpr int kPatienceS = 30;

// Makes a socket that is connected to the port, or returns -1.
int Connect(int port) {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const timeval patience{.tv_sec = kPatienceS, .tv_usec = 0};
  setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0) {
    return fd;
  }
  close(fd);
  return -1;
}

std::string LowerCase(std::string text) {
  for (char& c : text) c = static_cast<char>(std::tolower(c));
  return text;
}

}  // namespace

Connection::Connection(int port) : fd_(Connect(port)) {
  if (fd_ < 0) throw std::runtime_error("cannot connect");
}

Connection::~Connection() {
  if (fd_ >= 0) close(fd_);
}

bool Connection::Send(std::string_view text) {
  while (!text.empty()) {
    const ssize_t count = send(fd_, text.data(), text.size(), MSG_NOSIGNAL);
    if (count <= 0) return false;
    text.remove_prefix(static_cast<size_t>(count));
  }
  return true;
}

bool Connection::Fill() {
  char piece[1 << 16];
  const ssize_t count = recv(fd_, piece, sizeof piece, 0);
  if (count < 0 && errno == EAGAIN) {
    throw std::runtime_error("the server says nothing");
  }
  if (count <= 0) return false;
  unread_.append(piece, static_cast<size_t>(count));
  return true;
}

void Connection::WaitForAnswer() {
  pollfd wanted{fd_, POLLIN, 0};
  if (poll(&wanted, 1, kPatienceS * 1000) == 0) {
    throw std::runtime_error("the server says nothing");
  }
}

bool Connection::Pass(size_t count, const Take& take) {
  while (count > 0) {
    if (unread_.empty() && !Fill()) return false;
    const size_t piece = std::min(count, unread_.size());
    take(std::string_view(unread_).substr(0, piece));
    unread_.erase(0, piece);
    count -= piece;
  }
  return true;
}

bool Connection::PassChunks(const Take& take) {
  while (true) {
    size_t end;
    while ((end = unread_.find("\r\n")) == std::string::npos) {
      if (!Fill()) return false;
    }
    const size_t size = std::stoul(unread_.substr(0, end), nullptr, 16);
    unread_.erase(0, end + 2);
    const auto line_end = [](std::string_view) {};
    if (!Pass(size, take) || !Pass(2, line_end)) return false;
    if (size == 0) return true;
  }
}

RawAnswer Connection::ReadAnswer(const Take& take) {
  RawAnswer answer;
  size_t end;
  while ((end = unread_.find("\r\n\r\n")) == std::string::npos) {
    if (!Fill()) return answer;
  }
  answer.head = unread_.substr(0, end + 4);
  unread_.erase(0, end + 4);
  const std::string head = LowerCase(answer.head);
  const size_t length = head.find("\r\ncontent-length: ");
  bool whole = true;
  if (head.find("\r\ntransfer-encoding: chunked") != std::string::npos) {
    whole = PassChunks(take);
  } else if (length != std::string::npos) {
    whole = Pass(std::stoul(head.substr(length + 18)), take);
  }
  if (whole) answer.status = std::stoi(answer.head.substr(9, 3));
  return answer;
}

RawAnswer Connection::ReadAnswer() {
  std::string body;
  RawAnswer answer = ReadAnswer([&](std::string_view piece) { body += piece; });
  answer.body = std::move(body);
  return answer;
}

bool Listening(int port) {
  const int fd = Connect(port);
  if (fd >= 0) close(fd);
  return fd >= 0;
}

std::string PostHead(std::string_view path, size_t length,
                     std::string_view more) {
  return "POST " + std::string(path) +
         " HTTP/1.1\r\nHost: localhost\r\n"
         "Content-Type: application/json\r\n"
         "Content-Length: " +
         std::to_string(length) + "\r\n" + std::string(more) + "\r\n";
}

}  // namespace bobbin::testing
