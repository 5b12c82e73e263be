// The real program, serving, and a client for it.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "support/process.h"

namespace httplib {
class Client;
}

namespace bobbin::testing {

struct Answer {
  int status = 0;  // 0: no answer
  std::string body;
  std::multimap<std::string, std::string> headers;

  // The value of a header, or "".
  std::string Header(const std::string& lower_case_name) const;
};

using Headers = std::multimap<std::string, std::string>;

// A keep-alive connection, for one thread. Waits far longer than an answer
// should take, but not forever.
class Client {
 public:
  explicit Client(const std::string& url);
  ~Client();
  Client(Client&&) noexcept;

  Answer Get(const std::string& path, const Headers& headers = {});
  Answer Post(const std::string& path, std::string_view json,
              const Headers& headers = {});
  // Any body.
  Answer PostBytes(const std::string& path, std::string_view bytes,
                   const std::string& content_type,
                   const Headers& headers = {});

 private:
  std::unique_ptr<httplib::Client> client_;
};

// `bobbin serve ARGUMENTS --port 0`, ready.
class Served {
 public:
  explicit Served(Arguments arguments, const Environment& environment = {},
                  const std::string& folder = {});

  const std::string& url() const { return url_; }
  int port() const;
  Process& process() { return process_; }
  Client NewClient() const { return Client(url_); }

  // SIGTERM and the exit code.
  int Stop();
  // SIGKILL.
  void Kill();

 private:
  Process process_;
  std::string url_;
};

// `bobbin ARGUMENTS`, to its end.
Finished RunBobbin(const Arguments& arguments,
                   const Environment& environment = {});

// The body of a /call/start in project "team/e2e"; `id` may be "".
std::string StartBody(std::string_view id, std::string_view inputs = "{}",
                      std::string_view project = "team/e2e");
// The body of its /call/end.
std::string EndBody(std::string_view id, std::string_view output = "null",
                    std::string_view project = "team/e2e");
// The body of its /call/read.
std::string ReadBody(std::string_view id,
                     std::string_view project = "team/e2e");

// The JSON text of the member `key` in `text`, where that key is first seen,
// as it stands there; "" if there is none.
std::string RawMember(std::string_view text, std::string_view key);

}  // namespace bobbin::testing
