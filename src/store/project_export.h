// Projects as lines of JSON (store/transfer_records.h), to be kept or to be
// brought into another file with store/project_import.h.
//
// An export and an import give the same lines again, byte for byte. Not in
// them: snapshots, and what nothing can reach (unfinished uploads).
#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "db/database.h"

namespace bobbin::store {

// Where the text goes, in pieces that hold whole lines. False: nobody wants
// more.
using TextSink = std::function<bool(std::string_view)>;

// Threads   Any.
class ProjectExport {
 public:
  // Borrows it.
  explicit ProjectExport(db::Database& database) : database_(database) {}
  ProjectExport(const ProjectExport&) = delete;
  ProjectExport& operator=(const ProjectExport&) = delete;

  // Writes a first line, all that those projects have, each once, and a last
  // line. None
  // named: all projects, in the order in which they were made, and before them
  // the prices for all. One snapshot of the database, whose reading connection
  // it holds meanwhile: `sink` must not use that.
  //   kNotFound  there is no such project; nothing was written.
  //   Those of db::Database::Read; what was written is not whole then.
  Status Export(std::span<const std::string_view> project_ids,
                const TextSink& sink) const;

 private:
  db::Database& database_;
};

}  // namespace bobbin::store
