#include "store/object_store.h"

namespace bobbin::store {
namespace {

using db::Connection;
using db::Query;

constexpr const char* kPublishAgain =
    "UPDATE objects SET published_at_us = ?5, publish_order = (SELECT "
    "max(publish_order) + 1 FROM objects WHERE project = ?1 AND object_id = "
    "?2 AND deleted_at_us IS NULL) WHERE project = ?1 AND object_id = ?2 AND "
    "kind = ?3 AND digest = ?4 AND deleted_at_us IS NULL";

constexpr const char* kPublish =
    "INSERT INTO objects (project, object_id, kind, digest, published_at_us, "
    "created_at_us, base_object_class, leaf_object_class, wb_user_id, val, "
    "version_index, publish_order) VALUES (?1, ?2, ?3, ?4, ?5, ?5, ?6, ?7, "
    "?8, ?9, (SELECT count(*) FROM objects WHERE project = ?1 AND object_id "
    "= ?2 AND kind = ?3), (SELECT coalesce(max(publish_order), 0) + 1 FROM "
    "objects WHERE project = ?1 AND object_id = ?2 AND deleted_at_us IS "
    "NULL))";

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
    if (connection.changes() > 0) return Status();
    Query insert(connection, kPublish);
    bind(insert);
    insert.Bind(std::optional<std::string_view>(nature.base_object_class))
        .Bind(std::optional<std::string_view>(nature.leaf_object_class))
        .Bind(publication.wb_user_id)
        .Bind(std::string_view(nature.val))
        .Run();
    return Status();
  });
}

}  // namespace bobbin::store
