// The page at `/`: what is served, and with which headers.

#include <algorithm>
#include <string>

#include "base/embedded.h"
#include "support/api_fixture.h"
#include "support/catch.h"

namespace bobbin::testing {
namespace {

api::Response Get(Api& api, const std::string& path,
                  const std::string& known = {}) {
  return api.Send({.method = "GET", .path = path, .if_none_match = known});
}

std::string HeaderOf(const api::Response& response, const std::string& name) {
  for (const auto& [key, value] : response.headers) {
    if (key == name) return value;
  }
  return {};
}

bool HasPage() { return !EmbeddedPage().empty(); }

TEST_CASE("without its page bobbin says so in one sentence", "[api][page]") {
  if (HasPage()) return;
  Api api;
  const api::Response response = Get(api, "/");
  CHECK(response.status == 200);
  CHECK(response.content_type == "text/plain; charset=utf-8");
  CHECK(response.body.find("without its page") != std::string::npos);
  CHECK(std::ranges::count(response.body, '\n') == 1);
}

TEST_CASE("the page is served where SDKs and people look for it",
          "[api][page]") {
  if (!HasPage()) return;
  const std::string path = GENERATE(
      "/", "/traces/", "/team/app/r/call/0190-1", "/team/app/r/trace/t",
      "/team/app/weave", "/team/app/weave/calls/c",
      "/team/app/weave/objects/o/versions/d",
      "/team/app/weave/ops/o/versions/d", "/team/app/r/threads",
      "/team/app/r/thread/t", "/team/app/r/objects", "/team/app/r/object/o",
      "/team/app/r/datasets", "/team/app/r/dataset/d",
      "/team/app/r/evaluations", "/team/app/r/charts", "/team/app/r/diff");
  CAPTURE(path);
  Api api;
  const api::Response response = Get(api, path);
  CHECK(response.status == 200);
  CHECK(response.content_type == "text/html; charset=utf-8");
  CHECK(HeaderOf(response, "Content-Encoding") == "gzip");
}

TEST_CASE("an address that is none of the page's is not found", "[api][page]") {
  const std::string path = GENERATE(
      "/index.html", "/team", "/team/app", "/team/app/r/other",
      "/team/app/r/call", "/team/app/r/call/a/b", "/assets/", "/assets/none.js",
      "/assets/index.html", "/assets/../index.html");
  CAPTURE(path);
  Api api;
  CHECK(Get(api, path).status == 404);
}

TEST_CASE("nothing but our own files may run in the page", "[api][page]") {
  if (!HasPage()) return;
  Api api;
  const api::Response page = Get(api, "/");
  const std::string policy = HeaderOf(page, "Content-Security-Policy");
  CHECK(policy.find("default-src 'none'") != std::string::npos);
  CHECK(policy.find("script-src 'self';") != std::string::npos);
  CHECK(policy.find("style-src 'self';") != std::string::npos);
  CHECK(policy.find("connect-src 'self';") != std::string::npos);
  CHECK(policy.find("frame-ancestors 'none'") != std::string::npos);
  CHECK(policy.find("unsafe") == std::string::npos);
  CHECK(policy.find("http") == std::string::npos);
  CHECK(HeaderOf(page, "X-Content-Type-Options") == "nosniff");
}

TEST_CASE("a browser that has the page is told that it has it", "[api][page]") {
  if (!HasPage()) return;
  Api api;
  const std::string tag = HeaderOf(Get(api, "/"), "ETag");
  REQUIRE(tag.size() == 18);
  const api::Response again = Get(api, "/", tag);
  CHECK(again.status == 304);
  CHECK(again.body.empty());
  CHECK(HeaderOf(again, "ETag") == tag);
  CHECK(Get(api, "/", "W/" + tag).status == 304);
  CHECK(Get(api, "/", "\"another\"").status == 200);
}

TEST_CASE("assets have types and are kept for good", "[api][page]") {
  Api api;
  for (const EmbeddedFile& file : EmbeddedPage()) {
    if (file.name == "index.html") continue;
    CAPTURE(file.name);
    const api::Response asset = Get(api, "/assets/" + std::string(file.name));
    CHECK(asset.status == 200);
    CHECK(asset.body == file.content);
    CHECK(asset.content_type != "application/octet-stream");
    CHECK(HeaderOf(asset, "Content-Encoding") == "gzip");
    CHECK(HeaderOf(asset, "X-Content-Type-Options") == "nosniff");
    CHECK(HeaderOf(asset, "Cache-Control").find("immutable") !=
          std::string::npos);
  }
}

TEST_CASE("a first visit takes at most 120 kB", "[api][page]") {
  size_t size = 0;
  for (const EmbeddedFile& file : EmbeddedPage()) {
    // What comes first; all else is loaded when it is looked at.
    if (file.name.starts_with("main-") || file.name.starts_with("theme-") ||
        file.name.starts_with("chunk-") || file.name == "index.html") {
      size += file.content.size();
    }
  }
  CHECK(size <= 120 * 1024);
}

TEST_CASE("to the page one does not write", "[api][page]") {
  Api api;
  CHECK(api.Post("/", "{}").status == 405);
}

}  // namespace
}  // namespace bobbin::testing
