#include "store/object_import.h"

#include <initializer_list>
#include <string_view>
#include <utility>

#include "model/label.h"

namespace bobbin::store {
namespace {

using db::Connection;
using db::Query;
using enum ObjectField;

// The same version, alive or not, for an import changes nothing. Or of the same
// value under that name: one that is alive, if this one is; a deleted one with
// any number, if its own is that of another value.
constexpr std::string_view kFindSame =
    "SELECT 1 FROM objects WHERE project = ?1 AND object_id = ?2 AND kind = ?3 "
    "AND digest = ?4 AND (version_index = ?6 OR (?5 IS NULL AND deleted_at_us "
    "IS NULL) OR (deleted_at_us IS NOT NULL AND EXISTS (SELECT 1 FROM objects "
    "o WHERE o.project = objects.project AND o.object_id = objects.object_id "
    "AND o.kind = objects.kind AND o.version_index = ?6 AND o.digest <> "
    "objects.digest)))";

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
       {kObjectId, kKind, kDigest, kDeletedAt, kVersionIndex}) {
    line.Bind(find, field);
  }
  return find.Row();
}

struct Place {
  int64_t version_index;
  int64_t publish_order;
};

bool IsTaken(Connection& connection, std::string_view sql, int64_t project,
             const TransferLine& line,
             std::initializer_list<ObjectField> fields) {
  Query taken(connection, sql);
  taken.Bind(project);
  for (const ObjectField field : fields) line.Bind(taken, field);
  return taken.Row();
}

int64_t NextVersion(Connection& connection, int64_t project,
                    const TransferLine& line) {
  Query next(connection,
             "SELECT max(version_index) + 1 FROM objects WHERE project = ? AND "
             "object_id = ? AND kind = ?");
  next.Bind(project).Bind(line.Text(kObjectId)).Bind(line.Text(kKind)).Row();
  return next.Int(0);
}

// Behind the living versions that were published before it or with it; those
// published later move up.
int64_t MakeRoom(Connection& connection, int64_t project,
                 const TransferLine& line) {
  int64_t order = 0;
  {
    Query last(connection,
               "SELECT coalesce(max(publish_order), 0) + 1 FROM objects WHERE "
               "project = ? AND object_id = ? AND deleted_at_us IS NULL AND "
               "published_at_us <= ?");
    last.Bind(project)
        .Bind(line.Text(kObjectId))
        .Bind(line.Int(kPublishedAt))
        .Row();
    order = last.Int(0);
  }
  Query(connection,
        "UPDATE objects SET publish_order = publish_order + 1 WHERE project = "
        "? AND object_id = ? AND deleted_at_us IS NULL AND publish_order >= ?")
      .Bind(project)
      .Bind(line.Text(kObjectId))
      .Bind(order)
      .Run();
  return order;
}

// Those that it had. But the next number where that is another's, and the order
// in which they were published where its number or its order is.
Place PlaceFor(Connection& connection, int64_t project,
               const TransferLine& line) {
  Place place{line.Int(kVersionIndex), line.Int(kPublishOrder)};
  const bool number_taken =
      IsTaken(connection,
              "SELECT 1 FROM objects WHERE project = ? AND object_id = ? AND "
              "kind = ? AND version_index = ?",
              project, line, {kObjectId, kKind, kVersionIndex});
  if (number_taken) {
    place.version_index = NextVersion(connection, project, line);
  }
  // The order of what is deleted says nothing.
  if (line.Has(kDeletedAt)) return place;
  if (number_taken ||
      IsTaken(connection,
              "SELECT 1 FROM objects WHERE project = ? AND object_id = ? AND "
              "deleted_at_us IS NULL AND publish_order = ?",
              project, line, {kObjectId, kPublishOrder})) {
    place.publish_order = MakeRoom(connection, project, line);
  }
  return place;
}

// What the API would not have taken, or nobody could count on from.
Status CheckVersion(const TransferLine& line) {
  const std::string_view kind = line.Text(kKind);
  if (kind != "op" && kind != "object") {
    return Invalid("`kind` is not op or object");
  }
  constexpr int64_t kMost = int64_t{1} << 53;
  const int64_t version = line.Int(kVersionIndex);
  if (version < 0 || version > kMost) {
    return Invalid("`version_index` is not one from 0 to 2^53");
  }
  const int64_t order = line.Int(kPublishOrder);
  if (order < 1 || order > kMost) {
    return Invalid("`publish_order` is not one from 1 to 2^53");
  }
  return {};
}

Status AddLabels(Connection& connection, std::string_view sql, int64_t project,
                 int64_t object, const TransferLine& line, ObjectField field,
                 Status (*check)(std::string_view)) {
  if (!line.Has(field)) return {};
  for (json::Value v = line.Json(field).first(); v.exists(); v = v.next()) {
    if (!v.is(json::Kind::kString)) {
      return Invalid("a tag or an alias is not a string");
    }
    Status status = check(v.text());
    if (!status.ok()) return status;
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
  Status status = CheckVersion(line);
  if (!status.ok()) return std::move(status).error();
  if (IsThere(connection, project, line)) return false;
  const Place place = PlaceFor(connection, project, line);
  Query insert(connection, kInsertVersion);
  insert.Bind(project).Bind(line.Text(kObjectId)).Bind(line.Text(kKind));
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
  status = AddLabels(
      connection,
      "INSERT INTO object_tags (project, tag, object) SELECT ?1, ?2, ?3 WHERE "
      "?4 IS NOT NULL ON CONFLICT DO NOTHING",
      project, object, line, kTags, model::CheckTag);
  if (status.ok()) {
    status = AddLabels(
        connection,
        "INSERT INTO object_aliases (project, alias, object, object_id) "
        "VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING",
        project, object, line, kAliases, model::CheckAlias);
  }
  if (!status.ok()) return std::move(status).error();
  return true;
}

}  // namespace bobbin::store
