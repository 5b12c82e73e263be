// Projects as a whole: emptied, copied, put back.
//
// A snapshot is a copy of a project that only this can reach, kept where the
// project is: in the file, or in memory.
//
// Threads, errors and lifetime as in store/call_store.h. A request that takes
// several transactions (a large file or table) and whose project is taken away
// half-way fails with kBusy and keeps nothing.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "db/database.h"
#include "store/call_store.h"
#include "store/names.h"

namespace bobbin::store {

class ProjectStore {
 public:
  // Borrows all of them.
  ProjectStore(db::Database& database, Names& names, CallStore& calls)
      : database_(database), names_(names), calls_(calls) {}
  ProjectStore(const ProjectStore&) = delete;
  ProjectStore& operator=(const ProjectStore&) = delete;

  // Takes everything away, snapshots as well; the default prices stay.
  Status ResetAll();

  // Takes all of a project away; its snapshots stay. One that is not known is
  // empty already.
  Status Reset(std::string_view project_id);

  // Keeps the project as it is now under `name`. One that is not known is
  // empty.
  //   kConflict  it has a snapshot of that name.
  Status Snapshot(std::string_view project_id, std::string_view name);

  // Makes the project what it was when the snapshot was taken. That stays.
  //   kNotFound  it has no such snapshot; nothing was changed.
  Status Restore(std::string_view project_id, std::string_view name);

  // Makes `to` a copy of the project. Texts stay as they are: refs in them
  // name the old project still.
  //   kNotFound  there is no such project.
  //   kConflict  there is a project `to`.
  Status Fork(std::string_view project_id, std::string_view to);

  // Takes a project and all its snapshots away.
  //   kNotFound  there is nothing of either.
  Status Drop(std::string_view project_id);

  // Takes a snapshot away.
  //   kNotFound  there is none.
  Status DropSnapshot(std::string_view project_id, std::string_view name);

  struct SnapshotName {
    std::string project_id, name;
  };
  // Those of one project or of all, in the order in which they were taken.
  Result<std::vector<SnapshotName>> Snapshots(
      std::optional<std::string_view> project_id) const;

 private:
  // For jobs. Takes the project away; false: there is none.
  bool Remove(db::Connection& connection, std::string_view project_id);
  // Makes `to`, which is not there, a copy of what has row `from`.
  void Copy(db::Connection& connection, int64_t from, std::string_view to);

  db::Database& database_;
  Names& names_;
  CallStore& calls_;
};

}  // namespace bobbin::store
