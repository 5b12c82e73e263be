#include "bench/report.h"

#include <algorithm>
#include <cstdio>

namespace bobbin::bench {
namespace {

// Three digits that count, with the thousands apart.
std::string Number(double value) {
  char text[40];
  const int decimals = value < 10 ? 2 : value < 100 ? 1 : 0;
  std::snprintf(text, sizeof text, "%.*f", decimals, value);
  std::string number = text;
  const size_t point = std::min(number.find('.'), number.size());
  for (size_t at = point; at > 3; at -= 3) number.insert(at - 3, " ");
  return number;
}

double MedianRatio(const std::vector<Run>& runs) {
  std::vector<double> ratios;
  for (const Run& run : runs) ratios.push_back(run.Ratio());
  std::ranges::sort(ratios);
  const size_t middle = ratios.size() / 2;
  return ratios.size() % 2 == 1 ? ratios[middle]
                                : (ratios[middle - 1] + ratios[middle]) / 2;
}

std::string Ratio(double value) {
  char text[40];
  std::snprintf(text, sizeof text, "%.3f", value);
  return text;
}

std::string LimitText(Better better, double limit) {
  char text[40];
  std::snprintf(text, sizeof text, "%s %.2f",
                better == Better::kHigher ? ">=" : "<=", limit);
  return text;
}

void Pad(std::string& line, const std::string& cell, size_t width, bool right) {
  const size_t fill = width > cell.size() ? width - cell.size() : 0;
  if (right) line.append(fill, ' ');
  line += cell;
  if (!right) line.append(fill, ' ');
  line += "  ";
}

std::string Line(const std::string& measure, const std::string& unit,
                 const std::string& bobbin, const std::string& yardstick,
                 const std::string& ratio, const std::string& median,
                 const std::string& must_be, const std::string& ok) {
  std::string line;
  Pad(line, measure, 46, false);
  Pad(line, unit, 10, false);
  Pad(line, bobbin, 9, true);
  Pad(line, yardstick, 9, true);
  Pad(line, ratio, 6, true);
  Pad(line, median, 6, true);
  Pad(line, must_be, 8, false);
  line += ok;
  line.resize(line.find_last_not_of(' ') + 1);
  return line + "\n";
}

}  // namespace

void Report::Add(const std::string& measure, const std::string& unit,
                 const std::vector<Run>& runs, const Limit& limit,
                 nlohmann::ordered_json details) {
  const bool high = limit.better == Better::kHigher;
  const auto best = std::ranges::max_element(runs, {}, [high](const Run& run) {
    return high ? run.Ratio() : -run.Ratio();
  });
  Row row{.measure = measure,
          .unit = unit,
          .runs = runs,
          .best = *best,
          .ratio = best->Ratio(),
          .median = MedianRatio(runs),
          .must_be = {},
          .ok = {},
          .details = std::move(details)};
  if (limit.ratio) {
    row.must_be = LimitText(limit.better, *limit.ratio);
    row.ok = high ? *row.ratio >= *limit.ratio : *row.ratio <= *limit.ratio;
  }
  rows_.push_back(std::move(row));
}

void Report::AddValue(const std::string& measure, const std::string& unit,
                      double value, const std::optional<double>& limit,
                      nlohmann::ordered_json details) {
  Row row{.measure = measure,
          .unit = unit,
          .runs = {},
          .best = {value, 0},
          .ratio = {},
          .median = {},
          .must_be = {},
          .ok = {},
          .details = std::move(details)};
  if (limit) {
    row.must_be = "< " + Number(*limit);
    row.ok = value < *limit;
  }
  rows_.push_back(std::move(row));
}

std::string Report::Table() const {
  std::string table = Line("measure", "unit", "bobbin", "yardstick", "ratio",
                           "median", "must be", "ok");
  for (const Row& row : rows_) {
    table += Line(row.measure, row.unit, Number(row.best.bobbin),
                  row.ratio ? Number(row.best.yardstick) : "",
                  row.ratio ? Ratio(*row.ratio) : "",
                  row.ratio ? Ratio(row.median) : "", row.must_be,
                  !row.ok   ? ""
                  : *row.ok ? "yes"
                            : "NO");
  }
  return table;
}

nlohmann::ordered_json Report::Json() const {
  nlohmann::ordered_json rows = nlohmann::ordered_json::array();
  for (const Row& row : rows_) {
    nlohmann::ordered_json entry{{"measure", row.measure},
                                 {"unit", row.unit},
                                 {"bobbin", row.best.bobbin}};
    if (row.ratio) {
      entry["yardstick"] = row.best.yardstick;
      entry["ratio"] = *row.ratio;
      entry["median_ratio"] = row.median;
    }
    if (row.ok) {
      entry["must_be"] = row.must_be;
      entry["ok"] = *row.ok;
    }
    for (const Run& run : row.runs) {
      entry["runs"].push_back({{"bobbin", run.bobbin},
                               {"yardstick", run.yardstick},
                               {"ratio", run.Ratio()}});
    }
    if (!row.details.is_null()) entry["details"] = row.details;
    rows.push_back(std::move(entry));
  }
  return rows;
}

}  // namespace bobbin::bench
