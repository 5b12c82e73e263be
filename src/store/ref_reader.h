// Reads what refs stand for: an object's value, and what lies along the edges
// into it (contract section 8). A ref that is met on the way is followed to
// the object or the table's row that it names, within its project.
//
// The number of statements does not depend on the number of refs: all that can
// be read together is read by one statement for finding objects, one for their
// values, and one or two for the rows in each project; once more for each ref
// on the longest way.
#pragma once

#include <cstddef>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "db/connection.h"
#include "db/database.h"
#include "model/ref.h"

namespace bobbin::store {

struct RefValue {
  enum class Found {
    kValue,    // `json` is it
    kNothing,  // an edge leads nowhere, or into another project
    kDeleted,  // an object on the way was deleted
    kMissing,  // an object on the way is not there: `digest` was looked for
  };
  Found found = Found::kNothing;
  std::string json;  // a slice of what was published; `null` if not kValue
  std::string digest = {};
};

// Within a job of Database::Read. Throws SQLite::Exception.
class RefReader {
 public:
  static constexpr size_t kAnySize = std::numeric_limits<size_t>::max();

  explicit RefReader(db::Connection& connection) : connection_(connection) {}
  RefReader(const RefReader&) = delete;
  RefReader& operator=(const RefReader&) = delete;

  // The values of `refs`, which name objects or ops, in their order. Nothing
  // if they are more than `max_bytes` together.
  std::optional<std::vector<RefValue>> Read(std::span<const model::Ref> refs,
                                            size_t max_bytes = kAnySize);

 private:
  db::Connection& connection_;
};

// Reads on its own. Threads, errors and lifetime as in store/call_store.h.
class RefStore {
 public:
  explicit RefStore(db::Database& database) : database_(database) {}
  RefStore(const RefStore&) = delete;
  RefStore& operator=(const RefStore&) = delete;

  Result<std::vector<RefValue>> Read(std::span<const model::Ref> refs) const;

 private:
  db::Database& database_;
};

}  // namespace bobbin::store
