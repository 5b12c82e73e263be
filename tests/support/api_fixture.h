// The API over a database of its own, with a clock and ids that tests decide
// on. The same requests go in process (straight to Dispatch) or through a real
// port.
#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "api/dispatch.h"
#include "db/database.h"
#include "support/form.h"
#include "support/temp_dir.h"

namespace bobbin::testing {

// Time stands still until a test moves it.
class FakeClock : public Clock {
 public:
  int64_t NowUs() override { return now_us; }
  std::atomic<int64_t> now_us{1'700'000'000'000'000};
};

// made-1, made-2, ...
class FakeIds : public IdSource {
 public:
  std::string NewId() override { return "made-" + std::to_string(++count_); }

 private:
  std::atomic<int> count_{0};
};

enum class Transport { kInProcess, kPort };

class Api {
 public:
  explicit Api(Transport transport = Transport::kInProcess,
               db::Durability durability = db::Durability::kMemory,
               int64_t query_timeout_us = 0,
               const control::Options& control = {.may_harm = true});
  ~Api();

  // A request with a JSON body.
  api::Response Post(std::string_view path, std::string_view json);
  api::Response Send(api::Request request);
  // A request with a multipart body.
  api::Response SendForm(const std::string& path, std::vector<FormPart> parts);

  // The answer's body; the status must be 200.
  std::string Ok(std::string_view path, std::string_view json);

  // Opens the file again, as after a restart. Not for kMemory.
  void Restart();

  FakeClock clock;
  FakeIds ids;

  db::Database& database();
  store::Changes& changes();
  // Of kPort.
  int port() const;

 private:
  struct Parts;
  void Open();

  TempDir folder_;
  const Transport transport_;
  const db::Durability durability_;
  const int64_t query_timeout_us_;
  const control::Options control_;
  std::unique_ptr<Parts> parts_;
};

}  // namespace bobbin::testing
