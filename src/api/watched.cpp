#include "api/watched.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <optional>
#include <utility>

#include "json/write.h"
#include "model/ignored_fields.h"

namespace bobbin::api {
namespace {

using control::Entry;
using control::Facts;
using control::Strike;

// Longer than the id of any project.
constexpr size_t kMostProjectBytes = 4096;

// An upload goes by piece by piece: what it says of itself is noted on the
// way.
class WatchedForm final : public Form {
 public:
  WatchedForm(Form& form, Facts& facts) : form_(form), facts_(facts) {}

  size_t bytes() const { return bytes_; }

  Result<bool> Next(Part& part) override {
    if (!project_.empty()) facts_.AddProject(project_);
    project_.clear();
    Result<bool> next = form_.Next(part);
    in_project_ = next.ok() && next.value() && part.name == "project_id";
    return next;
  }

  Result<std::string_view> Read() override {
    Result<std::string_view> piece = form_.Read();
    if (!piece.ok()) return piece;
    bytes_ += piece.value().size();
    if (in_project_ && project_.size() < kMostProjectBytes) {
      project_ += piece.value();
    }
    return piece;
  }

 private:
  Form& form_;
  Facts& facts_;
  size_t bytes_ = 0;  // of the data of all parts
  bool in_project_ = false;
  std::string project_;
};

Facts Look(const Request& request, const Watched& watched) {
  Facts facts = control::FactsOf(watched.route, request.body);
  if (watched.route.find("/{entity}/{project}/") != std::string_view::npos) {
    facts.AddProject(std::string(watched.values[0]) + '/' +
                     std::string(watched.values[1]));
  }
  for (const auto& [name, value] : request.query) {
    if (name == "project_id") facts.AddProject(value);
  }
  return facts;
}

std::string Lower(std::string_view name) {
  std::string lower(name);
  std::ranges::transform(lower, lower.begin(), [](unsigned char c) {
    return static_cast<char>(std::tolower(c));
  });
  return lower;
}

void TakeHeaders(const Request& request, Entry& entry) {
  entry.headers = "{";
  for (const auto& [name, value] : request.headers) {
    const std::string lower = Lower(name);
    if (lower == "x-weave-retry-id") entry.retry_id = value;
    if (entry.headers.size() > 1) entry.headers += ',';
    json::AppendQuoted(entry.headers, lower);
    entry.headers += ':';
    json::AppendQuoted(entry.headers, value);
  }
  entry.headers += '}';
}

Response AnswerOf(const Strike& strike) {
  Response response;
  response.status = strike.answer->status;
  response.body = strike.answer->body;
  if (response.body.empty()) {
    response.body = R"({"reason":"This answer was ordered by the fault )" +
                    strike.rule_id + R"(.","error_type":"OrderedFault"})";
  }
  if (strike.answer->retry_after_s) {
    response.headers.emplace_back(
        "Retry-After", std::to_string(*strike.answer->retry_after_s));
  }
  return response;
}

Disruption DisruptionOf(const Strike& strike, const Response& response) {
  Disruption disruption{.delay_ms = strike.min_delay_ms,
                        .hang = strike.hang,
                        .silent = strike.close};
  if (!strike.cut) return disruption;
  Disruption::Cut& cut = disruption.cut.emplace();
  cut.clean = strike.cut_clean;
  if (strike.cut_lines) {
    cut.lines = static_cast<size_t>(*strike.cut_lines);
  } else if (strike.cut_bytes) {
    cut.bytes = static_cast<size_t>(*strike.cut_bytes);
  } else {
    // The middle; how long a stream will be nobody knows.
    cut.bytes = response.stream ? 1 : response.body.size() / 2;
  }
  return disruption;
}

void Obey(const Strike& strike, Response& response) {
  if (strike.answer) response = AnswerOf(strike);
  response.disruption = DisruptionOf(strike, response);
}

// The status of a stream is known when it has ended.
void FollowStream(control::Journal& journal, int64_t seq, Response& response) {
  if (!response.stream) return;
  response.stream = [&journal, seq,
                     stream = std::move(response.stream)](const Sink& sink) {
    StreamEnd end = stream(sink);
    if (!end && end.instead) journal.SetStatus(seq, end.instead->status);
    return end;
  };
}

}  // namespace

bool IsWatched(std::string_view path) {
  static constexpr auto kOurs = std::to_array<std::string_view>(
      {"/_bobbin/", "/health", "/openapi.json", "/test/"});
  return std::ranges::none_of(kOurs, [path](std::string_view ours) {
    return ours.ends_with('/') ? path.starts_with(ours) : path == ours;
  });
}

Response AnswerWatched(Services& services, const Request& request,
                       const Watched& watched,
                       const std::function<Response(const Request&)>& answer) {
  control::Control& control = services.control;
  control::Journal& journal = control.journal();
  const int64_t now_us = services.clock.NowUs();
  Facts facts = Look(request, watched);
  const std::optional<Strike> strike =
      control.faults().Ask({watched.route, watched.path, facts});
  std::optional<WatchedForm> form;
  Response response;
  {
    const model::IgnoredFields ignored;
    if (strike && !strike->apply) {
      // Not handled.
    } else if (request.form != nullptr) {
      Request seen = request;
      seen.form = &form.emplace(*request.form, facts);
      response = answer(seen);
    } else {
      response = answer(request);
    }
    if (journal.enabled() && response.status < 400) {
      control.tally().NoteUnknownFields(watched.route, ignored.names());
    }
  }
  if (strike) Obey(*strike, response);
  if (!journal.enabled()) return response;
  if (watched.route.empty()) {
    control.tally().NoteUnknownRoute(request.method, request.path);
  }
  Entry entry{.time_us = now_us,
              .method = request.method,
              .route = watched.route,
              .path = request.path,
              .facts = std::move(facts),
              .status = response.status,
              .request_bytes = form ? form->bytes() : request.body.size()};
  if (strike) {
    entry.fault = strike->rule_id;
    if (strike->hang || strike->close) entry.status = 0;
  }
  TakeHeaders(request, entry);
  FollowStream(journal, journal.Note(std::move(entry), request.body), response);
  return response;
}

}  // namespace bobbin::api
