#include "http/target.h"

#include <httplib.h>

#include <algorithm>
#include <array>

#include "http/text.h"

namespace bobbin::http {
namespace {

constexpr std::array<std::string_view, 2> kSchemes = {"http://", "https://"};

// Up to the next `%2F`, or all of it.
size_t EncodedSlash(std::string_view path) {
  constexpr std::string_view kUpper = "%2F";
  constexpr std::string_view kLower = "%2f";
  return std::min({path.find(kUpper), path.find(kLower), path.size()});
}

// Bit by bit, so that it is known which slashes were there before.
void Decode(std::string_view path, Target& target) {
  while (true) {
    const size_t slash = EncodedSlash(path);
    target.path +=
        httplib::detail::decode_url(std::string(path.substr(0, slash)), false);
    if (slash == path.size()) return;
    target.inner_slashes.push_back(target.path.size());
    target.path += '/';
    path.remove_prefix(slash + 3);
  }
}

}  // namespace

Target ReadTarget(std::string_view target) {
  Target read;
  for (const std::string_view scheme : kSchemes) {
    if (!StartsWithNoCase(target, scheme)) continue;
    target.remove_prefix(scheme.size());
    read.absolute = true;
    read.authority = target.substr(0, target.find_first_of("/?#"));
    target.remove_prefix(read.authority.size());
    break;
  }
  const std::string_view path = target.substr(0, target.find_first_of("?#"));
  if (path.empty() && read.absolute) {
    read.path = "/";
  } else {
    Decode(path, read);
  }
  return read;
}

}  // namespace bobbin::http
