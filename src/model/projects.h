// Projects as a whole: emptied, copied, put back (POST /_bobbin/reset,
// snapshot, restore, fork, drop), and what the server makes for one (seed).
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <tuple>

#include "model/record.h"

namespace bobbin::model {

struct ResetReq {
  std::optional<std::string_view> project_id;  // none: everything
  static constexpr bool kStrict = true;
  static constexpr auto Fields() {
    return std::tuple(Optional("project_id", &ResetReq::project_id));
  }
};

struct SnapshotReq {
  std::string_view project_id;
  std::optional<std::string_view> name;
  static constexpr bool kStrict = true;
  static constexpr auto Fields() {
    return std::tuple(Required("project_id", &SnapshotReq::project_id),
                      Optional("name", &SnapshotReq::name));
  }
};

struct RestoreReq {
  std::string_view project_id, snapshot;
  static constexpr bool kStrict = true;
  static constexpr auto Fields() {
    return std::tuple(Required("project_id", &RestoreReq::project_id),
                      Required("snapshot", &RestoreReq::snapshot));
  }
};

struct ForkReq {
  std::string_view project_id, to;
  static constexpr bool kStrict = true;
  static constexpr auto Fields() {
    return std::tuple(Required("project_id", &ForkReq::project_id),
                      Required("to", &ForkReq::to));
  }
};

struct DropReq {
  std::string_view project_id;
  std::optional<std::string_view> snapshot;  // none: the project and all its
  static constexpr bool kStrict = true;
  static constexpr auto Fields() {
    return std::tuple(Required("project_id", &DropReq::project_id),
                      Optional("snapshot", &DropReq::snapshot));
  }
};

// A clock that shows `now`, and `step_us` more each time it is looked at.
struct SeededClock {
  Time now;
  int64_t step_us = 0;
  static constexpr bool kStrict = true;
  static constexpr auto Fields() {
    return std::tuple(Required("now", &SeededClock::now),
                      Optional("step_us", &SeededClock::step_us));
  }
};

struct SeedReq {
  std::string_view project_id;
  std::optional<int64_t> seed;       // of the ids
  std::optional<SeededClock> clock;  // of the times
  static constexpr bool kStrict = true;
  static constexpr auto Fields() {
    return std::tuple(Required("project_id", &SeedReq::project_id),
                      Optional("seed", &SeedReq::seed),
                      Optional("clock", &SeedReq::clock));
  }
};

}  // namespace bobbin::model
