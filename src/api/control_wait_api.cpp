// Waiting for calls, and hearing of every change of them.

#include <array>
#include <charconv>
#include <chrono>
#include <optional>
#include <string>
#include <utility>

#include "api/body.h"
#include "api/checks.h"
#include "api/dispatch.h"
#include "control/wait.h"
#include "json/write.h"

namespace bobbin::api {
namespace {

using control::Missing;
using control::Reached;
using store::Changes;

// How long a stream of events may be silent: proxies and clients give up on
// one that says nothing.
constexpr auto kHeartbeat = std::chrono::seconds(15);
// Changes in a burst are told together.
constexpr auto kBetweenEvents = std::chrono::milliseconds(20);

void AppendMember(std::string& out, std::string_view name, int64_t number) {
  if (out.back() != '{') out += ',';
  json::AppendQuoted(out, name);
  out += ':';
  json::AppendInt(out, number);
}

void AppendReached(std::string& out, const Reached& reached) {
  AppendMember(out, "calls", reached.calls);
  AppendMember(out, "ended", reached.ended);
  AppendMember(out, "open", reached.open());
  if (reached.matching) AppendMember(out, "matching", *reached.matching);
}

// "2 of 3 calls have come, 1 of 2 has ended, …"
std::string Sentence(const model::WaitReq& wanted, const Reached& reached,
                     const Missing& missing) {
  std::string text;
  const auto add = [&text](const std::string& part) {
    text += (text.empty() ? "" : ", ") + part;
  };
  const auto of = [](int64_t has, int64_t wants) {
    return std::to_string(has) + " of " + std::to_string(wants);
  };
  if (missing.calls > 0) {
    add(of(reached.calls, *wanted.calls) + " calls are there");
  }
  if (missing.ended > 0) {
    add(of(reached.ended, *wanted.ended) + " calls have ended");
  }
  if (missing.open > 0) {
    add(std::to_string(missing.open) +
        (missing.open == 1 ? " call is open" : " calls are open"));
  }
  if (missing.matching > 0) {
    add(of(*reached.matching, wanted.matching.value_or(1)) +
        " calls match the query");
  }
  return "After " +
         std::to_string(wanted.timeout_ms.value_or(control::kDefaultWaitMs)) +
         " ms " + text + ".";
}

Response TimedOut(const model::WaitReq& wanted, const Reached& reached,
                  const Missing& missing) {
  Response response;
  response.status = 408;
  response.body = R"({"reason":)";
  json::AppendQuoted(response.body, Sentence(wanted, reached, missing));
  response.body += R"(,"error_type":"WaitTimeout","missing":{)";
  if (missing.calls > 0) AppendMember(response.body, "calls", missing.calls);
  if (missing.ended > 0) AppendMember(response.body, "ended", missing.ended);
  if (missing.open > 0) AppendMember(response.body, "open", missing.open);
  if (missing.matching > 0) {
    AppendMember(response.body, "matching", missing.matching);
  }
  response.body += '}';
  AppendReached(response.body, reached);
  response.body += '}';
  return response;
}

Result<Response> Wait(Services& services, const Request& request,
                      const PathValues&) {
  Body<model::WaitReq> body;
  Status status = body.ReadInProject(request, 1);
  if (!status.ok()) return std::move(status).error();
  const Result<Reached> reached = control::Wait(services.calls, body.record);
  if (!reached.ok()) return reached.error();
  const Missing missing = control::MissingOf(body.record, reached.value());
  if (missing.any()) return TimedOut(body.record, reached.value(), missing);
  Response response;
  response.body = "{";
  AppendReached(response.body, reached.value());
  response.body += '}';
  return response;
}

// What a client asks of /events.
struct Listening {
  std::optional<std::string> project_id;
  std::optional<uint64_t> after;
};

Result<Listening> ReadListening(const Request& request) {
  Listening listening;
  for (const auto& [name, value] : request.query) {
    if (name == "project_id") {
      Status status = CheckProjectId(value);
      if (!status.ok()) return std::move(status).error();
      listening.project_id = value;
    } else if (name == "after") {
      const char* const end = value.data() + value.size();
      uint64_t after = 0;
      const auto [rest, error] = std::from_chars(value.data(), end, after);
      if (error != std::errc() || rest != end) {
        return Invalid("after must be the number of an event");
      }
      listening.after = after;
    }
  }
  return listening;
}

std::string EventOf(const Changes::Change& change) {
  const std::string number = std::to_string(change.number);
  std::string event = "event: change\nid: " + number +
                      "\ndata: {\"seq\":" + number + ",\"project_id\":";
  if (change.project_id) {
    json::AppendQuoted(event, *change.project_id);
  } else {
    event += "null";
  }
  return event + "}\n\n";
}

// Tells of changes until the client goes (false) or the server stops (true).
bool Tell(Changes& changes, const Listening& listening, const Sink& sink) {
  const std::optional<std::string_view> project_id = listening.project_id;
  const uint64_t last = changes.last();
  uint64_t told = listening.after.value_or(last);
  // An id without data is no event, but tells where we are.
  bool open =
      sink(": bobbin tells of changes\nid: " + std::to_string(last) + "\n\n");
  while (open) {
    const auto now = std::chrono::steady_clock::now();
    switch (changes.WaitPast(told, project_id, now + kHeartbeat)) {
      case Changes::End::kChange:
        break;
      case Changes::End::kDeadline:
        open = sink(":\n\n");
        continue;
      case Changes::End::kStopped:
        return true;
      case Changes::End::kCallerGone:
        return false;
    }
    std::string events;
    for (const Changes::Change& change : changes.Past(told, project_id)) {
      events += EventOf(change);
      told = change.number;
    }
    open = sink(events);
    if (open) {
      changes.Rest(std::chrono::steady_clock::now() + kBetweenEvents);
    }
  }
  return false;
}

Result<Response> Events(Services& services, const Request& request,
                        const PathValues&) {
  Result<Listening> listening = ReadListening(request);
  if (!listening.ok()) return std::move(listening).error();
  Response response;
  response.content_type = "text/event-stream";
  response.headers = {{"Cache-Control", "no-store"}};
  response.stream_is_live = true;
  response.stream = [&services, listening = std::move(listening).value()](
                        const Sink& sink) -> StreamEnd {
    return Tell(services.calls.changes(), listening, sink);
  };
  return response;
}

constexpr auto kControlWaitRoutes = std::to_array<Route>({
    {"POST", "/_bobbin/wait", Wait},
    {"GET", "/_bobbin/events", Events},
});

}  // namespace

std::span<const Route> ControlWaitRoutes() { return kControlWaitRoutes; }

}  // namespace bobbin::api
