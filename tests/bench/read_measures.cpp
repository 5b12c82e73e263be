#include <algorithm>
#include <chrono>
#include <functional>
#include <random>
#include <stdexcept>

#include "bench/bare_sqlite.h"
#include "bench/http.h"
#include "bench/measures.h"
#include "bench/server.h"
#include "bench/traffic.h"
#include "model/calls_query.h"
#include "query/calls_sql.h"

namespace bobbin::bench {
namespace {

using Clock = std::chrono::steady_clock;

// bobbin, the no-op server and bare SQLite take turns after so many reads.
constexpr size_t kBlock = 100;

// One kind of read: as a request, and as what bobbin makes of the request.
struct ReadKind {
  std::string name;
  std::string path;
  std::function<std::string(const BareReader::Ids&)> body;
  std::function<model::CallsQueryReq(const BareReader::Ids&)> query;
};

std::string Body(const std::string& members) {
  return R"({"project_id":")" + std::string(kProject) + "\"," + members + "}";
}

model::CallsQueryReq Query() {
  model::CallsQueryReq query;
  query.project_id = kProject;
  query.filter.emplace();
  return query;
}

constexpr size_t kFilterOp = 2;
// True of one call in four.
constexpr std::string_view kFrequent =
    R"({"$expr":{"$eq":[{"$getField":"inputs.model"},)"
    R"({"$literal":"gpt-4o"}]}})";

std::vector<ReadKind> Kinds() {
  using Ids = BareReader::Ids;
  return {
      {"/call/read", "/call/read",
       [](const Ids& ids) { return Body(R"("id":")" + ids.id + '"'); },
       [](const Ids& ids) {
         model::CallsQueryReq query = Query();
         query.filter->call_ids = {{ids.id}};
         query.sort_by.emplace();
         return query;
       }},
      {"one 10-call trace", "/calls/stream_query",
       [](const Ids& ids) {
         return Body(R"("filter":{"trace_ids":[")" + ids.trace_id + "\"]}");
       },
       [](const Ids& ids) {
         model::CallsQueryReq query = Query();
         query.filter->trace_ids = {{ids.trace_id}};
         return query;
       }},
      {"children of a parent", "/calls/stream_query",
       [](const Ids& ids) {
         return Body(R"("filter":{"parent_ids":[")" + ids.parent_id + "\"]}");
       },
       [](const Ids& ids) {
         model::CallsQueryReq query = Query();
         query.filter->parent_ids = {{ids.parent_id}};
         return query;
       }},
      {"newest 50 roots", "/calls/stream_query",
       [](const Ids&) {
         return Body(
             R"("filter":{"trace_roots_only":true},"limit":50,)"
             R"("sort_by":[{"field":"started_at","direction":"desc"}])");
       },
       [](const Ids&) {
         model::CallsQueryReq query = Query();
         query.filter->trace_roots_only = true;
         query.limit = 50;
         query.sort_by = {{"started_at", model::Direction::kDescending}};
         return query;
       }},
      // The two that begin as the list of a page does: with a filter.
      {"newest 50 calls of an op", "/calls/stream_query",
       [](const Ids&) {
         return Body(
             R"("filter":{"op_names":[")" + OpName(kFilterOp) +
             R"("]},"limit":50,)"
             R"("sort_by":[{"field":"started_at","direction":"desc"}])");
       },
       [](const Ids&) {
         model::CallsQueryReq query = Query();
         query.filter->op_names = {{OpName(kFilterOp)}};
         query.limit = 50;
         query.sort_by = {{"started_at", model::Direction::kDescending}};
         return query;
       }},
      {"inputs.model $eq, frequent match, limit 50", "/calls/stream_query",
       [](const Ids&) {
         return Body(R"("limit":50,"query":)" + std::string(kFrequent));
       },
       [](const Ids&) {
         model::CallsQueryReq query = Query();
         query.limit = 50;
         query.query = {kFrequent};
         return query;
       }},
  };
}

// Calls of the file, at random, that have a parent.
class Picker {
 public:
  Picker(BareReader& reader, int64_t calls)
      : reader_(reader), rows_(1, calls), random_(7) {}

  BareReader::Ids Pick() {
    while (true) {
      BareReader::Ids ids = reader_.IdsOf(rows_(random_));
      if (!ids.parent_id.empty()) return ids;
    }
  }

