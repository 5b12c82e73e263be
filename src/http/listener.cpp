#include "http/listener.h"

#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <memory>
#include <system_error>

namespace bobbin::http {
namespace {

// Clients that the system lets wait until we accept them; it has a bound of
// its own (net.core.somaxconn).
constexpr int kBacklog = 4096;

using Addresses = std::unique_ptr<addrinfo, decltype(&freeaddrinfo)>;

Addresses Resolve(const std::string& host, int port) {
  addrinfo hints = {};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_NUMERICSERV;
  addrinfo* found = nullptr;
  if (getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &found) !=
      0) {
    found = nullptr;
  }
  return {found, &freeaddrinfo};
}

bool IsLoopback(const sockaddr* address) {
  if (address->sa_family == AF_INET) {
    const auto* v4 = reinterpret_cast<const sockaddr_in*>(address);
    return ntohl(v4->sin_addr.s_addr) >> 24 == IN_LOOPBACKNET;
  }
  const in6_addr& v6 =
      reinterpret_cast<const sockaddr_in6*>(address)->sin6_addr;
  return IN6_IS_ADDR_LOOPBACK(&v6) ||
         (IN6_IS_ADDR_V4MAPPED(&v6) && v6.s6_addr[12] == IN_LOOPBACKNET);
}

int PortOf(int fd) {
  sockaddr_storage address = {};
  socklen_t size = sizeof address;
  getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size);
  return ntohs(address.ss_family == AF_INET
                   ? reinterpret_cast<sockaddr_in&>(address).sin_port
                   : reinterpret_cast<sockaddr_in6&>(address).sin6_port);
}

// A listening socket, or -1 with errno.
int ListenOn(const addrinfo& address) {
  const int fd = socket(address.ai_family,
                        address.ai_socktype | SOCK_CLOEXEC | SOCK_NONBLOCK,
                        address.ai_protocol);
  if (fd < 0) return -1;
  // On Linux this only makes light of connections that are about to be
  // forgotten. SO_REUSEPORT would let two servers share the port.
  const int on = 1;
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (bind(fd, address.ai_addr, address.ai_addrlen) == 0 &&
      listen(fd, kBacklog) == 0) {
    return fd;
  }
  const int why = errno;
  close(fd);
  errno = why;
  return -1;
}

Error WhyNot(int why, const std::string& host, int port) {
  const std::string number = std::to_string(port);
  switch (why) {
    case EADDRINUSE:
      return {Code::kConflict,
              "Port " + number + " on " + host +
                  " is taken, maybe by another bobbin; choose another port."};
    case EADDRNOTAVAIL:
    case EAFNOSUPPORT:
      return Invalid(host + " is not an address of this machine.");
    case EACCES:
    case EPERM:
      return Invalid("Port " + number + " is reserved for the system.");
    default:
      return Internal("Cannot listen on " + host + ", port " + number + ": " +
                      std::generic_category().message(why) + ".");
  }
}

}  // namespace

Result<Listener> Listen(const std::string& host, int port) {
  if (port < 0 || port > 65535) {
    return Invalid("There is no port " + std::to_string(port) + ".");
  }
  const bool bracketed = host.starts_with('[') && host.ends_with(']');
  const std::string name = bracketed ? host.substr(1, host.size() - 2) : host;
  if (name.empty()) return Invalid("The host to listen on is empty.");

  const Addresses addresses = Resolve(name, port);
  int why = EADDRNOTAVAIL;
  for (const int family : {AF_INET, AF_INET6}) {
    for (addrinfo* a = addresses.get(); a != nullptr; a = a->ai_next) {
      if (a->ai_family != family) continue;
      const int fd = ListenOn(*a);
      if (fd >= 0) return Listener{fd, PortOf(fd), IsLoopback(a->ai_addr)};
      why = errno;
      // Another address may be free, but clients would find the one that is
      // not ours.
      if (why == EADDRINUSE) return WhyNot(why, host, port);
    }
  }
  return WhyNot(why, host, port);
}

std::string UrlOf(const std::string& host, int port) {
  const bool bare_v6 = host.find(':') != std::string::npos && host[0] != '[';
  return "http://" + (bare_v6 ? '[' + host + ']' : host) + ':' +
         std::to_string(port);
}

}  // namespace bobbin::http
