// Questions about published objects, as SQL. Runs nothing, and knows no
// connection. Values and indexes as in query/calls_sql.h.
#pragma once

#include <cstdint>

#include "base/result.h"
#include "model/objects_query.h"
#include "query/statement.h"

namespace bobbin::query {

// The columns of these statements, by place.
enum ObjectColumn : int {
  kObjectRow,
  kObjectId,
  kObjectKind,
  kObjectDigest,
  kObjectVersionIndex,
  kObjectIsLatest,
  kObjectCreatedAtUs,
  kObjectBaseClass,
  kObjectLeafClass,
  kObjectWbUserId,
  kObjectVal,        // NULL if only metadata is read
  kObjectSizeBytes,  // NULL unless asked for
};

// The living versions of a project's objects that match, in order, one row
// each. Of `sort_by` only object_id and created_at count; without them the
// order is that of creation. `latest_only` costs time by object, not by
// version.
//   kInvalid  a list of over 1,000 entries, a negative limit or offset.
Result<Statement> ObjectsStatement(const model::ObjsQueryReq& request,
                                   int64_t project);

// The living version of that row (objects.row_id).
Statement ObjectStatement(int64_t row, bool metadata_only);

}  // namespace bobbin::query
