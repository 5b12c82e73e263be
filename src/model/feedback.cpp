#include "model/feedback.h"

namespace bobbin::model {
namespace {

constexpr std::string_view kScheme = "weave:///";

// Cuts what is before the next slash off `rest`, and the slash.
std::string_view TakePart(std::string_view& rest) {
  const std::string_view part = rest.substr(0, rest.find('/'));
  rest.remove_prefix(part.size() < rest.size() ? part.size() + 1 : part.size());
  return part;
}

// What follows `weave:///<entity>/<project>/` in a ref, and the project.
struct Place {
  std::string_view project_id, rest;
};

std::optional<Place> ParsePlace(std::string_view ref) {
  if (!ref.starts_with(kScheme)) return std::nullopt;
  std::string_view rest = ref.substr(kScheme.size());
  const char* const begin = rest.data();
  const std::string_view entity = TakePart(rest);
  const std::string_view project = TakePart(rest);
  if (entity.empty() || project.empty() || rest.empty()) return std::nullopt;
  const char* const end = project.data() + project.size();
  return Place{{begin, static_cast<size_t>(end - begin)}, rest};
}

}  // namespace

std::optional<VersionRef> ParseVersionRef(std::string_view ref) {
  const std::optional<Place> place = ParsePlace(ref);
  if (!place) return std::nullopt;
  std::string_view rest = place->rest;
  VersionRef parsed{.project_id = place->project_id, .kind = TakePart(rest)};
  if (parsed.kind != "object" && parsed.kind != "op") return std::nullopt;
  const std::string_view version = TakePart(rest);
  const size_t colon = version.find(':');
  if (colon == 0 || colon >= version.size() - 1) return std::nullopt;
  parsed.name = version.substr(0, colon);
  parsed.digest = version.substr(colon + 1);
  return parsed;
}

std::optional<std::string_view> CallIdOf(std::string_view ref,
                                         std::string_view project_id) {
  const std::optional<Place> place = ParsePlace(ref);
  if (!place || place->project_id != project_id) return std::nullopt;
  std::string_view rest = place->rest;
  if (TakePart(rest) != "call" || rest.empty()) return std::nullopt;
  if (rest.find('/') != std::string_view::npos) return std::nullopt;
  return rest;
}

bool IsCallRef(std::string_view ref) {
  const std::optional<Place> place = ParsePlace(ref);
  return place && CallIdOf(ref, place->project_id);
}

}  // namespace bobbin::model
