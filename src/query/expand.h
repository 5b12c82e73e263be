// Fields whose path leads through the refs of objects (`expand_columns`,
// contract section 4.4).
#pragma once

#include <span>
#include <string_view>

#include "base/result.h"
#include "query/fields.h"

namespace bobbin::query {

// Changes `field`, which is kJson and has a path, so that where one of
// `expanded` (paths in the same JSON) is the beginning of its path and the
// value there is the ref of an object in `project_id`, the rest of the path is
// looked for in that object's value; of a row of a table or of a dataset, in
// that row. A ref of another project, or of an object that is missing or
// deleted, or of a whole table, has nothing below it. One subquery into
// `objects` or `table_rows` per ref on the way, by index.
//   kInvalid  more than kMaxRefs refs on the way.
inline constexpr size_t kMaxRefs = 8;
Status ReachThroughRefs(std::span<const std::string_view> expanded,
                        std::string_view project_id, FieldSql& field);

}  // namespace bobbin::query
