// The measures, each of which adds its rows to a report.
#pragma once

#include <cstdint>
#include <string>

#include "bench/big_file.h"
#include "bench/report.h"

namespace bobbin::bench {

struct Settings {
  std::string bobbin;  // the programs
  std::string noop;
  std::string folder;         // for databases
  int64_t calls = 1'000'000;  // in the big file
  int runs = 3;
  bool quick = false;  // a look at whether it works, not a measurement

  // How much to do.
  size_t Scale(size_t full, size_t small) const { return quick ? small : full; }
  std::string File(const std::string& name) const {
    return folder + "/" + name;
  }
};

// Progress, on stderr.
void Say(const std::string& text);

// POST /call/start against the no-op server, requests per second.
void MeasureStartNormal(const Settings& settings, Report& report);
void MeasureStartFull(const Settings& settings, Report& report);
// POST /call/upsert_batch against bare SQLite, parts per second.
void MeasureBatch(const Settings& settings, Report& report);
// POST /table/create of 10,000 new rows against bare SQLite, milliseconds.
void MeasureTable(const Settings& settings, Report& report);
// POST /_bobbin/reset of a store with 10,000 calls, and POST /_bobbin/wait,
// against a request to the no-op server.
void MeasureReset(const Settings& settings, Report& report);
void MeasureWait(const Settings& settings, Report& report);
// From making the process to its READY line, against the sqlite3 shell.
void MeasureReady(const Settings& settings, const BigFile& big, Report& report);
// A server without a file, as test suites have it: how soon it is READY, what
// `bobbin run` adds to a command that does nothing, and its memory.
void MeasureEphemeral(const Settings& settings, Report& report);
// Resident memory when nothing is going on.
void MeasureMemory(const Settings& settings, const BigFile& big,
                   Report& report);
// Reads of the big file against the no-op server plus bare SQLite.
void MeasureReads(const Settings& settings, const BigFile& big, Report& report);
// Questions that look at every call of the big file, against the sqlite3
// shell.
void MeasureScans(const Settings& settings, const BigFile& big, Report& report);
// The terminal's commands on the big file, against the sqlite3 shell.
void MeasureTerminal(const Settings& settings, const BigFile& big,
                     Report& report);

// The size of the big file, and how fast it was filled.
void MeasureDisk(const Settings& settings, const BigFile& big, Report& report);

}  // namespace bobbin::bench
