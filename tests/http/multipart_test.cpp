#include "http/multipart.h"

#include "support/catch.h"

namespace bobbin::http {
namespace {

using namespace std::string_view_literals;

constexpr std::string_view kType = "multipart/form-data; boundary=XX";

constexpr std::string_view kForm =
    "--XX\r\n"
    "Content-Disposition: form-data; name=\"project_id\"\r\n"
    "\r\n"
    "team/app\r\n"
    "--XX\r\n"
    "content-type: image/png\r\n"
    "content-disposition: form-data; name=file; filename=\"a "
    "\\\"b\\\".png\"\r\n"
    "\r\n"
    "\r\n--X\0\r\n--Y\r\n\r\n"
    "\r\n"
    "--XX--\r\n"sv;

using Parts = std::optional<std::vector<api::Part>>;

// A form of one part with this head.
Parts WithHead(const std::string& head) {
  return ParseMultipart(kType, "--XX\r\n" + head + "\r\n\r\ndata\r\n--XX--");
}

std::string Disposition(const std::string& parameters) {
  return "Content-Disposition: form-data" + parameters;
}

TEST_CASE("the parts of a form, in order", "[http]") {
  const Parts parts = ParseMultipart(kType, kForm);
  REQUIRE(parts);
  REQUIRE(parts->size() == 2);
  CHECK(parts->at(0).name == "project_id");
  CHECK(parts->at(0).filename.empty());
  CHECK(parts->at(0).content_type.empty());
  CHECK(parts->at(0).data == "team/app");
  CHECK(parts->at(1).name == "file");
  CHECK(parts->at(1).filename == "a \"b\".png");
  CHECK(parts->at(1).content_type == "image/png");
  CHECK(parts->at(1).data == "\r\n--X\0\r\n--Y\r\n\r\n"sv);
}

TEST_CASE("a part may be empty, and so may its name", "[http]") {
  const Parts parts = ParseMultipart(
      kType,
      "--XX\r\nContent-Disposition: form-data; name=\"\"\r\n\r\n\r\n"
      "--XX\r\nContent-Disposition: form-data; name=\"b\"\r\n\r\n"
      "--XX--");
  REQUIRE(parts);
  REQUIRE(parts->size() == 2);
  CHECK(parts->at(0).name.empty());
  CHECK(parts->at(0).data.empty());
  CHECK(parts->at(1).data.empty());
}

TEST_CASE("words around the form mean nothing", "[http]") {
  const Parts parts =
      ParseMultipart(kType, "hello\r\n" + std::string(kForm) + "good bye --XX");
  REQUIRE(parts);
  CHECK(parts->size() == 2);
}

TEST_CASE("the boundary as clients write it", "[http]") {
  for (const std::string_view type :
       {"multipart/form-data; boundary=XX",
        "Multipart/Form-Data;boundary=\"XX\"",
        "multipart/form-data; charset=utf-8; Boundary=XX ;x=y"}) {
    CAPTURE(type);
    CHECK(IsMultipart(type));
    CHECK(ParseMultipart(type, kForm));
  }
  CHECK_FALSE(IsMultipart("multipart/mixed; boundary=XX"));
  CHECK_FALSE(IsMultipart(""));
}

TEST_CASE("a form without a usable boundary is malformed", "[http]") {
  const std::string type = GENERATE(
      std::string("multipart/form-data"),
      "multipart/form-data; boundary=", "multipart/form-data; boundary=\"XX",
      "multipart/form-data; boundary=YY",
      "multipart/form-data; boundary=" + std::string(71, 'X'));
  CHECK_FALSE(ParseMultipart(type, kForm));
}

TEST_CASE("a form that ends early is malformed", "[http]") {
  const size_t whole = kForm.size() - 4;  // "--\r\n" at the end
  for (size_t size = 0; size < whole; ++size) {
    CAPTURE(size);
    CHECK_FALSE(ParseMultipart(kType, kForm.substr(0, size)));
  }
}

TEST_CASE("a part says which field it is", "[http]") {
  CHECK(WithHead(Disposition("; name=a")));
  CHECK(WithHead("X: y\r\n" + Disposition("; name=\"a;b\"; other=\"c\"")));
  CHECK_FALSE(WithHead("Content-Type: text/plain"));
  CHECK_FALSE(WithHead(Disposition("")));
  CHECK_FALSE(WithHead(Disposition("; filename=a")));
  CHECK_FALSE(WithHead(Disposition("; name")));
  CHECK_FALSE(WithHead(Disposition("; name=\"a")));
  CHECK_FALSE(WithHead(Disposition("; name=\"a\"b")));
  CHECK_FALSE(WithHead("Content-Disposition: attachment; name=a"));
  CHECK_FALSE(WithHead(""));
}

TEST_CASE("a form has bounds", "[http]") {
  CHECK_FALSE(WithHead(Disposition("; name=" + std::string(20'000, 'a'))));
  std::string many;
  for (int i = 0; i < 2000; ++i) {
    many += "--XX\r\n" + Disposition("; name=a") + "\r\n\r\n\r\n";
  }
  CHECK_FALSE(ParseMultipart(kType, many + "--XX--"));
}

TEST_CASE("a path in a filename keeps its backslashes", "[http]") {
  const Parts parts =
      WithHead(Disposition("; name=a; filename=\"C:\\dir\\f.txt\""));
  REQUIRE(parts);
  CHECK(parts->at(0).filename == "C:\\dir\\f.txt");
}

}  // namespace
}  // namespace bobbin::http
