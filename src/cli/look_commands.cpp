// The flags of the commands that look.

#include "cli/look_commands.h"

#include <CLI/CLI.hpp>
#include <map>
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

std::function<int()> AddStats(CLI::App& app) {
  auto options = std::make_shared<StatsOptions>();
  CLI::App* command = AddLook(
      app, "stats", "Sum up calls: errors, durations, tokens, cost", options);
  AddFilterFlags(*command, options->filters);
  command->add_option("--by", options->by, "op, model or time")
      ->check(CLI::IsMember({"op", "model", "time"}).description(""))
      ->capture_default_str();
  command
      ->add_option("--bucket", options->bucket_s,
                   "Length of a line of --by time: 30s, 15m, 1h, 1d")
      ->transform(CLI::AsNumberWithUnit(
          std::map<std::string, int64_t>{
              {"s", 1}, {"m", 60}, {"h", 3600}, {"d", 86400}},
          CLI::AsNumberWithUnit::CASE_SENSITIVE, "DURATION"))
      ->check(CLI::Range(int64_t{1}, int64_t{366} * 86400))
      ->default_str("1h");
  command->add_option("-n,--limit", options->limit, "At most so many lines")
      ->check(CLI::Range(int64_t{1}, kMostRows))
      ->capture_default_str();
  return [options] { return RunStats(*options); };
}

std::function<int()> AddGrep(CLI::App& app) {
  auto options = std::make_shared<GrepOptions>();
  CLI::App* command = AddLook(
      app, "grep", "Find a text in ops, inputs, outputs and errors", options);
  AddFilterFlags(*command, options->filters);
  command->add_option("TEXT", options->text, "What to look for")->required();
  command->add_option("-n,--limit", options->limit, "At most so many")
      ->check(CLI::Range(int64_t{1}, kMostRows))
      ->capture_default_str();
  return [options] { return RunGrep(*options); };
}

std::function<int()> AddSql(CLI::App& app) {
  auto options = std::make_shared<SqlOptions>();
  CLI::App* command =
      AddLook(app, "sql", "Run a SELECT over the file", options,
              "The views calls, call_tree, objects, feedback and costs show "
              "what is in the file\nby the API's names; the tables behind them "
              "are main.calls, ... (see schema/).\nNothing can be changed.");
  command->add_option("SQL", options->text,
                      "One statement; standard input if missing or -");
  command
      ->add_option("-n,--limit", options->limit, "At most so many rows; 0: all")
      ->check(CLI::Range(int64_t{0}, int64_t{1} << 62))
      ->capture_default_str();
  command->add_option("--timeout", options->timeout_s, "Seconds; 0: any time")
      ->check(CLI::Range(0.0, 1e6))
      ->type_name("SECONDS")
      ->capture_default_str();
  return [options] { return RunSql(*options); };
}

std::function<int()> AddTail(CLI::App& app) {
  auto options = std::make_shared<TailOptions>();
  CLI::App* command =
      AddLook(app, "tail", "Show the newest traces last, as they end", options);
  AddFilterFlags(*command, options->filters);
  command->add_option("-n,--lines", options->lines, "So many to begin with")
      ->check(CLI::Range(int64_t{0}, int64_t{1000}))
      ->capture_default_str();
  command->add_flag("-f,--follow", options->follow, "Wait for more");
  return [options] { return RunTail(*options); };
}

std::function<int()> AddDiff(CLI::App& app) {
  auto options = std::make_shared<DiffOptions>();
  CLI::App* command = AddLook(
      app, "diff", "Compare two traces, or two calls and all below", options);
  AddProjectFlag(*command, options->filters);
  command->add_option("A", options->first, "As for show")->required();
  command->add_option("B", options->second, "As for show")->required();
  command->add_flag("--full", options->full, "Every difference, uncut");
  return [options] { return RunDiff(*options); };
}

}  // namespace bobbin::cli
