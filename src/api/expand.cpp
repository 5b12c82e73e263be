#include "api/expand.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <map>
#include <set>
#include <utility>

#include "json/write.h"

namespace bobbin::api {
namespace {

using model::Ref;
using model::RefKind;
using store::RefReader;
using store::RefValue;

constexpr size_t kPageCalls = 256;
constexpr size_t kPageBytes = size_t{1} << 20;   // of calls
constexpr size_t kValueBytes = size_t{4} << 20;  // of values for them

// A ref that stands in a call.
struct Use {
  size_t call;
  size_t begin;  // of the string in the call's text, quotes included
  size_t size;
};

bool HasRefs(const std::string& column) {
  static constexpr std::array kColumns{"attributes", "inputs", "output",
                                       "summary"};
  return std::ranges::find(kColumns, column) != kColumns.end();
}

// Finds the refs of objects that stand at `paths`; each place once, in the
// order of the calls and of their texts.
void FindUses(const std::vector<std::string>& calls,
              const std::vector<json::Path>& paths, std::vector<Use>& uses,
              std::vector<Ref>& refs) {
  for (size_t i = 0; i < calls.size(); ++i) {
    std::map<size_t, std::string_view> found;  // by place
    for (const json::Path& path : paths) {
      const std::string_view value = json::Find(calls[i], path);
      if (!value.starts_with("\"weave:")) continue;
      found.emplace(static_cast<size_t>(value.data() - calls[i].data()), value);
    }
    for (const auto& [begin, value] : found) {
      Result<Ref> ref = model::ParseRef(json::Unquote(value));
      if (!ref.ok() || (ref.value().kind != RefKind::kObject &&
                        ref.value().kind != RefKind::kOp)) {
        continue;
      }
      uses.push_back({i, begin, value.size()});
      refs.push_back(std::move(ref).value());
    }
  }
}

// Appends `value`, which is to stand for the ref `raw`.
void AppendValue(std::string& out, std::string_view value,
                 std::string_view raw) {
  if (value.front() != '{') {
    out += value;
    return;
  }
  out += value.substr(0, value.size() - 1);
  out.resize(out.find_last_not_of(" \t\n\r") + 1);
  out += out.back() == '{' ? R"("_ref":)" : R"(,"_ref":)";
  out += raw;
  out += '}';
}

// The calls with the values in place.
void Splice(std::vector<std::string>& calls, const std::vector<Use>& uses,
            const std::vector<RefValue>& values) {
  size_t i = 0;
  while (i < uses.size()) {
    std::string& call = calls[uses[i].call];
    std::string spliced;
    size_t done = 0;
    for (const size_t of = uses[i].call; i < uses.size() && uses[i].call == of;
         ++i) {
      if (values[i].found != RefValue::Found::kValue) continue;
      const Use& use = uses[i];
      spliced.append(call, done, use.begin - done);
      done = use.begin + use.size;
      AppendValue(spliced, values[i].json,
                  std::string_view(call).substr(use.begin, use.size));
    }
    spliced.append(call, done);
    call = std::move(spliced);
  }
}

}  // namespace

Expander::Expander(const model::Texts& paths, Emit emit)
    : emit_(std::move(emit)) {
  if (!paths) return;
  const std::set<std::string_view> distinct(paths->begin(), paths->end());
  std::map<size_t, std::vector<json::Path>> by_length;
  for (const std::string_view text : distinct) {
    json::Path path = json::ParsePath(text);
    if (path.empty() || !HasRefs(path.front().name)) continue;
    by_length[path.size()].push_back(std::move(path));
  }
  for (auto& [length, level] : by_length) levels_.push_back(std::move(level));
}

bool Expander::Add(std::string call, RefReader& refs) {
  page_bytes_ += call.size();
  page_.push_back(std::move(call));
  if (page_.size() < kPageCalls && page_bytes_ < kPageBytes) return true;
  return Finish(refs);
}

bool Expander::Finish(RefReader& refs) {
  page_bytes_ = 0;
  return Run(std::exchange(page_, {}), 0, refs);
}

bool Expander::Run(Calls calls, size_t level, RefReader& refs) {
  for (; level < levels_.size(); ++level) {
    std::vector<Use> uses;
    std::vector<Ref> wanted;
    FindUses(calls, levels_[level], uses, wanted);
    if (uses.empty()) continue;
    const size_t most = calls.size() > 1 ? kValueBytes : RefReader::kAnySize;
    const std::optional<std::vector<RefValue>> values = refs.Read(wanted, most);
    if (!values) {
      // Too much at once: one half after the other.
      const auto middle =
          calls.begin() + static_cast<std::ptrdiff_t>(calls.size() / 2);
      Calls rest(std::make_move_iterator(middle),
                 std::make_move_iterator(calls.end()));
      calls.erase(middle, calls.end());
      return Run(std::move(calls), level, refs) &&
             Run(std::move(rest), level, refs);
    }
    Splice(calls, uses, *values);
  }
  return std::ranges::all_of(
      calls, [this](const std::string& call) { return emit_(call); });
}

}  // namespace bobbin::api
