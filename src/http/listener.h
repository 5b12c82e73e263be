// The socket that clients connect to.
#pragma once

#include <string>

#include "base/result.h"

namespace bobbin::http {

struct Listener {
  int fd = -1;  // non-blocking; the caller closes it
  int port = 0;
  bool loopback = false;  // only this machine can reach it
};

// Listens on the first usable address of `host`, IPv4 first; port 0 lets the
// system choose. A port whose last user has just gone is free; a port on
// which another process listens is not.
//   kConflict  the port is taken.
//   kInvalid   the host is no address of this machine, or the port may not
//              be used.
Result<Listener> Listen(const std::string& host, int port);

// `http://host:port`; an IPv6 address is put in brackets unless it is.
std::string UrlOf(const std::string& host, int port);

}  // namespace bobbin::http
