// Lower case, for comparing without regard to it. From utf8proc.
#pragma once

#include <string>
#include <string_view>

namespace bobbin {

// Appends UTF-8 `text` with each character that has one in its lower case
// (Unicode's simple mapping, of any language). Bytes that are not UTF-8 stay.
void AppendLower(std::string& out, std::string_view text);

}  // namespace bobbin
