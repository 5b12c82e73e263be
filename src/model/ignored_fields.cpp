#include "model/ignored_fields.h"

#include <algorithm>
#include <utility>

namespace bobbin::model {
namespace {

thread_local IgnoredFields* innermost = nullptr;

// The arms of a union are part of a Loc, but not of the client's JSON.
bool IsArm(std::string_view name) {
  return !name.empty() && name.front() >= 'A' && name.front() <= 'Z';
}

// Without the body itself, which is where every Loc begins.
void AppendPath(std::string& out, const Loc& loc) {
  if (loc.outer == nullptr) return;
  AppendPath(out, *loc.outer);
  if (loc.index >= 0) {
    out += "[]";
  } else if (!IsArm(loc.name)) {
    if (!out.empty()) out += '.';
    out += loc.name;
  }
}

}  // namespace

IgnoredFields::IgnoredFields() : outer_(std::exchange(innermost, this)) {}

IgnoredFields::~IgnoredFields() { innermost = outer_; }

void IgnoredFields::Note(const Loc& loc, std::string_view name) {
  if (innermost == nullptr) return;
  std::vector<std::string>& names = innermost->names_;
  if (names.size() == kMost) return;
  std::string path;
  AppendPath(path, loc);
  if (!path.empty()) path += '.';
  path += name;
  if (std::ranges::find(names, path) == names.end()) {
    names.push_back(std::move(path));
  }
}

IgnoredFields::Pause::Pause() : paused_(std::exchange(innermost, nullptr)) {}

IgnoredFields::Pause::~Pause() { innermost = paused_; }

}  // namespace bobbin::model
