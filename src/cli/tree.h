// Calls as a tree with bars for their time.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "cli/look.h"

namespace bobbin::cli {

// One call, as much of it as the tree shows. Texts may hold anything: they
// are shown harmless.
struct TreeCall {
  std::string id;
  std::string parent_id = {};  // empty, or not among the calls: a root
  std::string name;
  std::string status = "success";  // as in summary.weave.status
  int64_t started_us = 0;
  std::optional<int64_t> ended_us = {};  // nullopt: still running
  std::optional<int64_t> tokens = {};
  std::optional<double> cost = {};
  std::string exception = {};  // its first line is shown below the call
};

// More lines below the call with that index, made harmless already, and of at
// most `width` cells.
using Details = std::function<std::vector<std::string>(size_t call, int width)>;

// A line for each call below its parent, siblings in the order of their
// start: state, name, a bar on the time axis that all of them share,
// duration, tokens, cost. What does not fit `look.width` is cut. Calls whose
// parents form a circle are shown, too, each once.
std::string RenderTree(std::span<const TreeCall> calls, const Look& look,
                       const Details& details = nullptr);

}  // namespace bobbin::cli
