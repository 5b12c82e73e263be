// Listens to the statements that a database runs.
#pragma once

#include <string>
#include <vector>

#include "db/database.h"

namespace bobbin::testing {

// The statements that begin while this lives: those of Write, and of Reads
// that come one after the other (these share a connection).
class Statements {
 public:
  explicit Statements(db::Database& database);
  ~Statements();
  Statements(const Statements&) = delete;
  Statements& operator=(const Statements&) = delete;

  // Their texts, in order.
  const std::vector<std::string>& begun() const { return begun_; }

 private:
  void Listen(unsigned mask);

  db::Database& database_;
  std::vector<std::string> begun_;
};

}  // namespace bobbin::testing
