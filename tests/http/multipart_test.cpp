#include "http/multipart.h"

#include <algorithm>
#include <cstring>
#include <vector>

#include "support/catch.h"
#include "support/form.h"

namespace bobbin::http {
namespace {

using bobbin::testing::FormPart;

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

using Parts = std::optional<std::vector<FormPart>>;
using Outcome = MultipartReader::Outcome;

// A body that comes in pieces of up to `step` bytes.
MultipartReader::Source InPieces(std::string_view body, size_t step) {
  return [body, step](char* into, size_t size) mutable {
    const size_t got = std::min({size, step, body.size()});
    std::memcpy(into, body.data(), got);
    body.remove_prefix(got);
    return std::optional(got);
  };
}

// All parts of a body that comes in such pieces.
Parts ParseIn(size_t step, std::string_view type, std::string_view body) {
  const std::optional<std::string> boundary = BoundaryOf(type);
  if (!boundary) return std::nullopt;
  MultipartReader reader(*boundary, InPieces(body, step));
  std::vector<FormPart> parts;
  api::Part part;
  Outcome outcome;
  while ((outcome = reader.Next(part)) == Outcome::kOk) {
    FormPart& whole = parts.emplace_back(
        FormPart{part.name, part.filename, part.content_type});
    std::string_view piece;
    while ((outcome = reader.Read(piece)) == Outcome::kOk) {
      CHECK(!piece.empty());
      whole.data += piece;
    }
    if (outcome != Outcome::kEnd) break;
  }
  CHECK(outcome != Outcome::kUnread);
  if (outcome != Outcome::kEnd) return std::nullopt;
  return parts;
}

// The same, however the bytes come.
Parts ParseMultipart(std::string_view type, std::string_view body) {
  const Parts parts = ParseIn(body.size() + 1, type, body);
  for (const size_t step : {1, 3, 5, 64}) {
    if (step == 1 && body.size() > 20'000) continue;
    const Parts again = ParseIn(step, type, body);
    REQUIRE(again.has_value() == parts.has_value());
    if (!parts) continue;
    REQUIRE(again->size() == parts->size());
    for (size_t i = 0; i < parts->size(); ++i) {
      CHECK(again->at(i).name == parts->at(i).name);
      CHECK((again->at(i).data == parts->at(i).data));
    }
  }
  return parts;
}

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

TEST_CASE("data that looks like a boundary for a while is data", "[http]") {
  std::string data;
  for (const char* almost :
       {"\r\n--X", "\r\n--YX", "\r\n-", "\r\r\n--", "--XX", "\n--XX", "\r"}) {
    data += almost;
  }
  const Parts parts =
      ParseMultipart(kType, "--XX\r\n" + Disposition("; name=a") + "\r\n\r\n" +
                                data + "\r\n--XX--");
  REQUIRE(parts);
  REQUIRE(parts->size() == 1);
  CHECK((parts->at(0).data == data));
}

TEST_CASE("a part may be larger than any buffer", "[http]") {
  std::string data;
  while (data.size() < 300'000) data += std::to_string(data.size()) + "\r\n--";
  const std::string body = "--XX\r\n" + Disposition("; name=a") + "\r\n\r\n" +
                           data + "\r\n--XX\r\n" + Disposition("; name=b") +
                           "\r\n\r\n" + data + "\r\n--XX--";
  const Parts parts = ParseMultipart(kType, body);
  REQUIRE(parts);
  REQUIRE(parts->size() == 2);
  CHECK((parts->at(0).data == data));
  CHECK((parts->at(1).data == data));

  // What nobody reads is skipped.
  MultipartReader reader("XX", InPieces(body, 1000));
  api::Part part;
  REQUIRE(reader.Next(part) == Outcome::kOk);
  REQUIRE(reader.Next(part) == Outcome::kOk);
  CHECK(part.name == "b");
  CHECK(reader.Next(part) == Outcome::kEnd);
  CHECK(reader.Next(part) == Outcome::kEnd);
}

TEST_CASE("at the end of a form its source has been read to the end",
          "[http]") {
  size_t left = kForm.size() + 200'000;
  const std::string body = std::string(kForm) + std::string(200'000, '-');
  auto source = InPieces(body, 700);
  MultipartReader reader("XX", [&](char* into, size_t size) {
    const std::optional<size_t> got = source(into, size);
    left -= *got;
    return got;
  });
  api::Part part;
  while (reader.Next(part) == Outcome::kOk) {
  }
  CHECK(left == 0);
}

TEST_CASE("a source that cannot be read is not called malformed", "[http]") {
  const size_t good = GENERATE(0u, 1u, 30u, 90u, kForm.size() - 1);
  MultipartReader reader(
      "XX", [&, left = good](char* into, size_t size) mutable {
        std::optional<size_t> got;
        if (left == 0) return got;
        got = std::min(size, left);
        std::memcpy(into, kForm.data() + (good - left), *got);
        left -= *got;
        return got;
      });
  api::Part part;
  Outcome outcome;
  while ((outcome = reader.Next(part)) == Outcome::kOk) {
  }
  CHECK(outcome == Outcome::kUnread);
}

}  // namespace
}  // namespace bobbin::http
