// `bobbin run`: a server for as long as a command runs.

#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cerrno>
#include <cstring>
#include <iostream>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cli/backend.h"
#include "cli/backend_source.h"
#include "cli/command.h"
#include "cli/guarded_command.h"
#include "cli/look.h"
#include "cli/open_file.h"
#include "cli/place.h"
#include "cli/run_export.h"
#include "cli/run_golden.h"
#include "cli/run_tree.h"
#include "cli/run_verdict.h"
#include "cli/running.h"
#include "cli/server_flags.h"
#include "http/listener.h"
#include "http/server.h"
#include "store/call_tally.h"

namespace bobbin::cli {
namespace {

struct RunOptions {
  std::string db;  // empty: in memory
  bool control = false;
  std::string summary = "tree";
  std::vector<std::string> fail_on;
  std::string export_file;
  std::string golden_file;
  bool update = false;
  ServerFlags server;
  std::string program;
  std::vector<std::string> arguments;
};

std::vector<std::string> CommandOf(const RunOptions& options) {
  std::vector<std::string> command{options.program};
  command.insert(command.end(), options.arguments.begin(),
                 options.arguments.end());
  return command;
}

// Traces of a test run need not outlive a power cut.
Place PlaceOf(const RunOptions& options) {
  return {.db = options.db,
          .ephemeral = options.db.empty(),
          .durability = "normal"};
}

int FailBefore(const Error& error) { return Fail(error, kExitOwnFailure); }

// Tells what the guard has to say.
int ExitCodeOfEnd(const GuardedCommand::End& end, const RunOptions& options) {
  if (end.not_started != 0) {
    std::cerr << "bobbin: cannot run '" << options.program
              << "': " << std::strerror(end.not_started) << ".\n";
    return end.not_started == ENOENT ? kExitNoCommand : kExitNotExecutable;
  }
  if (end.guard_died) {
    std::cerr << "bobbin: the process that guards the command was killed, and "
                 "the command with it.\n";
  }
  if (end.left > 0) {
    std::cerr << "bobbin: could not end " << end.left
              << " of the processes that the command has left behind.\n";
  }
  return end.exit_code;
}

// What the run has left in the store: calls beyond `last_row`.
struct Harvest {
  db::Database& database;
  Backend& backend;
  int64_t last_row;
};

Status ShowTree(const Harvest& harvest) {
  const Result<std::optional<store::TraceKey>> last =
      store::LastTrace(harvest.database, harvest.last_row);
  if (!last.ok()) return last.error();
  if (!last.value()) return {};
  BackendSource source(harvest.backend, "this run");
  const Result<std::string> tree =
      RunTree(source, *last.value(), LookOf(STDERR_FILENO));
  if (!tree.ok()) return tree.error();
  std::cerr << tree.value();
  return {};
}

// Says how it went, and returns what --fail-on has found.
Result<std::string> Judge(const Harvest& harvest, const RunOptions& options) {
  const Result<store::CallTally> tally =
      store::TallyCalls(harvest.database, harvest.last_row);
  if (!tally.ok()) return tally.error();
  if (options.summary != "none") {
    std::cerr << "bobbin: " << TallyText(tally.value()) << '\n';
  }
  if (options.summary == "tree" && tally.value().calls > 0) {
    const Status shown = ShowTree(harvest);
    if (!shown.ok()) return shown.error();
  }
  if (!options.export_file.empty()) {
    BackendSource source(harvest.backend, "this run");
    const Status exported = ExportCalls(harvest.database, harvest.last_row,
                                        source, options.export_file);
    if (!exported.ok()) return exported.error();
  }
  const Result<control::Duplicates> duplicates =
      harvest.backend.CountDuplicates();
  if (!duplicates.ok()) return duplicates.error();
  return Faults({.calls = tally.value(),
                 .duplicates = duplicates.value().starts.count +
                               duplicates.value().ends.count},
                options.fail_on);
}

// Writes the golden file, or returns what is wrong by it.
Result<std::string> Compare(const Harvest& harvest, const RunOptions& options) {
  if (options.golden_file.empty()) return std::string();
  BackendSource source(harvest.backend, "this run");
  const Result<std::string> golden = GoldenOf(harvest.database, source);
  if (!golden.ok()) return golden.error();
  if (!options.update) {
    return CompareGolden(golden.value(), options.golden_file);
  }
  const Result<bool> updated =
      UpdateGolden(golden.value(), options.golden_file);
  if (!updated.ok()) return updated.error();
  std::cerr << "bobbin: " << options.golden_file
            << (updated.value() ? " is written.\n" : " is as it was.\n");
  return std::string();
}

// The exit code of a run whose command has ended with `exit_code`.
int Conclude(const Harvest& harvest, const RunOptions& options, int exit_code) {
  const auto or_else = [&](int own) {
    return exit_code == 0 ? own : exit_code;
  };
  const Result<std::string> faults = Judge(harvest, options);
  if (!faults.ok()) return Fail(faults.error(), or_else(kExitOwnFailure));
  const Result<std::string> differs = Compare(harvest, options);
  if (!differs.ok()) return Fail(differs.error(), or_else(kExitOwnFailure));
  if (!faults.value().empty()) {
    std::cerr << "bobbin: failed, because of --fail-on: " << faults.value()
              << ".\n";
  }
  if (!differs.value().empty()) {
    std::cerr << "bobbin: failed, because of --golden: " << differs.value()
              << (differs.value().ends_with('\n') ? "" : ".\n")
              << "If that is as it should be, run it again with --update.\n";
  }
  const bool fine = faults.value().empty() && differs.value().empty();
  return fine ? exit_code : or_else(kExitFaults);
}

int Run(const RunOptions& options) {
  // First, because its guard must not have threads, nor our files open.
  Result<std::unique_ptr<GuardedCommand>> command =
      GuardedCommand::Make(CommandOf(options));
  if (!command.ok()) return FailBefore(command.error());

  // A run is short, whatever it writes to.
  const control::JournalOptions journal =
      control::JournalFor(std::nullopt, /*ephemeral=*/true);
  http::ServerOptions http = options.server.http;
  http.keep_headers = journal.most_entries > 0;
  http::Server server(http);
  const Status bound = server.Bind();
  if (!bound.ok()) return FailBefore(bound.error());
  Result<std::unique_ptr<db::Database>> opened =
      OpenPlace(PlaceOf(options), options.server.query_timeout_s);
  if (!opened.ok()) return FailBefore(opened.error());
  db::Database& database = *opened.value();
  int64_t last_row = 0;
  if (!options.db.empty()) {
    const Result<int64_t> last = store::LastCallRow(database);
    if (!last.ok()) return FailBefore(last.error());
    last_row = last.value();
    if (last_row > 0 && !options.golden_file.empty()) {
      return FailBefore(Invalid(
          options.db +
          " has calls already, which --golden would compare as well; name a "
          "new file for --db."));
    }
  }
  Backend backend(
      std::move(opened).value(),
      {.may_harm = options.control || last_row == 0, .journal = journal});
  if (!options.db.empty()) backend.DropLeftovers();

  Running running(server, backend);
  const GuardedCommand::End end = command.value()->Run(
      http::UrlOf(options.server.http.host, server.port()));
  running.Stop();
  const int exit_code = ExitCodeOfEnd(end, options);
  if (end.not_started != 0) return exit_code;
  return Conclude({database, backend, last_row}, options, exit_code);
}

// What CLI11 has left: the `--`, and what stands behind the program. It would
// take some of that for its own if it were an option.
void TakeArguments(const CLI::App& command, RunOptions& options) {
  std::vector<std::string> rest = command.remaining();
  const bool marked = !rest.empty() && rest.front() == "--";
  if (!marked && !rest.empty() && rest.front().starts_with('-')) {
    throw CLI::ExtrasError(std::vector<std::string>{rest.front()});
  }
  if (!marked) {
    throw CLI::ValidationError(
        "put -- before the command: bobbin run [options] -- COMMAND...");
  }
  options.arguments.assign(rest.begin() + 1, rest.end());
}

void AddFlags(CLI::App& command, RunOptions& options) {
  command
      .add_option("--db", options.db,
                  "File to keep the traces in; without it they are gone in "
                  "the end (BOBBIN_DB is not read)")
      ->type_name("FILE");
  command.add_flag("--control", options.control,
                   "Let the command reset a file that had calls before");
  command
      .add_option("--summary", options.summary,
                  "What to say on stderr in the end: none, short, or tree: "
                  "with the last trace")
      ->envname("BOBBIN_SUMMARY")
      ->check(CLI::IsMember({"none", "short", "tree"}))
      ->capture_default_str();
  command
      .add_option("--fail-on", options.fail_on,
                  "What makes a run fail whose command succeeds, separated "
                  "by commas: error, open, orphan, duplicate")
      ->envname("BOBBIN_FAIL_ON")
      ->delimiter(',')
      ->allow_extra_args(false)  // it would take the -- for its own
      ->type_name("KIND,...")
      ->check(CLI::IsMember(
          {std::string(kFailOnError), std::string(kFailOnOpen),
           std::string(kFailOnOrphan), std::string(kFailOnDuplicate)}));
  command
      .add_option("--export", options.export_file,
                  "File to write the calls to in the end, as JSON lines")
      ->type_name("FILE");
  CLI::Option* const golden =
      command
          .add_option("--golden", options.golden_file,
                      "File that the traces are compared with in the end, but "
                      "for ids, times and what else differs from run to run")
          ->type_name("FILE");
  command
      .add_flag("--update", options.update,
                "Write the file of --golden instead")
      ->needs(golden);
  AddServerFlags(command, options.server);
  command
      .add_option("COMMAND", options.program,
                  "What to run, after a --, with its arguments")
      ->required();
}

}  // namespace

std::function<int()> AddRun(CLI::App& app) {
  CLI::App* command = app.add_subcommand(
      "run", "Serve for as long as a command runs, which is told where");
  auto options = std::make_shared<RunOptions>();
  AddFlags(*command, *options);
  command->prefix_command();
  command->footer(
      "COMMAND finds a server of its own in WF_TRACE_SERVER_URL, "
      "WANDB_BASE_URL and\nBOBBIN_URL, and a WANDB_API_KEY. Signals are passed "
      "on to it, and the terminal\nis its own.\n"
      "No process is left: what COMMAND has left behind, daemons too, gets "
      "SIGTERM and\ntwo seconds when COMMAND has ended, then SIGKILL. If "
      "bobbin itself is killed, all\nof that is killed at once. Not covered: "
      "processes of another user (sudo), and\nthat bobbin and its guard, a "
      "process of the same name, are killed in one moment.\n"
      "Exit codes: that of COMMAND, or 128 and the number of the signal that "
      "it died of;\n121 it succeeded, but --fail-on or --golden found "
      "something; 125 bobbin could not\ndo its part (if it could not serve, "
      "COMMAND was not run); 126 COMMAND can't be\nexecuted, 127 it is not "
      "found; 2 usage.");
  return [command, options] {
    TakeArguments(*command, *options);
    options->server.ApplyLogLevel();
    return Run(*options);
  };
}

}  // namespace bobbin::cli
