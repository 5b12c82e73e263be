#include "cli/source.h"

#include <utility>

#include "cli/backend.h"
#include "cli/backend_source.h"
#include "cli/changes.h"
#include "cli/command.h"
#include "cli/fields.h"
#include "cli/file_command.h"
#include "cli/open_file.h"
#include "http/client.h"

namespace bobbin::cli {
namespace {

constexpr int kOk = 200;

Code CodeOf(int status) {
  switch (status) {
    case 403:
      return Code::kForbidden;
    case 404:
      return Code::kNotFound;
    case 409:
      return Code::kConflict;
    case 413:
      return Code::kTooLarge;
    case 422:
      return Code::kUnprocessable;
    case 503:
      return Code::kBusy;
    case 504:
      return Code::kTimeout;
    default:
      return status < 500 ? Code::kInvalid : Code::kInternal;
  }
}

// The words of an error body (contract sections 1 and 2).
std::string ReasonIn(const std::string& body) {
  json::Document document;
  constexpr int kDepth = 4;
  if (!document.Parse(body, kDepth).message.empty()) return "";
  const json::Value root = document.root();
  std::string reason = TextOf(root, "reason");
  if (!reason.empty()) return reason;
  const json::Value detail = Member(root, "detail");
  if (!detail.exists() || !detail.is(json::Kind::kArray)) {
    return TextOf(detail);
  }
  std::string text;
  for (json::Value v = detail.first(); v.exists(); v = v.next()) {
    if (!text.empty()) text += "; ";
    const json::Value loc = Member(v, "loc");
    for (json::Value step = loc.exists() ? loc.first() : json::Value();
         step.exists(); step = step.next()) {
      const std::string name = TextOf(step);
      if (name != "body") text += name + ": ";
    }
    text += TextOf(v, "msg");
  }
  return text;
}

Error ErrorOf(int status, const std::string& body, const std::string& path) {
  std::string reason = ReasonIn(body);
  if (status == 401) reason = "The server wants a key; say --api-key KEY.";
  if (reason.empty() || (status == 404 && reason == "Not Found")) {
    // Not that there is nothing: nobody knows the question.
    return Internal("No answer for " + path + " (HTTP status " +
                    std::to_string(status) +
                    "). It may be an older bobbin, or none.");
  }
  return {CodeOf(status), std::move(reason)};
}

// Cuts a body that comes in pieces into its lines.
class LineCutter {
 public:
  explicit LineCutter(const Source::Take& take) : take_(take) {}

  bool Add(std::string_view piece) {
    size_t end;
    while ((end = piece.find('\n')) != std::string_view::npos) {
      rest_ += piece.substr(0, end);
      piece.remove_prefix(end + 1);
      if (!Flush()) return false;
    }
    rest_ += piece;
    return true;
  }
  bool Flush() {
    if (open_ && !rest_.empty()) open_ = take_(rest_);
    rest_.clear();
    return open_;
  }

 private:
  const Source::Take& take_;
  std::string rest_;
  bool open_ = true;
};

// The API in this process, over a file.
class FileSource : public BackendSource {
 public:
  FileSource(const std::string& path, std::unique_ptr<db::Database> database)
      : BackendSource(backend_, path), backend_(std::move(database), {}) {}

  std::string file() const override { return name(); }

  Status Follow(const std::function<bool()>& look) override {
    return FollowFile(name(), look);
  }

 private:
  Backend backend_;
};

class UrlSource : public Source {
 public:
  UrlSource(const SourceOptions& options, std::unique_ptr<http::Client> client)
      : options_(options), client_(std::move(client)) {}

  std::string name() const override { return options_.url; }

