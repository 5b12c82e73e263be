// What stands behind the question mark of an address.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/request.h"
#include "base/result.h"

namespace bobbin::api {

// Reads the parameters of a request one by one; Check() then says what was
// wrong with them, if anything was.
class QueryString {
 public:
  explicit QueryString(const Request& request) : request_(request) {}

  // Of a parameter that came twice the last counts.
  std::optional<std::string> Text(std::string_view name);
  // An integer from `least` to `most`.
  std::optional<int64_t> Number(std::string_view name, int64_t least,
                                int64_t most);
  // `true` or `false`; false if it is not there.
  bool Flag(std::string_view name);

  // Once all are read.
  //   kInvalid  a value is none of its kind, or there is a parameter that
  //             nobody has read.
  Status Check() const;

 private:
  void Complain(std::string_view name, std::string_view kind);

  const Request& request_;
  std::vector<std::string_view> known_;
  std::string trouble_;
};

}  // namespace bobbin::api
