// What an annotation may say: the AnnotationSpec object that it names, whose
// `field_schema` is a JSON Schema (contract section 10).
#pragma once

#include <string_view>

#include "base/result.h"

namespace bobbin::model {

// Checks `value` against `spec`; both are JSON texts that are valid. A spec
// without a schema allows everything. The schema is read as draft 7, of which
// drafts since then differ in nothing that a form has; refs within it are
// followed unless they go round in circles.
//   kInvalid  the value does not fit, or (kBadSpec) `spec` is not a spec.
inline constexpr std::string_view kBadSpec = "InvalidAnnotationSpec";
Status CheckAnnotationValue(std::string_view spec, std::string_view value);

}  // namespace bobbin::model
