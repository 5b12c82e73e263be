#include <algorithm>
#include <chrono>
#include <string>
#include <thread>
#include <vector>

#include "bench/http.h"
#include "bench/measures.h"
#include "bench/server.h"
#include "bench/traffic.h"

namespace bobbin::bench {
namespace {

using Clock = std::chrono::steady_clock;

constexpr double kResetLimit = 10;
// Of the two requests' time that news may take from the commit on, the call's
// own answer, which comes after it, takes half a one.
constexpr double kNewsLimit = 1.5;
constexpr size_t kHalvesAtOnce = 1000;

double MsSince(Clock::time_point begin) {
  return std::chrono::duration<double, std::milli>(Clock::now() - begin)
      .count();
}

double Median(std::vector<double>& values) {
  const auto middle =
      values.begin() + static_cast<ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

double SendMs(Client& client, std::string_view request) {
  const Clock::time_point begin = Clock::now();
  client.Send(request);
  return MsSince(begin);
}

void Fill(Client& client, size_t calls) {
  Traffic traffic(1, {}, static_cast<int64_t>(calls / kCallsPerTrace));
  Part part;
  bool more = true;
  while (more) {
    std::string body = R"({"batch":[)";
    for (size_t i = 0; i < kHalvesAtOnce && (more = traffic.Next(part)); ++i) {
      if (i > 0) body += ',';
      AppendBatchItem(body, part);
    }
    if (body.back() != '[')
      client.Send(Post("/call/upsert_batch", body + "]}"));
  }
}

std::string ACall(size_t number) {
  return Post("/call/start", R"({"start":{"project_id":"team/bench","id":"c)" +
                                 std::to_string(number) +
                                 R"(","trace_id":"t","op_name":"op",)"
                                 R"("started_at":"2026-01-01T00:00:00Z",)"
                                 R"("attributes":{},"inputs":{}}})");
}

}  // namespace

void MeasureReset(const Settings& settings, Report& report) {
  const size_t calls = settings.Scale(10'000, 1'000);
  const std::string reset = Post("/_bobbin/reset", "{}");
  const std::string nothing = Post("/call/start", "{}");
  std::vector<Run> runs;
  for (int i = 0; i < settings.runs; ++i) {
    Say("reset, run " + std::to_string(i + 1));
    Server bobbin(settings.bobbin, {"serve", "--ephemeral", "--port", "0"});
    Server noop(settings.noop, {});
    Client client(bobbin.port());
    Client yardstick(noop.port());
    std::vector<double> ours, theirs;
    for (size_t n = 0; n < settings.Scale(9, 3); ++n) {
      Fill(client, calls);
      for (int k = 0; k < 20; ++k) theirs.push_back(SendMs(yardstick, nothing));
      ours.push_back(SendMs(client, reset));
    }
    runs.push_back({Median(ours), Median(theirs)});
    bobbin.Stop();
  }
  report.Add("reset of " + std::to_string(calls) + " calls in memory", "ms",
             runs, {Better::kLower, kResetLimit});
}

void MeasureWait(const Settings& settings, Report& report) {
  std::vector<Run> runs, news_runs;
  for (int i = 0; i < settings.runs; ++i) {
    Say("wait, run " + std::to_string(i + 1));
    Server bobbin(settings.bobbin, {"serve", "--ephemeral", "--port", "0"});
    Server noop(settings.noop, {});
    Client client(bobbin.port());
    Client waiter(bobbin.port());
    Client yardstick(noop.port());
    std::vector<double> ours, news, theirs;
    for (size_t n = 1; n <= settings.Scale(500, 20); ++n) {
      const std::string call = ACall(n);
      const std::string wait =
          Post("/_bobbin/wait", R"({"project_id":"team/bench","calls":)" +
                                    std::to_string(n) + "}");
      Clock::time_point end;
      std::thread waiting([&] {
        waiter.Send(wait);
        end = Clock::now();
      });
      // Long enough for the wait to have begun.
      std::this_thread::sleep_for(std::chrono::milliseconds(2));
      const Clock::time_point begin = Clock::now();
      client.Send(call);
      const Clock::time_point answered = Clock::now();
      waiting.join();
      ours.push_back(
          std::chrono::duration<double, std::milli>(end - begin).count());
      news.push_back(
          std::chrono::duration<double, std::milli>(end - answered).count());
      theirs.push_back(SendMs(yardstick, call));
    }
    runs.push_back({Median(ours), Median(theirs)});
    news_runs.push_back({Median(news), Median(theirs)});
    bobbin.Stop();
  }
  report.Add("a call sent until the wait for it is answered", "ms", runs,
             {Better::kLower, {}});
  report.Add("its answer until that of the wait", "ms", news_runs,
             {Better::kLower, kNewsLimit});
}

}  // namespace bobbin::bench
