// The text that digests are made of (contract section 6.1): what Python's
// json.dumps(value, sort_keys=True) prints for a parsed JSON text.
#pragma once

#include <memory>
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

// The same for many texts, which are known to be valid: nothing is parsed
// twice, and memory is kept from one to the next. For one thread.
class CanonicalPrinter {
 public:
  CanonicalPrinter();
  ~CanonicalPrinter();
  CanonicalPrinter(const CanonicalPrinter&) = delete;
  CanonicalPrinter& operator=(const CanonicalPrinter&) = delete;

  // `valid` is Value::raw() of a Document. The view lives until the next
  // call.
  std::string_view Print(std::string_view valid);

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace bobbin::json
