#include "store/file_store.h"

#include "support/catch.h"
#include "support/store_fixture.h"

namespace bobbin::testing {
namespace {

TEST_CASE_METHOD(StoreFixture, "a file comes back byte by byte", "[store]") {
  const size_t size = GENERATE(0u, 1u, 1000u, (256u << 10) - 1, 256u << 10,
                               (256u << 10) + 1, 1'000'003u);
  CAPTURE(size);
  std::string bytes(size, '\0');
  for (size_t i = 0; i < size; ++i) {
    bytes[i] = static_cast<char>(i * 31 + i / 251);
  }
  REQUIRE(files.Put(kProject, "d1", bytes, 5).ok());

  const auto got = files.Get(kProject, "d1");
  REQUIRE(got.ok());
  CHECK((got.value() == bytes));
  const auto total = files.TotalBytes(kProject);
  REQUIRE(total.ok());
  CHECK(total.value() == static_cast<int64_t>(size));
  CHECK(NumberIn(*database, "SELECT max(length(data)) FROM file_chunks") <=
        256 << 10);
}

TEST_CASE_METHOD(StoreFixture, "the same file again changes nothing",
                 "[store]") {
  REQUIRE(files.Put(kProject, "d1", "abc", 5).ok());
  REQUIRE(files.Put(kProject, "d1", "abc", 6).ok());
  CHECK(NumberIn(*database, "SELECT count(*) FROM files") == 1);
  CHECK(NumberIn(*database, "SELECT count(*) FROM file_chunks") == 1);
  CHECK(NumberIn(*database, "SELECT created_at_us FROM files") == 5);
  CHECK(files.TotalBytes(kProject).value() == 3);
}

TEST_CASE_METHOD(StoreFixture, "files belong to their project", "[store]") {
  REQUIRE(files.Put(kProject, "d1", "abc", 5).ok());
  REQUIRE(files.Put("team/other", "d2", "defg", 5).ok());
  CHECK(files.Get("team/other", "d2").value() == "defg");
  CHECK(files.TotalBytes(kProject).value() == 3);
  CHECK(files.TotalBytes("team/other").value() == 4);
  CHECK(files.TotalBytes("no/body").value() == 0);
  for (const auto& [project, digest] :
       {std::pair{"team/other", "d1"}, {"team/app", "d2"}, {"no/body", "d1"}}) {
    const auto missing = files.Get(project, digest);
    REQUIRE(!missing.ok());
    CHECK(missing.error().code == Code::kNotFound);
    CHECK(missing.error().message ==
          "File with digest " + std::string(digest) + " not found");
  }
}

}  // namespace
}  // namespace bobbin::testing
