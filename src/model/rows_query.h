// Questions about the rows of one table: feedback (contract section 10) and
// prices (section 11).
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <tuple>
#include <vector>

#include "model/calls_query.h"
#include "model/record.h"

namespace bobbin::model {

struct RowsQueryReq {
  std::string_view project_id;
  Texts fields;
  std::optional<RawValue> query;
  std::optional<std::vector<SortBy>> sort_by;
  std::optional<int64_t> limit, offset;
  static constexpr bool kStrict = true;
  static constexpr auto Fields() {
    using R = RowsQueryReq;
    return std::tuple(
        Required("project_id", &R::project_id), Optional("fields", &R::fields),
        Optional("query", &R::query), Optional("sort_by", &R::sort_by),
        Optional("limit", &R::limit), Optional("offset", &R::offset));
  }
};

struct RowsPurgeReq {
  std::string_view project_id;
  RawValue query;
  static constexpr bool kStrict = true;
  static constexpr auto Fields() {
    using R = RowsPurgeReq;
    return std::tuple(Required("project_id", &R::project_id),
                      Required("query", &R::query));
  }
};

}  // namespace bobbin::model
