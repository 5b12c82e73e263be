// Questions about calls (contract sections 4.3, 4.4 and 4.6).
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <tuple>
#include <vector>

#include "model/record.h"

namespace bobbin::model {

using Texts = std::optional<std::vector<std::string_view>>;

// AND between the fields, OR inside a list; no list, or an empty one, does
// not filter.
struct CallsFilter {
  Texts op_names, input_refs, output_refs, parent_ids, trace_ids, call_ids,
      thread_ids, turn_ids, wb_user_ids, wb_run_ids;
  std::optional<bool> trace_roots_only;
  static constexpr bool kStrict = true;
  static constexpr auto Fields() {
    using F = CallsFilter;
    return std::tuple(Optional("op_names", &F::op_names),
                      Optional("input_refs", &F::input_refs),
                      Optional("output_refs", &F::output_refs),
                      Optional("parent_ids", &F::parent_ids),
                      Optional("trace_ids", &F::trace_ids),
                      Optional("call_ids", &F::call_ids),
                      Optional("thread_ids", &F::thread_ids),
                      Optional("turn_ids", &F::turn_ids),
                      Optional("trace_roots_only", &F::trace_roots_only),
                      Optional("wb_user_ids", &F::wb_user_ids),
                      Optional("wb_run_ids", &F::wb_run_ids));
  }
};

struct SortBy {
  std::string_view field;
  Direction direction = Direction::kAscending;
  static constexpr bool kStrict = false;
  static constexpr auto Fields() {
    return std::tuple(Required("field", &SortBy::field),
                      Required("direction", &SortBy::direction));
  }
};

struct CallsQueryReq {
  std::string_view project_id;
  std::optional<CallsFilter> filter;
  std::optional<int64_t> limit, offset;
  std::optional<bool> latest_only;
  std::optional<std::vector<SortBy>> sort_by;
  std::optional<RawValue> query;
  std::optional<bool> include_costs, include_feedback, include_storage_size,
      include_total_storage_size, include_usernames;
  Texts columns, expand_columns;
  std::optional<bool> return_expanded_column_values;
  static constexpr bool kStrict = true;
  static constexpr auto Fields() {
    using R = CallsQueryReq;
    return std::tuple(
        Required("project_id", &R::project_id), Optional("filter", &R::filter),
        Optional("limit", &R::limit), Optional("offset", &R::offset),
        Optional("latest_only", &R::latest_only),
        Optional("sort_by", &R::sort_by), Optional("query", &R::query),
        Optional("include_costs", &R::include_costs),
        Optional("include_feedback", &R::include_feedback),
        Optional("include_storage_size", &R::include_storage_size),
        Optional("include_total_storage_size", &R::include_total_storage_size),
        Optional("include_usernames", &R::include_usernames),
        Optional("columns", &R::columns),
        Optional("expand_columns", &R::expand_columns),
        Optional("return_expanded_column_values",
                 &R::return_expanded_column_values));
  }
};

struct CallsQueryStatsReq {
  std::string_view project_id;
  std::optional<CallsFilter> filter;
  std::optional<RawValue> query;
  std::optional<int64_t> limit;
  std::optional<bool> include_total_storage_size;
  Texts expand_columns;
  static constexpr bool kStrict = true;
  static constexpr auto Fields() {
    using R = CallsQueryStatsReq;
    return std::tuple(
        Required("project_id", &R::project_id), Optional("filter", &R::filter),
        Optional("query", &R::query), Optional("limit", &R::limit),
        Optional("include_total_storage_size", &R::include_total_storage_size),
        Optional("expand_columns", &R::expand_columns));
  }
};

struct CallReadReq {
  std::string_view project_id, id;
  std::optional<bool> include_costs, include_storage_size,
      include_total_storage_size;
  static constexpr bool kStrict = true;
  static constexpr auto Fields() {
    using R = CallReadReq;
    return std::tuple(
        Required("project_id", &R::project_id), Required("id", &R::id),
        Optional("include_costs", &R::include_costs),
        Optional("include_storage_size", &R::include_storage_size),
        Optional("include_total_storage_size", &R::include_total_storage_size));
  }
};

}  // namespace bobbin::model
