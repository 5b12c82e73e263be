// The control plane: what a test suite may do to a server besides asking it
// what the Weave API answers. Its routes lie below /_bobbin (the files
// api/control_*_api.cpp); here is what they work with. Knows no HTTP.
#pragma once

#include "base/result.h"
#include "control/seeds.h"

namespace bobbin::control {

struct Options {
  // Whether routes that throw data away, or make the server misbehave, are
  // open. Not on a file unless its owner says so: a suite that was pointed at
  // a developer's own traces by mistake must not take them away.
  bool may_harm = false;
};

class Control {
 public:
  explicit Control(Options options) : options_(options) {}
  Control(const Control&) = delete;
  Control& operator=(const Control&) = delete;

  //   kForbidden  harm is not allowed here; the reason says how it would be.
  Status CheckMayHarm() const;

  // What the server makes for projects.
  Seeds& seeds() { return seeds_; }

 private:
  const Options options_;
  Seeds seeds_;
};

}  // namespace bobbin::control
