// Questions that have to look at every call, against the sqlite3 shell with
// the same question on the same file.
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <functional>
#include <stdexcept>

#include "bench/http.h"
#include "bench/measures.h"
#include "bench/server.h"
#include "bench/traffic.h"

namespace bobbin::bench {
namespace {

constexpr double kScanLimit = 1.2;
constexpr double kCountLimit = 0.5;
constexpr double kExportLimit = 0.5;
constexpr double kExportMemoryLimitMb = 60;

double MsOf(const std::function<void()>& work) {
  const auto begin = std::chrono::steady_clock::now();
  work();
  const std::chrono::duration<double, std::milli> elapsed =
      std::chrono::steady_clock::now() - begin;
  return elapsed.count();
}

void RunShell(const testing::Arguments& arguments) {
  const testing::Finished finished =
      testing::RunToEnd(FindProgram("sqlite3"), arguments);
  if (finished.code != 0) throw std::runtime_error(finished.err);
}

std::string Body(const std::string& members) {
  return R"({"project_id":")" + std::string(kProject) + "\"," + members + "}";
}

// One question in both languages. `bobbin` runs as many as `sqlite` once:
// what takes microseconds is hard to time.
struct Question {
  std::string name;
  std::string request;
  std::string sql;
  double limit;
};

std::vector<Question> Questions() {
  const std::string calls =
      "FROM calls c JOIN call_inputs i ON i.row_id = c.row_id WHERE c.project "
      "= (SELECT row_id FROM projects WHERE project_id = '" +
      std::string(kProject) + "') AND c.started_at_us IS NOT NULL AND ";
  const std::string page = " ORDER BY c.started_at_us LIMIT 50";
  const auto ask = [](const std::string& expr) {
    return Post("/calls/stream_query",
                Body(R"("limit":50,"query":{"$expr":)" + expr + "}"));
  };
  return {
      {"inputs.model $eq, no match",
       ask(R"({"$eq":[{"$getField":"inputs.model"},{"$literal":"none"}]})"),
       "SELECT c.id " + calls + "json_extract(i.inputs, '$.model') = 'none'" +
           page,
       kScanLimit},
      {"inputs $contains, no match",
       ask(R"({"$contains":{"input":{"$getField":"inputs"},)"
           R"("substr":{"$literal":"no such words"}}})"),
       "SELECT c.id " + calls + "instr(i.inputs, 'no such words') > 0" + page,
       kScanLimit},
      {"count of the project",
       Post("/calls/query_stats", Body(R"("filter":{})")),
       "SELECT count(*) FROM calls WHERE project = (SELECT row_id FROM "
       "projects WHERE project_id = '" +
           std::string(kProject) + "') AND started_at_us IS NOT NULL",
       kCountLimit},
  };
}

void MeasureQuestion(const Settings& settings, const Question& question,
                     const std::string& file, int port, Report& report) {
  Client client(port);
  std::vector<Run> runs;
  for (int i = 0; i < settings.runs; ++i) {
    Say(question.name + ", run " + std::to_string(i + 1));
    runs.push_back({MsOf([&] { client.Send(question.request); }), MsOf([&] {
                      RunShell({file, question.sql});
                    })});
  }
  report.Add(question.name, "ms", runs, {Better::kLower, question.limit});
}

// Reads an answer in chunks and keeps nothing of it. Returns its bytes.
size_t Drain(int port, const std::string& request) {
  const int fd = Connect(port, true);
  CheckCall(static_cast<int>(send(fd, request.data(), request.size(), 0)),
            "send");
  std::string buffer(256 << 10, '\0');
  std::string tail;
  size_t bytes = 0;
  while (!tail.ends_with("\r\n0\r\n\r\n")) {
    const ssize_t got = recv(fd, buffer.data(), buffer.size(), 0);
    if (got <= 0) throw std::runtime_error("the export was cut off");
    bytes += static_cast<size_t>(got);
    const auto size = static_cast<size_t>(got);
    tail.append(buffer, size - std::min<size_t>(size, 7), 7);
    tail.erase(0, tail.size() - std::min<size_t>(tail.size(), 7));
  }
  close(fd);
  return bytes;
}

void MeasureExport(const Settings& settings, const BigFile& big, int port,
                   const Server& bobbin, Report& report) {
  const std::string request =
      Post("/calls/stream_query", Body(R"("filter":{})"));
  const double idle_mb = bobbin.MemoryMb();
  std::vector<Run> runs;
  const auto calls = static_cast<double>(big.calls);
  for (int i = 0; i < settings.runs; ++i) {
    Say("full export, run " + std::to_string(i + 1));
    size_t bytes = 0;
    const double ours = MsOf([&] { bytes = Drain(port, request); });
    if (bytes < static_cast<size_t>(big.stored_bytes)) {
      throw std::runtime_error("the export holds less than the file");
    }
    const double theirs = MsOf([&] {
      RunShell({big.path, ".output /dev/null",
                "SELECT * FROM v_calls WHERE project_id = '" +
                    std::string(kProject) + "'"});
    });
    runs.push_back({calls / ours * 1000, calls / theirs * 1000});
  }
  report.Add("full export", "calls/s", runs, {Better::kHigher, kExportLimit});
  report.AddValue("full export, memory above idle", "MB",
                  bobbin.PeakMemoryMb() - idle_mb, kExportMemoryLimitMb);
}

}  // namespace

void MeasureScans(const Settings& settings, const BigFile& big,
                  Report& report) {
  Bobbin bobbin(settings.bobbin, big.path, "normal");
  MeasureExport(settings, big, bobbin.port(), bobbin, report);
  for (const Question& question : Questions()) {
    MeasureQuestion(settings, question, big.path, bobbin.port(), report);
  }
  bobbin.Stop();
}

}  // namespace bobbin::bench
