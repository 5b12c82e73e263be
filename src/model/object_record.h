// A version of a published object, as it is read.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bobbin::model {

// The alias that is always on the latest version (contract section 6.4).
inline constexpr std::string_view kLatest = "latest";

// The views live until the store goes on to the next one.
struct ObjectRecord {
  std::string_view project_id, object_id, digest, kind;
  int64_t created_at_us = 0;
  int64_t version_index = 0;
  bool is_latest = false;
  std::optional<std::string_view> base_object_class, leaf_object_class,
      wb_user_id;
  std::optional<std::string_view> val;  // JSON; unless only metadata is read
  std::optional<int64_t> size_bytes;    // of val, when asked for
  struct Labels {
    std::vector<std::string> tags, aliases;  // sorted
  };
  std::optional<Labels> labels;  // when asked for
};

}  // namespace bobbin::model
