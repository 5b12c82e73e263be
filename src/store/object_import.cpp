#include "store/object_import.h"

#include <string_view>

namespace bobbin::store {
namespace {

using db::Connection;
using db::Query;
using enum ObjectField;

// Of the same value under that name: one that is alive, if this one is, or a
// deleted one with the same number, or with any if that is another's.
constexpr std::string_view kFindSame =
    "SELECT 1 FROM objects WHERE project = ? AND object_id = ? AND kind = ? "
    "AND digest = ? AND (deleted_at_us IS NULL) = (? IS NULL) "
    "AND (deleted_at_us IS NULL OR version_index = ? OR EXISTS (SELECT 1 FROM "
    "objects o WHERE o.project = objects.project AND o.object_id = "
    "objects.object_id AND o.kind = objects.kind AND o.version_index = ? AND "
    "o.digest <> objects.digest))";

constexpr std::string_view kInsertVersion =
    "INSERT INTO objects (project, object_id, kind, version_index, digest, "
    "created_at_us, published_at_us, publish_order, deleted_at_us, "
    "base_object_class, leaf_object_class, wb_user_id, val) VALUES (?, ?, ?, "
    "?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";

bool IsThere(Connection& connection, int64_t project,
             const TransferLine& line) {
  Query find(connection, kFindSame);
  find.Bind(project);
  for (const ObjectField field :
       {kObjectId, kKind, kDigest, kDeletedAt, kVersionIndex, kVersionIndex}) {
    line.Bind(find, field);
  }
  return find.Row();
}

struct Place {
  int64_t version_index;
  int64_t publish_order;
};

// The one it had, or the next where that is taken.
Place PlaceFor(Connection& connection, int64_t project,
               const TransferLine& line) {
  Place place{line.Int(kVersionIndex), line.Int(kPublishOrder)};
  {
    Query taken(connection,
                "SELECT 1 FROM objects WHERE project = ? AND object_id = ? "
                "AND kind = ? AND version_index = ?");
    taken.Bind(project);
    for (const ObjectField field : {kObjectId, kKind, kVersionIndex}) {
      line.Bind(taken, field);
    }
    if (!taken.Row()) return place;
  }
  Query next(connection,
             "SELECT (SELECT max(version_index) + 1 FROM objects WHERE "
             "project = ?1 AND object_id = ?2 AND kind = ?3), (SELECT "
             "coalesce(max(publish_order), 0) + 1 FROM objects WHERE project "
             "= ?1 AND object_id = ?2 AND deleted_at_us IS NULL)");
  next.Bind(project).Bind(line.Text(kObjectId)).Bind(line.Text(kKind)).Row();
  place.version_index = next.Int(0);
  place.publish_order = next.Int(1);
  return place;
}

Status AddLabels(Connection& connection, std::string_view sql, int64_t project,
                 int64_t object, const TransferLine& line, ObjectField field) {
  if (!line.Has(field)) return {};
  for (json::Value v = line.Json(field).first(); v.exists(); v = v.next()) {
    if (!v.is(json::Kind::kString)) {
      return Invalid("a tag or an alias is not a string");
    }
    Query(connection, sql)
        .Bind(project)
        .Bind(v.text())
        .Bind(object)
        .Bind(line.Text(kObjectId))
        .Run();
  }
  return {};
}

}  // namespace

Result<bool> ImportObject(Connection& connection, int64_t project,
                          const TransferLine& line) {
  const std::string_view kind = line.Text(kKind);
  if (kind != "op" && kind != "object") {
    return Invalid("`kind` is not op or object");
  }
  if (line.Int(kVersionIndex) < 0) return Invalid("`version_index` is below 0");
  if (IsThere(connection, project, line)) return false;
  const Place place = PlaceFor(connection, project, line);
  Query insert(connection, kInsertVersion);
  insert.Bind(project).Bind(line.Text(kObjectId)).Bind(kind);
  insert.Bind(place.version_index).Bind(line.Text(kDigest));
  line.Bind(insert, kCreatedAt);
  line.Bind(insert, kPublishedAt);
  insert.Bind(place.publish_order);
  for (const ObjectField field :
       {kDeletedAt, kBaseClass, kLeafClass, kWbUserId, kVal}) {
    line.Bind(insert, field);
  }
  insert.Run();
  const int64_t object = connection.last_insert_row_id();
  Status status = AddLabels(
      connection,
      "INSERT INTO object_tags (project, tag, object) SELECT ?1, ?2, ?3 WHERE "
      "?4 IS NOT NULL ON CONFLICT DO NOTHING",
      project, object, line, kTags);
  if (status.ok()) {
    status = AddLabels(
        connection,
        "INSERT INTO object_aliases (project, alias, object, object_id) "
        "VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING",
        project, object, line, kAliases);
  }
  if (!status.ok()) return std::move(status).error();
  return true;
}

}  // namespace bobbin::store
