// Where a command that looks gets its answers: the HTTP API, over a file that
// is opened for reading, or over the port of a running bobbin.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"

namespace bobbin::cli {

// Which source; the flags are in cli/source_flags.h.
struct SourceOptions {
  std::string db;
  std::string url = {};  // goes before `db`
  std::string api_key = {};
};

// Threads   One.
// Errors    What the API says (its code as in base/result.h, its reason for
//           the message), and kNotFound with type kNoServer where nobody
//           answers.
class Source {
 public:
  virtual ~Source() = default;

  // The body of the answer.
  Result<std::string> Get(const std::string& path);
  Result<std::string> Post(const std::string& path, std::string_view json);

  // Feeds an answer in JSON lines to `take`, line by line as they come, until
  // it returns false.
  using Take = std::function<bool(std::string_view text)>;
  Status PostLines(const std::string& path, std::string_view json,
                   const Take& take);

  // Feeds the answer to `take` piece by piece as it comes, until it returns
  // false.
  Status PostPieces(const std::string& path, std::string_view json,
                    const Take& take);

  // Calls `look` when nothing can be missed from then on, and again whenever
  // calls may have changed since it was called last, until it returns false.
  // Somebody who writes wakes it; while nobody does it sleeps.
  virtual Status Follow(const std::function<bool()>& look) = 0;

  // The file, if that is what it is; else "".
  virtual std::string file() const { return ""; }
  // Its name, for people: a path or an address.
  virtual std::string name() const = 0;

 protected:
  struct Answer {
    int status = 0;
    std::string body = {};
  };
  using Sink = Take;
  // One request. The body of a 200 goes to `sink`, if there is one; that the
  // sink wants no more is no error.
  virtual Result<Answer> Send(std::string_view method, const std::string& path,
                              std::string_view json, const Sink& sink) = 0;
};

inline constexpr std::string_view kNoServer = "NoServer";

// Opens the file (or, with a url, nothing yet: the first request finds out).
// Nothing is locked, made or migrated; a server may have the file and is not
// disturbed. Errors: those of db::Database::Open with `read_only`; kInvalid
// for a url that is none.
Result<std::unique_ptr<Source>> OpenSource(const SourceOptions& options);

// The exit code for an error of a source.
int ExitCodeOfSource(const Error& error);

}  // namespace bobbin::cli
