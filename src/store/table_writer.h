// Puts a planned table into the file.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/result.h"
#include "db/database.h"
#include "store/names.h"
#include "store/table_plan.h"

namespace bobbin::store {

struct TableToWrite {
  std::string_view project_id, digest;
  const TablePlan& plan;
  int64_t now_us;
  // The project's row when the plan was made; 0 if it does not matter.
  int64_t project = 0;
};

// Writes the rows and chunks that are new, then the table, which becomes
// visible with the last of them. A large table takes several transactions:
// between them other writers have their turns. What an error leaves behind
// are rows of no table, which nobody sees and a second try uses.
// Nothing happens if there is such a table by now.
//   kBusy  the project was taken away meanwhile, and with it what the plan, or
//          an earlier transaction, counts on.
Status WriteTable(db::Database& database, Names& names,
                  const TableToWrite& table);

}  // namespace bobbin::store
