#include "support/statements.h"

#include <sqlite3.h>

namespace bobbin::testing {

Statements::Statements(db::Database& database) : database_(database) {
  Listen(SQLITE_TRACE_STMT);
  begun_.clear();
}

Statements::~Statements() { Listen(0); }

void Statements::Listen(unsigned mask) {
  const auto listen = [&](db::Connection& connection) {
    sqlite3_trace_v2(
        connection.raw().getHandle(), mask,
        [](unsigned, void* self, void*, void* text) {
          static_cast<Statements*>(self)->begun_.emplace_back(
              static_cast<const char*>(text));
          return 0;
        },
        this);
    return Status();
  };
  // A failure would show in what is listened to.
  static_cast<void>(database_.Write(listen));
  static_cast<void>(database_.Read(listen));
}

}  // namespace bobbin::testing
