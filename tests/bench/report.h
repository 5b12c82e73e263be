// What was measured, as a table for people and as JSON for programs.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

namespace bobbin::bench {

// The same work done by bobbin and by its yardstick, in one run.
struct Run {
  double bobbin = 0;
  double yardstick = 0;
  double Ratio() const { return bobbin / yardstick; }
};

enum class Better { kHigher, kLower };

struct Limit {
  Better better = Better::kHigher;
  std::optional<double> ratio;  // none: for information only
};

class Report {
 public:
  // A measure that is judged by the ratio of its best run. The median of the
  // runs stands beside it: where the two are far apart, the machine was busy,
  // and the best run may be the one in which that hit the yardstick.
  void Add(const std::string& measure, const std::string& unit,
           const std::vector<Run>& runs, const Limit& limit,
           nlohmann::ordered_json details = {});
  // One that is judged by itself (must be below `limit`), or not at all.
  void AddValue(const std::string& measure, const std::string& unit,
                double value, const std::optional<double>& limit,
                nlohmann::ordered_json details = {});

  std::string Table() const;
  nlohmann::ordered_json Json() const;

 private:
  struct Row {
    std::string measure, unit;
    std::vector<Run> runs;
    Run best;
    std::optional<double> ratio;  // of the best run
    double median = 0;            // of all runs; only if there is a ratio
    std::string must_be;
    std::optional<bool> ok;
    nlohmann::ordered_json details;
  };
  std::vector<Row> rows_;
};

}  // namespace bobbin::bench
