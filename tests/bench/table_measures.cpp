#include <chrono>
#include <random>

#include "base/hash.h"
#include "bench/bare_sqlite.h"
#include "bench/http.h"
#include "bench/measures.h"
#include "bench/server.h"
#include "bench/traffic.h"
#include "model/table.h"

namespace bobbin::bench {
namespace {

using Clock = std::chrono::steady_clock;

// A run goes back and forth between bobbin and its yardstick, so that a busy
// moment of the machine hits both.
constexpr size_t kSlices = 4;

double MsSince(Clock::time_point begin) {
  return std::chrono::duration<double, std::milli>(Clock::now() - begin)
      .count();
}

// Rows of a data set for an evaluation, some 300 bytes each, no two alike.
class Rows {
 public:
  std::vector<std::string> Next(size_t count) {
    std::vector<std::string> rows;
    rows.reserve(count);
    for (size_t i = 0; i < count; ++i) rows.push_back(Row());
    return rows;
  }

 private:
  std::string Words(size_t count) {
    static constexpr std::string_view kWords[] = {
        "what", "is",    "the",   "capital", "of",   "a",      "country",
        "that", "has",   "seven", "lakes",   "and",  "answer", "with",
        "one",  "word",  "or",    "explain", "your", "model",  "caf\u00e9",
        "why",  "never", "under", "river",   "city", "please", "think"};
    std::string text;
    for (size_t i = 0; i < count; ++i) {
      if (i > 0) text += ' ';
      text += kWords[random_() % std::size(kWords)];
    }
    return text;
  }

  std::string Row() {
    const uint64_t n = ++count_;
    return R"({"id":"example-)" + std::to_string(n) + R"(","question":")" +
           Words(24) + R"(","expected":")" + Words(4) + R"(","score":0.)" +
           std::to_string(n * 7919 % 100'000) +
           R"(,"tags":["train","easy"],"meta":{"split":)" +
           std::to_string(n % 5) + R"(,"reviewed":true}})";
  }

  std::mt19937 random_{1};
  uint64_t count_ = 0;
};

std::string CreateRequest(const std::vector<std::string>& rows) {
  std::string body =
      R"({"table":{"project_id":")" + std::string(kProject) + R"(","rows":[)";
  for (const std::string& row : rows) {
    if (&row != &rows.front()) body += ',';
    body += row;
  }
  return Post("/table/create", body + "]}}");
}

}  // namespace

void MeasureTable(const Settings& settings, Report& report) {
  const size_t count = settings.Scale(10'000, 1'000);
  const std::string measure =
      count == 10'000 ? "10,000-row table create" : "1,000-row table create";
  const std::string file = settings.File("table.db");
  const std::string bare_file = settings.File("bare.db");
  std::vector<Run> runs;
  nlohmann::ordered_json details;
  for (int i = 0; i < settings.runs; ++i) {
    Say(measure + ", run " + std::to_string(i + 1));
    RemoveDatabase(file);
    RemoveDatabase(bare_file);
    Bobbin bobbin(settings.bobbin, file, "normal");
    Client client(bobbin.port());
    BareTables bare(bare_file);
    Rows source;
    Run total;
    for (size_t slice = 0; slice <= kSlices; ++slice) {
      const std::vector<std::string> rows = source.Next(count);
      const std::string request = CreateRequest(rows);
      const std::vector<model::RawObject> raw(rows.begin(), rows.end());
      const std::string digests = model::DigestsOf(raw);
      const std::string digest = HexSha256(digests);

      Clock::time_point begin = Clock::now();
      client.Send(request);
      const double ours = MsSince(begin);
      begin = Clock::now();
      bare.Write(digest, digests, rows);
      const double theirs = MsSince(begin);
      if (slice == 0) continue;  // the first one warms both up
      total.bobbin += ours / kSlices;
      total.yardstick += theirs / kSlices;
      details["ms"].push_back(ours);
      details["bare_ms"].push_back(theirs);
    }
    details["request_bytes"] = CreateRequest(source.Next(count)).size();
    bobbin.Stop();
    runs.push_back(total);
  }
  RemoveDatabase(file);
  RemoveDatabase(bare_file);
  report.Add(measure, "ms", runs, {Better::kLower, 2.0}, details);
}

}  // namespace bobbin::bench
