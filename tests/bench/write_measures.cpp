#include <array>
#include <chrono>
#include <ctime>
#include <deque>

#include "bench/bare_sqlite.h"
#include "bench/http.h"
#include "bench/load.h"
#include "bench/measures.h"
#include "bench/server.h"
#include "bench/traffic.h"

namespace bobbin::bench {
namespace {

// A run goes back and forth between bobbin and its yardstick, so that a busy
// moment of the machine hits both.
constexpr size_t kSlices = 4;

// Work that was done, and the time it took, over several slices.
struct Tally {
  double done = 0;
  double seconds = 0;
  void Add(double more, double in_seconds) {
    done += more;
    seconds += in_seconds;
  }
  double PerSecond() const { return done / seconds; }
};

// Processor microseconds of a server for each unit of work, since the object
// was made.
class CpuMeter {
 public:
  explicit CpuMeter(const Server& server)
      : server_(server), before_(server.CpuSeconds()) {}
  double UsPer(const Tally& tally) const {
    return (server_.CpuSeconds() - before_) * 1e6 / tally.done;
  }

 private:
  const Server& server_;
  const double before_;
};

// The starts of calls, about 1 KB each, and nothing else.
std::vector<std::string> StartRequests(Traffic& traffic, size_t count) {
  std::vector<std::string> requests;
  requests.reserve(count);
  std::string body;
  for (Part part; requests.size() < count;) {
    traffic.Next(part);
    if (!part.is_start) continue;
    body.clear();
    AppendRequest(body, part);
    requests.push_back(Post("/call/start", body));
  }
  return requests;
}

void MeasureStart(const Settings& settings, Report& report,
                  const std::string& durability, int connections,
                  double limit) {
  const std::string measure = "POST /call/start, " +
                              std::to_string(connections) + " connections, " +
                              durability;
  const size_t requests = settings.Scale(10'000, 2'000);
  const std::string file = settings.File("start.db");
  Traffic traffic(1, {});
  std::vector<Run> runs;
  nlohmann::ordered_json details;
  for (int i = 0; i < settings.runs; ++i) {
    Say(measure + ", run " + std::to_string(i + 1));
    RemoveDatabase(file);
    Bobbin bobbin(settings.bobbin, file, durability);
    Server noop(settings.noop, {});
    const auto warm_up = StartRequests(traffic, settings.Scale(2'000, 200));
    RunLoad(bobbin.port(), connections, Shared(warm_up));
    RunLoad(noop.port(), connections, Shared(warm_up));
    Tally of_bobbin, of_noop;
    const CpuMeter bobbin_cpu(bobbin);
    const CpuMeter noop_cpu(noop);
    for (size_t slice = 0; slice < kSlices; ++slice) {
      const auto bodies = StartRequests(traffic, requests);
      const LoadResult ours =
          RunLoad(bobbin.port(), connections, Shared(bodies));
      const LoadResult theirs =
          RunLoad(noop.port(), connections, Shared(bodies));
      of_bobbin.Add(static_cast<double>(ours.requests), ours.seconds);
      of_noop.Add(static_cast<double>(theirs.requests), theirs.seconds);
      details["p50_us"].push_back(ours.p50_us);
      details["p99_us"].push_back(ours.p99_us);
      details["noop_p50_us"].push_back(theirs.p50_us);
      details["noop_p99_us"].push_back(theirs.p99_us);
    }
    details["cpu_us"].push_back(bobbin_cpu.UsPer(of_bobbin));
    details["noop_cpu_us"].push_back(noop_cpu.UsPer(of_noop));
    bobbin.Stop();
    runs.push_back({of_bobbin.PerSecond(), of_noop.PerSecond()});
  }
  RemoveDatabase(file);
  report.Add(measure, "requests/s", runs, {Better::kHigher, limit}, details);
}

constexpr size_t kBatchConnections = 4;
constexpr size_t kPartsPerBatch = 100;
// Both halves of a call about as large, 1 KB as sent.
constexpr PayloadBytes kBatchBytes{.start = 600, .end = 820};

// The same batches for both: as requests, by connection, and as parts, in
// the order in which four equal connections would bring them.
struct BatchWork {
  std::array<std::vector<std::string>, kBatchConnections> requests;
  std::deque<PartList> parts;
};

BatchWork MakeBatches(std::vector<Traffic>& clients, size_t per_connection) {
  BatchWork work;
  for (size_t i = 0; i < per_connection; ++i) {
    for (size_t client = 0; client < kBatchConnections; ++client) {
      PartList& parts = work.parts.emplace_back();
      std::string body = R"({"batch":[)";
      Part part;
      for (size_t n = 0; n < kPartsPerBatch; ++n) {
        clients[client].Next(part);
        parts.Add(part);
        if (n > 0) body += ',';
        AppendBatchItem(body, part);
      }
      body += "]}";
      work.requests[client].push_back(Post("/call/upsert_batch", body));
    }
  }
  return work;
}

LoadResult SendBatches(int port, const BatchWork& work) {
  std::vector<NextRequest> queues;
  for (const auto& requests : work.requests) queues.push_back(Shared(requests));
  return RunLoad(port, kBatchConnections, [&](int connection) {
    return queues[static_cast<size_t>(connection)](connection);
  });
}

// Both of this process, which has one thread.
struct BareTimes {
  double seconds = 0;
  double cpu_seconds = 0;
};

BareTimes WriteBare(BareWriter& writer, const BatchWork& work) {
  const auto begin = std::chrono::steady_clock::now();
  const std::clock_t cpu_begin = std::clock();
  for (const PartList& parts : work.parts) writer.Write(parts.parts());
  const std::chrono::duration<double> elapsed =
      std::chrono::steady_clock::now() - begin;
  return {elapsed.count(), static_cast<double>(std::clock() - cpu_begin) /
                               static_cast<double>(CLOCKS_PER_SEC)};
}

}  // namespace

void MeasureStartNormal(const Settings& settings, Report& report) {
  MeasureStart(settings, report, "normal", 16, 0.50);
}

void MeasureStartFull(const Settings& settings, Report& report) {
  MeasureStart(settings, report, "full", 64, 0.45);
}

void MeasureBatch(const Settings& settings, Report& report) {
  const std::string measure = "POST /call/upsert_batch, 4 connections, normal";
  const size_t batches = settings.Scale(50, 10);
  const std::string file = settings.File("batch.db");
  const std::string bare_file = settings.File("bare.db");
  std::vector<Run> runs;
  nlohmann::ordered_json details;
  for (int i = 0; i < settings.runs; ++i) {
    Say(measure + ", run " + std::to_string(i + 1));
    RemoveDatabase(file);
    RemoveDatabase(bare_file);
    Bobbin bobbin(settings.bobbin, file, "normal");
    BareWriter bare(bare_file, "NORMAL");
    std::vector<Traffic> clients;
    for (size_t seed = 1; seed <= kBatchConnections; ++seed) {
      clients.emplace_back(seed, kBatchBytes);
    }
    const BatchWork warm_up = MakeBatches(clients, settings.Scale(10, 2));
    SendBatches(bobbin.port(), warm_up);
    WriteBare(bare, warm_up);
    Tally of_bobbin, of_bare;
    double bare_cpu_seconds = 0;
    const CpuMeter bobbin_cpu(bobbin);
    for (size_t slice = 0; slice < kSlices; ++slice) {
      const BatchWork work = MakeBatches(clients, batches);
      const auto parts =
          static_cast<double>(work.parts.size() * kPartsPerBatch);
      const LoadResult ours = SendBatches(bobbin.port(), work);
      of_bobbin.Add(parts, ours.seconds);
      const BareTimes theirs = WriteBare(bare, work);
      of_bare.Add(parts, theirs.seconds);
      bare_cpu_seconds += theirs.cpu_seconds;
      details["p50_us"].push_back(ours.p50_us);
      details["p99_us"].push_back(ours.p99_us);
    }
    details["bare_cpu_us"].push_back(bare_cpu_seconds * 1e6 / of_bare.done);
    details["cpu_us"].push_back(bobbin_cpu.UsPer(of_bobbin));
    bobbin.Stop();
    runs.push_back({of_bobbin.PerSecond(), of_bare.PerSecond()});
  }
  RemoveDatabase(file);
  RemoveDatabase(bare_file);
  report.Add(measure, "parts/s", runs, {Better::kHigher, 0.60}, details);
}

}  // namespace bobbin::bench
