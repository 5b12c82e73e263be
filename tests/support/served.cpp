#include "support/served.h"

#include <httplib.h>

#include <algorithm>
#include <cctype>
#include <csignal>
#include <stdexcept>

namespace bobbin::testing {
namespace {

Answer ToAnswer(const httplib::Result& result) {
  if (!result) return {};
  Answer answer{.status = result->status, .body = result->body, .headers = {}};
  for (const auto& [name, value] : result->headers) {
    std::string lower = name;
    std::transform(lower.begin(), lower.end(), lower.begin(),
                   [](unsigned char c) { return std::tolower(c); });
    answer.headers.emplace(lower, value);
  }
  return answer;
}

httplib::Headers ToHeaders(const Headers& headers) {
  return {headers.begin(), headers.end()};
}

Arguments ServeArguments(Arguments arguments) {
  arguments.insert(arguments.begin(), "serve");
  if (std::find(arguments.begin(), arguments.end(), "--port") ==
      arguments.end()) {
    arguments.insert(arguments.end(), {"--port", "0"});
  }
  return arguments;
}

}  // namespace

std::string Answer::Header(const std::string& lower_case_name) const {
  const auto found = headers.find(lower_case_name);
  return found == headers.end() ? "" : found->second;
}

Client::Client(const std::string& url)
    : client_(std::make_unique<httplib::Client>(url)) {
  client_->set_keep_alive(true);
  client_->set_tcp_nodelay(true);
  client_->set_connection_timeout(30);
  client_->set_read_timeout(30);
  client_->set_write_timeout(30);
}

Client::~Client() = default;
Client::Client(Client&&) noexcept = default;

Answer Client::Get(const std::string& path, const Headers& headers) {
  return ToAnswer(client_->Get(path, ToHeaders(headers)));
}

Answer Client::Post(const std::string& path, std::string_view json,
                    const Headers& headers) {
  return PostBytes(path, json, "application/json", headers);
}

Answer Client::PostBytes(const std::string& path, std::string_view bytes,
                         const std::string& content_type,
                         const Headers& headers) {
  return ToAnswer(client_->Post(path, ToHeaders(headers), bytes.data(),
                                bytes.size(), content_type));
}

Served::Served(Arguments arguments, const Environment& environment,
               const std::string& folder)
    : process_(BOBBIN_BINARY, ServeArguments(std::move(arguments)), environment,
               folder) {
  const std::string line = process_.ReadLine().value_or("");
  constexpr std::string_view kReady = "READY=";
  if (!line.starts_with(kReady)) {
    throw std::runtime_error("bobbin is not ready: " + line + "\n" +
                             process_.Stderr());
  }
  url_ = line.substr(kReady.size());
}

int Served::port() const { return std::stoi(url_.substr(url_.rfind(':') + 1)); }

int Served::Stop() {
  process_.Signal(SIGTERM);
  return process_.Wait().code;
}

void Served::Kill() {
  process_.Signal(SIGKILL);
  process_.Wait();
}

Finished RunBobbin(const Arguments& arguments, const Environment& environment) {
  return RunToEnd(BOBBIN_BINARY, arguments, environment);
}

std::string StartBody(std::string_view id, std::string_view inputs,
                      std::string_view project) {
  std::string body = R"({"start":{"project_id":")" + std::string(project) +
                     R"(","op_name":"work",)"
                     R"("started_at":"2026-01-02T03:04:05.678901Z",)"
                     R"("attributes":{},"inputs":)" +
                     std::string(inputs);
  if (!id.empty()) {
    body += R"(,"id":")" + std::string(id) + R"(","trace_id":"t-)" +
            std::string(id) + '"';
  }
  return body + "}}";
}

std::string EndBody(std::string_view id, std::string_view output,
                    std::string_view project) {
  return R"({"end":{"project_id":")" + std::string(project) + R"(","id":")" +
         std::string(id) + R"(","ended_at":"2026-01-02T03:04:06Z",)" +
         R"("summary":{},"output":)" + std::string(output) + "}}";
}

std::string ReadBody(std::string_view id, std::string_view project) {
  return R"({"project_id":")" + std::string(project) + R"(","id":")" +
         std::string(id) + R"("})";
}

std::string RawMember(std::string_view text, std::string_view key) {
  const std::string mark = '"' + std::string(key) + "\":";
  const size_t begin = text.find(mark);
  if (begin == std::string_view::npos) return "";
  text.remove_prefix(begin + mark.size());
  int depth = 0;
  bool in_string = false;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (in_string) {
      if (c == '\\') ++i;
      in_string = c != '"';
    } else if (c == '"') {
      in_string = true;
    } else if (c == '{' || c == '[') {
      ++depth;
    } else if ((c == ',' || c == '}' || c == ']') && depth == 0) {
      return std::string(text.substr(0, i));
    } else if (c == '}' || c == ']') {
      --depth;
    }
  }
  return "";
}

}  // namespace bobbin::testing
