// `bobbin tail`: traces as they end.

#include <algorithm>
#include <iterator>
#include <limits>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/display.h"
#include "base/time.h"
#include "cli/fields.h"
#include "cli/format.h"
#include "cli/look_commands.h"
#include "cli/projects.h"
#include "cli/traces.h"

namespace bobbin::cli {
namespace {

// A trace may arrive after others that began later: batches wait in their
// clients. So long after its start it is still seen.
constexpr int64_t kLateUs = 10LL * 60 * 1'000'000;
// And one that runs is waited for so long.
constexpr int64_t kRunningUs = 60LL * 60 * 1'000'000;
constexpr int64_t kMostAtOnce = 1000;

struct Seen {
  std::string line;  // as the API gives it
  TraceRow row;
};

class Tail {
 public:
  Tail(const TailOptions& options, const Looking& with)
      : options_(options), with_(with) {}

  // The newest ones, the newest of them last. Takes note of more if they are
  // to be followed.
  Status Begin() {
    const int64_t most = options_.follow ? kMostAtOnce : options_.lines;
    if (most == 0) return {};
    const Result<std::vector<Seen>> newest = Ask(options_.filters, most);
    if (!newest.ok()) return newest.error();
    const std::vector<Seen>& all = newest.value();
    newest_us_ = all.empty() ? with_.now_us : all.back().row.started_us;
    if (std::ssize(all) == kMostAtOnce) floor_us_ = all.front().row.started_us;
    const int64_t unshown = std::ssize(all) - options_.lines;
    for (int64_t i = 0; i < std::ssize(all); ++i) {
      const Seen& seen = all[static_cast<size_t>(i)];
      Note(seen.row);
      if (i >= unshown) Show(seen);
    }
    return {};
  }

  bool any() const { return !states_.empty(); }

  // Those that have begun or ended since.
  Status More() {
    Filters filters = options_.filters;
    std::string since;
    AppendTime(since, std::max(Horizon(), floor_us_));
    filters.since = since;
    Result<std::vector<Seen>> more = Ask(filters, kMostAtOnce);
    if (!more.ok()) return more.error();
    for (const Seen& seen : more.value()) {
      newest_us_ = std::max(newest_us_, seen.row.started_us);
      const auto known = states_.find(KeyOf(seen.row));
      const bool is_news =
          known == states_.end() || known->second.state != StateOf(seen.row);
      if (!is_news) continue;
      Note(seen.row);
      Show(seen);
    }
    Forget();
    return {};
  }

 private:
  struct State {
    std::string state;
    int64_t started_us = 0;
  };

  static std::string KeyOf(const TraceRow& row) {
    return row.project_id + '\n' + row.id;
  }
  static std::string StateOf(const TraceRow& row) {
    return row.ended_us ? row.status : "running";
  }

  // Every trace that may still change began later than this.
  int64_t Horizon() const {
    int64_t horizon = newest_us_ - kLateUs;
    for (const auto& [key, known] : states_) {
      if (known.state == "running") {
        horizon = std::min(horizon, known.started_us);
      }
    }
    return std::max(horizon, newest_us_ - kRunningUs);
  }

  void Forget() {
    const int64_t horizon = Horizon();
    std::erase_if(states_, [&](const auto& known) {
      return known.second.started_us < horizon - kRunningUs;
    });
  }

  // The newest `limit` of them, in the order of their start.
  Result<std::vector<Seen>> Ask(const Filters& filters, int64_t limit) {
    std::string body = "{";
    Status added = AddFilters(body, filters, with_.now_us);
    if (!added.ok()) return std::move(added).error();
    AddRaw(body, "limit", std::to_string(limit));
    body.back() = '}';
    std::vector<Seen> seen;
    Status problem;
    const Status got = with_.source.PostLines(
        "/_bobbin/traces/query", body, [&](std::string_view line) {
          Result<TraceRow> row = ReadTrace(line);
          if (!row.ok()) problem = row.error();
          if (row.ok()) {
            seen.push_back({std::string(line), std::move(row).value()});
          }
          return problem.ok();
        });
    if (!got.ok()) return got.error();
    if (!problem.ok()) return problem.error();
    std::ranges::stable_sort(
        seen, {}, [](const Seen& one) { return one.row.started_us; });
    return seen;
  }

