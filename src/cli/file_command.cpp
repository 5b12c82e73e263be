#include "cli/file_command.h"

#include <CLI/CLI.hpp>
#include <iostream>
#include <utility>

#include "base/display.h"
#include "cli/command.h"
#include "cli/default_path.h"
#include "cli/fields.h"
#include "cli/format.h"
#include "cli/look.h"
#include "cli/open_file.h"
#include "cli/output.h"
#include "db/migrate.h"

namespace bobbin::cli {

void AddDbFlag(CLI::App& command, std::string& db) {
  db = DefaultDbPath();
  command.add_option("--db", db, "File that traces are kept in")
      ->envname("BOBBIN_DB")
      ->type_name("FILE")
      ->capture_default_str();
}

int NoHome() {
  return Fail(Invalid("There is no home folder that the file could be in; "
                      "say --db FILE."),
              kExitUsage);
}

Result<std::unique_ptr<db::Database>> OpenToRead(const std::string& path) {
  return db::Database::Open(
      {.path = path, .migrations = db::Migrations(), .read_only = true});
}

int TellCopied(std::string_view verb, const std::string& from,
               const std::string& to, int64_t bytes, bool json) {
  const Look look = LookOfOutput();
  Output out(look);
  if (json || !look.terminal) {
    std::string line = "{";
    AddText(line, "from", from);
    AddText(line, "to", to);
    AddRaw(line, "bytes", std::to_string(bytes));
    line.back() = '}';
    out.WriteJson(line);
  } else {
    out.Write(std::string(verb) + " " + Visible(from) + " to " + Visible(to) +
              ": " + CountText(bytes) + " bytes.\n");
  }
  return out.Finish() ? kExitOk : FailToWrite();
}

Progress::Progress(std::string what)
    : what_(std::move(what)), shown_(LookOf(2).terminal) {}

Progress::~Progress() {
  if (last_ >= 0) std::cerr << "\r\033[K" << std::flush;
}

void Progress::Show(int64_t done, int64_t all) {
  const int64_t percent = all > 0 ? done * 100 / all : 100;
  if (!shown_ || percent == last_) return;
  last_ = percent;
  constexpr int64_t kBar = 25;
  const auto full = static_cast<size_t>(percent * kBar / 100);
  std::cerr << "\r" << what_ << " [" << std::string(full, '#')
            << std::string(static_cast<size_t>(kBar) - full, ' ') << "] "
            << percent << " %" << std::flush;
}

void Progress::ShowBytes(int64_t done) {
  const int64_t megabytes = done / 1'000'000;
  if (!shown_ || megabytes == last_) return;
  last_ = megabytes;
  std::cerr << "\r" << what_ << ' ' << megabytes << " MB" << std::flush;
}

}  // namespace bobbin::cli
