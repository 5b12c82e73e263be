// Where the time comes from, so that a test can decide what time it is.
#pragma once

#include <cstdint>

namespace bobbin {

class Clock {
 public:
  virtual ~Clock() = default;
  // Microseconds since the Unix epoch, UTC. Call from any thread.
  virtual int64_t NowUs() = 0;
};

// The machine's clock.
class SystemClock : public Clock {
 public:
  int64_t NowUs() override;
};

}  // namespace bobbin
