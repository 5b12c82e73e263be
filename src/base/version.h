// Which bobbin this is.
#pragma once

#include <string_view>

namespace bobbin {

// "0.1.0": the version in CMakeLists.txt.
std::string_view Version();

}  // namespace bobbin
