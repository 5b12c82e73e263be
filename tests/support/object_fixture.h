// Stores over a database of their own, and shorthand for objects in it.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "store/object_versions.h"
#include "support/catch.h"
#include "support/store_fixture.h"

namespace bobbin::testing {

using Strings = std::vector<std::string>;

// The code of what must have failed.
inline Code CodeOf(const Status& status) {
  REQUIRE(!status.ok());
  return status.error().code;
}

class ObjectFixture : public StoreFixture {
 protected:
  void Publish(std::string_view name, std::string_view digest,
               std::string_view kind = "object",
               std::string_view project = kProject) {
    model::ObjectNature nature;
    nature.val = "{\"d\": \"" + std::string(digest) + "\"}";
    nature.kind = kind;
    if (kind == "object") nature.leaf_object_class = "Leaf";
    Must(objects.Publish({project, name, digest, "me", nature, ++now_us}));
  }

  // `<digest> <kind> <version>`, ` deleted` behind it, or `none`.
  std::string Find(std::string_view name, std::string_view digest,
                   std::optional<std::string_view> kind = std::nullopt,
                   std::string_view project = kProject) {
    std::string found = "none";
    Must(database->Read([&](db::Connection& connection) {
      const auto version = store::FindVersion(
          connection, store::FindProject(connection, project).value_or(0),
          {.object_id = name, .digest = digest, .kind = kind});
      if (!version) return Status();
      db::Query query(connection,
                      "SELECT digest || ' ' || kind FROM objects WHERE row_id "
                      "= ?");
      query.Bind(version->row).Row();
      found = std::string(query.Text(0)) + " " +
              std::to_string(version->version_index) +
              (version->deleted_at_us ? " deleted" : "");
      return Status();
    }));
    return found;
  }

  // The digests that are gone now.
  Strings Delete(std::string_view name, const model::Texts& digests = {}) {
    auto deleted = objects.Delete(kProject, name, digests, ++now_us);
    if (!deleted.ok()) FAIL(deleted.error().message);
    Strings gone;
    for (const auto& version : deleted.value()) gone.push_back(version.digest);
    return gone;
  }

  store::ObjectStore::Version At(std::string_view name,
                                 std::string_view digest) {
    return {.project_id = kProject, .object_id = name, .digest = digest};
  }
  void Tag(std::string_view name, std::string_view digest,
           const std::vector<std::string_view>& tags) {
    Must(objects.AddTags(At(name, digest), tags));
  }
  void Alias(std::string_view name, std::string_view digest,
             const std::vector<std::string_view>& aliases) {
    Must(objects.SetAliases(At(name, digest), aliases));
  }

  static model::ObjsQueryReq AQuery() {
    model::ObjsQueryReq request;
    request.project_id = kProject;
    request.filter.emplace();
    return request;
  }
  // The digests of what matches, in order.
  Strings Matching(const model::ObjsQueryReq& request) {
    Strings digests;
    Must(objects.Scan(request, [&](const model::ObjectRecord& object) {
      digests.emplace_back(object.digest);
      return true;
    }));
    return digests;
  }

  static void Must(const Status& status) {
    if (!status.ok()) FAIL(status.error().message);
  }

  int64_t now_us = 1000;
};

}  // namespace bobbin::testing
