// One accepted socket: buffers what comes in, holds back what goes out, and
// knows how long to wait. It does not know HTTP.
#pragma once

#include <sys/types.h>

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace bobbin::http {

struct Timeouts {
  int idle_ms = 0;   // before the first byte of a request
  int read_ms = 0;   // without a byte within a request
  int write_ms = 0;  // without a byte taken by the peer
};

// A small request costs one recv() and its answer one sendmsg(): the only
// wait without a buffered byte is the one for the next request, and it is a
// blocking recv(); what is written stays here until Flush(), Send() or a read
// that would have to wait.
//
// Threads   One, except for Wake() and Cut(), which any thread may call
//           while the connection lives.
class Connection {
 public:
  // Owns `fd`, a blocking stream socket.
  Connection(int fd, const Timeouts& timeouts);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // Waits for the first byte of the next request. False: the peer is gone or
  // has been silent for `idle_ms`, or Wake() was called. `stopping` is looked
  // at after Wake() is known to have an effect: a caller who sets it and then
  // calls Wake() is not missed. `busy` counts the requests that are being
  // served on other connections.
  bool WaitForRequest(const std::atomic<bool>& stopping,
                      const std::atomic<int>& busy);

  // Takes up to `size` bytes, at least one. 0: the peer sends no more. -1: it
  // has been silent for `read_ms`, or the connection broke.
  ssize_t Read(char* into, size_t size) {
    if (begin_ == end_ && size >= kBufferBytes) return Receive(into, size);
    if (begin_ == end_) {
      const ssize_t got = Fill();
      if (got <= 0) return got;
    }
    if (size == 1) {  // a head is read byte by byte
      *into = buffer_[begin_++];
      return 1;
    }
    const size_t count = std::min(size, end_ - begin_);
    std::memcpy(into, buffer_.get() + begin_, count);
    begin_ += count;
    return static_cast<ssize_t>(count);
  }

  // Whether bytes are at hand that nobody has read yet.
  bool HasUnread() const { return begin_ < end_; }

  // Writes `bytes`, maybe later. False: the peer is gone or too slow; nothing
  // more will be sent.
  bool Write(std::string_view bytes);
  // Sends what is held back and then `pieces` (at most three). With `more`,
  // the system may keep the last packet back for a moment, so that what
  // follows at once goes with it (MSG_MORE, send(2)).
  bool Send(std::span<const std::string_view> pieces, bool more = false);
  bool Flush() { return Send({}); }

  // Tells the peer that nothing more comes, and reads on for a moment: to
  // close at once on a peer that is still sending would make it lose the
  // answer.
  void Linger(const std::atomic<bool>& stopping);
  // Whether the peer has hung up, or Cut() was called; never waits. A peer
  // that merely says that it will send nothing more counts as gone: in TCP
  // the two look alike.
  bool PeerIsGone() const;
  // Makes the end of this connection look like a failure to the peer.
  void ResetAtClose();

  // Waits for `ms`, or for ever if that is negative; but not longer than the
  // peer stays (see above) and Wake() is not called. `stopping` as in
  // WaitForRequest().
  void Pause(const std::atomic<bool>& stopping, int64_t ms);

  // Ends a WaitForRequest() or a Pause(), running or future; nothing else.
  void Wake();
  // Makes every read and write fail from now on.
  void Cut();

 private:
  static constexpr size_t kBufferBytes = 16 * 1024;
  static constexpr size_t kHoldBytes = 4 * 1024;

  // Looks for the next request for a moment without sleeping. False: none has
  // come, or somebody else needs the processor more.
  bool LookForRequest(const std::atomic<int>& busy);

  // Receives into the buffer, which is empty. Results as those of Read().
  ssize_t Fill();
  ssize_t Receive(char* into, size_t size);

  const int fd_;
  const Timeouts timeouts_;
  std::atomic<bool> waiting_{false};
  std::unique_ptr<char[]> buffer_;
  size_t begin_ = 0;  // of the unread part of the buffer
  size_t end_ = 0;
  std::string held_;
  bool answered_ = false;  // a request has been here
  bool broken_ = false;    // for writing
};

}  // namespace bobbin::http
