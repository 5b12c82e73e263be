// A TCP connection on which a test says exactly what it wants to say.
#pragma once

#include <functional>
#include <string>
#include <string_view>

namespace bobbin::testing {

// An answer as it came over the wire.
struct RawAnswer {
  int status = 0;
  std::string head;  // up to the empty line
  std::string body;  // chunks joined; zipped if it was sent so
};

// Waits are bounded: a server that says nothing for long makes Read… throw.
class Connection {
 public:
  explicit Connection(int port);
  ~Connection();
  Connection(Connection&& other) noexcept : fd_(other.fd_) { other.fd_ = -1; }
  Connection& operator=(Connection&&) = delete;

  // False if the server has closed the connection.
  bool Send(std::string_view text);
  // Returns when the next answer has begun, or the connection has ended.
  // Takes nothing of it.
  void WaitForAnswer();
  // The next answer; its status is 0 if the connection ends before it does.
  RawAnswer ReadAnswer();
  // The same for an answer that is too large to keep: the body goes to `take`
  // piece by piece.
  using Take = std::function<void(std::string_view)>;
  RawAnswer ReadAnswer(const Take& take);

 private:
  bool Fill();
  bool PassChunks(const Take& take);
  bool Pass(size_t count, const Take& take);

  std::string unread_;
  int fd_ = -1;
};

// False if nobody listens on the port.
bool Listening(int port);

// The head of a request with a JSON body of `length` bytes; `more` are further
// header lines, each with its CRLF.
std::string PostHead(std::string_view path, size_t length,
                     std::string_view more = {});

}  // namespace bobbin::testing
