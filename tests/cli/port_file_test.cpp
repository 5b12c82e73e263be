#include "cli/port_file.h"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "support/catch.h"
#include "support/temp_dir.h"

namespace bobbin::testing {
namespace {

namespace fs = std::filesystem;

size_t CountIn(const TempDir& dir) {
  return static_cast<size_t>(
      std::distance(fs::directory_iterator(dir.path()), {}));
}

TEST_CASE("a port file is there as long as its object", "[cli]") {
  const TempDir dir;
  const std::string path = dir.File("port");
  SECTION("where nothing was") {}
  SECTION("where another was left behind") {
    std::ofstream(path) << "a longer line than a number\n";
  }
  {
    cli::PortFile file;
    REQUIRE(file.Write(path, 6345).ok());
    CHECK(FileText(path) == "6345\n");
    CHECK(CountIn(dir) == 1);
  }
  CHECK(CountIn(dir) == 0);
}

TEST_CASE("a port file that somebody has removed is no trouble", "[cli]") {
  const TempDir dir;
  {
    cli::PortFile file;
    REQUIRE(file.Write(dir.File("port"), 1).ok());
    fs::remove(dir.File("port"));
  }
  CHECK(CountIn(dir) == 0);
}

TEST_CASE("a port file that can't be written leaves nothing behind", "[cli]") {
  const TempDir dir;
  std::string path = dir.File("port");
  size_t left = 0;
  SECTION("because a folder is there") {
    fs::create_directories(path);
    left = 1;
  }
  SECTION("because its folder is not") { path = dir.File("none/port"); }
  SECTION("because the disk is full") {
    fs::create_symlink("/dev/full", path + ".part");
  }
  {
    cli::PortFile file;
    const Status written = file.Write(path, 6345);
    REQUIRE_FALSE(written.ok());
    CHECK_THAT(written.error().message,
               Catch::Contains(path) && Catch::EndsWith("."));
    CHECK(CountIn(dir) == left);
  }
  CHECK(CountIn(dir) == left);
}

}  // namespace
}  // namespace bobbin::testing
