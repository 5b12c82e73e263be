// The table of commands. One file per command makes its row.
#pragma once

#include <functional>
#include <memory>

namespace CLI {
class App;
}

namespace bobbin::cli {

// How the program ends. Scripts can tell the kinds of trouble apart.
enum Exit : int {
  kExitOk = 0,
  kExitFailure = 1,  // anything not listed
  kExitUsage = 2,    // flags or their values
  kExitPortTaken = 3,
  kExitNotOpenable = 4,    // the file can't be opened for writing
  kExitNotSqlite = 5,      // the file is something else
  kExitNewerFile = 6,      // written by a newer bobbin
  kExitAlreadyServed = 7,  // another bobbin has the file
  kExitNothingFound = 8,
  kExitNoServer = 9,    // nobody answers at --url
  kExitOlderFile = 10,  // and nothing here may bring it up to date
  // Of `run`, apart from what its command may return.
  kExitFaults = 121,         // --fail-on or --golden found something
  kExitOwnFailure = 125,     // bobbin could not do its part
  kExitNotExecutable = 126,  // as a shell has it
  kExitNoCommand = 127,
};

// Adds a command to `app`; what it returns is run when the user chose it, and
// gives the exit code.
using AddCommand = std::function<int()> (*)(CLI::App& app);

std::function<int()> AddServe(CLI::App& app);   // serve.cpp
std::function<int()> AddRun(CLI::App& app);     // run.cpp
std::function<int()> AddPrices(CLI::App& app);  // prices.cpp
// upkeep.cpp
std::function<int()> AddBackup(CLI::App& app);
std::function<int()> AddCheck(CLI::App& app);
std::function<int()> AddPrune(CLI::App& app);   // prune.cpp
std::function<int()> AddExport(CLI::App& app);  // export.cpp
std::function<int()> AddImport(CLI::App& app);  // import.cpp
// look_commands.cpp
std::function<int()> AddLs(CLI::App& app);
std::function<int()> AddShow(CLI::App& app);
std::function<int()> AddTail(CLI::App& app);
std::function<int()> AddStats(CLI::App& app);
std::function<int()> AddGrep(CLI::App& app);
std::function<int()> AddSql(CLI::App& app);
std::function<int()> AddDiff(CLI::App& app);
std::function<int()> AddCompletion(CLI::App& app);  // completion.cpp

// Reads the command line and runs the command in it.
int Run(int argc, char** argv);

}  // namespace bobbin::cli
