#include "cli/default_path.h"

#include <filesystem>

#include "cli/environment.h"

namespace fs = std::filesystem;

namespace bobbin::cli {

std::string DefaultDbPath() {
  fs::path data = Variable("XDG_DATA_HOME");
  if (!data.is_absolute()) {  // the specification: ignore relative ones
    const std::string home = Variable("HOME");
    if (home.empty()) return "";
    data = fs::path(home) / ".local" / "share";
  }
  return data / "bobbin" / "bobbin.db";
}

Status MakeFoldersFor(const std::string& path) {
  const fs::path folder = fs::path(path).parent_path();
  if (folder.empty()) return {};
  std::error_code error;
  fs::create_directories(folder, error);
  if (error && !fs::is_directory(folder)) {
    return Invalid("Cannot make the folder " + folder.string() + ": " +
                   error.message() + ".");
  }
  return {};
}

}  // namespace bobbin::cli
