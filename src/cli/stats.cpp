// `bobbin stats`: where the time and the tokens went.

#include <map>
#include <optional>
#include <string>

#include "cli/fields.h"
#include "cli/format.h"
#include "cli/look_commands.h"
#include "cli/projects.h"
#include "cli/table.h"

namespace bobbin::cli {
namespace {

Result<std::string> BodyOf(const StatsOptions& options, int64_t now_us) {
  std::string body = "{";
  Status added = AddFilters(body, options.filters, now_us);
  if (!added.ok()) return std::move(added).error();
  AddText(body, "by", options.by);
  if (options.by == "time") {
    AddRaw(body, "bucket_s", std::to_string(options.bucket_s));
  }
  AddRaw(body, "limit", std::to_string(options.limit));
  body.back() = '}';
  return body;
}

std::string Milliseconds(json::Value row, std::string_view key,
                         const Look& look) {
  const std::optional<double> ms = NumberOf(row, key);
  constexpr double kUsPerMs = 1000;
  return ms ? DurationText(static_cast<int64_t>(*ms * kUsPerMs), look.unicode)
            : "";
}

std::string Count(json::Value row, std::string_view key) {
  const std::optional<int64_t> count = IntOf(row, key);
  return count ? CountText(*count) : "";
}

std::string NameOf(json::Value row, const StatsOptions& options) {
  if (options.by == "time") {
    const std::optional<int64_t> start = TimeOf(row, "start");
    return start ? BucketText(*start, options.bucket_s) : "";
  }
  if (options.by == "model") return TextOf(row, "model");
  const std::string name = TextOf(row, "name");
  return name.empty() ? TextOf(row, "op_name") : name;
}

// Versions of an op have one name: the beginning of the digest, behind the
// last colon of the op's URI, tells them apart.
std::string VersionOf(json::Value row) {
  constexpr size_t kEnough = 6;
  const std::string op = TextOf(row, "op_name");
  const size_t colon = op.rfind(':');
  if (!op.starts_with("weave:///") || colon < op.rfind('/')) return "";
  return op.substr(colon, 1 + kEnough);
}

// How often each name is there.
std::map<std::string, int> NamesOf(json::Value rows,
                                   const StatsOptions& options) {
  std::map<std::string, int> names;
  for (json::Value row = rows.exists() ? rows.first() : rows; row.exists();
       row = row.next()) {
    ++names[NameOf(row, options)];
  }
  return names;
}

Table TableOf(const StatsOptions& options) {
  const char* title = options.by == "time"    ? "SINCE"
                      : options.by == "model" ? "MODEL"
                                              : "OP";
  // A number is not cut: it goes, the less telling ones first. A time stays.
  constexpr int kWhole = 99;
  const auto number = [](const char* name, int gives_way) {
    return Column{.title = name,
                  .right = true,
                  .gives_way = gives_way,
                  .least = kWhole,
                  .may_go = gives_way > 0};
  };
  const bool by_time = options.by == "time";
  return Table({{.title = title,
                 .gives_way = by_time ? 0 : 5,
                 .least = by_time ? kWhole : 12},
                number("CALLS", 0),
                number("ERRORS", 0),
                number("P50", 1),
                number("P95", 3),
                number("P99", 4),
                number("TOKENS", 2),
                number("COST", 2)});
}

Result<int> Print(const StatsOptions& options, const Looking& with) {
  const Result<std::string> body = BodyOf(options, with.now_us);
  if (!body.ok()) return body.error();
  const Result<std::string> answer =
      with.source.Post("/_bobbin/stats", body.value());
  if (!answer.ok()) return answer.error();
  json::Document document;
  constexpr int kDepth = 3;
  if (!document.Parse(answer.value(), kDepth).message.empty()) {
    return Internal("The answer is no JSON.");
  }
  const json::Value rows = Member(document.root(), "rows");
  if (!rows.exists() || !rows.first().exists()) {
    const auto known = ReadProjects(with.source, options.filters.project);
    if (!known.ok()) return known.error();
    if (!with.json) with.out.Write("No call matches.\n");
    return kExitOk;
  }
  Table table = TableOf(options);
  const std::map<std::string, int> names = NamesOf(rows, options);
  for (json::Value row = rows.exists() ? rows.first() : rows; row.exists();
       row = row.next()) {
    if (with.json) {
      with.out.WriteJson(row.raw());
      continue;
    }
    std::string name = NameOf(row, options);
    if (names.at(name) > 1) name += VersionOf(row);
    const std::string errors = Count(row, "errors");
    const std::optional<double> cost = NumberOf(row, "total_cost");
    const bool failed = errors != "0";
    table.Add({{name, Style::kBold},
               Count(row, "calls"),
               {errors, failed ? Style::kBad : Style::kDim},
               Milliseconds(row, "p50_ms", with.look),
               Milliseconds(row, "p95_ms", with.look),
               Milliseconds(row, "p99_ms", with.look),
               Count(row, "total_tokens"),
               cost ? MoneyText(*cost) : ""});
  }
  if (with.json) return kExitOk;
  with.out.Write(table.Render(with.look));
  return kExitOk;
}

}  // namespace

int RunStats(const StatsOptions& options) {
  return RunLooking(options,
                    [&](const Looking& with) { return Print(options, with); });
}

}  // namespace bobbin::cli
