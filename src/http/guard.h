// Who may come in: the key, and web pages from elsewhere. Knows no sockets.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace bobbin::http {

// What of a request decides. Absent headers are nullopt.
struct Visitor {
  std::string_view path = {};
  bool http_1_0 = false;
  std::optional<std::string_view> host = {};
  std::optional<std::string_view> origin = {};
  std::optional<std::string_view> authorization = {};
  std::optional<std::string_view> wandb_api_key = {};
};

struct Refusal {
  int status = 403;
  std::string_view reason;  // a sentence for a person
};

// Programs on this machine may come in, and whoever knows the key. A web page
// may not, except our own: a browser sends the requests of any page in the
// world to any port of this machine. Such a request names the page in Origin;
// or, when the page's own host name has been pointed at this machine, it names
// that in Host.
//
// Threads   Any, after construction.
class Guard {
 public:
  struct Options {
    std::string api_key = {};  // empty: nobody needs one
    // What the header wandb-api-key holds when `api_key` was sent in it.
    std::string api_key_in_header = {};
    bool loopback = true;   // only this machine can reach us
    std::string host = {};  // a name for us besides the usual ones
  };
  explicit Guard(const Options& options);

  // Why the visitor has to stay out, or nullopt.
  //   400  HTTP/1.1 without Host.
  //   401  the key is missing or wrong; /health needs none.
  //   403  a web page from elsewhere.
  std::optional<Refusal> Refuse(const Visitor& visitor) const;

 private:
  bool IsLocalName(std::string_view host_and_port) const;
  bool HasKey(const Visitor& visitor) const;

  const bool loopback_;
  const std::string host_;
  // Digests, so that how long a comparison takes says nothing about the key.
  // Empty: nobody needs one.
  const std::string key_digest_;
  const std::string header_digest_;
};

}  // namespace bobbin::http
