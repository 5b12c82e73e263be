// The HTTP API of a backend in this process as a Source: no socket between.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "cli/backend.h"
#include "cli/source.h"

namespace bobbin::cli {

// Lifetime  Borrows `backend`.
class BackendSource : public Source {
 public:
  // `name`: as of Source::name().
  BackendSource(Backend& backend, std::string name)
      : backend_(backend), name_(std::move(name)) {}

  // Looks once: who has the backend knows when it changes.
  Status Follow(const std::function<bool()>& look) override;

  std::string name() const override { return name_; }

 protected:
  Result<Answer> Send(std::string_view method, const std::string& path,
                      std::string_view json, const Sink& sink) override;

 private:
  Backend& backend_;
  const std::string name_;
};

}  // namespace bobbin::cli
