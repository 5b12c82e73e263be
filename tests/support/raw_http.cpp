#include "support/raw_http.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <cerrno>
#include <stdexcept>

namespace bobbin::testing {

RawClient::RawClient(int port)
    : fd_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  const timeval patience{.tv_sec = 60, .tv_usec = 0};
  setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  setsockopt(fd_, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (connect(fd_, reinterpret_cast<sockaddr*>(&address), sizeof address) !=
      0) {
    close(fd_);
    throw std::runtime_error("cannot connect");
  }
}

RawClient::~RawClient() {
  if (fd_ >= 0) close(fd_);
}

bool RawClient::Send(std::string_view text) {
  while (!text.empty()) {
    const ssize_t count = send(fd_, text.data(), text.size(), MSG_NOSIGNAL);
    if (count <= 0) return false;
    text.remove_prefix(static_cast<size_t>(count));
  }
  return true;
}

void RawClient::EndSending() { shutdown(fd_, SHUT_WR); }

std::string RawClient::ReadSome(size_t count) {
  std::string piece(count, '\0');
  const ssize_t got = recv(fd_, piece.data(), count, 0);
  if (got < 0 && errno == EAGAIN) {
    throw std::runtime_error("the server says nothing");
  }
  if (got < 0) failed_ = true;
  piece.resize(got < 0 ? 0 : static_cast<size_t>(got));
  return piece;
}

std::string RawClient::ReadToEnd() {
  while (Fill()) {
  }
  std::string all;
  all.swap(unread_);
  return all;
}

bool RawClient::AtEnd() { return unread_.empty() && !Fill() && !failed_; }

bool RawClient::Fill() {
  const std::string piece = ReadSome(1 << 16);
  unread_ += piece;
  return !piece.empty();
}

bool RawClient::Take(size_t count, std::string& to) {
  while (unread_.size() < count) {
    if (!Fill()) return false;
  }
  to.append(unread_, 0, count);
  unread_.erase(0, count);
  return true;
}

bool RawClient::TakeChunks(std::string& body) {
  while (true) {
    size_t end;
    while ((end = unread_.find("\r\n")) == std::string::npos) {
      if (!Fill()) return false;
    }
    const size_t size = std::stoul(unread_.substr(0, end), nullptr, 16);
    unread_.erase(0, end + 2);
    std::string line_end;
    if (!Take(size, body) || !Take(2, line_end)) return false;
    if (size == 0) return true;
  }
}

RawReply RawClient::ReadReply() {
  RawReply reply;
  size_t end;
  while ((end = unread_.find("\r\n\r\n")) == std::string::npos) {
    if (!Fill()) return {};
  }
  Take(end + 4, reply.head);
  const std::string length_name = "\r\nContent-Length: ";
  const size_t length = reply.head.find(length_name);
  bool whole = true;
  if (reply.head.find("\r\nTransfer-Encoding: chunked") != std::string::npos) {
    whole = TakeChunks(reply.body);
  } else if (length != std::string::npos) {
    whole = Take(std::stoul(reply.head.substr(length + length_name.size())),
                 reply.body);
  }
  if (whole) reply.status = std::stoi(reply.head.substr(9, 3));
  return reply;
}

}  // namespace bobbin::testing