  Status Follow(const std::function<bool()>& look) override {
    // A connection of its own, which waits for as long as nothing happens.
    Result<std::unique_ptr<http::Client>> events =
        http::Client::Make({.url = options_.url,
                            .api_key = options_.api_key,
                            .read_timeout_ms = 0});
    if (!events.ok()) return events.error();
    // The first line says that we are told of changes from now on.
    bool open = true;
    const Take take = [&, first = true](std::string_view line) mutable {
      const bool begun = std::exchange(first, false);
      if (begun || line.starts_with("data:")) open = look();
      return open;
    };
    LineCutter lines(take);
    const std::string path = "/_bobbin/events";
    Result<http::Reply> reply = events.value()->Get(
        path, [&](std::string_view piece) { return lines.Add(piece); });
    if (!open) return {};
    if (!reply.ok()) return NoAnswer(reply.error());
    if (reply.value().status != kOk) {
      return ErrorOf(reply.value().status, reply.value().body, path);
    }
    return Error{Code::kNotFound, options_.url + " has stopped.",
                 std::string(kNoServer)};
  }

 protected:
  Result<Answer> Send(std::string_view method, const std::string& path,
                      std::string_view json, const Sink& sink) override {
    Result<http::Reply> reply = method == "GET"
                                    ? client_->Get(path, sink)
                                    : client_->Post(path, json, sink);
    if (!reply.ok()) return NoAnswer(reply.error());
    return Answer{reply.value().status, std::move(reply.value().body)};
  }

 private:
  static Error NoAnswer(Error error) {
    error.type = kNoServer;
    return error;
  }

  const SourceOptions options_;
  std::unique_ptr<http::Client> client_;
};

}  // namespace

Result<std::string> Source::Get(const std::string& path) {
  Result<Answer> answer = Send("GET", path, "", {});
  if (!answer.ok()) return answer.error();
  if (answer.value().status == kOk) return std::move(answer.value().body);
  return ErrorOf(answer.value().status, answer.value().body, path);
}

Result<std::string> Source::Post(const std::string& path,
                                 std::string_view json) {
  Result<Answer> answer = Send("POST", path, json, {});
  if (!answer.ok()) return answer.error();
  if (answer.value().status == kOk) return std::move(answer.value().body);
  return ErrorOf(answer.value().status, answer.value().body, path);
}

Status Source::PostPieces(const std::string& path, std::string_view json,
                          const Take& take) {
  const Result<Answer> answer = Send("POST", path, json, take);
  if (!answer.ok()) return answer.error();
  if (answer.value().status == kOk) return {};
  return ErrorOf(answer.value().status, answer.value().body, path);
}

Status Source::PostLines(const std::string& path, std::string_view json,
                         const Take& take) {
  LineCutter lines(take);
  Status status = PostPieces(
      path, json, [&](std::string_view piece) { return lines.Add(piece); });
  if (status.ok()) lines.Flush();
  return status;
}

Result<std::unique_ptr<Source>> OpenSource(const SourceOptions& options) {
  if (!options.url.empty()) {
    Result<std::unique_ptr<http::Client>> client =
        http::Client::Make({.url = options.url, .api_key = options.api_key});
    if (!client.ok()) return client.error();
    return std::unique_ptr<Source>(
        std::make_unique<UrlSource>(options, std::move(client).value()));
  }
  if (options.db.empty()) {
    return Invalid(
        "There is no home folder that the file could be in; say --db FILE or "
        "--url URL.");
  }
  Result<std::unique_ptr<db::Database>> database = OpenToRead(options.db);
  if (!database.ok()) return database.error();
  return std::unique_ptr<Source>(
      std::make_unique<FileSource>(options.db, std::move(database).value()));
}

int ExitCodeOfSource(const Error& error) {
  if (error.type == kNoServer) return kExitNoServer;
  const int code = ExitCodeOf(error);
  if (code != kExitFailure) return code;
  if (error.code == Code::kNotFound) return kExitNothingFound;
  const bool usage = error.code == Code::kInvalid ||
                     error.code == Code::kUnprocessable ||
                     error.code == Code::kConflict;  // an id that is several
  return usage ? kExitUsage : kExitFailure;
}

}  // namespace bobbin::cli
