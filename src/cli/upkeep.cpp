// `bobbin backup` and `bobbin check`: looking after the file.

#include <CLI/CLI.hpp>
#include <filesystem>
#include <iostream>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/display.h"
#include "cli/command.h"
#include "cli/fields.h"
#include "cli/file_command.h"
#include "cli/format.h"
#include "cli/look.h"
#include "cli/open_file.h"
#include "cli/output.h"
#include "cli/source.h"
#include "db/backup.h"
#include "json/write.h"
#include "store/file_check.h"
#include "store/loose_ends.h"

namespace bobbin::cli {
namespace {

struct UpkeepOptions {
  std::string db;
  std::string to;       // backup
  bool repair = false;  // check
  bool json = false;
};

int BackupFile(const UpkeepOptions& options) {
  if (options.db.empty()) return NoHome();
  const auto database = OpenToRead(options.db);
  if (!database.ok()) {
    return Fail(database.error(), ExitCodeOfSource(database.error()));
  }
  Status copied;
  const Status read = database.value()->Read([&](db::Connection& connection) {
    Progress progress("Copying");
    copied = db::BackUp(connection, options.to, [&](int64_t done, int64_t all) {
      progress.Show(done, all);
    });
    return Status();
  });
  if (!read.ok()) return Fail(read.error(), kExitFailure);
  if (!copied.ok()) return Fail(copied.error(), kExitFailure);
  std::error_code error;
  const auto size = std::filesystem::file_size(options.to, error);
  const int64_t bytes = error ? 0 : static_cast<int64_t>(size);
  return TellCopied("Copied", options.db, options.to, bytes, options.json);
}

using Findings = std::vector<store::FileCheck::Finding>;

struct Checked {
  std::optional<Findings> mended = {};  // with --repair
  bool too_damaged = false;             // for that
  store::FileCheck file = {};
  std::vector<store::LooseEnds> loose = {};
};

Status Check(db::Database& database, Checked& checked) {
  // So many are named; `bobbin ls --status running` lists the rest.
  constexpr int64_t kMostNamed = 3;
  Status read = database.Read([&](db::Connection& connection) {
    checked.file = store::CheckFile(connection);
    return Status();
  });
  if (!read.ok()) return read;
  read = database.Read([&](db::Connection& connection) {
    checked.loose = store::ReadLooseEnds(connection, std::nullopt, kMostNamed);
    return Status();
  });
  // The damage is told already.
  const bool known = !read.ok() && read.error().type == db::kFileDamaged &&
                     !checked.file.sqlite.empty();
  return known ? Status() : read;
}

void AppendLoose(std::string& out, const char* name,
                 const store::LooseCalls& calls) {
  out += std::string(",\"") + name + "\":{\"count\":";
  json::AppendInt(out, calls.count);
  out += ",\"first\":[";
  for (size_t i = 0; i < calls.first.size(); ++i) {
    if (i > 0) out += ',';
    json::AppendQuoted(out, calls.first[i].id);
  }
  out += "]}";
}

// One line.
std::string AsJson(const Checked& checked) {
  std::string out =
      checked.file.sound() ? R"({"sound":true,)" : R"({"sound":false,)";
  if (checked.mended) {
    out += R"("mended":[)";
    for (const store::FileCheck::Finding& mended : *checked.mended) {
      out += out.back() == '}' ? ",{\"what\":" : "{\"what\":";
      json::AppendQuoted(out, mended.what);
      out += ",\"count\":";
      json::AppendInt(out, mended.rows);
      out += '}';
    }
    out += "],";
  }
  out += R"("sqlite":[)";
  for (size_t i = 0; i < checked.file.sqlite.size(); ++i) {
    if (i > 0) out += ',';
    json::AppendQuoted(out, checked.file.sqlite[i]);
  }
  out += "],\"rows\":[";
  for (size_t i = 0; i < checked.file.rows.size(); ++i) {
    const store::FileCheck::Finding& finding = checked.file.rows[i];
    out += i > 0 ? ",{\"what\":" : "{\"what\":";
    json::AppendQuoted(out, finding.what);
    out += ",\"count\":";
    json::AppendInt(out, finding.rows);
    out +=
        finding.can_mend ? ",\"can_repair\":true}" : ",\"can_repair\":false}";
  }
  out += "],\"projects\":[";
  for (size_t i = 0; i < checked.loose.size(); ++i) {
    const store::LooseEnds& ends = checked.loose[i];
    out += i > 0 ? ",{\"project_id\":" : "{\"project_id\":";
    json::AppendQuoted(out, ends.project_id);
    out += ",\"calls\":";
    json::AppendInt(out, ends.calls);
    AppendLoose(out, "open", ends.open);
    AppendLoose(out, "orphans", ends.orphans);
    AppendLoose(out, "ends_without_start", ends.ends_without_start);
    out += '}';
  }
  return out + "]}\n";
}

// A line, such as `2 not ended: c1, c2`; nothing for none.
void AppendLooseText(std::string& out, const store::LooseCalls& calls,
                     const char* what) {
  if (calls.count == 0) return;
  out += "\n    " + CountText(calls.count) + " " + what + ": ";
  for (size_t i = 0; i < calls.first.size(); ++i) {
    out += (i > 0 ? ", " : "") + Visible(calls.first[i].id);
  }
  if (calls.count > static_cast<int64_t>(calls.first.size())) out += ", ...";
}

std::string AsText(const std::string& path, const Checked& checked) {
  std::string out = Visible(path);
  if (checked.mended) {
    out += checked.too_damaged ? ": nothing could be mended\n"
                               : ": indexes built anew\n";
    for (const store::FileCheck::Finding& mended : *checked.mended) {
      out += "  mended: " + mended.what + ": " + CountText(mended.rows) + '\n';
    }
    out += Visible(path);
  }
  out += checked.file.sound() ? ": the file is sound\n" : ": damaged\n";
  for (const std::string& line : checked.file.sqlite) {
    out += "  " + Visible(line) + '\n';
  }
  bool mendable = !checked.file.sqlite.empty();
  for (const store::FileCheck::Finding& finding : checked.file.rows) {
    out += "  " + finding.what + ": " + CountText(finding.rows) + '\n';
    mendable = mendable || finding.can_mend;
  }
  for (const store::LooseEnds& ends : checked.loose) {
    out += "  " + Visible(ends.project_id) + ": " + CountText(ends.calls) +
           (ends.calls == 1 ? " call" : " calls");
    AppendLooseText(out, ends.open, "not ended");
    AppendLooseText(out, ends.orphans, "whose parent never came");
    AppendLooseText(out, ends.ends_without_start, "ended, never started");
    out += '\n';
  }
  if (checked.file.sound()) return out;
  if (mendable && !checked.mended) {
    out +=
        "`bobbin check --repair` mends what it can; `bobbin backup` first.\n";
  } else if (!checked.file.sqlite.empty()) {
    out += "This can't be mended: go back to a backup.\n";
  } else {
    out +=
        "This can't be mended: go back to a backup, or take the rest to "
        "another file with\n`bobbin export` and `bobbin import`.\n";
  }
  return out;
}

Status Repair(const std::string& path, int& exit_code, Findings& mended) {
  std::error_code error;
  // To repair makes no file.
  if (!std::filesystem::exists(path, error)) return {};
  const auto database = OpenFile({.path = path});
  if (!database.ok()) {
    exit_code = ExitCodeOf(database.error());
    return database.error();
  }
  exit_code = kExitFailure;
  return database.value()->Write([&](db::Connection& connection) {
    mended = store::MendFile(connection);
    return Status();
  });
}

int CheckDb(const UpkeepOptions& options) {
  if (options.db.empty()) return NoHome();
  Checked checked;
  if (options.repair) {
    int exit_code = kExitFailure;
    const Status repaired =
        Repair(options.db, exit_code, checked.mended.emplace());
    checked.too_damaged = !repaired.ok() &&
                          repaired.error().type == db::kFileDamaged &&
                          repaired.error().code == Code::kInternal;
    if (!repaired.ok() && !checked.too_damaged) {
      return Fail(repaired.error(), exit_code);
    }
    if (checked.too_damaged) checked.mended->clear();
  }
  const auto database = OpenToRead(options.db);
  if (!database.ok()) {
    const Error& error = database.error();
    return Fail(error, error.type == db::kFileDamaged
                           ? kExitFailure
                           : ExitCodeOfSource(error));
  }
  const Status read = Check(*database.value(), checked);
  if (!read.ok()) return Fail(read.error(), kExitFailure);

  const Look look = LookOfOutput();
  Output out(look);
  out.Write(options.json || !look.terminal ? AsJson(checked)
                                           : AsText(options.db, checked));
  if (!out.Finish()) return FailToWrite();
  return checked.file.sound() ? kExitOk : kExitFailure;
}

}  // namespace

std::function<int()> AddBackup(CLI::App& app) {
  auto options = std::make_shared<UpkeepOptions>();
  CLI::App* command =
      app.add_subcommand("backup", "Copy the file, also while it is served");
  command->add_option("FILE", options->to, "The copy; replaces nothing")
      ->required();
  AddDbFlag(*command, options->db);
  command->add_flag("--json", options->json, "JSON, though a person reads");
  command->footer(
      "The copy holds one moment, and a server does not wait for it.\n"
      "Exit codes: 0 copied, 1 the copy can't be made, 2 usage, " +
      std::string(kFileCodes) + ".");
  return [options] { return BackupFile(*options); };
}

std::function<int()> AddCheck(CLI::App& app) {
  auto options = std::make_shared<UpkeepOptions>();
  CLI::App* command = app.add_subcommand(
      "check", "Look for damage, open calls and orphans in the file");
  AddDbFlag(*command, options->db);
  command->add_flag("--repair", options->repair,
                    "Build indexes anew; take away what no read can reach. "
                    "Not while a bobbin serves the file");
  command->add_flag("--json", options->json, "JSON, though a person reads");
  command->footer(
      "Open calls and orphans are no damage.\n"
      "Exit codes: 0 the file is sound, 1 it is damaged, 2 usage, " +
      std::string(kFileCodes) +
      ",\nwith --repair also 7 file served by another bobbin.");
  return [options] { return CheckDb(*options); };
}

}  // namespace bobbin::cli
