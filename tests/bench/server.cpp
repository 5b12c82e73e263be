#include "bench/server.h"

#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>

namespace bobbin::bench {

Server::Server(const std::string& program, const testing::Arguments& arguments)
    : begin_(std::chrono::steady_clock::now()), process_(program, arguments) {
  const std::string line = process_.ReadLine().value_or("");
  ready_ms_ = std::chrono::duration<double, std::milli>(
                  std::chrono::steady_clock::now() - begin_)
                  .count();
  if (!line.starts_with("READY=")) {
    throw std::runtime_error(program + " did not get ready: " + line + "\n" +
                             process_.Stderr());
  }
  port_ = std::stoi(line.substr(line.rfind(':') + 1));
}

double Server::StatusMb(const std::string& name) const {
  std::ifstream status("/proc/" + std::to_string(process_.pid()) + "/status");
  for (std::string word; status >> word;) {
    if (word != name) continue;
    double kib = 0;
    status >> kib;
    return kib / 1024;
  }
  throw std::runtime_error("the system does not tell a process's memory");
}

double Server::CpuSeconds() const {
  std::ifstream stat("/proc/" + std::to_string(process_.pid()) + "/stat");
  // Fields 14 and 15; the second may contain spaces, but ends with a `)`.
  std::string line;
  std::getline(stat, line);
  std::istringstream rest(line.substr(line.rfind(')') + 2));
  std::string skipped;
  for (int field = 3; field < 14; ++field) rest >> skipped;
  double user = 0;
  double system = 0;
  rest >> user >> system;
  return (user + system) / static_cast<double>(sysconf(_SC_CLK_TCK));
}

void Server::Stop() {
  process_.Signal(SIGTERM);
  const testing::Exit exit = process_.Wait();
  if (exit.code != 0) {
    throw std::runtime_error("bobbin did not stop cleanly:\n" +
                             process_.Stderr());
  }
}

void RemoveDatabase(const std::string& file) {
  for (const char* suffix : {"", "-wal", "-shm"}) {
    std::filesystem::remove(file + suffix);
  }
}

std::string FindProgram(const std::string& name) {
  const char* path = std::getenv("PATH");
  std::istringstream folders(path == nullptr ? "/usr/bin" : path);
  for (std::string folder; std::getline(folders, folder, ':');) {
    const std::string candidate = folder + "/" + name;
    if (std::filesystem::exists(candidate)) return candidate;
  }
  throw std::runtime_error(name + " is not installed");
}

}  // namespace bobbin::bench
