// The tags and aliases of one version, for jobs of Database::Read and ::Write.
#pragma once

#include <cstdint>

#include "db/connection.h"
#include "model/object_record.h"

namespace bobbin::store {

// Those of the version in `row` (objects.row_id); `latest` is one of the
// aliases of the latest.
model::ObjectRecord::Labels LabelsOf(db::Connection& connection, int64_t row,
                                     bool is_latest);

// Takes them all off.
void DropLabels(db::Connection& connection, int64_t row);

}  // namespace bobbin::store
