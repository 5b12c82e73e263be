// Row numbers of the names that are kept once: projects and ops.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "db/connection.h"

namespace bobbin::store {

// The name inside an op or object ref; a plain name as it is; nothing for
// other kinds of ref (contract section 4.5, `trace_name`).
std::optional<std::string_view> TraceName(std::string_view op_name);

// The project's row, if it has one. For reads.
std::optional<int64_t> FindProject(db::Connection& connection,
                                   std::string_view project_id);

// Finds or makes rows, and remembers them. For jobs of Database::Write only:
// these take turns, so there is no lock here.
class Names {
 public:
  // The project's row number, of a new one if there is none.
  int64_t Project(db::Connection& connection, std::string_view project_id);

  // A row number that no project and no snapshot has, or has had since the
  // program started: what is remembered of one that is gone is never taken for
  // another's.
  int64_t NewNumber(db::Connection& connection);
  int64_t Op(db::Connection& connection, int64_t project,
             std::string_view name);

  // The job takes the project away, with all its ops.
  void Forget(db::Connection& connection, std::string_view project_id);

  // The job takes everything away, or nothing can run while that is done.
  void ForgetAll();
  // Changes with that: other row numbers than those of projects may be used
  // again then.
  uint64_t epoch() const { return epoch_; }

 private:
  struct Hash {
    using is_transparent = void;
    size_t operator()(std::string_view text) const {
      return std::hash<std::string_view>()(text);
    }
  };
  using Rows = std::unordered_map<std::string, int64_t, Hash, std::equal_to<>>;

  // A rollback may have taken remembered rows away.
  void Refresh(db::Connection& connection);

  uint64_t generation_ = 0;
  uint64_t epoch_ = 0;
  int64_t last_number_ = 0;
  Rows projects_;
  std::unordered_map<int64_t, Rows> ops_;  // by project
  size_t op_count_ = 0;
};

}  // namespace bobbin::store
