// What the commands that look after the file have in common.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "db/database.h"

namespace CLI {
class App;
}

namespace bobbin::cli {

// For the footer of a command: what its exit codes 4 to 6 and 10 say.
inline constexpr const char* kFileCodes =
    "4 file can't be opened,\n5 not a bobbin file, 6 file of a newer bobbin, "
    "10 file of an older bobbin";

// --db with its variable BOBBIN_DB. `db` must outlive `command`; it is empty
// where nobody has named a file and there is no home.
void AddDbFlag(CLI::App& command, std::string& db);

// Says that no file was named; the exit code.
int NoHome();

// Opens the file for reading: nothing is locked, made or migrated. Errors:
// those of db::Database::Open.
Result<std::unique_ptr<db::Database>> OpenToRead(const std::string& path);

// Says that a file was made: `Copied FROM to TO: N bytes.`, or a line of JSON
// where nobody reads at a terminal, and with `json`. Returns the exit code.
int TellCopied(std::string_view verb, const std::string& from,
               const std::string& to, int64_t bytes, bool json);

// How far long work is, for a person who watches standard error: one line,
// which is gone at the end.
class Progress {
 public:
  explicit Progress(std::string what);
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  void Show(int64_t done, int64_t all);
  // The same where nobody knows how much there is.
  void ShowBytes(int64_t done);

 private:
  const std::string what_;
  const bool shown_;
  int64_t last_ = -1;  // of what was shown
};

}  // namespace bobbin::cli
