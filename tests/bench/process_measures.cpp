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

double ShellMs(const std::string& shell, const std::string& file) {
  const auto begin = std::chrono::steady_clock::now();
  const testing::Finished finished =
      testing::RunToEnd(shell, {file, "select 1"});
  const std::chrono::duration<double, std::milli> elapsed =
      std::chrono::steady_clock::now() - begin;
  if (finished.out != "1\n") throw std::runtime_error(finished.err);
  return elapsed.count();
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
