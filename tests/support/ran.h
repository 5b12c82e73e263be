// `bobbin run` with a shell script as its command.
#pragma once

#include <string>
#include <vector>

#include "support/family.h"
#include "support/served.h"
#include "support/temp_dir.h"

namespace bobbin::testing {

// Arguments of `bobbin run OPTIONS -- /bin/bash -c SCRIPT`.
inline Arguments RunScript(const std::string& script, Arguments options = {}) {
  options.insert(options.begin(), "run");
  options.insert(options.end(), {"--", "/bin/bash", "-c", script});
  return options;
}

// Runs it to its end.
inline Finished RunScriptToEnd(const std::string& script,
                               Arguments options = {},
                               const Environment& environment = {}) {
  return RunBobbin(RunScript(script, std::move(options)), environment);
}

// One that runs, with `$gate` as the path of a Gate in its environment.
class Ran {
 public:
  explicit Ran(const std::string& script, Arguments options = {},
               Environment environment = {})
      : gate_(folder_.File("gate")),
        process_(BOBBIN_BINARY, RunScript(script, std::move(options)),
                 WithGate(std::move(environment), folder_)) {}

  Process& process() { return process_; }
  const Gate& gate() const { return gate_; }

  // What it prints next; each on a line of its own.
  std::string Line() { return process_.ReadLine().value_or("(nothing)"); }
  pid_t Pid() { return std::stoi(Line()); }
  Relative Member() { return Relative(Pid()); }

 private:
  static Environment WithGate(Environment environment, const TempDir& folder) {
    environment.emplace("gate", folder.File("gate"));
    return environment;
  }

  TempDir folder_;
  Gate gate_;
  Process process_;
};

}  // namespace bobbin::testing
