// Answers that are lists of any length, written piece by piece.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "api/request.h"
#include "base/result.h"

namespace bobbin::api {

// How the items of an answer are put together.
struct Frame {
  std::string_view begin, between, end;
};
inline constexpr Frame kJsonLines{"", "\n", "\n"};  // an empty list has no line

// One such answer on its way out.
class ListStream {
 public:
  // With `collect` nothing is sent before Finish().
  ListStream(const Frame& frame, bool collect, const Sink& sink);
  ListStream(const ListStream&) = delete;
  ListStream& operator=(const ListStream&) = delete;

  // Begins an item: its JSON is to be appended to what is returned.
  std::string& Begin();
  // Ends it. False: nobody takes any more.
  bool End();
  // Sends the rest. False: nobody took all of it.
  bool Finish();

 private:
  const Frame& frame_;
  const bool collect_;
  const Sink& sink_;
  std::string piece_;
  size_t item_ = 0;  // where in piece_ it begins
  bool any_ = false;
  bool open_ = true;
};

// An answer whose items `scan` writes, after the handler has returned. An
// Error of `scan` is answered if nothing has been sent yet. `frame` outlives
// the answer.
Response StreamList(const Frame& frame, std::string content_type, bool collect,
                    std::function<Status(ListStream&)> scan);

}  // namespace bobbin::api
