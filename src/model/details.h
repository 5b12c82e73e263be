// The body of a 422: every error of a request, in the words of pydantic
// (contract section 2).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace bobbin::model {

// Where in the body something is, as a chain from the inside out. Lives on
// the stack of the reader that made it.
struct Loc {
  const Loc* outer = nullptr;
  std::string_view name = {};
  int64_t index = -1;  // of a list's element, when `name` is not set

  Loc In(std::string_view member) const { return {this, member, -1}; }
  Loc At(int64_t element) const { return {this, {}, element}; }
};

// Collects errors in the order in which they are added.
class Details {
 public:
  bool empty() const { return text_.empty(); }

  // `input` and `context` are JSON texts; an empty context is left out.
  void Add(std::string_view type, const Loc& loc, std::string_view msg,
           std::string_view input, std::string_view context = {});

  // Adds another's errors after its own.
  void Append(Details&& other);

  // The errors as the Error of a request.
  Error Take() &&;

 private:
  std::string text_;
  bool full_ = false;
};

}  // namespace bobbin::model
