// Where generated ids come from, so that a test can decide what they are.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>

#include "base/clock.h"

namespace bobbin {

class IdSource {
 public:
  virtual ~IdSource() = default;
  // A new id, unlike every earlier one. Call from any thread.
  virtual std::string NewId() = 0;
};

// UUID version 7 (RFC 9562, section 5.7) out of `moment`, milliseconds since
// the epoch times 4096 plus a counter below that, and 62 of the random bits.
std::string FormatUuidV7(uint64_t moment, uint64_t random);

// UUID version 7, lower case with hyphens, as the
// Weave SDKs make them. Ids of one source sort in the order they were made
// (section 6.2, method 1: a counter behind the millisecond), so that index
// inserts stay at the right edge of their trees.
class UuidV7Source : public IdSource {
 public:
  // Borrows `clock`, which must outlive the source.
  explicit UuidV7Source(Clock& clock) : clock_(clock) {}
  std::string NewId() override;

 private:
  Clock& clock_;
  std::atomic<uint64_t> last_{0};  // milliseconds << 12 | counter
};

}  // namespace bobbin
