// The control plane: what a test suite may do to a server besides asking it
// what the Weave API answers. Its routes lie below /_bobbin (the files
// api/control_*_api.cpp); here is what they work with. Knows no HTTP.
#pragma once

#include <optional>
#include <string>

#include "base/result.h"
#include "control/faults.h"
#include "control/journal.h"
#include "control/seeds.h"
#include "control/tally.h"

namespace bobbin::control {

struct Options {
  // Whether routes that throw data away, or make the server misbehave, are
  // open. Not on a file unless its owner says so: a suite that was pointed at
  // a developer's own traces by mistake must not take them away.
  bool may_harm = false;
  JournalOptions journal = {};
};

class Control {
 public:
  explicit Control(const Options& options)
      : options_(options), journal_(options.journal) {}
  Control(const Control&) = delete;
  Control& operator=(const Control&) = delete;

  //   kForbidden  harm is not allowed here; the reason says how it would be.
  Status CheckMayHarm() const;

  // What the server makes for projects.
  Seeds& seeds() { return seeds_; }

  // False: requests go their way unseen. Asked once for each of them.
  bool watches() const { return journal_.enabled() || faults_.any(); }

  Journal& journal() { return journal_; }
  const Journal& journal() const { return journal_; }
  Faults& faults() { return faults_; }
  Tally& tally() { return tally_; }
  const Tally& tally() const { return tally_; }

  // Forgets what has been noted and counted, of a project or all; the faults
  // stay. Returns how many requests were in the journal.
  int64_t Forget(const std::optional<std::string>& project_id);

 private:
  const Options options_;
  Journal journal_;
  Faults faults_;
  Tally tally_;
  Seeds seeds_;
};

}  // namespace bobbin::control
