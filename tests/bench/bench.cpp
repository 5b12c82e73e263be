// The benchmarks: bobbin against its yardsticks (see tests/bench/measures.h),
// as a table on stdout and as JSON in a file.
//
// Ratios hold for the machine they were taken on, when it does nothing else.

#include <sqlite3.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <exception>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iostream>
#include <optional>
#include <thread>

#include "bench/measures.h"

namespace bobbin::bench {

void Say(const std::string& text) { std::cerr << "bench: " << text << '\n'; }

namespace {

struct Options {
  Settings settings;
  std::vector<std::string> only;
  std::string json;
  bool fresh = false;
};

struct Measure {
  std::string name;
  std::function<void(const Settings&, Report&)> without_file = {};
  std::function<void(const Settings&, const BigFile&, Report&)> with_file = {};
};

const std::vector<Measure>& Measures() {
  static const std::vector<Measure> kMeasures{
      {.name = "start-normal", .without_file = MeasureStartNormal},
      {.name = "start-full", .without_file = MeasureStartFull},
      {.name = "batch", .without_file = MeasureBatch},
      {.name = "table", .without_file = MeasureTable},
      {.name = "reset", .without_file = MeasureReset},
      {.name = "wait", .without_file = MeasureWait},
      {.name = "ephemeral", .without_file = MeasureEphemeral},
      {.name = "ready", .with_file = MeasureReady},
      {.name = "memory", .with_file = MeasureMemory},
      {.name = "read", .with_file = MeasureReads},
      {.name = "scan", .with_file = MeasureScans},
      {.name = "terminal", .with_file = MeasureTerminal},
      {.name = "disk", .with_file = MeasureDisk},
  };
  return kMeasures;
}

std::string Programs() {
  return std::filesystem::read_symlink("/proc/self/exe").parent_path();
}

void AddFlags(CLI::App& app, Options& options) {
  Settings& settings = options.settings;
  std::vector<std::string> names;
  for (const Measure& measure : Measures()) names.push_back(measure.name);
  app.add_option("--only", options.only, "Measures to take; all by default")
      ->check(CLI::IsMember(names));
  app.add_option("--calls", settings.calls, "Calls in the big file")
      ->check(CLI::Range(1'000, 100'000'000))
      ->capture_default_str();
  app.add_option("--runs", settings.runs, "Runs, of which the best counts")
      ->check(CLI::Range(1, 100))
      ->capture_default_str();
  app.add_flag("--quick", settings.quick,
               "Less of everything: shows that it works, measures little");
  app.add_flag("--fresh", options.fresh,
               "Makes the big file anew even if there is one");
  app.add_option("--bobbin", settings.bobbin, "The program to measure")
      ->envname("BOBBIN_BINARY")
      ->required();
  app.add_option("--dir", settings.folder,
                 "Folder for databases; by default `bench` beside bobbin");
  app.add_option("--json", options.json,
                 "File for the results; by default bench.json beside bobbin");
}

void Complete(CLI::App& app, Options& options) {
  Settings& settings = options.settings;
  settings.noop = Programs() + "/bobbin_noop_server";
  const std::filesystem::path beside =
      std::filesystem::absolute(settings.bobbin).parent_path();
  if (settings.folder.empty()) settings.folder = beside / "bench";
  if (options.json.empty()) options.json = beside / "bench.json";
  if (settings.quick) {
    if (app.count("--calls") == 0) settings.calls = 20'000;
    if (app.count("--runs") == 0) settings.runs = 1;
  }
  std::filesystem::create_directories(settings.folder);
}

bool Wanted(const Options& options, const std::string& name) {
  return options.only.empty() ||
         std::ranges::find(options.only, name) != options.only.end();
}

Report TakeMeasures(const Options& options) {
  const Settings& settings = options.settings;
  Report report;
  std::optional<BigFile> big;
  for (const Measure& measure : Measures()) {
    if (!Wanted(options, measure.name)) continue;
    if (measure.without_file) {
      measure.without_file(settings, report);
      continue;
    }
    if (!big) big = TakeBigFile(settings, options.fresh);
    measure.with_file(settings, *big, report);
  }
  return report;
}

nlohmann::ordered_json Results(const Settings& settings, const Report& report) {
  return {{"processors", std::thread::hardware_concurrency()},
          {"sqlite", sqlite3_libversion()},
          {"quick", settings.quick},
          {"runs", settings.runs},
          {"calls", settings.calls},
          {"measures", report.Json()}};
}

int Main(int argc, char** argv) {
  Options options;
  CLI::App app("Measures bobbin against its yardsticks.");
  AddFlags(app, options);
  CLI11_PARSE(app, argc, argv);
  Complete(app, options);
  const Report report = TakeMeasures(options);
  std::cout << report.Table();
  std::ofstream(options.json)
      << Results(options.settings, report).dump(2) << '\n';
  Say("results are in " + options.json);
  return 0;
}

}  // namespace
}  // namespace bobbin::bench

int main(int argc, char** argv) {
  try {
    return bobbin::bench::Main(argc, argv);
  } catch (const std::exception& exception) {
    std::cerr << "bench: " << exception.what() << '\n';
    return 1;
  }
}
