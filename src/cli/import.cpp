// `bobbin import`: brings in what `bobbin export` has written.

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include "base/display.h"
#include "cli/backend.h"
#include "cli/backend_source.h"
#include "cli/command.h"
#include "cli/default_path.h"
#include "cli/fields.h"
#include "cli/file_command.h"
#include "cli/format.h"
#include "cli/line_blocks.h"
#include "cli/look_flags.h"
#include "cli/open_file.h"
#include "json/write.h"
#include "store/transfer_line.h"
#include "store/transfer_records.h"

namespace bobbin::cli {
namespace {

// Long enough that a commit is nothing beside it, and far below what a server
// takes at once.
constexpr size_t kBodyBytes = 1 << 20;

struct ImportOptions : LookOptions {
  std::string from;
};

using Counts = store::TransferCounts;

struct Imported {
  Counts added = {};
  Counts present = {};
  int64_t lines = 0;
};

void Add(Counts& counts, json::Value answer) {
  for (const store::TransferKind& kind : store::TransferKinds()) {
    counts[static_cast<size_t>(kind.type)] +=
        IntOf(answer, kind.name).value_or(0);
  }
}

// Watches for the first and the last line of exports.
class Frames {
 public:
  void Look(std::string_view lines) {
    while (!lines.empty()) {
      const size_t end = std::min(lines.find('\n'), lines.size());
      LookAt(lines.substr(0, end));
      lines.remove_prefix(std::min(end + 1, lines.size()));
    }
  }

  // An export has begun, and its last line is still to come.
  bool open() const { return open_; }

  // What is missing; empty if nothing is.
  std::string Missing() const {
    if (short_by_ != 0) return "lines are missing from it";
    return open_ ? "its end is missing" : "";
  }

 private:
  void LookAt(std::string_view line) {
    if (line.starts_with(R"({"type":"bobbin_export")")) {
      open_ = true;
      lines_ = 0;
    } else if (open_ && line.starts_with(R"({"type":"end")")) {
      open_ = false;
      json::Document document;
      document.Parse(line, 1);
      short_by_ += IntOf(document.root(), "lines").value_or(0) - lines_;
    } else if (line.find_first_not_of(" \t\r") != std::string_view::npos) {
      ++lines_;
    }
  }

  bool open_ = false;
  int64_t lines_ = 0;
  int64_t short_by_ = 0;
};

// What people call the records of a type; nothing for parts of others.
struct Noun {
  store::TransferType type;
  const char* one;
  const char* many;
};
constexpr auto kNouns = std::to_array<Noun>({
    {store::TransferType::kCall, "call", "calls"},
    {store::TransferType::kObject, "object version", "object versions"},
    {store::TransferType::kTable, "table", "tables"},
    {store::TransferType::kFile, "file", "files"},
    {store::TransferType::kFeedback, "feedback", "feedback"},
    {store::TransferType::kPrice, "price", "prices"},
    {store::TransferType::kProject, "project", "projects"},
});

std::string InWords(const Counts& counts) {
  std::string words;
  for (const Noun& noun : kNouns) {
    const int64_t count = counts[static_cast<size_t>(noun.type)];
    if (count == 0) continue;
    if (!words.empty()) words += ", ";
    words += CountText(count) + " " + (count == 1 ? noun.one : noun.many);
  }
  return words.empty() ? "nothing" : words;
}

// As a person reads it, or as a line of JSON.
std::string Told(const ImportOptions& options, const std::string& into,
                 const Imported& imported, bool json) {
  std::string out;
  if (json) {
    out += R"({"lines":)";
    json::AppendInt(out, imported.lines);
    out += R"(,"added":)";
    store::AppendCounts(out, imported.added);
    out += R"(,"present":)";
    store::AppendCounts(out, imported.present);
    return out + "}\n";
  }
  out = "Imported " + Visible(options.from) + " into " + Visible(into) + ": " +
        InWords(imported.added) + ".\n";
  const std::string present = InWords(imported.present);
  if (present != "nothing") out += "There already: " + present + ".\n";
  return out;
}

// Sends lines on, block by block.
class Sender {
 public:
  explicit Sender(Source& source) : source_(source) {}

  // The last one of `lines` may have no line break: then it may have been cut.
  Status Send(std::string_view lines) {
    const size_t whole = lines.rfind('\n') + 1;  // 0 if there is none
    Status status;
    if (whole > 0) status = SendWhole(lines.substr(0, whole));
    if (!status.ok() || whole == lines.size()) return status;
    status = SendBody(lines.substr(whole));
    if (status.ok() || status.error().code != Code::kInvalid ||
        !frames_.open()) {
      return status;
    }
    cut_ = "it ends within line " + std::to_string(line_);
    return {};
  }

