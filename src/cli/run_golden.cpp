#include "cli/run_golden.h"

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <set>
#include <string_view>
#include <system_error>
#include <vector>

#include "base/display.h"
#include "cli/fields.h"
#include "store/call_tally.h"

namespace bobbin::cli {
namespace {

// What a person reads before looking at the whole.
constexpr size_t kMostShown = 12;
constexpr size_t kContext = 3;

using TextLines = std::vector<std::string_view>;

TextLines LinesOf(std::string_view text) {
  TextLines lines;
  while (!text.empty()) {
    const size_t end = std::min(text.find('\n'), text.size() - 1);
    lines.push_back(text.substr(0, end));
    text.remove_prefix(end + 1);
  }
  return lines;
}

// Nothing if there is no such file.
Result<std::optional<std::string>> ReadFile(const std::string& path) {
  std::error_code error;
  if (!std::filesystem::exists(path, error) && !error) {
    return std::optional<std::string>();
  }
  // A stream opens a folder and throws when it reads it.
  if (std::filesystem::is_directory(path, error)) {
    return Invalid("Cannot read " + path + ": " + std::strerror(EISDIR) + ".");
  }
  errno = 0;
  std::ifstream file(path, std::ios::binary);
  std::string text((std::istreambuf_iterator<char>(file)),
                   std::istreambuf_iterator<char>());
  if (!file) {
    const int code = errno != 0 ? errno : EIO;
    return Invalid("Cannot read " + path + ": " + std::strerror(code) + ".");
  }
  return std::optional<std::string>(std::move(text));
}

void AppendLines(std::string& out, const char* mark, const TextLines& lines,
                 size_t begin, size_t end) {
  const size_t shown = std::min(end, begin + kMostShown);
  for (size_t i = begin; i < shown; ++i) {
    out.append(mark).append(Visible(lines[i])) += '\n';
  }
  if (shown == end) return;
  out.append(mark) += "... " + std::to_string(end - shown) + " more lines\n";
}

// From the first line that differs to the last one.
std::string Difference(std::string_view was, std::string_view is) {
  const TextLines before = LinesOf(was);
  const TextLines after = LinesOf(is);
  const size_t most = std::min(before.size(), after.size());
  size_t first = 0;
  while (first < most && before[first] == after[first]) ++first;
  size_t same = 0;
  while (same < most - first &&
         before[before.size() - 1 - same] == after[after.size() - 1 - same]) {
    ++same;
  }
  std::string out = "  line " + std::to_string(first + 1) + ":\n";
  const size_t context = first - std::min(first, kContext);
  AppendLines(out, "    ", before, context, first);
  AppendLines(out, "  - ", before, first, before.size() - same);
  AppendLines(out, "  + ", after, first, after.size() - same);
  return out;
}

}  // namespace

Result<std::string> GoldenOf(db::Database& database, Source& source) {
  std::set<std::string> projects;
  const Status visited = store::VisitCallIds(
      database, 0, [&](std::string_view project_id, std::string_view) {
        projects.emplace(project_id);
      });
  if (!visited.ok()) return visited.error();
  std::string golden;
  for (const std::string& project_id : projects) {
    std::string body = "{";
    AddText(body, "project_id", project_id);
    body.back() = '}';
    const Result<std::string> text = source.Post("/_bobbin/golden", body);
    if (!text.ok()) return text.error();
    golden += text.value();
  }
  return golden;
}

Result<std::string> CompareGolden(const std::string& golden,
                                  const std::string& path) {
  const Result<std::optional<std::string>> file = ReadFile(path);
  if (!file.ok()) return file.error();
  if (!file.value()) return "there is no " + path + " to compare with";
  if (*file.value() == golden) return std::string();
  return "the traces are not those of " + path + '\n' +
         Difference(*file.value(), golden);
}

Result<bool> UpdateGolden(const std::string& golden, const std::string& path) {
  const Result<std::optional<std::string>> file = ReadFile(path);
  if (!file.ok()) return file.error();
  if (file.value() == golden) return false;
  const std::string draft = path + ".part";
  errno = 0;
  std::ofstream out(draft, std::ios::binary | std::ios::trunc);
  out << golden;
  out.close();
  std::error_code error;
  if (!out) error = {errno != 0 ? errno : EIO, std::generic_category()};
  if (!error) std::filesystem::rename(draft, path, error);
  if (!error) return true;
  std::error_code ignored;  // it may not even have been made
  std::filesystem::remove(draft, ignored);
  return Invalid("Cannot write " + path + ": " + error.message() + ".");
}

}  // namespace bobbin::cli
