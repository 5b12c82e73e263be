#include <malloc.h>

#include <algorithm>
#include <chrono>
#include <stdexcept>

#include "bench/http.h"
#include "bench/measures.h"
#include "bench/server.h"
#include "bench/traffic.h"

namespace bobbin::bench {
namespace {

constexpr double kReadyLimit = 5;
constexpr double kMemoryLimitMb = 15;
// Without a file, as test suites have it.
constexpr double kEphemeralReadyLimit = 4;
constexpr double kRunLimit = 3;
constexpr double kEphemeralMemoryLimitMb = 12;

// From making a process to its end; it must print `out`.
double ProcessMs(const std::string& program,
                 const testing::Arguments& arguments, const std::string& out) {
  const auto begin = std::chrono::steady_clock::now();
  const testing::Finished finished = testing::RunToEnd(program, arguments);
  const std::chrono::duration<double, std::milli> elapsed =
      std::chrono::steady_clock::now() - begin;
  if (finished.out != out || finished.code != 0) {
    throw std::runtime_error(program + " failed:\n" + finished.err);
  }
  return elapsed.count();
}

double ShellMs(const std::string& shell, const std::string& file) {
  return ProcessMs(shell, {file, "select 1"}, "1\n");
}

double Median(std::vector<double>& values) {
  const auto middle =
      values.begin() + static_cast<ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

// `forget`: the file is made anew by each start.
void MeasureReadyOn(const Settings& settings, const std::string& what,
                    const std::string& file, bool forget, Report& report) {
  const std::string measure = "start to READY, " + what;
  const std::string shell = FindProgram("sqlite3");
  std::vector<Run> runs;
  for (int i = 0; i < settings.runs; ++i) {
    Say(measure + ", run " + std::to_string(i + 1));
    std::vector<double> ours, theirs;
    for (size_t n = 0; n < settings.Scale(15, 3); ++n) {
      if (forget) RemoveDatabase(file);
      theirs.push_back(ShellMs(shell, file));
      Bobbin bobbin(settings.bobbin, file, "full");
      ours.push_back(bobbin.ready_ms());
      bobbin.Stop();
    }
    runs.push_back({Median(ours), Median(theirs)});
  }
  report.Add(measure, "ms", runs, {Better::kLower, kReadyLimit});
}

void MeasureMemoryOn(const Settings& settings, const std::string& what,
                     const std::string& file, const std::string& request,
                     Report& report) {
  Say("idle memory, " + what);
  Bobbin bobbin(settings.bobbin, file, "full");
  report.AddValue("idle memory, " + what + ", ready", "MB", bobbin.MemoryMb(),
                  kMemoryLimitMb);
  Client(bobbin.port()).Send(request);
  report.AddValue("idle memory, " + what + ", after a request", "MB",
                  bobbin.MemoryMb(), kMemoryLimitMb);
  bobbin.Stop();
}

}  // namespace

void MeasureEphemeral(const Settings& settings, Report& report) {
  malloc_trim(0);  // as below
  const std::string shell = FindProgram("sqlite3");
  const std::string nothing = FindProgram("true");
  std::vector<Run> ready_runs, run_runs;
  for (int i = 0; i < settings.runs; ++i) {
    Say("start to READY, ephemeral, run " + std::to_string(i + 1));
    std::vector<double> shells, servers, commands;
    for (size_t n = 0; n < settings.Scale(25, 3); ++n) {
      shells.push_back(ShellMs(shell, ":memory:"));
      Server server(settings.bobbin, {"serve", "--ephemeral", "--port", "0"});
      servers.push_back(server.ready_ms());
      server.Stop();
      commands.push_back(
          ProcessMs(settings.bobbin, {"run", "--", nothing}, ""));
    }
    const double ready = Median(servers);
    ready_runs.push_back({ready, Median(shells)});
    run_runs.push_back({Median(commands), ready});
  }
  report.Add("start to READY, ephemeral", "ms", ready_runs,
             {Better::kLower, kEphemeralReadyLimit});
  report.Add("`bobbin run -- true`, against that", "ms", run_runs,
             {Better::kLower, kRunLimit});
  Server idle(settings.bobbin, {"serve", "--ephemeral", "--port", "0"});
  report.AddValue("idle memory, ephemeral, ready", "MB", idle.MemoryMb(),
                  kEphemeralMemoryLimitMb);
  idle.Stop();
}

void MeasureReady(const Settings& settings, const BigFile& big,
                  Report& report) {
  const std::string file = settings.File("ready.db");
  // Making a process takes longer the more memory its parent has, which would
  // hide a part of what is compared.
  malloc_trim(0);
  MeasureReadyOn(settings, "new file", file, true, report);
  MeasureReadyOn(settings, "empty file", file, false, report);
  RemoveDatabase(file);
  MeasureReadyOn(settings, std::to_string(big.calls) + " calls", big.path,
                 false, report);
}

void MeasureMemory(const Settings& settings, const BigFile& big,
                   Report& report) {
  const std::string file = settings.File("memory.db");
  RemoveDatabase(file);
  Traffic traffic(1, {});
  Part part;
  traffic.Next(part);
  std::string start;
  AppendRequest(start, part);
  MeasureMemoryOn(settings, "new file", file, Post("/call/start", start),
                  report);
  RemoveDatabase(file);
  MeasureMemoryOn(
      settings, std::to_string(big.calls) + " calls", big.path,
      Post("/calls/stream_query", R"({"project_id":"team/bench","limit":1})"),
      report);
}

void MeasureDisk(const Settings&, const BigFile& big, Report& report) {
  const auto per_call = [&big](int64_t bytes) {
    return static_cast<double>(bytes) / static_cast<double>(big.calls);
  };
  report.Add("disk, over the JSON that is stored", "bytes/call",
             {{per_call(big.file_bytes), per_call(big.stored_bytes)}},
             {Better::kLower, 1.45});
  report.Add("disk, over the halves as sent", "bytes/call",
             {{per_call(big.file_bytes), per_call(big.sent_bytes)}},
             {Better::kLower, {}});
  report.AddValue("filling that file, 4 connections, normal", "parts/s",
                  big.parts_per_second, {});
}

}  // namespace bobbin::bench
