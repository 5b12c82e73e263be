// Questions about threads, usage and sizes (contract sections 4.6 and 12).
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <tuple>
#include <vector>

#include "model/calls_query.h"
#include "model/record.h"

namespace bobbin::model {

struct ThreadsFilter {
  std::optional<Time> after, before;  // of started_at; neither is included
  Texts thread_ids;
  static constexpr bool kStrict = true;
  static constexpr auto Fields() {
    using F = ThreadsFilter;
    return std::tuple(Optional("after_datetime", &F::after),
                      Optional("before_datetime", &F::before),
                      Optional("thread_ids", &F::thread_ids));
  }
};

struct ThreadsQueryReq {
  std::string_view project_id;
  std::optional<ThreadsFilter> filter;
  std::optional<int64_t> limit, offset;
  std::optional<std::vector<SortBy>> sort_by;
  static constexpr bool kStrict = true;
  static constexpr auto Fields() {
    using R = ThreadsQueryReq;
    return std::tuple(
        Required("project_id", &R::project_id), Optional("filter", &R::filter),
        Optional("limit", &R::limit), Optional("offset", &R::offset),
        Optional("sort_by", &R::sort_by));
  }
};

struct CallsUsageReq {
  std::string_view project_id;
  std::vector<std::string_view> call_ids;
  std::optional<bool> include_costs;
  std::optional<int64_t> limit;
  static constexpr bool kStrict = true;
  static constexpr auto Fields() {
    using R = CallsUsageReq;
    return std::tuple(Required("project_id", &R::project_id),
                      Required("call_ids", &R::call_ids),
                      Optional("include_costs", &R::include_costs),
                      Optional("limit", &R::limit));
  }
};

struct ProjectStatsReq {
  std::string_view project_id;
  std::optional<bool> traces, objects, tables, files;  // true by default
  static constexpr bool kStrict = true;
  static constexpr auto Fields() {
    using R = ProjectStatsReq;
    return std::tuple(Required("project_id", &R::project_id),
                      Optional("include_trace_storage_size", &R::traces),
                      Optional("include_object_storage_size", &R::objects),
                      Optional("include_table_storage_size", &R::tables),
                      Optional("include_file_storage_size", &R::files));
  }
};

}  // namespace bobbin::model
