#include "control/seeds.h"

#include <algorithm>

#include "base/ids.h"

namespace bobbin::control {
namespace {

// SplitMix64 (Steele, Lea, Flood: "Fast splittable pseudorandom number
// generators", 2014): each pair of seed and number has bits of its own.
uint64_t RandomBits(uint64_t seed, uint64_t number) {
  uint64_t bits = seed + (number + 1) * 0x9e3779b97f4a7c15;
  bits = (bits ^ (bits >> 30)) * 0xbf58476d1ce4e5b9;
  bits = (bits ^ (bits >> 27)) * 0x94d049bb133111eb;
  return bits ^ (bits >> 31);
}

}  // namespace

void Seeds::Set(std::string_view project_id, std::optional<int64_t> seed,
                std::optional<Clock> clock) {
  if (!seed && !clock) return Forget(project_id);
  Seeded seeded{.seed = {}, .clock = clock};
  if (seed) seeded.seed = static_cast<uint64_t>(*seed);
  const std::lock_guard lock(mutex_);
  projects_.insert_or_assign(std::string(project_id), seeded);
  any_ = true;
}

void Seeds::Forget(std::string_view project_id) {
  const std::lock_guard lock(mutex_);
  const auto found = projects_.find(project_id);
  if (found != projects_.end()) projects_.erase(found);
  any_ = !projects_.empty();
}

void Seeds::ForgetAll() {
  const std::lock_guard lock(mutex_);
  projects_.clear();
  any_ = false;
}

Seeds::Seeded* Seeds::Find(std::string_view project_id) {
  const auto found = projects_.find(project_id);
  return found == projects_.end() ? nullptr : &found->second;
}

std::optional<std::string> Seeds::NextId(std::string_view project_id) {
  if (!any_.load(std::memory_order_relaxed)) return std::nullopt;
  const std::lock_guard lock(mutex_);
  Seeded* const seeded = Find(project_id);
  if (seeded == nullptr || !seeded->seed) return std::nullopt;
  const int64_t ms =
      seeded->clock ? seeded->clock->now_us / 1000 : Seeds::kFirstMs;
  const uint64_t number = seeded->ids++;
  // The number goes behind the milliseconds, so that the ids sort.
  const uint64_t moment =
      (static_cast<uint64_t>(std::max<int64_t>(ms, 0)) << 12) + number;
  return FormatUuidV7(moment, RandomBits(*seeded->seed, number));
}

std::optional<int64_t> Seeds::NextUs(std::string_view project_id) {
  if (!any_.load(std::memory_order_relaxed)) return std::nullopt;
  const std::lock_guard lock(mutex_);
  Seeded* const seeded = Find(project_id);
  if (seeded == nullptr || !seeded->clock) return std::nullopt;
  const int64_t now_us = seeded->clock->now_us;
  seeded->clock->now_us += seeded->clock->step_us;
  return now_us;
}

}  // namespace bobbin::control
