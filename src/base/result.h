// Result<T> and Status: how every layer reports failure. Nothing of ours
// throws across a layer.
#pragma once

#include <string>
#include <utility>
#include <variant>

namespace bobbin {

// Few codes, chosen for the caller; api/dispatch maps each to one HTTP status.
enum class Code {
  kInvalid,        // 400: well-formed, but not something we can do
  kUnprocessable,  // 422: wrong shape, or a name that is not allowed
  kForbidden,      // 403
  kNotFound,       // 404
  kConflict,       // 409
  kTooLarge,       // 413
  kTimeout,        // 504: a query took too long, or nobody waits for it now
  kBusy,           // 503: nothing was changed, the same request may be retried
  kInternal,       // 500: the text goes to the log, never to the client
};

struct Error {
  Code code = Code::kInternal;
  std::string message;       // one sentence, for a person
  std::string type = {};     // `error_type` of the answer (contract section 1)
  std::string detail = {};   // JSON array of 422 details, or empty (section 2)
  std::string members = {};  // more members of the answer: `,"key":value`
};

// Either a T or an Error. `value()` and `error()` must match what is held.
template <class T>
class [[nodiscard]] Result {
 public:
  Result(T value)
      : held_(std::in_place_index<0>, std::move(value)) {}  // NOLINT
  Result(Error error)
      : held_(std::in_place_index<1>, std::move(error)) {}  // NOLINT

  bool ok() const { return held_.index() == 0; }
  T& value() & { return std::get<0>(held_); }
  const T& value() const& { return std::get<0>(held_); }
  T&& value() && { return std::get<0>(std::move(held_)); }
  const Error& error() const& { return std::get<1>(held_); }
  Error&& error() && { return std::get<1>(std::move(held_)); }

 private:
  std::variant<T, Error> held_;
};

// Success, or an Error.
class [[nodiscard]] Status {
 public:
  Status() = default;
  Status(Error error) : ok_(false), error_(std::move(error)) {}  // NOLINT

  bool ok() const { return ok_; }
  const Error& error() const& { return error_; }
  Error&& error() && { return std::move(error_); }

 private:
  bool ok_ = true;
  Error error_;
};

inline Error Invalid(std::string message) {
  return {Code::kInvalid, std::move(message)};
}
inline Error NotFound(std::string message) {
  return {Code::kNotFound, std::move(message)};
}
inline Error Internal(std::string message) {
  return {Code::kInternal, std::move(message)};
}

}  // namespace bobbin