  const Imported& imported() const { return imported_; }
  // What is missing; empty if nothing is.
  std::string Missing() const {
    return cut_.empty() ? frames_.Missing() : cut_;
  }
  // What to add to an error.
  std::string Before() const {
    if (line_ == 1) return "";
    return " What comes before line " + std::to_string(line_) +
           " is imported, and all of it can be imported again.";
  }

 private:
  Status SendWhole(std::string_view lines) {
    Status status = SendBody(lines);
    const bool too_large =
        !status.ok() && status.error().code == Code::kTooLarge;
    if (!too_large) return status;
    if (lines.find('\n') + 1 == lines.size()) {
      return Error{Code::kTooLarge,
                   "Line " + std::to_string(line_) + " is longer than " +
                       source_.name() +
                       " takes at once. Start it with a larger --max-body, or "
                       "stop it and import into its file with --db."};
    }
    // It may take them one by one.
    while (!lines.empty()) {
      const size_t end = lines.find('\n') + 1;
      status = SendWhole(lines.substr(0, end));
      if (!status.ok()) return status;
      lines.remove_prefix(end);
    }
    return {};
  }

  Status SendBody(std::string_view lines) {
    const Result<std::string> answer =
        source_.Post("/_bobbin/import?line=" + std::to_string(line_), lines);
    if (!answer.ok()) return answer.error();
    json::Document document;
    constexpr int kDepth = 2;
    document.Parse(answer.value(), kDepth);
    Add(imported_.added, Member(document.root(), "added"));
    Add(imported_.present, Member(document.root(), "present"));
    imported_.lines += IntOf(document.root(), "lines").value_or(0);
    frames_.Look(lines);
    line_ += std::ranges::count(lines, '\n');
    return {};
  }

  Source& source_;
  Frames frames_;
  Imported imported_;
  std::string cut_;
  int64_t line_ = 1;  // the next one
};

// What is imported, block by block.
class Input {
 public:
  Input(std::istream& in, const ImportOptions& options, int64_t all_bytes)
      : options_(options), all_bytes_(all_bytes), blocks_(in, kBodyBytes) {}

  // Reads the first block. That there is one, and that it begins as an export
  // does, is seen before a file is made for it.
  Status Open() {
    Status read = Next();
    if (!read.ok()) return read;
    // Blanks, and the mark that some put before UTF-8.
    constexpr std::string_view kBefore = " \t\r\n\xef\xbb\xbf";
    const std::string from =
        options_.from == "-" ? "The input" : Visible(options_.from);
    if (lines_.find_first_not_of(kBefore) == std::string_view::npos) {
      return Invalid(from + " is empty.");
    }
    const size_t end = lines_.find('\n');
    // A line without an end may have been cut.
    const bool is_cut = end == std::string_view::npos &&
                        lines_[lines_.find_first_not_of(kBefore)] == '{';
    store::TransferLine first;
    read = first.Read(lines_.substr(0, end));
    if (read.ok() || end == 0 || is_cut) return {};
    return Invalid("Line 1: " + read.error().message + ". " + from +
                   " has to be JSON lines as `bobbin export` writes them.");
  }

  Status Send(Sender& sender) {
    Progress progress("Importing");
    while (!lines_.empty()) {
      Status status = sender.Send(lines_);
      if (!status.ok()) return status;
      if (all_bytes_ > 0) progress.Show(blocks_.bytes(), all_bytes_);
      status = Next();
      if (!status.ok()) return status;
    }
    return {};
  }

 private:
  Status Next() {
    const Result<std::string_view> lines = blocks_.Next();
    if (!lines.ok()) {
      return Invalid("Cannot read " + options_.from + ": " +
                     lines.error().message + ".");
    }
    lines_ = lines.value();
    return {};
  }

