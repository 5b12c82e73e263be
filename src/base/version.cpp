#include "base/version.h"

namespace bobbin {

// Defined on the compiler's command line for this file alone, so that a new
// version does not recompile the rest.
std::string_view Version() { return BOBBIN_VERSION; }

}  // namespace bobbin
