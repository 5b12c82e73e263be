// Which version a digest, `latest`, `v<N>` or an alias names.
#include "store/object_versions.h"

#include "support/object_fixture.h"

namespace bobbin::testing {
namespace {

TEST_CASE_METHOD(ObjectFixture, "a version has many names",
                 "[store][objects]") {
  Publish("m", "a");
  Publish("m", "b");
  Publish("m", "c");
  Publish("m", "b");  // the latest again
  Publish("n", "d");
  Alias("m", "v0", {"prod"});
  struct Row {
    const char* digest;
    const char* found;
  };
  for (const Row& row : std::vector<Row>{
           {"a", "a object 0"},
           {"b", "b object 1"},
           {"latest", "b object 1"},
           {"v0", "a object 0"},
           {"v2", "c object 2"},
           {"v02", "c object 2"},
           {"prod", "a object 0"},
           {"v3", "none"},
           {"v99999999999999999999", "none"},
           {"v-1", "none"},
           {"v", "none"},
           {"V0", "none"},
           {"", "none"},
           {"d", "none"},
           {"Latest", "none"},
       }) {
    CAPTURE(row.digest);
    CHECK(Find("m", row.digest) == row.found);
  }
  CHECK(Find("n", "prod") == "none");
  CHECK(Find("o", "latest") == "none");
  CHECK(Find("m", "latest", {}, "team/other") == "none");
}

TEST_CASE_METHOD(ObjectFixture, "kinds are told apart, or the newer is found",
                 "[store][objects]") {
  Publish("m", "a", "op");
  Publish("m", "b", "op");
  Publish("m", "c", "object");
  Alias("m", "a", {"prod"});
  struct Row {
    const char* digest;
    std::optional<std::string_view> kind;
    const char* found;
  };
  for (const Row& row : std::vector<Row>{
           {"latest", {}, "c object 0"},
           {"latest", "op", "b op 1"},
           {"latest", "object", "c object 0"},
           {"v0", {}, "c object 0"},
           {"v0", "op", "a op 0"},
           {"v1", {}, "b op 1"},
           {"v1", "object", "none"},
           {"a", "op", "a op 0"},
           {"a", "object", "none"},
           {"prod", "op", "a op 0"},
           {"prod", "object", "none"},
       }) {
    CAPTURE(row.digest, row.kind.value_or("any"));
    CHECK(Find("m", row.digest, row.kind) == row.found);
  }
  Publish("m", "b", "op");
  CHECK(Find("m", "latest") == "b op 1");
}

TEST_CASE_METHOD(ObjectFixture, "a deleted version is told from a missing one",
                 "[store][objects]") {
  Publish("m", "a");
  Publish("m", "b");
  Delete("m", {{"b"}});
  CHECK(Find("m", "b") == "b object 1 deleted");
  CHECK(Find("m", "v1") == "b object 1 deleted");
  CHECK(Find("m", "latest") == "a object 0");
  CHECK(Find("m", "c") == "none");

  SECTION("all are deleted: so is the latest") {
    Delete("m");
    CHECK(Find("m", "latest") == "b object 1 deleted");
    CHECK(Find("m", "latest", "object") == "b object 1 deleted");
    CHECK(Find("m", "latest", "op") == "none");
  }
  SECTION("made again: the living goes before the dead") {
    Publish("m", "b");
    CHECK(Find("m", "b") == "b object 2");
    CHECK(Find("m", "v1") == "b object 1 deleted");
  }
  SECTION("deleted twice: the last one counts") {
    Publish("m", "b");
    Delete("m", {{"b"}});
    CHECK(Find("m", "b") == "b object 2 deleted");
  }
  SECTION("a living alias goes before a dead digest") {
    Alias("m", "a", {"b"});
    CHECK(Find("m", "b") == "a object 0");
  }
}

TEST_CASE_METHOD(ObjectFixture, "a digest goes before an alias",
                 "[store][objects]") {
  Publish("m", "a");
  Publish("m", "b");
  Alias("m", "a", {"b"});
  CHECK(Find("m", "b") == "b object 1");
}

TEST_CASE_METHOD(ObjectFixture, "what is not alive is an error",
                 "[store][objects]") {
  Publish("m", "a");
  Delete("m");
  const auto error_of = [&](std::string_view digest) {
    Error error;
    const Status status = database->Read([&](db::Connection& connection) {
      const auto row = store::FindLiving(
          connection, *store::FindProject(connection, kProject),
          {.object_id = "m", .digest = digest});
      REQUIRE(!row.ok());
      error = row.error();
      return Status();
    });
    REQUIRE(status.ok());
    CHECK(error.code == Code::kNotFound);
    return error;
  };
  CHECK(error_of("x").message == "Obj m:x not found");
  CHECK(error_of("x").members.empty());
  for (const char* digest : {"a", "latest", "v0"}) {
    CAPTURE(digest);
    const Error error = error_of(digest);
    CHECK(error.message == "m:v0 was deleted at 1970-01-01T00:00:00.001002Z");
    CHECK(error.type == "ObjectDeletedError");
    CHECK(error.members == R"(,"deleted_at":"1970-01-01T00:00:00.001002Z")");
  }
}

}  // namespace
}  // namespace bobbin::testing
