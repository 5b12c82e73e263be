// The text that digests are made of (contract section 6.1): what Python's
// json.dumps(value, sort_keys=True) prints for a parsed JSON text.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace bobbin::json {

// Returns `text`, a valid JSON text, as Python would print it again: keys
// sorted by code point, of duplicate keys the last, `", "` and `": "` between
// tokens, everything but ASCII as \uXXXX in lower case with surrogate pairs,
// integers exact at any size, floats in Python's shortest form (`1.0`,
// `2.5e-07`, `1e+16`, `-0.0`; `1e400` is `Infinity`).
//   kInvalid  `text` is not JSON.
Result<std::string> Canonical(std::string_view text);

}  // namespace bobbin::json
