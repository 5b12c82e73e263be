#include "cli/look_flags.h"

#include <CLI/CLI.hpp>
#include <string>

#include "base/clock.h"
#include "cli/command.h"
#include "cli/default_path.h"
#include "cli/environment.h"
#include "cli/open_file.h"

namespace bobbin::cli {
namespace {

constexpr const char* kUrlVariable = "BOBBIN_URL";

std::string Described(const std::string& text, const char* variable) {
  return text + " (Env:" + variable + ")";
}

void Complete(CLI::Option& db, CLI::Option& url, SourceOptions& source) {
  if (db.count() > 0 && url.count() > 0) {
    throw CLI::ValidationError("--db and --url exclude each other");
  }
  if (db.count() == 0 && url.count() == 0) {
    TakeFromVariable(url, kUrlVariable);
    if (!source.url.empty() && !Variable(kDbVariable).empty()) {
      throw CLI::ValidationError(
          "BOBBIN_DB and BOBBIN_URL exclude each other; unset one, or say "
          "--db or --url");
    }
    if (source.url.empty()) TakeFromVariable(db, kDbVariable);
  }
  if (source.db.empty()) source.db = DefaultDbPath();
}

}  // namespace

void AddSourceFlags(CLI::App& command, SourceOptions& source) {
  CLI::Option* db =
      command
          .add_option("--db", source.db,
                      Described("File that traces are kept in", kDbVariable))
          ->type_name("FILE")
          ->default_str(DefaultDbPath());
  CLI::Option* url =
      command
          .add_option("--url", source.url,
                      Described("Ask a running bobbin instead", kUrlVariable))
          ->type_name("URL");
  command.add_option("--api-key", source.api_key, "Key of the bobbin at --url")
      ->envname("BOBBIN_API_KEY")
      ->type_name("KEY");
  command.parse_complete_callback(
      [db, url, &source] { Complete(*db, *url, source); });
}

void AddLookFlags(CLI::App& command, LookOptions& options) {
  AddSourceFlags(command, options.source);
  command.add_flag("--json", options.json,
                   "JSON lines, as when the output is piped");
}

void AddProjectFlag(CLI::App& command, Filters& filters) {
  command.add_option("--project,-p", filters.project, "Of this project only")
      ->envname("BOBBIN_PROJECT")
      ->type_name("ENTITY/PROJECT");
}

void AddTimeFlags(CLI::App& command, Filters& filters) {
  command
      .add_option("--since", filters.since,
                  "Begun since: 2h, 30m, 3d, yesterday, 2026-01-31T12:00")
      ->type_name("TIME");
  command.add_option("--until", filters.until, "Begun before")
      ->type_name("TIME");
}

void AddFilterFlags(CLI::App& command, Filters& filters) {
  AddProjectFlag(command, filters);
  command.add_option("--op", filters.ops, "Of this op (may be repeated)")
      ->type_name("NAME")
      ->take_all();
  command
      .add_option("--status", filters.statuses,
                  "success, error, running or descendant_error (may be "
                  "repeated)")
      ->type_name("STATUS")
      ->check(CLI::IsMember({"success", "error", "running", "descendant_error"})
                  .description(""));
  AddTimeFlags(command, filters);
  command
      .add_option("--where", filters.where,
                  "Filter, such as 'inputs.model = \"gpt-4o\" and latency_ms "
                  "> 500'")
      ->type_name("EXPR");
}

int RunLooking(const LookOptions& options,
               const std::function<Result<int>(const Looking&)>& command) {
  Result<std::unique_ptr<Source>> source = OpenSource(options.source);
  if (!source.ok()) {
    return Fail(source.error(), ExitCodeOfSource(source.error()));
  }
  const Look look = LookOfOutput();
  Output out(look);
  SystemClock clock;
  const Result<int> ran = command({*source.value(), look, out, clock.NowUs(),
                                   options.json || !look.terminal});
  const bool written = out.Finish();
  if (!ran.ok()) return Fail(ran.error(), ExitCodeOfSource(ran.error()));
  if (!written) return FailToWrite();
  return ran.value();
}

}  // namespace bobbin::cli
