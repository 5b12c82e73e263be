// Projects out (POST /_bobbin/export).
#pragma once

#include <string_view>
#include <tuple>
#include <vector>

#include "model/record.h"

namespace bobbin::model {

struct ExportReq {
  std::vector<std::string_view> project_ids;  // none: all
  static constexpr bool kStrict = true;
  static constexpr auto Fields() {
    return std::tuple(Optional("project_ids", &ExportReq::project_ids));
  }
};

}  // namespace bobbin::model
