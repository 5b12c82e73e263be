// The commands that look at traces: what they are asked, and the functions
// that run them. Their flags are in look_commands.cpp.
#pragma once

#include <cstdint>
#include <string>

#include "cli/command.h"
#include "cli/look_flags.h"

namespace bobbin::cli {

struct LsOptions : LookOptions {
  int64_t limit = 20;
  std::string sort = "started";  // latency, tokens, cost, calls
  std::string text;              // to be found in a trace
};
int RunLs(const LsOptions& options);

struct ShowOptions : LookOptions {
  std::string id;       // or the beginning of one; empty: the newest trace
  bool inputs = false;  // of every call
  bool full = false;    // nothing is cut
};
int RunShow(const ShowOptions& options);

struct StatsOptions : LookOptions {
  std::string by = "op";    // op, model, time
  int64_t bucket_s = 3600;  // of `time`
  int64_t limit = 50;
};
int RunStats(const StatsOptions& options);

struct GrepOptions : LookOptions {
  std::string text;
  int64_t limit = 50;
};
int RunGrep(const GrepOptions& options);

struct SqlOptions : LookOptions {
  std::string text;       // empty or "-": standard input
  int64_t limit = 1000;   // rows; 0: all
  double timeout_s = 30;  // 0: any time
};
int RunSql(const SqlOptions& options);

struct TailOptions : LookOptions {
  int64_t lines = 10;
  bool follow = false;
};
int RunTail(const TailOptions& options);

struct DiffOptions : LookOptions {
  std::string first, second;  // as ShowOptions::id
  bool full = false;          // every difference
};
int RunDiff(const DiffOptions& options);

}  // namespace bobbin::cli