 private:
  BareReader& reader_;
  std::uniform_int_distribution<int64_t> rows_;
  std::mt19937_64 random_;
};

double Median(std::vector<double>& values) {
  const auto middle =
      values.begin() + static_cast<ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

struct Times {
  std::vector<double> bobbin_us, noop_us, bare_us;
  size_t bytes = 0;
  int64_t rows = 0;
};

double RoundTripUs(Client& client, const std::string& request, size_t& bytes) {
  const Clock::time_point begin = Clock::now();
  const Answer& answer = client.Send(request);
  const double us =
      std::chrono::duration<double, std::micro>(Clock::now() - begin).count();
  bytes = answer.body_bytes();
  return us;
}

class Reads {
 public:
  Reads(const Settings& settings, const BigFile& big)
      : settings_(settings),
        bobbin_(settings.bobbin, big.path, "normal"),
        noop_(settings.noop, {}),
        reader_(big.path),
        picker_(reader_, big.calls),
        to_bobbin_(bobbin_.port()),
        to_noop_(noop_.port()) {
    reader_.project();
  }

  void Measure(const ReadKind& kind, Report& report) {
    std::vector<Run> runs;
    nlohmann::ordered_json details;
    for (int i = 0; i < settings_.runs; ++i) {
      Say(kind.name + ", run " + std::to_string(i + 1));
      Times times;
      Times warm_up;
      Block(kind, warm_up);
      for (size_t n = 0; n < settings_.Scale(20, 2); ++n) Block(kind, times);
      const double bobbin = Median(times.bobbin_us);
      const double noop = Median(times.noop_us);
      const double bare = Median(times.bare_us);
      runs.push_back({bobbin, noop + bare});
      details["noop_us"].push_back(noop);
      details["bare_us"].push_back(bare);
      details["rows"] = times.rows;
      details["answer_bytes"] = times.bytes;
    }
    report.Add(kind.name + ", p50", "us", runs, {Better::kLower, 1.5}, details);
  }

  void Stop() { bobbin_.Stop(); }

 private:
  void Block(const ReadKind& kind, Times& times) {
    std::vector<BareReader::Ids> calls;
    std::vector<std::string> bodies;
    for (size_t i = 0; i < kBlock; ++i) {
      calls.push_back(picker_.Pick());
      bodies.push_back(kind.body(calls.back()));
    }
    std::vector<size_t> sizes(kBlock);
    size_t answered = 0;
    int64_t stored = 0;
    for (size_t i = 0; i < kBlock; ++i) {
      const std::string request = Post(kind.path, bodies[i]);
      times.bobbin_us.push_back(RoundTripUs(to_bobbin_, request, sizes[i]));
      answered += sizes[i];
    }
    for (size_t i = 0; i < kBlock; ++i) {
      const std::string request =
          Post("/call/read", bodies[i],
               "Answer-Bytes: " + std::to_string(sizes[i]) + "\r\n");
      times.noop_us.push_back(RoundTripUs(to_noop_, request, times.bytes));
    }
    for (size_t i = 0; i < kBlock; ++i) {
      // Other calls than bobbin's: those are now in the system's cache.
      const BareReader::Ids ids = picker_.Pick();
      const model::CallsQueryReq query = kind.query(ids);
      const Result<query::Statement> statement =
          query::CallsStatement(query, {});
      if (!statement.ok()) throw std::runtime_error("no such statement");
      const BareReader::Result result = reader_.Run(statement.value());
      stored += result.bytes;
      times.bare_us.push_back(result.us);
      times.rows = result.rows;
    }
    // What bobbin sends has keys and more around what is stored.
    if (stored == 0 || answered < static_cast<size_t>(stored)) {
      throw std::runtime_error("bobbin answers less than is in the file");
    }
  }

  const Settings& settings_;
  Bobbin bobbin_;
  Server noop_;
  BareReader reader_;
  Picker picker_;
  Client to_bobbin_, to_noop_;
};

}  // namespace

void MeasureReads(const Settings& settings, const BigFile& big,
                  Report& report) {
  Reads reads(settings, big);
  for (const ReadKind& kind : Kinds()) reads.Measure(kind, report);
  reads.Stop();
}

}  // namespace bobbin::bench
