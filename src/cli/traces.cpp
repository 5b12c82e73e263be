#include "cli/traces.h"

#include <algorithm>

#include "cli/fields.h"
#include "cli/format.h"
#include "cli/table.h"

namespace bobbin::cli {
namespace {

// Up to here a UUID of version 7 is its time in milliseconds.
constexpr size_t kTimeCharacters = 13;
constexpr size_t kLeast = 8;
constexpr size_t kShort = 16;

bool LooksLikeUuid(std::string_view id) {
  constexpr size_t kLength = 36;
  return id.size() == kLength && id[8] == '-' && id[13] == '-';
}

size_t CommonStart(std::string_view a, std::string_view b) {
  const auto [end, other] = std::ranges::mismatch(a, b);
  return static_cast<size_t>(end - a.begin());
}

}  // namespace

Result<TraceRow> ReadTrace(std::string_view line) {
  json::Document document;
  constexpr int kDepth = 2;
  if (!document.Parse(line, kDepth).message.empty()) {
    return Internal("The answer has a line that is no JSON.");
  }
  const json::Value root = document.root();
  TraceRow row;
  row.project_id = TextOf(root, "project_id");
  row.id = TextOf(root, "id");
  row.name = TextOf(root, "name");
  if (row.name.empty()) row.name = TextOf(root, "op_name");
  row.status = TextOf(root, "status");
  row.exception = TextOf(root, "exception");
  row.started_us = TimeOf(root, "started_at").value_or(0);
  row.ended_us = TimeOf(root, "ended_at");
  row.tokens = IntOf(root, "total_tokens");
  row.cost = NumberOf(root, "total_cost");
  row.calls = IntOf(root, "calls").value_or(0);
  return row;
}

std::vector<std::string> ShortIds(const std::vector<TraceRow>& rows) {
  std::vector<std::string_view> sorted;
  sorted.reserve(rows.size());
  for (const TraceRow& row : rows) sorted.emplace_back(row.id);
  std::ranges::sort(sorted);
  size_t length = kLeast;
  for (size_t i = 0; i < sorted.size(); ++i) {
    if (LooksLikeUuid(sorted[i])) length = std::max(length, kTimeCharacters);
    if (i > 0 && sorted[i] != sorted[i - 1]) {
      length = std::max(length, CommonStart(sorted[i - 1], sorted[i]) + 1);
    }
  }
  std::vector<std::string> ids;
  ids.reserve(rows.size());
  for (const TraceRow& row : rows) {
    ids.push_back(row.id.size() <= kShort ? row.id : row.id.substr(0, length));
  }
  return ids;
}

std::string TraceTable(const std::vector<TraceRow>& rows, const Look& look,
                       int64_t now_us, bool with_project) {
  constexpr int kWhole = 99;  // numbers are not cut
  Table table(
      {{.title = "ID"},
       {.title = "WHEN", .gives_way = 1, .least = kWhole, .may_go = true},
       {.title = ""},
       {.title = "NAME", .gives_way = 5, .least = 12},
       {.title = "TIME", .right = true},
       {.title = "CALLS",
        .right = true,
        .gives_way = 4,
        .least = kWhole,
        .may_go = true},
       {.title = "TOKENS",
        .right = true,
        .gives_way = 3,
        .least = kWhole,
        .may_go = true},
       {.title = "COST",
        .right = true,
        .gives_way = 2,
        .least = kWhole,
        .may_go = true},
       {.title = "PROJECT", .gives_way = 6, .may_go = true}});
  const std::vector<std::string> ids = ShortIds(rows);
  for (size_t i = 0; i < rows.size(); ++i) {
    const TraceRow& row = rows[i];
    const Sign sign = SignOf(row.status, look.unicode);
    const std::string duration =
        row.ended_us
            ? DurationText(*row.ended_us - row.started_us, look.unicode)
            : "running";
    table.Add(
        {Cell(ids[i], Style::kDim),
         WhenText(row.started_us, now_us),
         {std::string(sign.mark), sign.style},
         {row.name, sign.style == Style::kBad ? Style::kBad : Style::kBold},
         duration,
         CountText(row.calls),
         row.tokens ? CountText(*row.tokens) : "",
         row.cost ? MoneyText(*row.cost) : "",
         {with_project ? row.project_id : "", Style::kDim}});
  }
  return table.Render(look);
}

}  // namespace bobbin::cli
