// Questions about published objects, and what is said about their versions
// (contract sections 6.3 and 6.4).
//
// A `digest` names a version: its content digest, `latest`, `v<N>` or an
// alias.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <tuple>
#include <vector>

#include "model/calls_query.h"
#include "model/record.h"

namespace bobbin::model {

struct ObjReadReq {
  std::string_view project_id, object_id, digest;
  std::optional<bool> metadata_only, include_tags_and_aliases;
  static constexpr bool kStrict = true;
  static constexpr auto Fields() {
    using R = ObjReadReq;
    return std::tuple(
        Required("project_id", &R::project_id),
        Required("object_id", &R::object_id), Required("digest", &R::digest),
        Optional("metadata_only", &R::metadata_only),
        Optional("include_tags_and_aliases", &R::include_tags_and_aliases));
  }
};

struct ObjDeleteReq {
  std::string_view project_id, object_id;
  Texts digests;  // none: all versions
  std::optional<std::string_view> wb_user_id;
  static constexpr bool kStrict = true;
  static constexpr auto Fields() {
    using R = ObjDeleteReq;
    return std::tuple(Required("project_id", &R::project_id),
                      Required("object_id", &R::object_id),
                      Optional("digests", &R::digests),
                      Optional("wb_user_id", &R::wb_user_id));
  }
};

// AND between the fields, OR inside a list; no list, or an empty one, does
// not filter.
struct ObjsFilter {
  Texts base_object_classes, exclude_base_object_classes, leaf_object_classes,
      object_ids, tags, aliases;
  std::optional<bool> is_op, latest_only;
  static constexpr bool kStrict = true;
  static constexpr auto Fields() {
    using F = ObjsFilter;
    return std::tuple(
        Optional("base_object_classes", &F::base_object_classes),
        Optional("exclude_base_object_classes",
                 &F::exclude_base_object_classes),
        Optional("leaf_object_classes", &F::leaf_object_classes),
        Optional("object_ids", &F::object_ids), Optional("is_op", &F::is_op),
        Optional("latest_only", &F::latest_only), Optional("tags", &F::tags),
        Optional("aliases", &F::aliases));
  }
};

struct ObjsQueryReq {
  std::string_view project_id;
  std::optional<ObjsFilter> filter;
  std::optional<int64_t> limit, offset;
  std::optional<std::vector<SortBy>> sort_by;
  std::optional<bool> metadata_only, include_storage_size,
      include_tags_and_aliases;
  static constexpr bool kStrict = true;
  static constexpr auto Fields() {
    using R = ObjsQueryReq;
    return std::tuple(
        Required("project_id", &R::project_id), Optional("filter", &R::filter),
        Optional("limit", &R::limit), Optional("offset", &R::offset),
        Optional("sort_by", &R::sort_by),
        Optional("metadata_only", &R::metadata_only),
        Optional("include_storage_size", &R::include_storage_size),
        Optional("include_tags_and_aliases", &R::include_tags_and_aliases));
  }
};

// The object and its version are in the path.
struct ObjTagsReq {
  std::string_view project_id;
  std::vector<std::string_view> tags;
  std::optional<std::string_view> wb_user_id;
  static constexpr bool kStrict = true;
  static constexpr auto Fields() {
    using R = ObjTagsReq;
    return std::tuple(Required("project_id", &R::project_id),
                      Required("tags", &R::tags),
                      Optional("wb_user_id", &R::wb_user_id));
  }
};

// The object is in the path.
struct ObjSetAliasesReq {
  std::string_view project_id, digest;
  std::vector<std::string_view> aliases;
  std::optional<std::string_view> wb_user_id;
  static constexpr bool kStrict = true;
  static constexpr auto Fields() {
    using R = ObjSetAliasesReq;
    return std::tuple(Required("project_id", &R::project_id),
                      Required("digest", &R::digest),
                      Required("aliases", &R::aliases),
                      Optional("wb_user_id", &R::wb_user_id));
  }
};

struct ObjRemoveAliasesReq {
  std::string_view project_id;
  std::vector<std::string_view> aliases;
  std::optional<std::string_view> wb_user_id;
  static constexpr bool kStrict = true;
  static constexpr auto Fields() {
    using R = ObjRemoveAliasesReq;
    return std::tuple(Required("project_id", &R::project_id),
                      Required("aliases", &R::aliases),
                      Optional("wb_user_id", &R::wb_user_id));
  }
};

}  // namespace bobbin::model
