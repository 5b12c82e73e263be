#include "control/glob.h"

#include <string>

#include "support/catch.h"

namespace bobbin::testing {
namespace {

using control::Fits;

TEST_CASE("a pattern without a star fits itself alone", "[control]") {
  CHECK(Fits("/call/start", "/call/start"));
  CHECK_FALSE(Fits("/call/start", "/call/starts"));
  CHECK_FALSE(Fits("/call/start", "/call/star"));
  CHECK(Fits("", ""));
  CHECK_FALSE(Fits("", "a"));
}

TEST_CASE("a star stands for any characters, or none", "[control]") {
  CHECK(Fits("*", ""));
  CHECK(Fits("*", "/call/start"));
  CHECK(Fits("/call/*", "/call/"));
  CHECK(Fits("/call/*", "/call/upsert_batch"));
  CHECK_FALSE(Fits("/call/*", "/calls/delete"));
  CHECK(Fits("*/start", "/v2/{entity}/{project}/call/start"));
  CHECK(Fits("a*b*c", "a-b-b-c"));
  CHECK_FALSE(Fits("a*b*c", "a-c-b"));
  CHECK(Fits("**a**", "banana"));
  CHECK_FALSE(Fits("*x", "banana"));
}

TEST_CASE("many stars do not take for ever", "[control]") {
  std::string pattern;
  for (int i = 0; i < 200; ++i) pattern += "*a";
  const std::string text(5000, 'a');
  CHECK(Fits(pattern, text));
  CHECK_FALSE(Fits(pattern + "b", text));
}

}  // namespace
}  // namespace bobbin::testing
