#include "base/hash.h"

#include <string>

#include "support/catch.h"

namespace bobbin {
namespace {

TEST_CASE("digests are those of the Weave contract", "[hash]") {
  CHECK(Digest("{}") == "RBNvo1WzZ4oRRq0W9XhknpT7T8If536DEMBg9hyqY4o");
  CHECK(Digest("{\"a\": 1}") == "XdhgKMbg1k4iUYb5astpM4ssWXZN95FiEH9cS7NNExA");
  CHECK(Digest("hello") == "LPJNulXwow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ");
}

TEST_CASE("a digest has 43 characters that need no escaping", "[hash]") {
  for (int i = 0; i < 200; ++i) {
    const std::string digest = Digest(std::to_string(i));
    CHECK(digest.size() == 43);
    CHECK(digest.find_first_of("-_+/=") == std::string::npos);
  }
}

TEST_CASE("a digest does not depend on how the bytes came", "[hash]") {
  const std::string bytes(100'000, 'x');
  const size_t step = GENERATE(1u, 63u, 64u, 65u, 1000u, 100'000u);
  DigestBuilder builder;
  builder.Add("");
  for (size_t at = 0; at < bytes.size(); at += step) {
    builder.Add(std::string_view(bytes).substr(at, step));
  }
  CHECK(builder.Finish() == Digest(bytes));
  CHECK(DigestBuilder().Finish() == Digest(""));
}

TEST_CASE("SHA-256 is that of FIPS 180", "[hash]") {
  CHECK(HexSha256("") ==
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  CHECK(HexSha256("abc") ==
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  CHECK(HexSha256(std::string(1'000'000, 'a')) ==
        "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

}  // namespace
}  // namespace bobbin
