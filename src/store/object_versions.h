// From what names a version of an object to the version.
//
// For jobs of Database::Read and ::Write; several look-ups in one job see one
// snapshot.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "db/connection.h"

namespace bobbin::store {

struct VersionName {
  std::string_view object_id;
  // A content digest, `latest`, `v<N>` or an alias (contract section 6.3).
  // What looks like `v<N>` is always the number of a version.
  std::string_view digest;
  // "op" or "object" when only versions of that kind are meant. Otherwise,
  // where versions of both have the name, the newer is found.
  std::optional<std::string_view> kind = std::nullopt;
};

struct ObjectVersion {
  int64_t row = 0;  // objects.row_id
  int64_t version_index = 0;
  std::optional<int64_t> deleted_at_us = std::nullopt;
};

// Finds the version; nothing when there never was one of that name. A living
// version goes before a deleted one: `latest` is deleted only when all of the
// object is. An alias is never on a deleted version. `project` is
// projects.row_id. At most three look-ups, each in an index.
std::optional<ObjectVersion> FindVersion(db::Connection& connection,
                                         int64_t project,
                                         const VersionName& name);

// The row (objects.row_id) of the version, which must be alive.
//   kNotFound  none of that name; or, of type ObjectDeletedError and with a
//              member `deleted_at`, it was deleted.
Result<int64_t> FindLiving(db::Connection& connection, int64_t project,
                           const VersionName& name);

// A version as a ref names it: in its project, and of a kind.
struct VersionRef {
  std::string_view project_id, object_id, digest;
  std::string_view kind;  // "op" or "object"
};

// The versions that `refs` name, in their order, as FindVersion() finds them;
// of content digests and aliases, which need no kind to be clear, in both
// kinds. One statement finds them all, however many.
std::vector<std::optional<ObjectVersion>> FindVersions(
    db::Connection& connection, std::span<const VersionRef> refs);

}  // namespace bobbin::store
