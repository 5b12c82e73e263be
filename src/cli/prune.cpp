// `bobbin prune`: takes old traces away and gives the disk back.

#include "store/prune.h"

#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <iostream>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/display.h"
#include "cli/command.h"
#include "cli/file_command.h"
#include "cli/format.h"
#include "cli/look.h"
#include "cli/open_file.h"
#include "cli/output.h"
#include "cli/source.h"
#include "json/write.h"
#include "store/call_store.h"
#include "store/names.h"
#include "store/project_store.h"

namespace bobbin::cli {
namespace {

using Parts = std::vector<store::PrunePart>;

// Before this moment there is nothing.
constexpr int64_t kNever = std::numeric_limits<int64_t>::min();

struct PruneOptions {
  std::string db;
  std::string project;
  std::string older_than;
  int64_t max_bytes = 0;  // 0: any
  bool dry_run = false;
  bool yes = false;
  bool json = false;

  // The project as such goes, and not only traces.
  bool whole_project() const { return older_than.empty() && max_bytes == 0; }
};

// What goes, and how large the file is before and after.
struct Pruned {
  Parts parts = {};
  store::ProjectRest rest = {};  // with a project as a whole
  int64_t before_bytes = 0;
  std::optional<int64_t> after_bytes = {};  // nothing has gone yet
};

// Finds out what goes.
class Planner {
 public:
  // `older_than_us`: kNever if no age is asked for.
  Planner(const PruneOptions& options, int64_t older_than_us)
      : options_(options), older_than_us_(older_than_us) {}

  Status Plan(db::Connection& connection) {
    scope_ = {};
    if (!options_.project.empty()) {
      scope_.project = store::FindProject(connection, options_.project);
      if (!scope_.project) {
        return NotFound("There is no project " + options_.project + ".");
      }
    }
    scope_.before_us = options_.whole_project()
                           ? std::numeric_limits<int64_t>::max()
                           : older_than_us_;
    if (options_.max_bytes > 0) {
      const std::optional<int64_t> moment =
          store::MomentForSize(connection, scope_.project, options_.max_bytes);
      scope_.before_us = std::max(scope_.before_us, moment.value_or(kNever));
    }
    if (options_.whole_project()) {
      store::DropPlan plan = store::PlanDrop(connection, *scope_.project);
      parts_ = {std::move(plan.part)};
      rest_ = plan.rest;
    } else {
      parts_ = store::PlanPrune(connection, scope_);
    }
    file_bytes_ = store::FileBytes(connection);
    free_bytes_ = store::FreeBytes(connection);
    return {};
  }

  const store::PruneScope& scope() const { return scope_; }
  const Parts& parts() const { return parts_; }
  const store::ProjectRest& rest() const { return rest_; }
  int64_t file_bytes() const { return file_bytes_; }
  bool any() const { return !parts_.empty(); }
  bool is_too_large() const {
    return options_.max_bytes > 0 &&
           file_bytes_ - free_bytes_ > options_.max_bytes;
  }
  // An earlier prune may have been cut before it gave the disk back.
  bool has_free() const { return free_bytes_ > 0; }

