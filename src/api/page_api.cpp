// The page for people: its files, as they were embedded at build time, and
// the addresses that it shows something at. It asks for its data by the same
// API as everybody else.

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "api/dispatch.h"
#include "base/embedded.h"
#include "base/hash.h"

namespace bobbin::api {
namespace {

// Scripts and styles come from us, as files; nothing is ever loaded from
// elsewhere. Images and sound are files that the page got from the API.
constexpr std::string_view kContentSecurityPolicy =
    "default-src 'none'; script-src 'self'; style-src 'self'; "
    "img-src 'self' blob: data:; media-src 'self' blob: data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'";

constexpr std::string_view kNoPage =
    "This bobbin was built without its page; the API is here all the same.\n";

struct MediaType {
  std::string_view ending;
  std::string_view type;
};

constexpr auto kMediaTypes = std::to_array<MediaType>({
    {".css", "text/css; charset=utf-8"},
    {".html", "text/html; charset=utf-8"},
    {".js", "text/javascript; charset=utf-8"},
    {".svg", "image/svg+xml"},
});

std::string MediaTypeOf(std::string_view name) {
  const auto found = std::ranges::find_if(
      kMediaTypes,
      [name](const MediaType& row) { return name.ends_with(row.ending); });
  return std::string(found == kMediaTypes.end() ? "application/octet-stream"
                                                : found->type);
}

const EmbeddedFile* Find(std::string_view name) {
  const std::span<const EmbeddedFile> files = EmbeddedPage();
  const auto found = std::ranges::find(files, name, &EmbeddedFile::name);
  return found == files.end() ? nullptr : &*found;
}

Response Zipped(const EmbeddedFile& file) {
  Response response;
  response.content_type = MediaTypeOf(file.name);
  response.body = std::string(file.content);
  response.headers = {{"Content-Encoding", "gzip"},
                      {"X-Content-Type-Options", "nosniff"}};
  return response;
}

// One document for all addresses; its script sees which one it is.
Result<Response> Page(Services&, const Request& request, const PathValues&) {
  const EmbeddedFile* file = Find("index.html");
  if (file == nullptr) {
    return Response{.content_type = "text/plain; charset=utf-8",
                    .body = std::string(kNoPage)};
  }
  const std::string tag = '"' + HexSha256(file->content).substr(0, 16) + '"';
  Response response = Zipped(*file);
  if (request.if_none_match.find(tag) != std::string::npos) {
    response = Response{.status = 304};
  }
  // To be asked for again each time: the next bobbin on this port may have
  // another page.
  response.headers.emplace_back("Cache-Control", "no-cache");
  response.headers.emplace_back("ETag", tag);
  response.headers.emplace_back("Content-Security-Policy",
                                kContentSecurityPolicy);
  response.headers.emplace_back("Referrer-Policy", "same-origin");
  return response;
}

// Their names change with their content.
Result<Response> Asset(Services&, const Request&, const PathValues& values) {
  const EmbeddedFile* file = Find(values[0]);
  if (file == nullptr || file->name == "index.html") {
    return NotFound("There is no such file.");
  }
  Response response = Zipped(*file);
  response.headers.emplace_back("Cache-Control",
                                "private, max-age=31536000, immutable");
  return response;
}

constexpr auto kPageRoutes = std::to_array<Route>({
    {"GET", "/", Page},
    {"GET", "/assets/{name}", Asset},
    // What SDKs print.
    {"GET", "/{entity}/{project}/r/call/{id}", Page},
    {"GET", "/{entity}/{project}/weave", Page},
    {"GET", "/{entity}/{project}/weave/calls/{id}", Page},
    {"GET", "/{entity}/{project}/weave/objects/{id}/versions/{digest}", Page},
    {"GET", "/{entity}/{project}/weave/ops/{id}/versions/{digest}", Page},
    // The page's own.
    {"GET", "/{entity}/{project}/r/charts", Page},
    {"GET", "/{entity}/{project}/r/dataset/{name}", Page},
    {"GET", "/{entity}/{project}/r/datasets", Page},
    {"GET", "/{entity}/{project}/r/diff", Page},
    {"GET", "/{entity}/{project}/r/evaluations", Page},
    {"GET", "/{entity}/{project}/r/object/{name}", Page},
    {"GET", "/{entity}/{project}/r/objects", Page},
    {"GET", "/{entity}/{project}/r/thread/{id}", Page},
    {"GET", "/{entity}/{project}/r/threads", Page},
    {"GET", "/{entity}/{project}/r/trace/{id}", Page},
});

}  // namespace

std::span<const Route> PageRoutes() { return kPageRoutes; }

}  // namespace bobbin::api
