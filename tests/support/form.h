// multipart/form-data bodies as tests write them down.
#pragma once

#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "api/request.h"

namespace bobbin::testing {

// A whole part.
struct FormPart {
  std::string name;
  std::string filename = {};
  std::string content_type = {};
  std::string data = {};
};

// A form that is all there, for a request that needs no transport.
class WholeForm : public api::Form {
 public:
  explicit WholeForm(std::vector<FormPart> parts) : parts_(std::move(parts)) {}

  Result<bool> Next(api::Part& part) override {
    if (next_ == parts_.size()) return false;
    const FormPart& current = parts_[next_++];
    part = {current.name, current.filename, current.content_type};
    unread_ = current.data;
    return true;
  }

  Result<std::string_view> Read() override {
    constexpr size_t kPieceBytes = 60'000;
    const std::string_view piece = unread_.substr(0, kPieceBytes);
    unread_.remove_prefix(piece.size());
    return piece;
  }

 private:
  const std::vector<FormPart> parts_;
  size_t next_ = 0;
  std::string_view unread_;
};

// All parts of a form, read to its end. Throws the form's error.
inline std::vector<FormPart> PartsOf(api::Form& form) {
  std::vector<FormPart> parts;
  api::Part part;
  while (true) {
    const Result<bool> next = form.Next(part);
    if (!next.ok()) throw std::runtime_error(next.error().message);
    if (!next.value()) return parts;
    FormPart& whole = parts.emplace_back(
        FormPart{part.name, part.filename, part.content_type});
    while (true) {
      const Result<std::string_view> piece = form.Read();
      if (!piece.ok()) throw std::runtime_error(piece.error().message);
      if (piece.value().empty()) break;
      whole.data += piece.value();
    }
  }
}

}  // namespace bobbin::testing
