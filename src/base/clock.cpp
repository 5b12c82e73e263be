#include "base/clock.h"

#include <chrono>

namespace bobbin {

int64_t SystemClock::NowUs() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::microseconds>(now).count();
}

}  // namespace bobbin
