// As much of HTTP as a load generator needs, and no more work than that.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace bobbin::bench {

// A POST of JSON on a connection that stays open. `more` are further header
// lines, each with its CRLF.
std::string Post(std::string_view path, std::string_view body,
                 std::string_view more = {});

// Takes an answer in as it arrives.
class Answer {
 public:
  void Clear();
  // Reads what `fd` has, once. False when there was nothing to read.
  // Throws when the connection ends or fails.
  bool ReadFrom(int fd);
  // Whole: by its Content-Length, or by the end of its chunks. A client that
  // has one request under way has nothing but the answer in its buffer.
  bool complete() const { return complete_; }
  bool ok() const;
  // As sent: a chunked one with the lengths of its chunks.
  size_t body_bytes() const { return used_ - head_bytes_; }
  std::string_view text() const { return {buffer_.data(), used_}; }

 private:
  void Look();

  std::string buffer_;
  size_t used_ = 0;
  size_t head_bytes_ = 0;    // 0: the head has not ended yet
  size_t needed_bytes_ = 0;  // 0: chunked
  bool complete_ = false;
};

// Throws std::runtime_error, with errno's text when `result` is negative.
int CheckCall(int result, const char* what);
// Throws what a server said that should not have said it.
[[noreturn]] void ThrowAnswer(const Answer& answer);

// A TCP connection to this machine. `blocking`: reads wait (not forever).
int Connect(int port, bool blocking);

// One connection, one request at a time.
class Client {
 public:
  explicit Client(int port) : fd_(Connect(port, true)) {}
  ~Client();
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  // Throws unless the answer is 200. The answer is good until the next call.
  const Answer& Send(std::string_view request);

 private:
  const int fd_;
  Answer answer_;
};

}  // namespace bobbin::bench
