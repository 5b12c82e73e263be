// Keeps published objects: versions of a value under a name, the tags on a
// version and the aliases that name one.
//
// A `digest` names a version as store/object_versions.h says, and the errors
// are FindLiving's: kNotFound when there is no such version, or when it was
// deleted.
//
// Threads, errors and lifetime as in store/call_store.h.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "db/database.h"
#include "model/object.h"
#include "model/object_record.h"
#include "model/objects_query.h"
#include "store/changes.h"
#include "store/names.h"

namespace bobbin::store {

class ObjectStore {
 public:
  using Texts = std::span<const std::string_view>;
  using Visitor = std::function<bool(const model::ObjectRecord&)>;

  // `changes` hears of all that changes.
  ObjectStore(db::Database& database, Names& names, Changes& changes)
      : database_(database), names_(names), changes_(changes) {}
  ObjectStore(const ObjectStore&) = delete;
  ObjectStore& operator=(const ObjectStore&) = delete;

  struct Publication {
    std::string_view project_id, object_id, digest, wb_user_id;
    const model::ObjectNature& nature;
    int64_t now_us;
  };
  // Makes a version with the next index, counted per project, name and kind
  // with deleted ones included, and makes it the latest. A value that is a
  // living version already stays that version and becomes the latest again
  // (contract section 6.2).
  //   kInvalid  ObjectNameTypeCollision: the name belongs to a living object
  //             of the same kind and another base class.
  Status Publish(const Publication& publication);

  // Feeds the version that is asked for to `visit`.
  //   kNotFound  no such version, or it was deleted.
  Status Read(const model::ObjReadReq& request, const Visitor& visit) const;

  // Feeds matching versions to `visit`, in the order asked for, until it
  // returns false. Holds a read connection meanwhile, so `visit` must not use
  // the database. An unknown project has no objects.
  //   kInvalid  as query::ObjectsStatement says; `visit` was not called.
  Status Scan(const model::ObjsQueryReq& request, const Visitor& visit) const;

  struct DeletedVersion {
    std::string digest;
    std::optional<std::string> base_object_class, leaf_object_class;
  };
  // Deletes the versions that `digests` name, or all of the object when there
  // is no list; returns them in the order of their making. They vanish from
  // every read but for the error that names their number and time; their tags
  // and aliases, and their value, from the file.
  //   kNotFound  there is none, or one of `digests` is missing or deleted
  //              already; then nothing was deleted.
  Result<std::vector<DeletedVersion>> Delete(std::string_view project_id,
                                             std::string_view object_id,
                                             const model::Texts& digests,
                                             int64_t now_us);

  // A version of an object, out of a path.
  struct Version {
    std::string_view project_id, object_id, digest;
  };
  // Puts tags on a version; those that it has stay. (kNotFound)
  Status AddTags(const Version& version, Texts tags);
  // Takes tags off a version; those that it has not don't matter. (kNotFound)
  Status RemoveTags(const Version& version, Texts tags);
  // Makes the aliases name this version, and no longer another of the same
  // object. (kNotFound)
  Status SetAliases(const Version& version, Texts aliases);
  // Forgets aliases of an object; those that it has not don't matter.
  Status RemoveAliases(std::string_view project_id, std::string_view object_id,
                       Texts aliases);

  // What a project has on its versions, sorted, each once.
  Result<std::vector<std::string>> Tags(std::string_view project_id) const;
  Result<std::vector<std::string>> Aliases(std::string_view project_id) const;

  // As CallStore's.
  bool scan_blocks_writers() const {
    return database_.durability() == db::Durability::kMemory;
  }

 private:
  // Runs `sql`, which takes a version's row, a project's row and a text, for
  // each of `texts`.
  Status ChangeLabels(const Version& version, Texts texts, const char* sql);
  Result<std::vector<std::string>> AllOf(std::string_view project_id,
                                         const char* sql) const;

  db::Database& database_;
  Names& names_;
  Changes& changes_;
};

}  // namespace bobbin::store
