#include "store/object_store.h"

#include <map>

#include "json/write.h"
#include "query/objects_sql.h"
#include "store/object_labels.h"
#include "store/object_versions.h"

namespace bobbin::store {
namespace {

using db::Connection;
using db::Query;
using model::ObjectRecord;
using query::ObjectColumn;

constexpr const char* kPublishAgain =
    "UPDATE objects SET published_at_us = ?5, publish_order = (SELECT "
    "max(publish_order) + 1 FROM objects WHERE project = ?1 AND object_id = "
    "?2 AND deleted_at_us IS NULL) WHERE project = ?1 AND object_id = ?2 AND "
    "kind = ?3 AND digest = ?4 AND deleted_at_us IS NULL";

constexpr const char* kPublish =
    "INSERT INTO objects (project, object_id, kind, digest, published_at_us, "
    "created_at_us, base_object_class, leaf_object_class, wb_user_id, val, "
    "version_index, publish_order) VALUES (?1, ?2, ?3, ?4, ?5, ?5, ?6, ?7, "
    "?8, ?9, (SELECT coalesce(max(version_index), -1) + 1 FROM objects WHERE "
    "project = ?1 AND object_id = ?2 AND kind = ?3), (SELECT "
    "coalesce(max(publish_order), 0) + 1 FROM objects WHERE project = ?1 AND "
    "object_id = ?2 AND deleted_at_us IS NULL))";

constexpr const char* kClassInUse =
    "SELECT base_object_class FROM objects INDEXED BY objects_by_kind WHERE "
    "project = ? AND object_id = ? AND kind = ? AND deleted_at_us IS NULL "
    "ORDER BY publish_order DESC LIMIT 1";

using Class = std::optional<std::string_view>;

std::string InWords(Class base_class) {
  return base_class ? "of class " + std::string(*base_class)
                    : "without a class";
}

std::string InJson(Class base_class) {
  std::string json;
  if (!base_class) return "null";
  json::AppendQuoted(json, *base_class);
  return json;
}

Error Collision(const ObjectStore::Publication& publication, Class in_use) {
  const Class wanted = publication.nature.base_object_class;
  const std::string name = InJson(publication.object_id);
  return {.code = Code::kInvalid,
          .message = "'" + std::string(publication.object_id) +
                     "' cannot be published as an object " + InWords(wanted) +
                     ": in this project that name belongs to one " +
                     InWords(in_use) + ". Choose another name.",
          .type = "ObjectNameTypeCollision",
          .members = R"(,"object_id":)" + name + R"(,"kind":)" +
                     InJson(std::string_view(publication.nature.kind)) +
                     R"(,"new_base_object_class":)" + InJson(wanted) +
                     R"(,"existing_base_object_classes":[)" + InJson(in_use) +
                     R"(],"object_name":)" + name};
}

// A ref does not say which class it means, so the living versions of a name
// are of one. (Files from before this rule may hold others: the latest
// decides.)
Status CheckClass(Connection& connection, int64_t project,
                  const ObjectStore::Publication& publication) {
  Query query(connection, kClassInUse);
  query.Bind(project)
      .Bind(publication.object_id)
      .Bind(std::string_view(publication.nature.kind));
  if (!query.Row()) return {};
  const Class in_use = query.OptText(0);
  if (in_use == Class(publication.nature.base_object_class)) return {};
  return Collision(publication, in_use);
}

ObjectRecord ReadRecord(const Query& row, std::string_view project_id) {
  ObjectRecord object;
  object.project_id = project_id;
  object.object_id = row.Text(ObjectColumn::kObjectId);
  object.kind = row.Text(ObjectColumn::kObjectKind);
  object.digest = row.Text(ObjectColumn::kObjectDigest);
  object.version_index = row.Int(ObjectColumn::kObjectVersionIndex);
  object.is_latest = row.Int(ObjectColumn::kObjectIsLatest) != 0;
  object.created_at_us = row.Int(ObjectColumn::kObjectCreatedAtUs);
  object.base_object_class = row.OptText(ObjectColumn::kObjectBaseClass);
  object.leaf_object_class = row.OptText(ObjectColumn::kObjectLeafClass);
  object.wb_user_id = row.OptText(ObjectColumn::kObjectWbUserId);
  object.val = row.OptText(ObjectColumn::kObjectVal);
  object.size_bytes = row.OptInt(ObjectColumn::kObjectSizeBytes);
  return object;
}

// Runs the statement and feeds its rows to `visit`.
void VisitAll(Connection& connection, const query::Statement& statement,
              std::string_view project_id, bool labels,
              const ObjectStore::Visitor& visit) {
  Query query(connection, statement.sql);
  for (const query::Parameter& parameter : statement.parameters) {
    if (const auto* number = std::get_if<int64_t>(&parameter)) {
      query.Bind(*number);
    } else if (const auto* view = std::get_if<std::string_view>(&parameter)) {
      query.Bind(*view);
    } else {
      query.Bind(std::string_view(std::get<std::string>(parameter)));
    }
  }
  while (query.Row()) {
    ObjectRecord object = ReadRecord(query, project_id);
    if (labels) {
      object.labels = LabelsOf(connection, query.Int(ObjectColumn::kObjectRow),
                               object.is_latest);
    }
    if (!visit(object)) return;
  }
}

using Rows = std::map<int64_t, ObjectStore::DeletedVersion>;

constexpr const char* kAllVersions =
    "SELECT row_id, digest, base_object_class, leaf_object_class FROM objects "
    "INDEXED BY objects_by_publish_order WHERE project = ? AND object_id = ? "
    "AND deleted_at_us IS NULL";

constexpr const char* kOneVersion =
    "SELECT row_id, digest, base_object_class, leaf_object_class FROM objects "
    "WHERE row_id = ?";

void TakeVersions(Query& query, Rows& rows) {
  const auto text = [&](int column) -> std::optional<std::string> {
    const std::optional<std::string_view> view = query.OptText(column);
    return view ? std::optional<std::string>(*view) : std::nullopt;
  };
  while (query.Row()) {
    rows[query.Int(0)] = {.digest = std::string(query.Text(1)),
                          .base_object_class = text(2),
                          .leaf_object_class = text(3)};
  }
}

Status FindAll(Connection& connection, int64_t project,
               std::string_view object_id, Rows& rows) {
  Query query(connection, kAllVersions);
  query.Bind(project).Bind(object_id);
  TakeVersions(query, rows);
  if (!rows.empty()) return {};
  return NotFound("Object " + std::string(object_id) +
                  " not found when deleting");
}

Status FindThese(Connection& connection, int64_t project,
                 std::string_view object_id,
                 const std::vector<std::string_view>& digests, Rows& rows) {
  std::string missing;
  size_t found = 0;
  for (const std::string_view digest : digests) {
    const std::optional<ObjectVersion> version = FindVersion(
        connection, project, {.object_id = object_id, .digest = digest});
    if (!version || version->deleted_at_us) {
      missing += missing.empty() ? " '" : ", '";
      missing += std::string(digest) + "'";
      continue;
    }
    ++found;
    Query query(connection, kOneVersion);
    query.Bind(version->row);
    TakeVersions(query, rows);
  }
  if (found == digests.size()) return {};
  return NotFound("Delete request for object " + std::string(object_id) +
                  " contains " + std::to_string(digests.size()) +
                  " versions, but found " + std::to_string(found) +
                  " to delete. Not found:" + missing);
}

}  // namespace

Status ObjectStore::Publish(const Publication& publication) {
  const model::ObjectNature& nature = publication.nature;
  return database_.Write([&](Connection& connection) {
    const int64_t project = names_.Project(connection, publication.project_id);
    const auto bind = [&](Query& query) {
      query.Bind(project)
          .Bind(publication.object_id)
          .Bind(std::string_view(nature.kind))
          .Bind(publication.digest)
          .Bind(publication.now_us);
    };
    Query again(connection, kPublishAgain);
    bind(again);
    again.Run();
    if (connection.changes() > 0) {
      changes_.Touch(connection, publication.project_id);
      return Status();
    }
    Status fits = CheckClass(connection, project, publication);
    if (!fits.ok()) return fits;
    Query insert(connection, kPublish);
    bind(insert);
    insert.Bind(std::optional<std::string_view>(nature.base_object_class))
        .Bind(std::optional<std::string_view>(nature.leaf_object_class))
        .Bind(publication.wb_user_id)
        .Bind(std::string_view(nature.val))
        .Run();
    changes_.Touch(connection, publication.project_id);
    return Status();
  });
}

Status ObjectStore::Read(const model::ObjReadReq& request,
                         const Visitor& visit) const {
  return database_.Read([&](Connection& connection) -> Status {
    const int64_t project =
        FindProject(connection, request.project_id).value_or(0);
    const Result<int64_t> row =
        FindLiving(connection, project,
                   {.object_id = request.object_id, .digest = request.digest});
    if (!row.ok()) return row.error();
    VisitAll(connection,
             query::ObjectStatement(row.value(),
                                    request.metadata_only.value_or(false)),
             request.project_id,
             request.include_tags_and_aliases.value_or(false), visit);
    return {};
  });
}

Status ObjectStore::Scan(const model::ObjsQueryReq& request,
                         const Visitor& visit) const {
  return database_.Read([&](Connection& connection) -> Status {
    const int64_t project =
        FindProject(connection, request.project_id).value_or(0);
    const Result<query::Statement> statement =
        query::ObjectsStatement(request, project);
    if (!statement.ok()) return statement.error();
    VisitAll(connection, statement.value(), request.project_id,
             request.include_tags_and_aliases.value_or(false), visit);
    return {};
  });
}

Result<std::vector<ObjectStore::DeletedVersion>> ObjectStore::Delete(
    std::string_view project_id, std::string_view object_id,
    const model::Texts& digests, int64_t now_us) {
  Rows rows;
  const Status status = database_.Write([&](Connection& connection) -> Status {
    rows.clear();
    const int64_t project = FindProject(connection, project_id).value_or(0);
    Status found =
        digests ? FindThese(connection, project, object_id, *digests, rows)
                : FindAll(connection, project, object_id, rows);
    if (!found.ok()) return found;
    for (const auto& [row, version] : rows) {
      DropLabels(connection, row);
      Query(connection,
            "UPDATE objects SET deleted_at_us = ?, val = 'null' WHERE row_id "
            "= ?")
          .Bind(now_us)
          .Bind(row)
          .Run();
    }
    changes_.Touch(connection, project_id);
    return {};
  });
  if (!status.ok()) return status.error();
  std::vector<DeletedVersion> deleted;
  deleted.reserve(rows.size());
  for (auto& [row, version] : rows) deleted.push_back(std::move(version));
  return deleted;
}

}  // namespace bobbin::store
