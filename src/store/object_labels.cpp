// The tags and aliases in an ObjectStore (contract section 6.4).

#include "store/object_labels.h"

#include "store/object_store.h"
#include "store/object_versions.h"

namespace bobbin::store {
namespace {

using db::Connection;
using db::Query;
using Strings = std::vector<std::string>;

constexpr const char* kAddTag =
    "INSERT INTO object_tags (object, project, tag) VALUES (?, ?, ?) "
    "ON CONFLICT DO NOTHING";

constexpr const char* kRemoveTag =
    "DELETE FROM object_tags WHERE object = ? AND project = ? AND tag = ?";

constexpr const char* kSetAlias =
    "INSERT INTO object_aliases (object, project, alias, object_id) SELECT "
    "?1, ?2, ?3, object_id FROM objects WHERE row_id = ?1 "
    "ON CONFLICT DO UPDATE SET object = excluded.object";

constexpr const char* kRemoveAlias =
    "DELETE FROM object_aliases WHERE project = ? AND object_id = ? AND alias "
    "= ?";

constexpr const char* kTagsOf =
    "SELECT tag FROM object_tags INDEXED BY object_tags_by_object WHERE object "
    "= ? ORDER BY tag";

constexpr const char* kAliasesOf =
    "SELECT alias FROM object_aliases INDEXED BY object_aliases_by_object "
    "WHERE object = ?1 UNION ALL SELECT ?3 WHERE ?2 ORDER BY alias";

constexpr const char* kTagsOfProject =
    "SELECT DISTINCT tag FROM object_tags WHERE project = ? ORDER BY tag";

constexpr const char* kAliasesOfProject =
    "SELECT DISTINCT alias FROM object_aliases INDEXED BY "
    "object_aliases_by_alias WHERE project = ? ORDER BY alias";

Strings Take(Query& query) {
  Strings texts;
  while (query.Row()) texts.emplace_back(query.Text(0));
  return texts;
}

}  // namespace

model::ObjectRecord::Labels LabelsOf(Connection& connection, int64_t row,
                                     bool is_latest) {
  Query tags(connection, kTagsOf);
  Query aliases(connection, kAliasesOf);
  tags.Bind(row);
  aliases.Bind(row).Bind(int64_t{is_latest}).Bind(model::kLatest);
  return {.tags = Take(tags), .aliases = Take(aliases)};
}

void DropLabels(Connection& connection, int64_t row) {
  for (const char* sql : {"DELETE FROM object_tags WHERE object = ?",
                          "DELETE FROM object_aliases WHERE object = ?"}) {
    Query(connection, sql).Bind(row).Run();
  }
}

Status ObjectStore::ChangeLabels(const Version& version, Texts texts,
                                 const char* sql) {
  return database_.Write([&](Connection& connection) -> Status {
    const int64_t project =
        FindProject(connection, version.project_id).value_or(0);
    const Result<int64_t> row =
        FindLiving(connection, project,
                   {.object_id = version.object_id, .digest = version.digest});
    if (!row.ok()) return row.error();
    for (const std::string_view text : texts) {
      Query(connection, sql).Bind(row.value()).Bind(project).Bind(text).Run();
      if (connection.changes() > 0) {
        changes_.Touch(connection, version.project_id);
      }
    }
    return {};
  });
}

Status ObjectStore::AddTags(const Version& version, Texts tags) {
  return ChangeLabels(version, tags, kAddTag);
}

Status ObjectStore::RemoveTags(const Version& version, Texts tags) {
  return ChangeLabels(version, tags, kRemoveTag);
}

Status ObjectStore::SetAliases(const Version& version, Texts aliases) {
  return ChangeLabels(version, aliases, kSetAlias);
}

Status ObjectStore::RemoveAliases(std::string_view project_id,
                                  std::string_view object_id, Texts aliases) {
  return database_.Write([&](Connection& connection) {
    const int64_t project = FindProject(connection, project_id).value_or(0);
    for (const std::string_view alias : aliases) {
      Query(connection, kRemoveAlias)
          .Bind(project)
          .Bind(object_id)
          .Bind(alias)
          .Run();
      if (connection.changes() > 0) changes_.Touch(connection, project_id);
    }
    return Status();
  });
}

Result<Strings> ObjectStore::AllOf(std::string_view project_id,
                                   const char* sql) const {
  Strings texts;
  const Status status = database_.Read([&](Connection& connection) {
    Query query(connection, sql);
    query.Bind(FindProject(connection, project_id).value_or(0));
    texts = Take(query);
    return Status();
  });
  if (!status.ok()) return status.error();
  return texts;
}

Result<Strings> ObjectStore::Tags(std::string_view project_id) const {
  return AllOf(project_id, kTagsOfProject);
}

Result<Strings> ObjectStore::Aliases(std::string_view project_id) const {
  return AllOf(project_id, kAliasesOfProject);
}

}  // namespace bobbin::store
