// Puts the values of objects in the place of refs in calls that are read
// (contract section 4.4, `expand_columns`).
//
// Calls go through in pages, so that the refs of many are read together. What
// is held at a time is bounded: some calls, and some megabytes of values (or
// one call with its values, if that is more).
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "json/path.h"
#include "model/calls_query.h"
#include "store/ref_reader.h"

namespace bobbin::api {

class Expander {
 public:
  // Takes a finished call; false when no more are wanted.
  using Emit = std::function<bool(std::string_view call)>;

  // `paths` lead into attributes, inputs, output or summary; others have no
  // refs and are ignored. They work shallow to deep, so that one may lead
  // into the value that another has put there.
  Expander(const model::Texts& paths, Emit emit);

  // False: there is nothing to do, and nothing to be added.
  bool expands() const { return !levels_.empty(); }

  // Takes a call, which is JSON as AppendCall() writes it. Where a path leads
  // to the ref of an object, its value takes the ref's place; a JSON object
  // gets a member `_ref`, the ref. A ref whose value is not to be had stays.
  // Calls are emitted in their order, some later than others. Both return
  // false when no more are wanted, and throw what `refs` throws.
  bool Add(std::string call, store::RefReader& refs);
  // Emits what is left.
  bool Finish(store::RefReader& refs);

 private:
  using Calls = std::vector<std::string>;

  bool Run(Calls calls, size_t level, store::RefReader& refs);

  std::vector<std::vector<json::Path>> levels_;  // of the same length each
  const Emit emit_;
  Calls page_;
  size_t page_bytes_ = 0;
};

}  // namespace bobbin::api
