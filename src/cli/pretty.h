// JSON as people read it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "cli/look.h"

namespace bobbin::cli {

struct PrettyOptions {
  // What is too long is cut, and what is missing is said: lines to the width
  // (less `indent`), values to so many lines. 0: nothing is cut.
  int max_lines = 16;
  int indent = 0;
};

// The lines of a JSON text, in the manner of YAML: a member or an element a
// line, what is within indented, texts without quotes and with their own line
// breaks; a list of nothing but numbers (a vector) is one line. Harmless
// whatever is in the texts. Numbers stay as they were sent.
std::vector<std::string> PrettyJson(std::string_view json, const Look& look,
                                    const PrettyOptions& options);

}  // namespace bobbin::cli
