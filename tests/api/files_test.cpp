// Uploading and downloading files (contract section 9).

#include <string>
#include <vector>

#include "support/api_fixture.h"
#include "support/call_bodies.h"
#include "support/catch.h"

namespace bobbin::testing {
namespace {

constexpr const char* kHelloDigest =
    "LPJNulXwow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ";

api::Response Upload(Api& api, const std::vector<FormPart>& parts,
                     const std::string& path = "/file/create") {
  return api.SendForm(path, parts);
}

FormPart AProject() { return {.name = "project_id", .data = "team/app"}; }
FormPart AFile(std::string bytes) {
  return {.name = "file",
          .filename = "blob",
          .content_type = "application/octet-stream",
          .data = std::move(bytes)};
}

// Uploads `bytes` and returns their digest.
std::string Put(Api& api, std::string bytes) {
  const api::Response response =
      Upload(api, {AProject(), AFile(std::move(bytes))});
  INFO(response.body);
  REQUIRE(response.status == 200);
  return Json::parse(response.body).at("digest");
}

int64_t Rows(Api& api, const std::string& table) {
  int64_t rows = -1;
  const Status status = api.database().Read([&](db::Connection& connection) {
    db::Query query(connection, "SELECT count(*) FROM " + table);
    query.Row();
    rows = query.Int(0);
    return Status();
  });
  REQUIRE(status.ok());
  return rows;
}

std::string ContentRequest(std::string_view digest) {
  return Body{{"project_id", Quoted(kProject)}, {"digest", Quoted(digest)}}
      .json();
}

TEST_CASE("a file goes in and comes out under its digest", "[api][files]") {
  Api api;
  const std::string create =
      GENERATE("/file/create", "/files/create", "/traces/file/create");
  const std::string content = GENERATE("/file/content", "/files/content");
  CAPTURE(create, content);
  const api::Response created =
      Upload(api, {AProject(), AFile("hello")}, create);
  CHECK(created.status == 200);
  CHECK(created.content_type == "application/json");
  CHECK(created.body == std::string(R"({"digest":")") + kHelloDigest + R"("})");
  const api::Response read = api.Post(content, ContentRequest(kHelloDigest));
  CHECK(read.status == 200);
  CHECK(read.content_type == "application/octet-stream");
  CHECK(read.body == "hello");
}

TEST_CASE("a file is any bytes of any size", "[api][files]") {
  Api api;
  std::string bytes;
  SECTION("none") {}
  SECTION("zeros and line ends") { bytes = std::string("a\0b\r\n\xff\n", 7); }
  SECTION("one less than a megabyte") { bytes.assign((1 << 20) - 1, 'x'); }
  SECTION("one megabyte") { bytes.assign(1 << 20, 'x'); }
  SECTION("nine megabytes and a bit") {
    for (int i = 0; bytes.size() < (9u << 20) + 5; ++i) {
      bytes += static_cast<char>(i * 7 + i / 251);
    }
  }
  const std::string digest = Put(api, bytes);
  CHECK((api.Ok("/file/content", ContentRequest(digest)) == bytes));
  CHECK(api.Ok("/files/query_stats", R"({"project_id":"team/app"})") ==
        R"({"total_size_bytes":)" + std::to_string(bytes.size()) + "}");
}

TEST_CASE("the same bytes are kept once", "[api][files]") {
  Api api;
  CHECK(Put(api, "hello") == kHelloDigest);
  CHECK(Put(api, "hello") == kHelloDigest);
  Put(api, "other");
  for (const char* path : {"/files/query_stats", "/files/stats"}) {
    CHECK(api.Ok(path, R"({"project_id":"team/app"})") ==
          R"({"total_size_bytes":10})");
  }
  CHECK(api.Ok("/files/query_stats", R"({"project_id":"team/two"})") ==
        R"({"total_size_bytes":0})");
}

TEST_CASE("the order and the names of the parts do not matter",
          "[api][files]") {
  Api api;
  FormPart file = AFile("hello");
  file.filename = GENERATE("", "a/../b.txt", "\u00e9");
  file.content_type = GENERATE("", "text/plain");
  CHECK(Upload(api, {file, {.name = "more", .data = "x"}, AProject()}).status ==
        200);
}

TEST_CASE("a digest that the client expects must be the server's",
          "[api][files]") {
  Api api;
  SECTION("it is") {
    CHECK(Upload(api, {AProject(),
                       AFile("hello"),
                       {.name = "expected_digest", .data = kHelloDigest}})
              .status == 200);
  }
  SECTION("it is not: nothing is stored") {
    const api::Response response =
        Upload(api, {AProject(),
                     AFile("hello"),
                     {.name = "expected_digest", .data = "another"}});
    CHECK_THAT(ReasonOf(response, 409),
               Catch::Contains("another") && Catch::Contains(kHelloDigest));
    CHECK(Json::parse(response.body).at("error_type") == "DigestMismatchError");
    CHECK(api.Post("/file/content", ContentRequest(kHelloDigest)).status ==
          404);
  }
  SECTION("it is not, for a large file: nothing is stored either") {
    CHECK(Upload(api, {AProject(),
                       AFile(std::string(5 << 20, 'x')),
                       {.name = "expected_digest", .data = "another"}})
              .status == 409);
    CHECK(Rows(api, "file_chunks") == 0);
    CHECK(Rows(api, "files") == 0);
  }
}

TEST_CASE("of parts that come twice the first counts", "[api][files]") {
  Api api;
  const api::Response created =
      Upload(api, {{.name = "expected_digest", .data = kHelloDigest},
                   AFile("hello"),
                   AFile("other"),
                   {.name = "expected_digest", .data = "another"},
                   AProject(),
                   {.name = "project_id", .data = "team/two"}});
  REQUIRE(created.status == 200);
  CHECK(Json::parse(created.body).at("digest") == kHelloDigest);
  CHECK(api.Ok("/file/content", ContentRequest(kHelloDigest)) == "hello");
}

TEST_CASE("a text that is no name is too large", "[api][files]") {
  Api api;
  const std::string name = GENERATE("project_id", "expected_digest");
  ReasonOf(Upload(api, {{.name = name, .data = std::string(70'000, 'x')},
                        AFile("x")}),
           413);
}

TEST_CASE("what a form breaks off with is passed on, and nothing is kept",
          "[api][files]") {
  class BrokenForm : public WholeForm {
   public:
    using WholeForm::WholeForm;
    Result<bool> Next(api::Part& part) override {
      Result<bool> next = WholeForm::Next(part);
      if (next.ok() && !next.value()) return Invalid("it broke");
      return next;
    }
  };
  Api api;
  BrokenForm form({AProject(), AFile(std::string(3 << 20, 'x'))});
  CHECK(ReasonOf(
            api.Send({.method = "POST", .path = "/file/create", .form = &form}),
            400) == "it broke");
  CHECK(Rows(api, "file_chunks") == 0);
  CHECK(Rows(api, "files") == 0);
}

TEST_CASE("an upload lacks no part", "[api][files]") {
  Api api;
  const auto lacks = [&](const std::vector<FormPart>& parts) {
    std::string names;
    for (const Json& detail : DetailsOf(Upload(api, parts))) {
      CHECK(detail.at("type") == "missing");
      CHECK(detail.at("msg") == "Field required");
      CHECK(detail.at("loc")[0] == "body");
      names += detail.at("loc")[1].get<std::string>() + " ";
    }
    return names;
  };
  CHECK(lacks({AFile("hello")}) == "project_id ");
  CHECK(lacks({AProject()}) == "file ");
  CHECK(lacks({{.name = "other", .data = "x"}}) == "project_id file ");
}

TEST_CASE("an upload that is no form lacks both parts", "[api][files]") {
  Api api;
  CHECK(DetailsOf(api.Post("/file/create", R"({"project_id":"team/app"})"))
            .size() == 2);
}

TEST_CASE("an upload needs a project", "[api][files]") {
  Api api;
  ReasonOf(Upload(api, {{.name = "project_id", .data = "app"}, AFile("x")}),
           400);
}

TEST_CASE("a file that is not there is not found", "[api][files]") {
  Api api;
  Put(api, "hello");
  CHECK(ReasonOf(api.Post("/file/content", ContentRequest("nothing")), 404) ==
        "File with digest nothing not found");
  // Nor is one of another project.
  CHECK(api.Post("/file/content", R"({"project_id":"team/two","digest":")" +
                                      std::string(kHelloDigest) + "\"}")
            .status == 404);
}

}  // namespace
}  // namespace bobbin::testing
