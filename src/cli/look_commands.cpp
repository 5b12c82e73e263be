// The flags of the commands that look.

#include "cli/look_commands.h"

#include <CLI/CLI.hpp>
#include <memory>

namespace bobbin::cli {
namespace {

constexpr const char* kExitCodes =
    "Exit codes: 0 done, 1 another failure, 2 usage (also a filter that makes "
    "no sense),\n4 file can't be opened, 5 not a bobbin file, 6 file of a "
    "newer bobbin, 8 nothing\nfound, 9 nobody answers at --url, 10 file of an "
    "older bobbin.";

// The command with what all of them have.
template <class Options>
CLI::App* AddLook(CLI::App& app, const char* name, const char* what,
                  const std::shared_ptr<Options>& options,
                  const std::string& footer = "") {
  CLI::App* command = app.add_subcommand(name, what);
  AddLookFlags(*command, *options);
  command->footer(footer.empty() ? kExitCodes : footer + "\n" + kExitCodes);
  return command;
}

constexpr int64_t kMostRows = 1'000'000;

}  // namespace

std::function<int()> AddLs(CLI::App& app) {
  auto options = std::make_shared<LsOptions>();
  CLI::App* command =
      AddLook(app, "ls", "List traces, the newest first", options);
  AddFilterFlags(*command, options->filters);
  command->add_option("-n,--limit", options->limit, "At most so many")
      ->check(CLI::Range(int64_t{1}, kMostRows))
      ->capture_default_str();
  command
      ->add_option("--sort", options->sort,
                   "started, latency, tokens, cost or calls; the largest "
                   "first")
      ->check(CLI::IsMember({"started", "latency", "tokens", "cost", "calls"})
                  .description(""))
      ->capture_default_str();
  command->add_option("--text", options->text, "With this text in it");
  return [options] { return RunLs(*options); };
}

std::function<int()> AddShow(CLI::App& app) {
  auto options = std::make_shared<ShowOptions>();
  CLI::App* command = AddLook(
      app, "show", "Show a trace as a tree, or what is in a call", options);
  AddProjectFlag(*command, options->filters);
  command->add_option("ID", options->id,
                      "A trace or a call; the beginning of its id will do. "
                      "The newest trace if missing");
  command->add_flag("-i,--inputs", options->inputs,
                    "With the inputs and the output of every call");
  command->add_flag("--full", options->full, "Do not cut long values");
  return [options] { return RunShow(*options); };
}

}  // namespace bobbin::cli