  void Note(const TraceRow& row) {
    states_[KeyOf(row)] = {StateOf(row), row.started_us};
  }

  void Show(const Seen& seen) {
    if (with_.json) {
      with_.out.WriteJson(seen.line);
    } else {
      with_.out.Write(LineOf(seen.row));
    }
    with_.out.Flush();
  }

  static std::string Padded(const std::string& text, int width, bool right) {
    const std::string gap(
        static_cast<size_t>(std::max(0, width - DisplayWidth(text))), ' ');
    return right ? gap + text : text + gap;
  }

  // Columns of the width that is usual: what comes later is not known yet.
  std::string LineOf(const TraceRow& row) const {
    constexpr int kDuration = 8;
    constexpr int kName = 28;
    constexpr int kNarrow = 56;  // has no room for the time of day
    const Look& look = with_.look;
    const Sign sign = SignOf(row.status, look.unicode);
    const bool failed = sign.style == Style::kBad;
    const std::string duration =
        row.ended_us
            ? DurationText(*row.ended_us - row.started_us, look.unicode)
            : "running";
    const std::string when = look.width < kNarrow
                                 ? ""
                                 : WhenText(row.started_us, with_.now_us) + " ";
    const std::string time = "  " + Padded(duration, kDuration, true) + "  ";
    const std::string id = Visible(ShortIds({row}).front());
    int rest = look.width - DisplayWidth(when) - DisplayWidth(sign.mark) -
               DisplayWidth(time) - DisplayWidth(id) - 2;
    const int room = std::clamp(rest, 8, kName);
    const std::string name =
        Padded(FitTo(Visible(row.name), room, look.unicode), room, false);
    rest -= room;
    std::string more;
    if (row.tokens) more += "  " + CountText(*row.tokens) + " tokens";
    if (row.cost) more += "  " + MoneyText(*row.cost);
    if (options_.filters.project.empty()) {
      more += "  " + Visible(row.project_id);
    }
    return Styled(look, Style::kDim, when) +
           Styled(look, sign.style, sign.mark) + time +
           Styled(look, failed ? Style::kBad : Style::kBold, name) + "  " +
           Styled(look, Style::kDim, id + FitTo(more, rest, look.unicode)) +
           '\n' + ExceptionOf(row);
  }

  std::string ExceptionOf(const TraceRow& row) const {
    if (row.exception.empty()) return "";
    const Look& look = with_.look;
    const std::string indent = "    ";
    return indent +
           Styled(look, Style::kBad,
                  FitTo(Visible(row.exception),
                        look.width - DisplayWidth(indent), look.unicode)) +
           '\n';
  }

  const TailOptions& options_;
  const Looking& with_;
  int64_t newest_us_ = 0;  // the latest start that was seen
  // What began before is of no interest.
  int64_t floor_us_ = std::numeric_limits<int64_t>::min();
  std::unordered_map<std::string, State> states_;
};

}  // namespace

int RunTail(const TailOptions& options) {
  return RunLooking(options, [&](const Looking& with) -> Result<int> {
    Tail tail(options, with);
    with.out.NoPager();
    Status status = tail.Begin();
    if (!status.ok()) return status.error();
    if (!options.follow && !tail.any()) {
      const auto known = ReadProjects(with.source, options.filters.project);
      if (!known.ok()) return known.error();
    }
    if (!options.follow) return kExitOk;
    const Status followed = with.source.Follow([&] {
      status = tail.More();
      return status.ok() && with.out.Flush();
    });
    if (!status.ok()) return status.error();
    if (!followed.ok()) return followed.error();
    return kExitOk;
  });
}

}  // namespace bobbin::cli
