// Tables, as clients send them and ask for them (contract section 7).
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "model/calls_query.h"
#include "model/record.h"

namespace bobbin::model {

struct TableInsert {
  std::string_view project_id;
  std::vector<RawObject> rows;
  std::optional<std::string_view> expected_digest;
  static constexpr bool kStrict = false;
  static constexpr auto Fields() {
    using R = TableInsert;
    return std::tuple(Required("project_id", &R::project_id),
                      Required("rows", &R::rows),
                      Optional("expected_digest", &R::expected_digest));
  }
};

struct TableCreateReq {
  TableInsert table;
  static constexpr bool kStrict = true;
  static constexpr auto Fields() {
    return std::tuple(Required("table", &TableCreateReq::table));
  }
};

struct TableFromDigestsReq {
  std::string_view project_id;
  std::vector<std::string_view> row_digests;
  std::optional<std::string_view> expected_digest;
  static constexpr bool kStrict = true;
  static constexpr auto Fields() {
    using R = TableFromDigestsReq;
    return std::tuple(Required("project_id", &R::project_id),
                      Required("row_digests", &R::row_digests),
                      Optional("expected_digest", &R::expected_digest));
  }
};

// One step of an update: {append:{row}}, {pop:{index}} or {insert:{index,row}}.
struct TableUpdate {
  enum class Kind { kAppend, kPop, kInsert };
  Kind kind = Kind::kAppend;
  int64_t index = 0;  // of kPop and kInsert
  RawObject row;      // of kAppend and kInsert
};

// What fits none of the three has the errors of each.
void ReadValue(json::Value value, TableUpdate& out, const Loc& loc,
               Details& details);

struct TableUpdateReq {
  std::string_view project_id, base_digest;
  std::vector<TableUpdate> updates;
  static constexpr bool kStrict = true;
  static constexpr auto Fields() {
    using R = TableUpdateReq;
    return std::tuple(Required("project_id", &R::project_id),
                      Required("base_digest", &R::base_digest),
                      Required("updates", &R::updates));
  }
};

// No list, or an empty one, does not filter.
struct TableRowFilter {
  Texts row_digests;
  static constexpr bool kStrict = true;
  static constexpr auto Fields() {
    return std::tuple(Optional("row_digests", &TableRowFilter::row_digests));
  }
};

struct TableQueryReq {
  std::string_view project_id, digest;
  std::optional<TableRowFilter> filter;
  std::optional<int64_t> limit, offset;
  std::optional<std::vector<SortBy>> sort_by;
  static constexpr bool kStrict = true;
  static constexpr auto Fields() {
    using R = TableQueryReq;
    return std::tuple(
        Required("project_id", &R::project_id), Required("digest", &R::digest),
        Optional("filter", &R::filter), Optional("limit", &R::limit),
        Optional("offset", &R::offset), Optional("sort_by", &R::sort_by));
  }
};

struct TableStatsReq {
  std::string_view project_id, digest;
  static constexpr bool kStrict = true;
  static constexpr auto Fields() {
    using R = TableStatsReq;
    return std::tuple(Required("project_id", &R::project_id),
                      Required("digest", &R::digest));
  }
};

struct TableStatsBatchReq {
  std::string_view project_id;
  Texts digests;
  std::optional<bool> include_storage_size;
  static constexpr bool kStrict = true;
  static constexpr auto Fields() {
    using R = TableStatsBatchReq;
    return std::tuple(
        Required("project_id", &R::project_id),
        Optional("digests", &R::digests),
        Optional("include_storage_size", &R::include_storage_size));
  }
};

// The digests of the rows, each kDigestChars long (base/hash.h), one behind
// the other: HexSha256() of that is the table's digest (contract section 7).
std::string DigestsOf(std::span<const RawObject> rows);

}  // namespace bobbin::model
