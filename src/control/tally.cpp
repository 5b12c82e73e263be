#include "control/tally.h"

namespace bobbin::control {
namespace {

constexpr size_t kMostTallied = 10'000;
constexpr size_t kMostNames = 1000;
constexpr size_t kMostNameBytes = 200;
constexpr size_t kMostIds = 20;

void Add(Counted& counted, std::string_view id) {
  ++counted.count;
  if (counted.first.size() < kMostIds) counted.first.emplace_back(id);
}

void Add(std::map<Tally::Name, int64_t>& counts, std::string_view first,
         std::string_view second) {
  Tally::Name name(first.substr(0, kMostNameBytes),
                   second.substr(0, kMostNameBytes));
  if (counts.size() >= kMostNames && !counts.contains(name)) name = {};
  ++counts[name];
}

}  // namespace

void Tally::NoteReports(std::span<const model::CallReport* const> reports) {
  for (const model::CallReport* const report : reports) {
    if (!report->repeats_start && !report->repeats_end) continue;
    const std::lock_guard lock(mutex_);
    std::string project(report->project_id);
    if (counts_.duplicates.size() >= kMostTallied &&
        !counts_.duplicates.contains(project)) {
      project.clear();
    }
    Duplicates& duplicates = counts_.duplicates[project];
    if (report->repeats_start) Add(duplicates.starts, *report->id);
    if (report->repeats_end) Add(duplicates.ends, *report->id);
  }
}

void Tally::NoteUnknownRoute(std::string_view method, std::string_view path) {
  const std::lock_guard lock(mutex_);
  Add(counts_.unknown_routes, method, path);
}

void Tally::NoteUnknownFields(std::string_view route,
                              std::span<const std::string> fields) {
  if (fields.empty()) return;
  const std::lock_guard lock(mutex_);
  for (const std::string& field : fields) {
    Add(counts_.unknown_fields, route, field);
  }
}

Tally::Counts Tally::All() const {
  const std::lock_guard lock(mutex_);
  return counts_;
}

void Tally::Clear(const std::optional<std::string>& project_id) {
  const std::lock_guard lock(mutex_);
  if (project_id) {
    counts_.duplicates.erase(*project_id);
  } else {
    counts_ = {};
  }
}

}  // namespace bobbin::control
