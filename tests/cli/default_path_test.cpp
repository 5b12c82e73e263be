#include "cli/default_path.h"

#include <filesystem>
#include <fstream>
#include <optional>
#include <string>

#include "support/catch.h"
#include "support/temp_dir.h"
#include "support/variable.h"

namespace bobbin::testing {
namespace {

namespace fs = std::filesystem;

TEST_CASE("the file is where XDG says, or below the home folder", "[cli]") {
  struct Row {
    std::optional<std::string> xdg;
    std::optional<std::string> home;
    std::string path;
  };
  const Row row = GENERATE(values<Row>({
      {std::nullopt, "/home/me", "/home/me/.local/share/bobbin/bobbin.db"},
      {"", "/home/me", "/home/me/.local/share/bobbin/bobbin.db"},
      {"relative", "/home/me", "/home/me/.local/share/bobbin/bobbin.db"},
      {"/data", "/home/me", "/data/bobbin/bobbin.db"},
      {"/data/", "/home/me", "/data/bobbin/bobbin.db"},
      {"/data", std::nullopt, "/data/bobbin/bobbin.db"},
      {std::nullopt, std::nullopt, ""},
      {"relative", "", ""},
  }));
  const ScopedVariable xdg("XDG_DATA_HOME", row.xdg);
  const ScopedVariable home("HOME", row.home);
  CHECK(cli::DefaultDbPath() == row.path);
}

TEST_CASE("the folders of a file are made where they are missing", "[cli]") {
  const TempDir dir;
  for (int i = 0; i < 2; ++i) {  // what is there is no error
    CHECK(cli::MakeFoldersFor(dir.File("a/b \xc3\xa9/calls.db")).ok());
    CHECK(fs::is_directory(dir.File("a/b \xc3\xa9")));
  }
  CHECK_FALSE(fs::exists(dir.File("a/b \xc3\xa9/calls.db")));
  CHECK(cli::MakeFoldersFor("calls.db").ok());

  SECTION("through a symbolic link") {
    fs::create_directory_symlink(dir.File("a"), dir.File("link"));
    CHECK(cli::MakeFoldersFor(dir.File("link/calls.db")).ok());
  }
}

TEST_CASE("folders that can't be made are an error that names them", "[cli]") {
  const TempDir dir;
  std::ofstream(dir.File("file")) << "x";
  const Status made = cli::MakeFoldersFor(dir.File("file/a/calls.db"));
  REQUIRE_FALSE(made.ok());
  CHECK(made.error().code == Code::kInvalid);
  CHECK_THAT(made.error().message, Catch::Contains(dir.File("file/a")));
}

}  // namespace
}  // namespace bobbin::testing
