// Keeps published objects: versions of a value under a name.
//
// Threads, errors and lifetime as in store/call_store.h.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/result.h"
#include "db/database.h"
#include "model/object.h"
#include "store/names.h"

namespace bobbin::store {

class ObjectStore {
 public:
  ObjectStore(db::Database& database, Names& names)
      : database_(database), names_(names) {}
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
  Status Publish(const Publication& publication);

 private:
  db::Database& database_;
  Names& names_;
};

}  // namespace bobbin::store
