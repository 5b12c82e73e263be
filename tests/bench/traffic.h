// What a traced program reports: halves of calls, in the order of time.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <random>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace bobbin::bench {

inline constexpr std::string_view kProject = "team/bench";
inline constexpr int kCallsPerTrace = 10;

// One half of a call. Points into the Traffic that made it, and is good until
// that is asked for the next one; texts are JSON where the API wants JSON.
struct Part {
  bool is_start = true;
  std::string_view id, trace_id;
  std::string_view parent_id;  // "": a root
  size_t op = 0;
  int64_t at_us = 0;                    // started_at or ended_at
  std::string_view attributes, inputs;  // of a start
  std::string_view output, summary;     // of an end
  std::string_view usage;               // as calls.usage keeps it
};

// The ref under which an op of Part::op is known.
const std::string& OpName(size_t op);
inline constexpr size_t kOps = 4;

// Bytes of JSON that the two halves of a call carry.
struct PayloadBytes {
  size_t start = 600;  // attributes and inputs
  size_t end = 424;    // output and summary
};

// Traces of ten calls (a root, three below it, two below each of those) of a
// program that works on 32 of them at a time: so the end of a call is often
// far from its start, and always after the ends of the calls below it. Ids
// are UUIDv7. The same seed makes the same traffic.
class Traffic {
 public:
  Traffic(uint64_t seed, PayloadBytes bytes, int64_t traces = INT64_MAX);

  // False when all traces have ended.
  bool Next(Part& part);

 private:
  struct Trace {
    size_t step = 0;
    std::string id;
    std::array<std::string, kCallsPerTrace> call_ids;
  };

  bool StartTrace(Trace& trace);
  std::string NewId();
  // Prose for a JSON string, of exactly so many bytes.
  std::string_view Text(size_t bytes);
  // `frame` with prose where it has a `$`, `bytes` long in all.
  void Fill(std::string& out, std::string_view frame, size_t bytes);

  const PayloadBytes bytes_;
  std::mt19937_64 random_;
  int64_t now_us_;
  int64_t traces_left_;
  std::vector<Trace> running_;
  std::string prose_;
  std::string done_trace_id_, done_id_;  // of a trace that has just ended
  std::string inputs_, output_, text_;
};

// Parts that outlive their Traffic.
class PartList {
 public:
  PartList() = default;
  PartList(const PartList&) = delete;
  PartList& operator=(const PartList&) = delete;

  void Add(const Part& part);
  std::span<const Part> parts() const { return parts_; }

 private:
  std::string_view Keep(std::string_view text);

  std::deque<std::string> texts_;
  std::vector<Part> parts_;
};

// The half itself, `{"project_id":...}`.
void AppendObject(std::string& out, const Part& part);
// `{"start":{...}}` or `{"end":{...}}`, the body of a request.
void AppendRequest(std::string& out, const Part& part);
// As an item of /call/upsert_batch.
void AppendBatchItem(std::string& out, const Part& part);

}  // namespace bobbin::bench
