// `bobbin grep`: calls with a text in them.

#include <algorithm>
#include <string>

#include "base/display.h"
#include "cli/fields.h"
#include "cli/format.h"
#include "cli/look_commands.h"
#include "cli/projects.h"

namespace bobbin::cli {
namespace {

Result<std::string> BodyOf(const GrepOptions& options, int64_t now_us) {
  std::string body = "{";
  AddText(body, "text", options.text);
  Status added = AddFilters(body, options.filters, now_us);
  if (!added.ok()) return std::move(added).error();
  AddRaw(body, "limit", std::to_string(options.limit));
  body.back() = '}';
  return body;
}

// The snippet with what was found set off; the places are in bytes of it.
std::string Snippet(json::Value hit, const Look& look) {
  constexpr int kIndent = 2;
  const std::string text = TextOf(hit, "snippet");
  const auto place = [&](std::string_view key) {
    const int64_t at = IntOf(hit, key).value_or(0);
    return static_cast<size_t>(
        std::clamp(at, int64_t{0}, static_cast<int64_t>(text.size())));
  };
  const size_t begin = place("match_start");
  const size_t end = std::max(begin, place("match_end"));
  std::string before = Visible(std::string_view(text).substr(0, begin));
  const std::string match =
      Visible(std::string_view(text).substr(begin, end - begin));
  std::string after = Visible(std::string_view(text).substr(end));
  const int room = look.width - kIndent;
  // What was found stays on the line: rather less of what is before it.
  const int most =
      std::max(room / 3, room - DisplayWidth(match) - DisplayWidth(after));
  if (DisplayWidth(before) > most) {
    while (DisplayWidth(before) > most - 1) {
      before.erase(0, FirstCharacter(before).size());
    }
    before = (look.unicode ? "…" : ".") + before;
  }
  const int used = DisplayWidth(before);
  const std::string shown = FitTo(match, room - used, look.unicode);
  after = FitTo(after, room - used - DisplayWidth(shown), look.unicode);
  return "  " + before + Styled(look, Style::kBad, shown) + after + '\n';
}

// On a narrow terminal the project goes first, then the end of the name: the
// id is what `show` wants.
std::string Hit(json::Value hit, const Look& look, int64_t now_us) {
  constexpr int kLeastName = 12;
  std::string name = TextOf(hit, "name");
  if (name.empty()) name = TextOf(hit, "op_name");
  name = Visible(name);
  const std::string between = look.unicode ? " · " : " - ";
  const int64_t started_us = TimeOf(hit, "started_at").value_or(0);
  const std::string field = "  " + Visible(TextOf(hit, "field")) + "  ";
  std::string where = WhenText(started_us, now_us) + between;
  const std::string project = Visible(TextOf(hit, "project_id")) + between;
  const std::string id = Visible(TextOf(hit, "id"));
  const int rest = look.width - DisplayWidth(field + where + id);
  if (DisplayWidth(name + project) <= rest) where += project;
  if (rest < kLeastName) {
    const std::string of = "  " + Visible(TextOf(hit, "field"));
    name = FitTo(name, look.width - DisplayWidth(of), look.unicode);
    return Styled(look, Style::kBold, name) + Styled(look, Style::kName, of) +
           '\n' +
           Styled(look, Style::kDim, WhenText(started_us, now_us) + '\n' + id) +
           '\n' + Snippet(hit, look);
  }
  name = FitTo(name, rest, look.unicode);
  return Styled(look, Style::kBold, name) + Styled(look, Style::kName, field) +
         Styled(look, Style::kDim, where + id) + '\n' + Snippet(hit, look);
}

Result<int> Search(const GrepOptions& options, const Looking& with) {
  const Result<std::string> body = BodyOf(options, with.now_us);
  if (!body.ok()) return body.error();
  int64_t hits = 0;
  const Status got = with.source.PostLines(
      "/_bobbin/search", body.value(), [&](std::string_view line) {
        ++hits;
        if (with.json) return with.out.WriteJson(line);
        json::Document document;
        if (!document.Parse(line, 2).message.empty()) return true;
        return with.out.Write(Hit(document.root(), with.look, with.now_us));
      });
  if (!got.ok()) return got.error();
  if (hits == 0) {
    const auto known = ReadProjects(with.source, options.filters.project);
    if (!known.ok()) return known.error();
    if (!with.json) with.out.Write("No call has this text.\n");
    return kExitNothingFound;
  }
  if (!with.json && hits == options.limit) {
    with.out.Write(Styled(with.look, Style::kDim,
                          "more: -n " + std::to_string(options.limit * 5)) +
                   '\n');
  }
  return kExitOk;
}

}  // namespace

int RunGrep(const GrepOptions& options) {
  return RunLooking(options,
                    [&](const Looking& with) { return Search(options, with); });
}

}  // namespace bobbin::cli
