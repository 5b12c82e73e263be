// What tags and aliases of objects may be (contract section 6.4).
#pragma once

#include <string_view>

#include "base/result.h"

namespace bobbin::model {

//   kInvalid  it may not be one; the message says why.
Status CheckTag(std::string_view tag);
Status CheckAlias(std::string_view alias);

}  // namespace bobbin::model
