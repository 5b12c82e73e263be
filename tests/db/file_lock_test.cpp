#include "db/file_lock.h"

#include <fcntl.h>
#include <unistd.h>

#include <filesystem>
#include <optional>

#include "db/database.h"
#include "support/catch.h"
#include "support/temp_dir.h"

namespace bobbin::db {
namespace {

using bobbin::testing::TempDir;

TEST_CASE("a lock is had once, and given back with its object", "[db]") {
  const TempDir folder;
  const std::string path = folder.File("x.db");
  {
    const auto lock = FileLock::Take(path);
    REQUIRE(lock.ok());
    const auto second = FileLock::Take(path);
    REQUIRE(!second.ok());
    CHECK(second.error().type == kAlreadyServed);
  }
  CHECK(FileLock::Take(path).ok());
}

TEST_CASE("a lock that is moved is kept", "[db]") {
  const TempDir folder;
  const std::string path = folder.File("x.db");
  FileLock kept;
  {
    auto taken = FileLock::Take(path);
    REQUIRE(taken.ok());
    FileLock moved(std::move(taken).value());
    kept = std::move(moved);
  }
  CHECK(!FileLock::Take(path).ok());
  kept = FileLock();
  CHECK(FileLock::Take(path).ok());
}

TEST_CASE("the lock is on the file, whatever name it is reached by", "[db]") {
  const TempDir folder;
  const auto lock = FileLock::Take(folder.File("x.db"));
  REQUIRE(lock.ok());
  std::filesystem::create_symlink(folder.File("x.db"), folder.File("y.db"));
  const auto other = FileLock::Take(folder.File("y.db"));
  REQUIRE(!other.ok());
  CHECK(other.error().type == kAlreadyServed);
}

TEST_CASE("two files have two locks", "[db]") {
  const TempDir folder;
  const auto one = FileLock::Take(folder.File("1.db"));
  const auto two = FileLock::Take(folder.File("2.db"));
  CHECK(one.ok());
  CHECK(two.ok());
}

}  // namespace
}  // namespace bobbin::db
