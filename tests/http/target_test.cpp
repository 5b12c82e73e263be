#include "http/target.h"

#include <string>
#include <vector>

#include "http/listener.h"
#include "support/catch.h"

namespace bobbin::http {
namespace {

TEST_CASE("an address is a path, with or without a host before it", "[http]") {
  struct Row {
    std::string target;
    std::string path;
    std::string authority;
    bool absolute;
  };
  const Row row = GENERATE(values<Row>({
      {"/", "/", "", false},
      {"/a/b?x=/c", "/a/b", "", false},
      {"/a#b", "/a", "", false},
      {"/caf%C3%A9+%20", "/caf\xc3\xa9+ ", "", false},
      {"/100%", "/100%", "", false},
      {"*", "*", "", false},
      {"", "", "", false},
      {"/http://x/y", "/http://x/y", "", false},
      {"http://localhost/health", "/health", "localhost", true},
      {"http://localhost:1/a?b", "/a", "localhost:1", true},
      {"HTTP://[::1]:80/", "/", "[::1]:80", true},
      {"https://localhost/", "/", "localhost", true},
      {"http://localhost", "/", "localhost", true},
      {"http://localhost?x=/y", "/", "localhost", true},
      {"http://", "/", "", true},
      {"http:///a", "/a", "", true},
      {"ftp://localhost/a", "ftp://localhost/a", "", false},
      {"http:/a", "http:/a", "", false},
  }));
  CAPTURE(row.target);
  const Target target = ReadTarget(row.target);
  CHECK(target.path == row.path);
  CHECK(target.authority == row.authority);
  CHECK(target.absolute == row.absolute);
  CHECK(target.inner_slashes.empty());
}

TEST_CASE("a slash that was sent encoded is told from one that was not",
          "[http]") {
  struct Row {
    std::string target;
    std::string path;
    std::vector<size_t> inner_slashes;
  };
  const Row row = GENERATE(values<Row>({
      {"/a%2Fb", "/a/b", {2}},
      {"/a%2fb/c%2F", "/a/b/c/", {2, 6}},
      {"%2F%2f", "//", {0, 1}},
      {"/%20%2Fx", "/ /x", {2}},
      {"/%252F", "/%2F", {}},
      {"/a?b%2Fc", "/a", {}},
      {"http://h/a%2Fb", "/a/b", {2}},
      {"http://h%2Fa/b", "/b", {}},
  }));
  CAPTURE(row.target);
  const Target target = ReadTarget(row.target);
  CHECK(target.path == row.path);
  CHECK(target.inner_slashes == row.inner_slashes);
}

TEST_CASE("the address of a server is one that clients understand", "[http]") {
  CHECK(UrlOf("127.0.0.1", 80) == "http://127.0.0.1:80");
  CHECK(UrlOf("localhost", 6345) == "http://localhost:6345");
  CHECK(UrlOf("::1", 6345) == "http://[::1]:6345");
  CHECK(UrlOf("[::1]", 6345) == "http://[::1]:6345");
}

}  // namespace
}  // namespace bobbin::http
