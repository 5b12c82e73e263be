#include "cli/pretty.h"

#include <string>

#include "support/catch.h"

namespace bobbin::testing {
namespace {

std::string Pretty(std::string_view json, int max_lines = 0, int width = 40) {
  std::string text;
  for (const std::string& line :
       cli::PrettyJson(json, {.width = width}, {.max_lines = max_lines})) {
    text += line + '\n';
  }
  return text;
}

TEST_CASE("JSON is laid out a value a line", "[cli]") {
  CHECK(Pretty(R"({"model":"gpt","n":1.50,"on":true,"none":null,)"
               R"("empty":{},"list":[1,"a"],"deep":{"x":{"y":2}}})") ==
        "model: gpt\n"
        "n: 1.50\n"
        "on: true\n"
        "none: null\n"
        "empty: {}\n"
        "list:\n"
        "  - 1\n"
        "  - a\n"
        "deep:\n"
        "  x:\n"
        "    y: 2\n");
  CHECK(Pretty(R"({"messages":[{"role":"user","content":"hi"},[1]]})") ==
        "messages:\n"
        "  - role: user\n"
        "    content: hi\n"
        "  - \n"
        "    - 1\n");
  CHECK(Pretty(R"([{"message":{"content":"hi"},"n":1}])") ==
        "- message:\n"
        "    content: hi\n"
        "  n: 1\n");
  CHECK(Pretty("12345678901234567890") == "12345678901234567890\n");
}

TEST_CASE("a vector is one line", "[cli]") {
  CHECK(Pretty(R"({"v":[0, 1.50,-2e3],"of one":[1]})") ==
        "v: [0, 1.50, -2e3]\n"
        "of one:\n"
        "  - 1\n");
  CHECK(Pretty("[[1,2],[3,4]]") == "- [1, 2]\n- [3, 4]\n");
  std::string many = "[1";
  for (int i = 0; i < 10'000; ++i) many += ",1";
  CHECK(Pretty(many + "]", 2, 12) == "[1, 1, 1, 1…\n");
}

TEST_CASE("texts keep their line breaks and nothing else", "[cli]") {
  CHECK(Pretty(R"({"prompt":"one\ntwo","empty":"","esc":"\u001b[31m"})") ==
        "prompt: \n"
        "  one\n"
        "  two\n"
        "empty: \"\"\n"
        "esc: ␛[31m\n");
}

TEST_CASE("what is long is cut, and what is missing is said", "[cli]") {
  CHECK(Pretty(R"(["a",2,3,4,5,6])", 2) == "- a\n- 2\n… 4 more lines\n");
  CHECK(Pretty(R"({"a":")" + std::string(100, 'x') + "\"}", 2, 20) ==
        "a: " + std::string(16, 'x') + "…\n");
  CHECK(Pretty(R"({"a":")" + std::string(100, 'x') + "\"}", 0, 20) ==
        "a: " + std::string(100, 'x') + "\n");
}

}  // namespace
}  // namespace bobbin::testing
