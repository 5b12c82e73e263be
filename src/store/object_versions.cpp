#include "store/object_versions.h"

#include <algorithm>
#include <charconv>

#include "base/time.h"
#include "json/write.h"
#include "model/object_record.h"

namespace bobbin::store {
namespace {

using db::Connection;
using db::Query;

// Each takes the project, the object and two kinds, which are one and the
// same when only that one is meant; then what names the version.
constexpr const char* kByIndex =
    "SELECT row_id, version_index, deleted_at_us FROM objects WHERE project = "
    "?1 AND object_id = ?2 AND kind IN (?3, ?4) AND version_index = ?5 "
    "ORDER BY deleted_at_us IS NOT NULL, row_id DESC LIMIT 1";

constexpr const char* kByDigest =
    "SELECT row_id, version_index, deleted_at_us FROM objects INDEXED BY "
    "objects_by_digest WHERE project = ?1 AND object_id = ?2 AND kind IN (?3, "
    "?4) AND digest = ?5 AND deleted_at_us IS NULL "
    "ORDER BY row_id DESC LIMIT 1";

constexpr const char* kByAlias =
    "SELECT o.row_id, o.version_index, o.deleted_at_us FROM object_aliases a "
    "CROSS JOIN objects o ON o.row_id = a.object WHERE a.project = ?1 AND "
    "a.object_id = ?2 AND a.alias = ?5 AND o.kind IN (?3, ?4)";

constexpr const char* kByDeletedDigest =
    "SELECT row_id, version_index, deleted_at_us FROM objects INDEXED BY "
    "objects_deleted WHERE project = ?1 AND object_id = ?2 AND kind IN (?3, "
    "?4) AND digest = ?5 AND deleted_at_us IS NOT NULL "
    "ORDER BY row_id DESC LIMIT 1";

// These take no digest, and the kind, if it matters, as ?3.
constexpr const char* kLatestOfName =
    "SELECT row_id, version_index, deleted_at_us FROM objects INDEXED BY "
    "objects_by_publish_order WHERE project = ?1 AND object_id = ?2 AND "
    "deleted_at_us IS NULL ORDER BY publish_order DESC LIMIT 1";

constexpr const char* kLatestOfKind =
    "SELECT row_id, version_index, deleted_at_us FROM objects INDEXED BY "
    "objects_by_kind WHERE project = ?1 AND object_id = ?2 AND kind = ?3 AND "
    "deleted_at_us IS NULL ORDER BY publish_order DESC LIMIT 1";

constexpr const char* kLastDeleted =
    "SELECT row_id, version_index, deleted_at_us FROM objects INDEXED BY "
    "objects_deleted WHERE project = ?1 AND object_id = ?2 AND kind IN (?3, "
    "?4) AND deleted_at_us IS NOT NULL ORDER BY row_id DESC LIMIT 1";

class Finder {
 public:
  Finder(Connection& connection, int64_t project, const VersionName& name)
      : connection_(connection), project_(project), name_(name) {}

  template <class... Digest>
  std::optional<ObjectVersion> By(const char* sql, Digest... digest) const {
    Query query(connection_, sql);
    query.Bind(project_)
        .Bind(name_.object_id)
        .Bind(name_.kind.value_or("object"))
        .Bind(name_.kind.value_or("op"));
    (query.Bind(digest), ...);
    return Take(query);
  }

  std::optional<ObjectVersion> Latest() const {
    Query query(connection_, name_.kind ? kLatestOfKind : kLatestOfName);
    query.Bind(project_).Bind(name_.object_id);
    if (name_.kind) query.Bind(*name_.kind);
    return Take(query);
  }

 private:
  static std::optional<ObjectVersion> Take(Query& query) {
    if (!query.Row()) return std::nullopt;
    return ObjectVersion{.row = query.Int(0),
                         .version_index = query.Int(1),
                         .deleted_at_us = query.OptInt(2)};
  }

  Connection& connection_;
  const int64_t project_;
  const VersionName& name_;
};

// True for `v<digits>`. The index is -1, which no version has, when there is
// no such number.
bool ReadIndex(std::string_view digest, int64_t& index) {
  if (digest.size() < 2 || digest.front() != 'v') return false;
  digest.remove_prefix(1);
  const bool digits =
      std::ranges::all_of(digest, [](char c) { return c >= '0' && c <= '9'; });
  if (!digits) return false;
  const char* const end = digest.data() + digest.size();
  if (std::from_chars(digest.data(), end, index).ec != std::errc()) index = -1;
  return true;
}

Error Deleted(std::string_view object_id, const ObjectVersion& version) {
  std::string when;
  AppendTime(when, *version.deleted_at_us);
  Error error = NotFound(std::string(object_id) + ":v" +
                         std::to_string(version.version_index) +
                         " was deleted at " + when);
  error.type = "ObjectDeletedError";
  error.members = R"(,"deleted_at":)";
  json::AppendQuoted(error.members, when);
  return error;
}

}  // namespace

std::optional<ObjectVersion> FindVersion(Connection& connection,
                                         int64_t project,
                                         const VersionName& name) {
  const Finder finder(connection, project, name);
  std::optional<ObjectVersion> found;
  if (name.digest == model::kLatest) {
    found = finder.Latest();
    return found ? found : finder.By(kLastDeleted);
  }
  int64_t index = 0;
  if (ReadIndex(name.digest, index)) return finder.By(kByIndex, index);
  found = finder.By(kByDigest, name.digest);
  if (!found) found = finder.By(kByAlias, name.digest);
  if (!found) found = finder.By(kByDeletedDigest, name.digest);
  return found;
}

Result<int64_t> FindLiving(Connection& connection, int64_t project,
                           const VersionName& name) {
  const std::optional<ObjectVersion> version =
      FindVersion(connection, project, name);
  if (!version) {
    return NotFound("Obj " + std::string(name.object_id) + ":" +
                    std::string(name.digest) + " not found");
  }
  if (version->deleted_at_us) return Deleted(name.object_id, *version);
  return version->row;
}

}  // namespace bobbin::store
