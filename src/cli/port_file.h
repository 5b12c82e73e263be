// The number of the bound port in a file, for those who started us with port
// 0 and have to find out which it is.
#pragma once

#include <string>

#include "base/result.h"

namespace bobbin::cli {

// Lifetime  The file is taken away with the object.
class PortFile {
 public:
  PortFile() = default;
  ~PortFile();
  PortFile(const PortFile&) = delete;
  PortFile& operator=(const PortFile&) = delete;

  // Writes the number, in decimal and with a line break, to `path`, replacing
  // what is there. Whoever waits for the file finds it whole: it is written
  // beside and renamed into place. Once per object.
  //   kInvalid  it can't be written. Nothing is left behind, and what was at
  //             `path` is as it was.
  Status Write(const std::string& path, int port);

 private:
  std::string path_;
};

}  // namespace bobbin::cli
