// Which traces a command is about: the filters that commands share.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"

namespace CLI {
class App;
}

namespace bobbin::cli {

struct Filters {
  std::string project;                // empty: all
  std::vector<std::string> ops;       // one of them
  std::vector<std::string> statuses;  // one of them
  std::string since, until;           // as format.h's ReadMoment() reads them
  std::string where;                  // bobbin's filter language

  bool empty() const {
    return project.empty() && ops.empty() && statuses.empty() &&
           since.empty() && until.empty() && where.empty();
  }
};

// Adds --project, --op, --status, --since, --until and --where.
void AddFilterFlags(CLI::App& command, Filters& filters);
// Some of them, for commands that know no more: --project; --since, --until.
void AddProjectFlag(CLI::App& command, Filters& filters);
void AddTimeFlags(CLI::App& command, Filters& filters);

// A moment of --since or --until as the API takes it (ISO 8601).
//   kInvalid  it is none.
Result<std::string> TextOfMoment(const std::string& moment, int64_t now_us);

// Adds them to the body of a request, as members of the `/_bobbin` read
// routes, each with a comma behind it.
//   kInvalid  a time is none.
Status AddFilters(std::string& body, const Filters& filters, int64_t now_us);

}  // namespace bobbin::cli