 private:
  const PruneOptions& options_;
  const int64_t older_than_us_;
  store::PruneScope scope_;
  Parts parts_;
  store::ProjectRest rest_;
  int64_t file_bytes_ = 0;
  int64_t free_bytes_ = 0;
};

std::string PartText(const store::PrunePart& part) {
  std::vector<std::string> what;
  if (part.traces > 0) {
    what.push_back(CountedText(part.traces, "trace", "traces"));
    what.push_back(CountedText(part.calls, "call", "calls"));
    what.push_back(SizeText(part.json_bytes) + " of JSON");
  }
  if (part.hidden > 0) {
    what.push_back(CountedText(part.hidden, "mark", "marks") +
                   " of deleted calls and ends without a start");
  }
  if (part.feedback > 0) what.push_back(CountText(part.feedback) + " feedback");
  std::string out = Visible(part.project_id);
  for (const std::string& one : what) {
    out += (&one == &what.front() ? ": " : ", ") + one;
  }
  return out + '\n';
}

// What goes with a project beside its calls.
struct Rest {
  int64_t count;
  const char *key, *one, *many;
};
std::array<Rest, 5> RestOf(const store::ProjectRest& rest) {
  return {{{rest.objects, "objects", "object version", "object versions"},
           {rest.tables, "tables", "table", "tables"},
           {rest.files, "files", "file", "files"},
           {rest.prices, "prices", "price", "prices"},
           {rest.snapshots, "snapshots", "snapshot", "snapshots"}}};
}

std::string AsText(const PruneOptions& options, const Planner& planner) {
  std::string out;
  for (const store::PrunePart& part : planner.parts()) out += PartText(part);
  if (options.whole_project()) {
    out += Visible(options.project) + " as a whole";
    const char* separator = ", with ";
    for (const Rest& rest : RestOf(planner.rest())) {
      if (rest.count == 0) continue;
      out += separator + CountedText(rest.count, rest.one, rest.many);
      separator = ", ";
    }
    out += '\n';
  } else if (!planner.any() && !planner.is_too_large()) {
    out += "Nothing has to go.\n";
  }
  return out;
}

std::string AsJson(const PruneOptions& options, const Pruned& pruned) {
  std::string out = R"({"projects":[)";
  for (const store::PrunePart& part : pruned.parts) {
    out += out.back() == '}' ? ",{" : "{";
    out += R"("project_id":)";
    json::AppendQuoted(out, part.project_id);
    const auto add = [&out](std::string_view name, int64_t number) {
      out += name;
      json::AppendInt(out, number);
    };
    add(R"(,"traces":)", part.traces);
    add(R"(,"calls":)", part.calls);
    add(R"(,"feedback":)", part.feedback);
    add(R"(,"json_bytes":)", part.json_bytes);
    add(R"(,"hidden":)", part.hidden);
    out += '}';
  }
  out += options.whole_project() ? R"(],"whole_project":true)"
                                 : R"(],"whole_project":false)";
  if (options.whole_project()) {
    for (const Rest& rest : RestOf(pruned.rest)) {
      out += ",\"" + std::string(rest.key) + "\":";
      json::AppendInt(out, rest.count);
    }
  }
  out += R"(,"file_bytes":)";
  json::AppendInt(out, pruned.before_bytes);
  out += R"(,"file_bytes_after":)";
  if (pruned.after_bytes) {
    json::AppendInt(out, *pruned.after_bytes);
  } else {
    out += "null";
  }
  return out + "}\n";
}

int Tell(const std::string& text) {
  Output out(LookOfOutput());
  out.Write(text);
  return out.Finish() ? kExitOk : FailToWrite();
}

// Only "y" and "yes" are one.
bool Agrees() {
  std::cerr << "Take this away for good? [y/N] " << std::flush;
  std::string answer;
  std::getline(std::cin, answer);
  return answer == "y" || answer == "yes" || answer == "Y";
}

Status RemoveProject(db::Database& database, const std::string& project) {
  store::Names names;
  store::CallStore calls(database, names);
  return store::ProjectStore(database, names, calls).Drop(project);
}

Status Remove(db::Database& database, const PruneOptions& options,
              const store::PruneScope& scope) {
  if (options.whole_project()) return RemoveProject(database, options.project);
  Progress progress("Pruning");
  return database.Write([&](db::Connection& connection) {
    store::Prune(connection, scope,
                 [&](int64_t done, int64_t all) { progress.Show(done, all); });
    return Status();
  });
}

Error NotGivenBack(Error error) {
  error.message = "What was to go is gone, but the disk can't be given back: " +
                  error.message +
                  " Make room, also in $TMPDIR, and say the same again.";
  return error;
}

void AddParts(Parts& all, const Parts& parts) {
  for (const store::PrunePart& more : parts) {
    const auto part =
        std::ranges::find(all, more.project_id, &store::PrunePart::project_id);
    if (part == all.end()) {
      all.push_back(more);
      continue;
    }
    part->traces += more.traces;
    part->calls += more.calls;
    part->feedback += more.feedback;
    part->json_bytes += more.json_bytes;
    part->hidden += more.hidden;
  }
}

// Takes away what was planned, and plans again: what the file would have to
// lose then to be as small as was asked for.
Status RemovePlanned(db::Database& database, const PruneOptions& options,
                     Planner& planner, Pruned& pruned) {
  Status status;
  if (planner.any()) status = Remove(database, options, planner.scope());
  if (!status.ok()) return status;
  AddParts(pruned.parts, planner.parts());
  status = database.Compact();
  if (!status.ok()) return NotGivenBack(std::move(status).error());
  return database.Read([&](db::Connection& connection) -> Status {
    pruned.after_bytes = store::FileBytes(connection);
    if (options.whole_project()) return {};
    return planner.Plan(connection);
  });
}

// Asks, where there is somebody; else only `--yes` will do. `unseen` is what
// the user has not been told yet.
std::optional<int> WhyNot(const PruneOptions& options,
                          const std::string& unseen) {
  if (options.yes) return std::nullopt;
  if (isatty(STDIN_FILENO) == 0 || !LookOf(STDERR_FILENO).terminal) {
    return Fail(Invalid("There is nobody to ask: say --yes to take this away, "
                        "or --dry-run to see what it is."),
                kExitUsage);
  }
  std::cerr << unseen;
  if (Agrees()) return std::nullopt;
  std::cerr << "Nothing was changed.\n";
  return kExitFailure;
}

// Says that the file is larger than was asked for, if it is: a failure.
int TellSize(const PruneOptions& options, const Planner& planner, int code) {
  if (!planner.is_too_large() || code != kExitOk) return code;
  std::cerr << "bobbin: The file is larger than "
            << SizeText(options.max_bytes);
  if (planner.any()) {
    std::cerr << " still: say the same again, and more traces go.\n";
  } else {
    std::cerr << ", but does not get smaller by traces"
              << (options.project.empty() ? "" : " of that project")
              << ": the rest is objects, tables and files.\n";
  }
  return kExitFailure;
}

int Finish(const PruneOptions& options, const Planner& planner,
           const Pruned& pruned, bool json) {
  const int code =
      Tell(json ? AsJson(options, pruned)
                : "The file had " + SizeText(pruned.before_bytes) +
                      ", and has " + SizeText(*pruned.after_bytes) + ".\n");
  return options.whole_project() ? code : TellSize(options, planner, code);
}

Result<std::unique_ptr<db::Database>> OpenToPrune(const PruneOptions& options) {
  {
    // To prune makes no file.
    Result<std::unique_ptr<db::Database>> looked = OpenToRead(options.db);
    if (options.dry_run || !looked.ok()) return looked;
  }
  return OpenFile({.path = options.db});
}

int PruneFile(const PruneOptions& options, int64_t older_than_us) {
  const auto database = OpenToPrune(options);
  if (!database.ok()) {
    return Fail(database.error(), ExitCodeOfSource(database.error()));
  }
  Planner planner(options, older_than_us);
  Status status = database.value()->Read(
      [&](db::Connection& connection) { return planner.Plan(connection); });
  if (!status.ok())
    return Fail(status.error(), ExitCodeOfSource(status.error()));
  Pruned pruned{.rest = planner.rest(), .before_bytes = planner.file_bytes()};
  const bool json = options.json || !LookOfOutput().terminal;
  // No more goes than was told. Whoever can be asked is asked again where that
  // was not enough.
  do {
    const std::string plan = AsText(options, planner);
    if (!json) {
      const int told = Tell(plan);
      if (told != kExitOk) return told;
    }
    if (options.dry_run || (!planner.any() && !planner.has_free())) {
      pruned.parts = planner.parts();
      const int code = json ? Tell(AsJson(options, pruned)) : kExitOk;
      return planner.any() ? code : TellSize(options, planner, code);
    }
    if (planner.any()) {
      const std::optional<int> refused = WhyNot(options, json ? plan : "");
      if (refused) return *refused;
    }
    status = RemovePlanned(*database.value(), options, planner, pruned);
    if (!status.ok()) return Fail(status.error(), kExitFailure);
  } while (!options.yes && planner.is_too_large() && planner.any());
  return Finish(options, planner, pruned, json);
}

int RunPrune(const PruneOptions& options) {
  if (options.project.empty() && options.whole_project()) {
    return Fail(Invalid("Say what goes: --older-than 30d, --max-size 500MB or "
                        "--project ENTITY/PROJECT."),
                kExitUsage);
  }
  if (options.db.empty()) return NoHome();
  int64_t older_than_us = kNever;
  if (!options.older_than.empty()) {
    SystemClock clock;
    const Result<int64_t> moment =
        ReadMoment(options.older_than, clock.NowUs());
    if (!moment.ok()) return Fail(moment.error(), kExitUsage);
    older_than_us = moment.value();
  }
  return PruneFile(options, older_than_us);
}

}  // namespace

std::function<int()> AddPrune(CLI::App& app) {
  auto options = std::make_shared<PruneOptions>();
  CLI::App* command = app.add_subcommand(
      "prune", "Take old traces away and give the disk back");
  command
      ->add_option("--older-than", options->older_than,
                   "Traces whose newest call began before: 30d, 2w, a date")
      ->type_name("TIME");
  command
      ->add_option("--max-size", options->max_bytes,
                   "The oldest traces, until the file has so many bytes: "
                   "500MB, 2GiB")
      ->transform(CLI::AsSizeValue(true))
      ->check([](const std::string& bytes) {
        return bytes.find_first_not_of('0') == std::string::npos
                   ? "A file has some bytes: say 500MB, for example"
                   : std::string();
      })
      ->type_name("SIZE");
  command
      ->add_option("--project,-p", options->project,
                   "Of this project only; alone: the project as a whole")
      ->type_name("ENTITY/PROJECT");
  command->add_flag("-n,--dry-run", options->dry_run,
                    "Say what would go, and change nothing");
  command->add_flag("-y,--yes", options->yes, "Do not ask");
  AddDbFlag(*command, options->db);
  command->add_flag("--json", options->json, "JSON, though a person reads");
  command->footer(
      "A trace goes as a whole, with the feedback on it. Objects, tables and "
      "files stay,\nas do snapshots. Not while a bobbin serves the file, but "
      "for --dry-run.\nExit codes: 0 done, 1 another failure, or you said no, "
      "2 usage, " +
      std::string(kFileCodes) +
      ",\n7 file served by another bobbin, 8 no such project.");
  return [options] { return RunPrune(*options); };
}

}  // namespace bobbin::cli
