// A server under measurement, as a process of its own.
#pragma once

#include <chrono>
#include <string>

#include "support/process.h"

namespace bobbin::bench {

// Ready when the constructor returns; killed with the object if Stop() was
// not called.
class Server {
 public:
  // Throws std::runtime_error with what it said if it does not get ready.
  Server(const std::string& program, const testing::Arguments& arguments);

  int port() const { return port_; }
  // From before its process was made until its READY line was read.
  double ready_ms() const { return ready_ms_; }
  // Memory in use now (VmRSS).
  double MemoryMb() const { return StatusMb("VmRSS:"); }
  // The most that was in use at any time (VmHWM).
  double PeakMemoryMb() const { return StatusMb("VmHWM:"); }
  // Processor time used so far, by all threads. Other than the time that
  // passes, it hardly depends on what else the machine does.
  double CpuSeconds() const;
  // SIGTERM, and its end; throws if that is not a clean one.
  void Stop();

 private:
  double StatusMb(const std::string& name) const;

  std::chrono::steady_clock::time_point begin_;  // before the process
  testing::Process process_;
  double ready_ms_ = 0;
  int port_ = 0;
};

// `bobbin serve` on a file.
class Bobbin : public Server {
 public:
  Bobbin(const std::string& program, const std::string& file,
         const std::string& durability)
      : Server(program, {"serve", "--db", file, "--port", "0", "--durability",
                         durability}) {}
};

// The path of an installed program; throws if there is none.
std::string FindProgram(const std::string& name);

// Removes a database and what SQLite and bobbin put beside it.
void RemoveDatabase(const std::string& file);

}  // namespace bobbin::bench
