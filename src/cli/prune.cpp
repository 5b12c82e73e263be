// `bobbin prune`: takes old traces away and gives the disk back.

#include "store/prune.h"

#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <iostream>
#include <limits>
#include <memory>
#include <optional>
#include <string>
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
    parts_ = store::PlanPrune(connection, scope_);
    file_bytes_ = store::FileBytes(connection);
    free_bytes_ = store::FreeBytes(connection);
    return {};
  }

  const store::PruneScope& scope() const { return scope_; }
  const Parts& parts() const { return parts_; }
  int64_t file_bytes() const { return file_bytes_; }
  bool any() const { return !parts_.empty() || options_.whole_project(); }
  // An earlier prune may have been cut before it gave the disk back.
  bool has_free() const { return free_bytes_ > 0; }

 private:
  const PruneOptions& options_;
  const int64_t older_than_us_;
  store::PruneScope scope_;
  Parts parts_;
  int64_t file_bytes_ = 0;
  int64_t free_bytes_ = 0;
};

std::string Counted(int64_t count, const char* one, const char* many) {
  return CountText(count) + " " + (count == 1 ? one : many);
}

std::string PartText(const store::PrunePart& part) {
  std::vector<std::string> what;
  if (part.traces > 0) {
    what.push_back(Counted(part.traces, "trace", "traces"));
    what.push_back(Counted(part.calls, "call", "calls"));
    what.push_back(SizeText(part.json_bytes) + " of JSON");
  }
  if (part.hidden > 0) {
    what.push_back(Counted(part.hidden, "mark", "marks") +
                   " of deleted calls and ends without a start");
  }
  if (part.feedback > 0) what.push_back(CountText(part.feedback) + " feedback");
  std::string out = Visible(part.project_id);
  for (const std::string& one : what) {
    out += (&one == &what.front() ? ": " : ", ") + one;
  }
  return out + '\n';
}

std::string AsText(const PruneOptions& options, const Parts& parts) {
  std::string out;
  for (const store::PrunePart& part : parts) out += PartText(part);
  if (options.whole_project()) {
    out += Visible(options.project) +
           " as a whole, with its objects, tables, files, prices and "
           "snapshots\n";
  } else if (parts.empty()) {
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
  return out.Finish() ? kExitOk : kExitFailure;
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

// Takes away what was planned and, where the file is still too large then, as
// much again.
Status RemoveAll(db::Database& database, const PruneOptions& options,
                 Planner& planner, Pruned& pruned) {
  while (true) {
    Status status;
    if (planner.any()) status = Remove(database, options, planner.scope());
    if (!status.ok()) return status;
    status = database.Compact();
    if (!status.ok()) return NotGivenBack(std::move(status).error());
    if (options.whole_project()) {
      return database.Read([&](db::Connection& connection) {
        pruned.after_bytes = store::FileBytes(connection);
        return Status();
      });
    }
    status = database.Read(
        [&](db::Connection& connection) { return planner.Plan(connection); });
    if (!status.ok()) return status;
    pruned.after_bytes = planner.file_bytes();
    if (planner.parts().empty()) return {};
    for (const store::PrunePart& more : planner.parts()) {
      const auto part = std::ranges::find(pruned.parts, more.project_id,
                                          &store::PrunePart::project_id);
      if (part == pruned.parts.end()) {
        pruned.parts.push_back(more);
        continue;
      }
      part->traces += more.traces;
      part->calls += more.calls;
      part->feedback += more.feedback;
      part->json_bytes += more.json_bytes;
      part->hidden += more.hidden;
    }
  }
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

int Finish(const PruneOptions& options, const Pruned& pruned, bool json) {
  if (json) return Tell(AsJson(options, pruned));
  const int code = Tell("The file had " + SizeText(pruned.before_bytes) +
                        ", and has " + SizeText(*pruned.after_bytes) + ".\n");
  if (options.max_bytes == 0 || *pruned.after_bytes <= options.max_bytes) {
    return code;
  }
  std::cerr << "bobbin: It does not get smaller by traces"
            << (options.project.empty() ? "" : " of that project")
            << ": the rest is objects, tables and files.\n";
  return code;
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
  Pruned pruned{.parts = planner.parts(), .before_bytes = planner.file_bytes()};
  const bool json = options.json || !LookOfOutput().terminal;
  if (!json) {
    const int told = Tell(AsText(options, planner.parts()));
    if (told != kExitOk) return told;
  }
  if (options.dry_run || (!planner.any() && !planner.has_free())) {
    return json ? Tell(AsJson(options, pruned)) : kExitOk;
  }
  if (planner.any()) {
    const std::optional<int> refused =
        WhyNot(options, json ? AsText(options, planner.parts()) : "");
    if (refused) return *refused;
  }
  status = RemoveAll(*database.value(), options, planner, pruned);
  if (!status.ok()) return Fail(status.error(), kExitFailure);
  return Finish(options, pruned, json);
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
