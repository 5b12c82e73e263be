// Patterns in the names of routes, projects and ops.
#pragma once

#include <string_view>

namespace bobbin::control {

// Whether all of `text` fits `pattern`, in which each `*` stands for any
// characters, or none.
bool Fits(std::string_view pattern, std::string_view text);

}  // namespace bobbin::control
