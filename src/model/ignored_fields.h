// What records that are not strict pass over in silence.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "model/details.h"

namespace bobbin::model {

// For as long as it lives, collects the names of the fields that this thread
// reads and ignores: `start.parent`, `batch[].req.end.display_name`. The
// innermost one collects. Without one nothing is noted, and that costs nothing.
class IgnoredFields {
 public:
  IgnoredFields();
  ~IgnoredFields();
  IgnoredFields(const IgnoredFields&) = delete;
  IgnoredFields& operator=(const IgnoredFields&) = delete;

  // Each once, in the order in which they came; at most kMost.
  const std::vector<std::string>& names() const { return names_; }
  static constexpr size_t kMost = 100;

  // `loc` is the object that has a field of that name.
  static void Note(const Loc& loc, std::string_view name);

  // For objects with keys of their clients' own, which are no fields.
  class Pause {
   public:
    Pause();
    ~Pause();
    Pause(const Pause&) = delete;
    Pause& operator=(const Pause&) = delete;

   private:
    IgnoredFields* const paused_;
  };

 private:
  IgnoredFields* const outer_;
  std::vector<std::string> names_;
};

}  // namespace bobbin::model
