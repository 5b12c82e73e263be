#include "base/ids.h"

#include <algorithm>
#include <random>

namespace bobbin {
namespace {

uint64_t DeviceSeed() {
  std::random_device device;
  return uint64_t{device()} << 32 | device();
}

// Two threads never share a state, so there is no lock to wait for. Within a
// process the counter alone keeps ids apart; the tail does so among machines.
uint64_t RandomBits() {
  thread_local std::mt19937_64 generator(DeviceSeed());
  return generator();
}

}  // namespace

std::string UuidV7Source::NewId() {
  // When the counter runs over, or the clock steps back, time is borrowed
  // from the next millisecond: order matters more than the exact moment.
  const auto now_ms =
      static_cast<uint64_t>(std::max<int64_t>(clock_.NowUs(), 0) / 1000);
  uint64_t last = last_.load(std::memory_order_relaxed);
  uint64_t mine;
  do {
    mine = std::max(now_ms << 12, last + 1);
  } while (!last_.compare_exchange_weak(last, mine, std::memory_order_relaxed));

  return FormatUuidV7(mine, RandomBits());
}

std::string FormatUuidV7(uint64_t moment, uint64_t random) {
  constexpr uint64_t kVersion = 0x7000;
  constexpr uint64_t kVariant = uint64_t{1} << 63;
  const uint64_t high = (moment >> 12) << 16 | kVersion | (moment & 0xfff);
  const uint64_t low = kVariant | random >> 2;

  std::string id = "00000000-0000-0000-0000-000000000000";
  int shift = 128;
  for (char& c : id) {
    if (c == '-') continue;
    shift -= 4;
    c = "0123456789abcdef"[(shift < 64 ? low >> shift : high >> (shift - 64)) &
                           0xf];
  }
  return id;
}

}  // namespace bobbin
