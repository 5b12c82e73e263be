// Whoever waits for what a thread is doing, and may stop waiting.
#pragma once

#include <functional>

namespace bobbin {

// For as long as it lives, this thread works for a caller; `gone` tells
// whether that one has stopped waiting. The transport makes one for each
// request, and whatever takes long below it (a query, say) may ask: so the
// layers between need not pass it on. The innermost one counts.
//
// Threads   Works for, and may be asked by, the thread that made it.
class Caller {
 public:
  // `gone` is asked many times, but not more often than every few
  // milliseconds. It must not throw.
  explicit Caller(std::function<bool()> gone);
  ~Caller();
  Caller(const Caller&) = delete;
  Caller& operator=(const Caller&) = delete;

  // Whether this thread works for nobody any more. False in a thread that
  // has no caller.
  static bool IsGone();

 private:
  const std::function<bool()> gone_;
  const Caller* const outer_;
};

}  // namespace bobbin
