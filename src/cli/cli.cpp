#include <CLI/CLI.hpp>
#include <array>
#include <iostream>
#include <string>

#include "base/version.h"
#include "cli/command.h"
#include "cli/output.h"

namespace bobbin::cli {
namespace {

constexpr auto kCommands = std::to_array<AddCommand>(
    {AddServe, AddRun, AddLs, AddShow, AddTail, AddStats, AddGrep, AddSql,
     AddDiff, AddExport, AddImport, AddPrune, AddBackup, AddCheck, AddPrices,
     AddCompletion});

}  // namespace

int Run(int argc, char** argv) {
  CLI::App app(
      "bobbin: a local trace store that speaks the W&B Weave service API.\n"
      "One program, one SQLite file.",
      "bobbin");
  app.set_version_flag("--version", "bobbin " + std::string(Version()));
  app.require_subcommand(1);
  int exit_code = kExitOk;
  for (const AddCommand add : kCommands) {
    const std::function<int()> run = add(app);
    app.get_subcommands({}).back()->callback(
        [&exit_code, run] { exit_code = run(); });
  }
  // CLI11 would only say that a command is missing.
  const auto named = [&](const CLI::App* command) {
    return command->get_name() == argv[1];
  };
  if (argc > 1 && argv[1][0] != '-' && app.get_subcommands(named).empty()) {
    std::cerr << "bobbin: there is no command '" << argv[1]
              << "'. See 'bobbin --help'.\n";
    return kExitUsage;
  }
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) {  // help, version
      app.exit(error);
      return std::cout.flush() ? kExitOk : FailToWrite();
    }
    const auto chosen = app.get_subcommands();
    const std::string command =
        chosen.empty() ? "" : chosen.front()->get_name() + " ";
    std::cerr << "bobbin: " << error.what() << "\nSee 'bobbin " << command
              << "--help'.\n";
    return kExitUsage;
  }
  // What has not been checked by the command.
  return std::cout.flush() || exit_code != kExitOk ? exit_code : FailToWrite();
}

}  // namespace bobbin::cli
