// Questions that are bobbin's own, below /_bobbin/: what happened, where the
// time and the tokens went.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <tuple>
#include <vector>

#include "model/calls_query.h"
#include "model/record.h"

namespace bobbin::model {

// Which calls a report is about. No project: those of all projects.
struct CallScope {
  std::optional<std::string_view> project_id;
  std::optional<std::string_view> where;  // query/where.h
  std::optional<RawValue> query;          // query/expr.h
  Texts op_names;  // as kept, with `:*` at the end, or the name inside a ref
  Texts statuses;
  std::optional<Time> since, until;  // of started_at; `until` is not included
  static constexpr auto Fields() {
    using S = CallScope;
    return std::tuple(
        Optional("project_id", &S::project_id), Optional("where", &S::where),
        Optional("query", &S::query), Optional("op_names", &S::op_names),
        Optional("statuses", &S::statuses), Optional("since", &S::since),
        Optional("until", &S::until));
  }
};

// Traces, by their roots.
struct TracesQueryReq : CallScope {
  std::optional<std::string_view> text;
  std::optional<std::vector<SortBy>> sort_by;
  std::optional<int64_t> limit, offset;
  static constexpr bool kStrict = true;
  static constexpr auto Fields() {
    using R = TracesQueryReq;
    return std::tuple_cat(
        CallScope::Fields(),
        std::tuple(Optional("text", &R::text), Optional("sort_by", &R::sort_by),
                   Optional("limit", &R::limit),
                   Optional("offset", &R::offset)));
  }
};

// Numbers of calls, errors, tokens, and how long calls took.
struct StatsReq : CallScope {
  std::string_view by;  // "op", "model", "time"
  std::optional<int64_t> bucket_s, limit;
  static constexpr bool kStrict = true;
  static constexpr auto Fields() {
    using R = StatsReq;
    return std::tuple_cat(
        CallScope::Fields(),
        std::tuple(Required("by", &R::by), Optional("bucket_s", &R::bucket_s),
                   Optional("limit", &R::limit)));
  }
};

struct SearchReq : CallScope {
  std::string_view text;
  std::optional<int64_t> limit;
  static constexpr bool kStrict = true;
  static constexpr auto Fields() {
    using R = SearchReq;
    return std::tuple_cat(
        CallScope::Fields(),
        std::tuple(Required("text", &R::text), Optional("limit", &R::limit)));
  }
};

struct WhereReq {
  std::string_view where;
  static constexpr bool kStrict = true;
  static constexpr auto Fields() {
    return std::tuple(Required("where", &WhereReq::where));
  }
};

// What begins with this id?
struct ResolveReq {
  std::string_view id;
  std::optional<std::string_view> project_id;
  static constexpr bool kStrict = true;
  static constexpr auto Fields() {
    using R = ResolveReq;
    return std::tuple(Required("id", &R::id),
                      Optional("project_id", &R::project_id));
  }
};

}  // namespace bobbin::model