  const ImportOptions& options_;
  const int64_t all_bytes_;  // 0: not known
  LineBlocks blocks_;
  std::string_view lines_;  // the block to be sent next
};

int ImportInto(Source& source, Input& in, const ImportOptions& options) {
  Sender sender(source);
  const Status sent = in.Send(sender);
  if (!sent.ok()) {
    Error error = sent.error();
    error.message += sender.Before();
    const int code = ExitCodeOfSource(error);
    return Fail(error, code == kExitUsage ? kExitFailure : code);
  }
  if (sender.imported().lines == 0) {
    return Fail(Invalid("There is nothing in " + options.from + "."),
                kExitFailure);
  }
  const Look look = LookOfOutput();
  Output out(look);
  out.Write(Told(options, source.name(), sender.imported(),
                 options.json || !look.terminal));
  if (!out.Finish()) return FailToWrite();
  const std::string missing = sender.Missing();
  if (missing.empty()) return kExitOk;
  return Fail(Invalid("The export was cut: " + missing +
                      ". What was there is imported; a whole one can be "
                      "imported over it."),
              kExitFailure);
}

// A folder that is not there is a slip of the pen, but where files are kept by
// default.
Status CheckFolderOf(const std::string& db) {
  std::filesystem::path folder = std::filesystem::path(db).parent_path();
  if (folder.empty()) folder = ".";
  std::error_code error;
  const bool exists = std::filesystem::exists(folder, error);
  // What may not be looked at is told by whoever tries to.
  if (exists || error || db == DefaultDbPath()) return {};
  return Invalid("There is no folder " + Visible(folder.string()) +
                 "; make it first, or name another file.");
}

int Into(std::istream& stream, const ImportOptions& options,
         int64_t all_bytes) {
  Input in(stream, options, all_bytes);
  const Status opened = in.Open();
  if (!opened.ok()) return Fail(opened.error(), kExitFailure);
  if (!options.source.url.empty()) {
    const Result<std::unique_ptr<Source>> source = OpenSource(options.source);
    if (!source.ok()) {
      return Fail(source.error(), ExitCodeOfSource(source.error()));
    }
    return ImportInto(*source.value(), in, options);
  }
  if (options.source.db.empty()) return NoHome();
  const Status folder = CheckFolderOf(options.source.db);
  if (!folder.ok()) return Fail(folder.error(), kExitNotOpenable);
  // Not on disk with each commit, but with the last.
  Result<std::unique_ptr<db::Database>> database = OpenFile(
      {.path = options.source.db, .durability = db::Durability::kNormal});
  if (!database.ok()) {
    const int code = ExitCodeOf(database.error());
    if (code == kExitAlreadyServed) {
      return Fail(Error{Code::kConflict,
                        options.source.db +
                            " is served by another bobbin: import through "
                            "that one, with --url URL."},
                  code);
    }
    return Fail(database.error(), code);
  }
  Backend backend(std::move(database).value(), {});
  backend.DropLeftovers();
  BackendSource source(backend, options.source.db);
  return ImportInto(source, in, options);
}

// gzip's first two bytes (RFC 1952, section 2.3.1); they stay to be read.
bool IsGzip(std::istream& in) {
  if (in.peek() != 0x1f) {
    in.clear();  // there may be nothing
    return false;
  }
  in.get();
  const bool is = in.peek() == 0x8b;
  in.clear();
  in.unget();
  return is;
}

int IsCompressed(const std::string& from) {
  return Fail(
      Invalid(from == "-"
                  ? "The input is compressed: pipe it through gunzip first."
                  : Visible(from) +
                        " is compressed: say gunzip -c FILE | bobbin import -"),
      kExitFailure);
}

int Import(const ImportOptions& options) {
  if (options.from == "-") {
    return IsGzip(std::cin) ? IsCompressed(options.from)
                            : Into(std::cin, options, 0);
  }
  errno = 0;
  std::ifstream file(options.from, std::ios::binary);
  // A folder can be opened, and not read.
  if (!file.is_open() ||
      (file.peek() == std::ifstream::traits_type::eof() && file.bad())) {
    return Fail(Invalid("Cannot read " + options.from + ": " +
                        std::strerror(errno) + "."),
                kExitFailure);
  }
  if (IsGzip(file)) return IsCompressed(options.from);
  std::error_code error;
  const auto bytes = std::filesystem::file_size(options.from, error);
  return Into(file, options, error ? 0 : static_cast<int64_t>(bytes));
}

}  // namespace

std::function<int()> AddImport(CLI::App& app) {
  auto options = std::make_shared<ImportOptions>();
  CLI::App* command =
      app.add_subcommand("import", "Bring in what `bobbin export` has written");
  command->add_option("FILE", options->from, "The export; - is the input")
      ->required();
  AddLookFlags(*command, *options);
  command->footer(
      "What is there already stays as it is, so an import that was cut is "
      "simply repeated.\nNot into a file while a bobbin serves it: then say "
      "--url.\nExit codes: 0 imported, 1 FILE can't be read, is no export or "
      "was cut, 2 usage, " +
      std::string(kFileCodes) +
      ",\n7 file served by another bobbin, 9 nobody answers at --url.");
  return [options] { return Import(*options); };
}

}  // namespace bobbin::cli
