// Connections that only read, made on demand and used again.
#pragma once

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "db/connection.h"

namespace bobbin::db {

class ReaderPool {
 public:
  using Make = std::function<std::unique_ptr<Connection>()>;

  // How many connections there are at most, and how many of them stay open
  // when nobody uses them.
  struct Size {
    int max = 1;
    int kept = 1;
  };

  // `make` opens one more connection; it may throw SQLite::Exception.
  ReaderPool(Size size, Make make) : size_(size), make_(std::move(make)) {}

  // One connection, out of the pool for as long as this lives.
  class Lease {
   public:
    ~Lease();
    Lease(Lease&&) = default;
    Lease& operator=(Lease&&) = delete;
    Connection& connection() { return *connection_; }

   private:
    friend class ReaderPool;
    Lease(ReaderPool& pool, std::unique_ptr<Connection> connection)
        : pool_(pool), connection_(std::move(connection)) {}
    ReaderPool& pool_;
    std::unique_ptr<Connection> connection_;
  };

  // Waits while all are in use, until `give_up`, which is asked now and then,
  // says to: then there is none. Throws what `make` throws.
  std::optional<Lease> Take(const std::function<bool()>& give_up);

  // Puts `fresh` in the place of all connections, which are returned. Only
  // while none is in use.
  std::vector<std::unique_ptr<Connection>> Replace(
      std::unique_ptr<Connection> fresh);

 private:
  void TakeBack(std::unique_ptr<Connection> connection);

  const Size size_;
  const Make make_;
  std::mutex mutex_;  // guards what follows
  std::condition_variable returned_;
  int made_ = 0;
  std::vector<std::unique_ptr<Connection>> idle_;
};

}  // namespace bobbin::db
