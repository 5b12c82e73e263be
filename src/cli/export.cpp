// `bobbin export`: what is kept, in a form for other files and other tools.

#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <functional>
#include <iostream>
#include <memory>
#include <string>

#include "base/clock.h"
#include "base/display.h"
#include "base/new_file.h"
#include "cli/calls_export.h"
#include "cli/command.h"
#include "cli/file_command.h"
#include "cli/format.h"
#include "cli/look_flags.h"
#include "cli/open_file.h"
#include "json/write.h"

namespace bobbin::cli {
namespace {

struct ExportOptions {
  SourceOptions source;
  bool json = false;
  Filters filters;
  std::string to;
  std::string format;  // "": as FILE ends
};

// Where the text goes: an open file or standard output.
class Target {
 public:
  explicit Target(std::FILE* file) : file_(file) {}
  ~Target() {
    if (file_ != stdout) std::fclose(file_);
  }
  Target(const Target&) = delete;
  Target& operator=(const Target&) = delete;

  bool Write(std::string_view text) {
    bytes_ += static_cast<int64_t>(text.size());
    if (std::fwrite(text.data(), 1, text.size(), file_) == text.size()) {
      return true;
    }
    errno_ = errno;
    return false;
  }

  // What is written is then on disk, if it is a file. False: not all of it
  // could be written.
  bool Finish() {
    if (errno_ == 0 && std::fflush(file_) != 0) errno_ = errno;
    if (errno_ == 0 && file_ != stdout && fsync(fileno(file_)) != 0) {
      errno_ = errno;
    }
    return errno_ == 0;
  }

  // Why writing failed.
  std::string reason() const { return std::strerror(errno_); }
  int64_t bytes() const { return bytes_; }

 private:
  std::FILE* const file_;
  int errno_ = 0;
  int64_t bytes_ = 0;
};

constexpr const char* kJsonLines = "jsonl";
constexpr const char* kCsv = "csv";
constexpr const char* kOtlp = "otlp";

std::string FormatOf(const ExportOptions& options) {
  if (!options.format.empty()) return options.format;
  for (const char* format : {kCsv, kOtlp}) {
    if (options.to.ends_with("." + std::string(format))) return format;
  }
  return kJsonLines;
}

Status WriteCalls(Source& source, const ExportOptions& options, CallsForm form,
                  Target& target) {
  SystemClock clock;
  Progress progress("Exporting");
  const Result<int64_t> written = ExportCalls(
      source, options.filters, clock.NowUs(), form, [&](std::string_view text) {
        progress.ShowBytes(target.bytes());
        return target.Write(text);
      });
  return written.ok() ? Status() : written.error();
}

Status WriteProjects(Source& source, const ExportOptions& options,
                     Target& target) {
  std::string body = R"({"project_ids":[)";
  if (!options.filters.project.empty()) {
    json::AppendQuoted(body, options.filters.project);
  }
  Progress progress("Exporting");
  return source.PostPieces("/_bobbin/export", body + "]}",
                           [&](std::string_view text) {
                             progress.ShowBytes(target.bytes());
                             return target.Write(text);
                           });
}

Status WriteAll(Source& source, const ExportOptions& options, Target& target) {
  const std::string format = FormatOf(options);
  if (format == kCsv) {
    return WriteCalls(source, options, CallsForm::kCsv, target);
  }
  if (format == kOtlp) {
    return WriteCalls(source, options, CallsForm::kOtlp, target);
  }
  return WriteProjects(source, options, target);
}

// Lines of JSON are of whole projects.
Status CheckFilters(const ExportOptions& options) {
  Filters rest = options.filters;
  rest.project.clear();
  if (rest.empty() || FormatOf(options) != kJsonLines) return {};
  return Invalid(
      "JSON lines are whole projects: filters but --project go with "
      "--format csv or otlp.");
}

int ToOutput(Source& source, const ExportOptions& options) {
  if (isatty(STDOUT_FILENO) != 0) {
    return Fail(Invalid("An export is not for a terminal: say FILE, or pipe "
                        "it."),
                kExitUsage);
  }
  Target target(stdout);
  const Status status = WriteAll(source, options, target);
  if (!status.ok())
    return Fail(status.error(), ExitCodeOfSource(status.error()));
  if (target.Finish()) return kExitOk;
  return Fail(Internal("Cannot write all of it: " + target.reason() + "."),
              kExitFailure);
}

int ToFile(Source& source, const ExportOptions& options) {
  NewFile file(options.to);
  Status status = file.Check();
  if (!status.ok()) return Fail(status.error(), kExitFailure);
  std::FILE* const opened = std::fopen(file.draft().c_str(), "wbx");
  if (opened == nullptr) {
    return Fail(file.CannotWrite(std::strerror(errno)), kExitFailure);
  }
  Target target(opened);
  status = WriteAll(source, options, target);
  if (!status.ok())
    return Fail(status.error(), ExitCodeOfSource(status.error()));
  if (!target.Finish()) {
    return Fail(file.CannotWrite(target.reason()), kExitFailure);
  }
  status = file.Become();
  if (!status.ok()) return Fail(status.error(), kExitFailure);
  return TellCopied("Exported", source.name(), options.to, target.bytes(),
                    options.json);
}

int Export(const ExportOptions& options) {
  const Status fits = CheckFilters(options);
  if (!fits.ok()) return Fail(fits.error(), kExitUsage);
  const Result<std::unique_ptr<Source>> source = OpenSource(options.source);
  if (!source.ok()) {
    return Fail(source.error(), ExitCodeOfSource(source.error()));
  }
  return options.to == "-" ? ToOutput(*source.value(), options)
                           : ToFile(*source.value(), options);
}

}  // namespace

std::function<int()> AddExport(CLI::App& app) {
  auto options = std::make_shared<ExportOptions>();
  CLI::App* command = app.add_subcommand(
      "export", "Write projects as JSON lines, or calls as CSV or OTLP");
  command->add_option("FILE", options->to, "Replaces nothing; - is the output")
      ->required();
  AddSourceFlags(*command, options->source);
  command
      ->add_option("--format", options->format,
                   "jsonl: whole projects, for `bobbin import`; csv, otlp: "
                   "calls. If FILE ends in .csv or .otlp, that; else jsonl")
      ->check(CLI::IsMember({kJsonLines, kCsv, kOtlp}).description(""));
  AddFilterFlags(*command, options->filters);
  command->add_flag("--json", options->json,
                    "JSON of what was written, though a person reads");
  command->footer(
      "jsonl holds one moment, also while the file is served.\nExit codes: 0 "
      "written, 1 FILE can't be written, 2 "
      "usage, " +
      std::string(kFileCodes) +
      ",\n8 no such project, 9 nobody answers at --url.");
  return [options] { return Export(*options); };
}

}  // namespace bobbin::cli
