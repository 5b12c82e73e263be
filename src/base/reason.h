// What an exception says for short.
#pragma once

#include <string_view>

namespace bobbin {

// The line that says what went wrong in `exception`, the text of a call's: of
// a Python traceback the first line behind the last frame, else the first line
// that is not blank. Within `exception`, without blanks around it.
std::string_view ReasonIn(std::string_view exception);

}  // namespace bobbin
