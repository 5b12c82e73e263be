// A client that says exactly what a test wants to say, for the tests of the
// transport: it also tells what came in which piece, and how it ended.
#pragma once

#include <string>
#include <string_view>

namespace bobbin::testing {

struct RawReply {
  int status = 0;
  std::string head;  // up to and with the empty line
  std::string body;  // chunks joined; zipped if it was sent so
};

// Waits are bounded: a server that says nothing for long makes Read… throw.
class RawClient {
 public:
  // To a port of 127.0.0.1.
  explicit RawClient(int port);
  ~RawClient();
  RawClient(RawClient&& other) noexcept : fd_(other.fd_) { other.fd_ = -1; }
  RawClient& operator=(RawClient&&) = delete;

  // False if the server has closed the connection.
  bool Send(std::string_view text);
  // Says that nothing more will be sent.
  void EndSending();
  // What comes next, up to `count` bytes; "" when the server has closed the
  // connection. Not after ReadReply() has begun to read ahead.
  std::string ReadSome(size_t count);
  // All that comes until the server closes the connection.
  std::string ReadToEnd();
  // Whether the connection has ended, and properly so.
  bool AtEnd();
  // The next reply; its status is 0 if the connection ends before it does.
  RawReply ReadReply();

 private:
  bool Fill();
  bool Take(size_t count, std::string& to);
  bool TakeChunks(std::string& body);

  std::string unread_;
  bool failed_ = false;
  int fd_ = -1;
};

}  // namespace bobbin::testing
