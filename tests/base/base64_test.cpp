#include "base/base64.h"

#include <string>
#include <string_view>

#include "support/catch.h"

namespace bobbin {
namespace {

using namespace std::string_view_literals;

TEST_CASE("base64 is that of RFC 4648, section 10", "[base][base64]") {
  const auto [bytes, text] =
      GENERATE(table<std::string_view, std::string_view>({
          {"", ""},
          {"f", "Zg=="},
          {"fo", "Zm8="},
          {"foo", "Zm9v"},
          {"foob", "Zm9vYg=="},
          {"fooba", "Zm9vYmE="},
          {"foobar", "Zm9vYmFy"},
          {"\0\xff\xfe"sv, "AP/+"},
      }));
  std::string out = ">";
  AppendBase64(out, bytes);
  CHECK(out == ">" + std::string(text));
  CHECK(FromBase64(text) == std::string(bytes));
}

TEST_CASE("bytes longer than what is encoded at once come back",
          "[base][base64]") {
  std::string bytes((size_t{3} << 20) + 5, '\0');
  for (size_t i = 0; i < bytes.size(); ++i) {
    bytes[i] = static_cast<char>(i * 7);
  }
  std::string text;
  AppendBase64(text, bytes);
  CHECK(text.find('\n') == std::string::npos);
  CHECK(FromBase64(text) == bytes);
}

TEST_CASE("what is not padded base64 on one line is nothing",
          "[base][base64]") {
  for (const std::string_view text :
       {"Z", "Zg", "Zg=", "Zg===", "Z===", "====", "Zm9v\n", " Zm9v", "Zm-_",
        "Zg==Zg==", "Zm9vYg==\n\n\n\n"}) {
    INFO(text);
    CHECK_FALSE(FromBase64(text).has_value());
  }
}

}  // namespace
}  // namespace bobbin
