// What a call took, as its summary says: tokens and money.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "json/document.h"

namespace bobbin::cli {

// Nothing is nullopt, and not 0.
struct CallUsage {
  std::vector<std::string> models;                    // in the summary's order
  std::optional<int64_t> prompt, completion, tokens;  // of all models
  std::optional<double> cost;  // US dollars; only where costs were asked for
};

// Reads a `summary` as the API answers it. The nodes of its document reach
// down to the counts of a model.
CallUsage ReadCallUsage(json::Value summary);

}  // namespace bobbin::cli
