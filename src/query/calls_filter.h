// A CallsFilter as SQL, and the index that a statement about calls walks along.
// For calls_sql.cpp.
#pragma once

#include <string_view>

#include "base/result.h"
#include "model/calls_query.h"
#include "query/expr.h"
#include "query/statement.h"

namespace bobbin::query {

// kInvalid for a list of over 1,000 entries.
Status CheckLists(const model::CallsFilter& filter);

// True if no list of the filter has entries; `trace_roots_only` aside.
bool IsEmpty(const model::CallsFilter& filter);

// Appends WHERE and the terms of the filter.
void AddFilter(Statement& out, const model::CallsFilter& filter);

struct Driver {
  std::string_view clause;  // that names the index
  bool ordered = false;     // the index gives the order of started_at
};

// `query` may be null. Of its terms those are looked at that must hold for
// every call: $eq and $in of the columns that have an index.
Driver ChooseDriver(const model::CallsFilter& filter, const Expr* query);

}  // namespace bobbin::query
