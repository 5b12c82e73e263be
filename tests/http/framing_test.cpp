#include <limits>

#include "http/body.h"
#include "support/catch.h"

namespace bobbin::http {
namespace {

TEST_CASE("a body is as long as its headers say", "[http]") {
  CHECK(FramingOf({}, {})->length == 0);
  CHECK(FramingOf("0", {})->length == 0);
  CHECK(FramingOf("12", {})->length == 12);
  CHECK(FramingOf("0012", {})->length == 12);
  CHECK_FALSE(FramingOf("12", {})->chunked);
  CHECK(FramingOf({}, "chunked")->chunked);
  CHECK(FramingOf({}, "Chunked")->chunked);
}

TEST_CASE("a length beyond all bounds is just too large", "[http]") {
  CHECK(FramingOf("99999999999999999999999", {})->length ==
        std::numeric_limits<size_t>::max());
}

TEST_CASE("headers that two readers could read in two ways are refused",
          "[http]") {
  const std::string_view length =
      GENERATE("", "-1", "+1", "0x10", "1 2", "1,1", "12a", "1.0");
  CAPTURE(length);
  CHECK_FALSE(FramingOf(length, {}));
  CHECK_FALSE(FramingOf("12", "chunked"));
  CHECK_FALSE(FramingOf({}, "gzip, chunked"));
  CHECK_FALSE(FramingOf({}, "identity"));
  CHECK_FALSE(FramingOf({}, ""));
}

}  // namespace
}  // namespace bobbin::http
