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

// Many at once. ?1 is a JSON list of [number, project, object, digest, index,
// kind].
constexpr const char* kMany =
    "WITH wanted (n, project, name, digest, version, kind) AS MATERIALIZED ("
    "SELECT json_extract(w.value, '$[0]'), p.row_id, "
    "json_extract(w.value, '$[2]'), json_extract(w.value, '$[3]'), "
    "json_extract(w.value, '$[4]'), json_extract(w.value, '$[5]') "
    "FROM json_each(?1) w CROSS JOIN projects p "
    "ON p.project_id = json_extract(w.value, '$[1]')) "
    "SELECT w.n, o.row_id, o.version_index, o.deleted_at_us "
    "FROM wanted w CROSS JOIN objects o ON o.row_id = CASE "
    "WHEN w.digest = 'latest' THEN coalesce("
    "(SELECT l.row_id FROM objects l INDEXED BY objects_by_kind "
    "WHERE l.project = w.project AND l.object_id = w.name AND "
    "l.kind = w.kind AND l.deleted_at_us IS NULL "
    "ORDER BY l.publish_order DESC LIMIT 1), "
    "(SELECT max(l.row_id) FROM objects l INDEXED BY objects_deleted "
    "WHERE l.project = w.project AND l.object_id = w.name AND "
    "l.kind = w.kind AND l.deleted_at_us IS NOT NULL)) "
    "WHEN w.version IS NOT NULL THEN "
    "(SELECT v.row_id FROM objects v WHERE v.project = w.project AND "
    "v.object_id = w.name AND v.kind = w.kind AND "
    "v.version_index = w.version) "
    "ELSE coalesce("
    "(SELECT max(d.row_id) FROM objects d INDEXED BY objects_by_digest "
    "WHERE d.project = w.project AND d.object_id = w.name AND "
    "d.kind IN ('object', 'op') AND d.digest = w.digest AND "
    "d.deleted_at_us IS NULL), "
    "(SELECT a.object FROM object_aliases a WHERE a.project = w.project AND "
    "a.object_id = w.name AND a.alias = w.digest), "
    "(SELECT max(d.row_id) FROM objects d INDEXED BY objects_deleted "
    "WHERE d.project = w.project AND d.object_id = w.name AND "
    "d.digest = w.digest AND d.deleted_at_us IS NOT NULL)) END";

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

// False for texts with control characters: no name of ours has them, and
// SQLite's JSON cuts a text off at U+0000.
bool CanBeName(std::string_view text) {
  return std::ranges::none_of(
      text, [](char c) { return static_cast<unsigned char>(c) < 0x20; });
}

void AppendRef(std::string& list, size_t number, const VersionRef& ref) {
  list += list.empty() ? "[[" : ",[";
  json::AppendInt(list, static_cast<int64_t>(number));
  for (const std::string_view text :
       {ref.project_id, ref.object_id, ref.digest}) {
    list += ',';
    json::AppendQuoted(list, text);
  }
  list += ',';
  int64_t index = 0;
  if (ReadIndex(ref.digest, index)) {
    json::AppendInt(list, index);
  } else {
    list += "null";
  }
  list += ',';
  json::AppendQuoted(list, ref.kind);
  list += ']';
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

std::vector<std::optional<ObjectVersion>> FindVersions(
    Connection& connection, std::span<const VersionRef> refs) {
  std::vector<std::optional<ObjectVersion>> versions(refs.size());
  std::string list;
  for (size_t i = 0; i < refs.size(); ++i) {
    const VersionRef& ref = refs[i];
    if (CanBeName(ref.project_id) && CanBeName(ref.object_id) &&
        CanBeName(ref.digest)) {
      AppendRef(list, i, ref);
    }
  }
  if (list.empty()) return versions;
  list += ']';
  Query query(connection, kMany);
  query.Bind(std::string_view(list));
  while (query.Row()) {
    versions[static_cast<size_t>(query.Int(0))] =
        ObjectVersion{.row = query.Int(1),
                      .version_index = query.Int(2),
                      .deleted_at_us = query.OptInt(3)};
  }
  return versions;
}

}  // namespace bobbin::store
