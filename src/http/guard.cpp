#include "http/guard.h"

#include <arpa/inet.h>

#include <array>

#include "base/base64.h"
#include "base/hash.h"
#include "http/text.h"

namespace bobbin::http {
namespace {

bool EqualInConstantTime(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  unsigned difference = 0;
  for (size_t i = 0; i < a.size(); ++i) {
    difference |= static_cast<unsigned char>(a[i] ^ b[i]);
  }
  return difference == 0;
}

std::string DigestUnlessEmpty(const std::string& key) {
  return key.empty() ? std::string() : HexSha256(key);
}

// The password in `Basic base64(user:password)`, or nullopt.
std::optional<std::string> BasicPassword(std::string_view authorization) {
  constexpr std::string_view kBasicScheme = "Basic ";
  if (!StartsWithNoCase(authorization, kBasicScheme)) return std::nullopt;
  std::string text(Trimmed(authorization.substr(kBasicScheme.size())));
  // Some clients leave the padding out.
  while (text.size() % 4 != 0) text += '=';
  const std::optional<std::string> pair = FromBase64(text);
  const size_t colon = pair ? pair->find(':') : std::string::npos;
  if (colon == std::string::npos) return std::nullopt;
  return pair->substr(colon + 1);
}

bool IsLoopbackAddress(const std::string& address) {
  std::array<unsigned char, 4> v4;
  return inet_pton(AF_INET, address.c_str(), v4.data()) == 1 && v4[0] == 127;
}

// Without the port, and without the dot that ends a full domain name. Empty
// if what follows the name is no port.
std::string_view NameOf(std::string_view host_and_port) {
  const size_t end = host_and_port.starts_with('[')
                         ? host_and_port.find(']') + 1
                         : host_and_port.find(':');
  std::string_view name = host_and_port.substr(0, end);
  if (name.size() < host_and_port.size()) {
    const std::string_view port = host_and_port.substr(name.size() + 1);
    if (host_and_port[name.size()] != ':' ||
        port.find_first_not_of("0123456789") != std::string_view::npos) {
      return {};
    }
  }
  if (name.ends_with('.')) name.remove_suffix(1);
  return name;
}

}  // namespace

Guard::Guard(const Options& options)
    : loopback_(options.loopback),
      host_(options.host),
      key_digest_(DigestUnlessEmpty(options.api_key)),
      header_digest_(DigestUnlessEmpty(options.api_key_in_header)) {}

std::optional<Refusal> Guard::Refuse(const Visitor& visitor) const {
  if (loopback_) {
    if (!visitor.host && !visitor.http_1_0) {
      return Refusal{400, "The Host header is missing."};
    }
    if (visitor.host && !IsLocalName(*visitor.host)) {
      return Refusal{403, "Host is not a name of this machine."};
    }
  }
  if (visitor.origin &&
      !(visitor.host && StartsWithNoCase(*visitor.origin, "http://") &&
        EqualNoCase(visitor.origin->substr(7), *visitor.host))) {
    return Refusal{403, "Web pages from elsewhere are not let in."};
  }
  if (!key_digest_.empty() && visitor.path != "/health" &&
      visitor.path != "/traces/health" && !HasKey(visitor)) {
    return Refusal{401, "The API key is missing or wrong."};
  }
  return std::nullopt;
}

bool Guard::IsLocalName(std::string_view host_and_port) const {
  const std::string_view name = NameOf(host_and_port);
  if (EqualNoCase(name, "localhost") || EndsWithNoCase(name, ".localhost") ||
      name == "[::1]" || IsLoopbackAddress(std::string(name))) {
    return true;
  }
  return !name.empty() && EqualNoCase(name, host_);
}

bool Guard::HasKey(const Visitor& visitor) const {
  if (visitor.wandb_api_key &&
      EqualInConstantTime(HexSha256(*visitor.wandb_api_key), header_digest_)) {
    return true;
  }
  const std::optional<std::string> password =
      BasicPassword(visitor.authorization.value_or(""));
  return password && EqualInConstantTime(HexSha256(*password), key_digest_);
}

}  // namespace bobbin::http
