#include "cli/port_file.h"

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <system_error>

namespace bobbin::cli {
namespace {

namespace fs = std::filesystem;

// Empty, or why not. A full disk may show as late as when the file is closed.
std::error_code WriteLine(const std::string& path, int number) {
  errno = 0;
  std::ofstream file(path, std::ios::trunc);
  file << number << '\n';
  file.close();
  if (file) return {};
  return {errno != 0 ? errno : EIO, std::generic_category()};
}

}  // namespace

PortFile::~PortFile() {
  std::error_code ignored;  // somebody may have taken it away before
  if (!path_.empty()) fs::remove(path_, ignored);
}

Status PortFile::Write(const std::string& path, int port) {
  const std::string draft = path + ".part";
  std::error_code error = WriteLine(draft, port);
  if (!error) fs::rename(draft, path, error);
  if (!error) {
    path_ = path;
    return {};
  }
  std::error_code ignored;  // it may not even have been made
  fs::remove(draft, ignored);
  return Invalid("Cannot write the port file " + path + ": " + error.message() +
                 ".");
}

}  // namespace bobbin::cli
