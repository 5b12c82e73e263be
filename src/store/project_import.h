// Brings the lines of an export (store/project_export.h) into the file.
//
// What is there already stays as it is: a call, feedback or a price by its id
// (but a call that has not ended, or not begun, gets what it lacks), a file, a
// table or a row by its digest, an object by its digest and number. So lines
// may be brought in twice, and an import that was cut is repeated from the
// start. A version of an object whose number belongs to another version
// already gets the next one; which is the latest is then decided by when they
// were published.
//
// Lines may come in any order, but for the pieces of a file and the rows of a
// table, which come before it.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/result.h"
#include "db/database.h"
#include "store/call_store.h"
#include "store/names.h"
#include "store/transfer_records.h"

namespace bobbin::store {

struct ImportCounts {
  int64_t lines = 0;
  TransferCounts added = {};
  TransferCounts present = {};
};

// Threads   Any.
class ProjectImport {
 public:
  // Borrows all of them.
  ProjectImport(db::Database& database, Names& names, CallStore& calls)
      : database_(database), names_(names), calls_(calls) {}
  ProjectImport(const ProjectImport&) = delete;
  ProjectImport& operator=(const ProjectImport&) = delete;

  // Brings whole lines in, all of them or none, in one transaction. Empty
  // lines do no harm. `first_line` is the number of the first, for messages.
  //   kInvalid  a line is none of an export, or does not go with what came
  //             before it; the message says which and why.
  Result<ImportCounts> Import(std::string_view lines, int64_t first_line);

 private:
  db::Database& database_;
  Names& names_;
  CallStore& calls_;
};

}  // namespace bobbin::store
