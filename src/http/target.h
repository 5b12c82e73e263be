// The address in the first line of a request (RFC 9112, section 3.2).
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace bobbin::http {

struct Target {
  std::string path;  // decoded, without the query string
  // Where in `path` a slash was sent as `%2F`.
  std::vector<size_t> inner_slashes = {};
  // Host and port, of an address in absolute form; else empty. A view into
  // the target.
  std::string_view authority = {};
  bool absolute = false;  // there was a scheme and an authority
};

// Reads `/path?query`, `http://host/path?query` and `*`. Anything else is a
// path.
Target ReadTarget(std::string_view target);

}  // namespace bobbin::http
