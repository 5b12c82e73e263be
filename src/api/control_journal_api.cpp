// What arrived, and whether that is what was expected (schema/openapi.json).

#include <array>
#include <limits>
#include <string>
#include <vector>

#include "api/body.h"
#include "api/dispatch.h"
#include "api/query_string.h"
#include "base/time.h"
#include "control/verify.h"
#include "json/write.h"
#include "model/control.h"

namespace bobbin::api {
namespace {

using control::Bound;
using control::Criteria;
using control::Entry;
using control::Expectation;
using control::Outcome;
using model::ExpectationReq;

constexpr int64_t kAnySeq = std::numeric_limits<int64_t>::max();
constexpr int64_t kDefaultLimit = 1000;

void AppendTexts(std::string& out, std::string_view name,
                 const std::vector<std::string>& texts) {
  out.append(",\"").append(name).append("\":[");
  for (const std::string& text : texts) {
    if (&text != &texts.front()) out += ',';
    json::AppendQuoted(out, text);
  }
  out += ']';
}

// Appends `,"name":"text"`, or null if it is empty.
void AppendTextOrNull(std::string& out, std::string_view name,
                      std::string_view text) {
  out.append(",\"").append(name).append("\":");
  if (text.empty()) {
    out += "null";
  } else {
    json::AppendQuoted(out, text);
  }
}

// The same for a number, or null if it is 0.
void AppendNumber(std::string& out, std::string_view name, int64_t number) {
  out.append(",\"").append(name).append("\":");
  if (number == 0) {
    out += "null";
  } else {
    json::AppendInt(out, number);
  }
}

void AppendCount(std::string& out, std::string_view name, int64_t count) {
  out.append(",\"").append(name).append("\":");
  json::AppendInt(out, count);
}

void AppendEntry(std::string& out, const Entry& entry, bool with_body) {
  out += R"({"seq":)";
  json::AppendInt(out, entry.seq);
  out += R"(,"time":")";
  AppendTime(out, entry.time_us);
  out += '"';
  AppendTextOrNull(out, "method", entry.method);
  AppendTextOrNull(out, "route", entry.route);
  AppendTextOrNull(out, "path", entry.path);
  AppendTexts(out, "project_ids", entry.facts.project_ids);
  std::vector<std::string> ops;
  for (const control::Facts::Op& op : entry.facts.ops) ops.push_back(op.name);
  AppendTexts(out, "ops", ops);
  AppendCount(out, "starts", entry.facts.starts);
  AppendCount(out, "ends", entry.facts.ends);
  AppendNumber(out, "status", entry.status);
  AppendCount(out, "request_bytes", static_cast<int64_t>(entry.request_bytes));
  out += R"(,"headers":)";
  out += entry.headers;
  AppendTextOrNull(out, "retry_id", entry.retry_id);
  AppendNumber(out, "retry_of", entry.retry_of);
  AppendTextOrNull(out, "fault", entry.fault);
  if (with_body) {
    // Its own text, if it is JSON.
    if (entry.facts.is_json) {
      out.append(R"(,"body":)").append(entry.body);
    } else {
      AppendTextOrNull(out, "body_text", entry.body);
    }
  }
  out += '}';
}

Error NoJournal() {
  return Invalid(
      "This server keeps no journal: start it with --journal N, or use "
      "--ephemeral.");
}

Result<Response> ReadJournal(Services& services, const Request& request,
                             const PathValues&) {
  const control::Journal& journal = services.control.journal();
  if (!journal.enabled()) return NoJournal();
  QueryString query(request);
  Criteria wanted;
  wanted.route = query.Text("route");
  wanted.project_id = query.Text("project_id");
  wanted.op = query.Text("op");
  wanted.status = query.Number("status", 0, 599);
  const int64_t since = query.Number("since", 0, kAnySeq).value_or(0);
  int64_t room = query.Number("limit", 0, kAnySeq).value_or(kDefaultLimit);
  const bool only_count = query.Flag("count");
  Status status = query.Check();
  if (!status.ok()) return std::move(status).error();
  int64_t count = 0;
  std::string entries;
  journal.Visit(since, [&](const Entry& entry) {
    if (!wanted.Match(entry)) return true;
    ++count;
    if (only_count || room == 0) return true;
    --room;
    if (!entries.empty()) entries += ',';
    AppendEntry(entries, entry, journal.keeps_bodies());
    return true;
  });
  Response response;
  response.body = R"({"count":)";
  json::AppendInt(response.body, count);
  AppendCount(response.body, "dropped",
              journal.Dropped(since, wanted.project_id));
  AppendCount(response.body, "last_seq", journal.last_seq());
  if (!only_count) response.body += R"(,"entries":[)" + entries + ']';
  response.body += '}';
  return response;
}

Result<Response> ClearJournal(Services& services, const Request& request,
                              const PathValues&) {
  QueryString query(request);
  const std::optional<std::string> project_id = query.Text("project_id");
  Status status = query.Check();
  if (!status.ok()) return std::move(status).error();
  Response response;
  response.body = R"({"cleared":)";
  json::AppendInt(response.body, services.control.Forget(project_id));
  response.body += '}';
  return response;
}

std::optional<std::string> Copy(const std::optional<std::string_view>& text) {
  if (!text) return std::nullopt;
  return std::string(*text);
}

Result<Expectation> Read(const ExpectationReq& req) {
  Expectation expected;
  expected.what.route = Copy(req.route);
  expected.what.project_id = Copy(req.project_id);
  expected.what.op = Copy(req.op);
  if (req.status) {
    if (*req.status < 0 || *req.status > 599) {
      return Invalid("status must be from 0 to 599");
    }
    expected.what.status = static_cast<int>(*req.status);
  }
  int bounds = 0;
  const auto take = [&](const std::optional<int64_t>& wanted, Bound bound) {
    if (!wanted) return;
    ++bounds;
    expected.bound = bound;
    expected.wanted = *wanted;
  };
  take(req.exactly, Bound::kExactly);
  take(req.at_least, Bound::kAtLeast);
  take(req.at_most, Bound::kAtMost);
  if (bounds != 1) {
    return Invalid("Say one of exactly, at_least and at_most");
  }
  const std::string_view count = req.count.value_or("requests");
  if (count != "requests" && count != "calls") {
    return Invalid("count must be requests or calls");
  }
  expected.calls = count == "calls";
  return expected;
}

void AppendOutcome(std::string& out, size_t index, const Expectation& expected,
                   const Outcome& outcome) {
  out += R"({"index":)";
  json::AppendInt(out, static_cast<int64_t>(index));
  out += outcome.met ? R"(,"met":true)" : R"(,"met":false)";
  AppendCount(out, control::BoundName(expected.bound), expected.wanted);
  AppendCount(out, "count", outcome.count);
  AppendCount(out, "dropped", outcome.dropped);
  out += R"(,"seqs":[)";
  for (const int64_t seq : outcome.seqs) {
    if (out.back() != '[') out += ',';
    json::AppendInt(out, seq);
  }
  out += ']';
  if (!outcome.met) {
    out += R"(,"nearest":[)";
    for (const control::NearMiss& miss : outcome.nearest) {
      if (&miss != &outcome.nearest.front()) out += ',';
      out += R"({"differs":)";
      json::AppendQuoted(out, miss.differs);
      AppendTextOrNull(out, "was", miss.was);
      AppendCount(out, "count", miss.count);
      AppendCount(out, "last_seq", miss.last_seq);
      out += '}';
    }
    out += ']';
  }
  out += '}';
}

// What was expected, and what came, in a sentence for whoever reads the
// output of a test.
std::string Sentence(const Expectation& expected, const Outcome& outcome) {
  std::string text = "expected ";
  text += expected.bound == Bound::kExactly   ? "exactly "
          : expected.bound == Bound::kAtLeast ? "at least "
                                              : "at most ";
  text += std::to_string(expected.wanted);
  text += expected.calls ? " calls" : " requests";
  const auto add = [&text](std::string_view name,
                           const std::optional<std::string>& value) {
    if (value) text.append(" with ").append(name).append(" ").append(*value);
  };
  add("route", expected.what.route);
  add("project_id", expected.what.project_id);
  add("op", expected.what.op);
  if (expected.what.status) {
    text += " with status " + std::to_string(*expected.what.status);
  }
  text += ", got " + std::to_string(outcome.count);
  if (outcome.dropped > 0) {
    text += " and " + std::to_string(outcome.dropped) +
            " that may count are no longer in the journal";
  }
  for (const control::NearMiss& miss : outcome.nearest) {
    text += "; " + std::to_string(miss.count) + " came with ";
    text += miss.was.empty() ? "no " + std::string(miss.differs)
                             : std::string(miss.differs) + " " + miss.was;
  }
  return text;
}

Result<Response> VerifyRequests(Services& services, const Request& request,
                                const PathValues&) {
  constexpr int kDepthOfExpectations = 3;  // {expect: [{…}]}
  const control::Journal& journal = services.control.journal();
  if (!journal.enabled()) return NoJournal();
  Body<model::VerifyReq> body;
  Status status = body.Read(request, kDepthOfExpectations);
  if (!status.ok()) return std::move(status).error();
  std::string outcomes;
  std::string reason;
  size_t index = 0;
  for (const ExpectationReq& req : body.record.expect) {
    Result<Expectation> expected = Read(req);
    if (!expected.ok()) return std::move(expected).error();
    const Outcome outcome = control::Verify(
        journal, body.record.since.value_or(0), expected.value());
    if (!outcomes.empty()) outcomes += ',';
    AppendOutcome(outcomes, index++, expected.value(), outcome);
    if (outcome.met) continue;
    if (!reason.empty()) reason += "\n";
    reason += Sentence(expected.value(), outcome);
  }
  if (!reason.empty()) {
    return Error{.code = Code::kUnprocessable,
                 .message = std::move(reason),
                 .type = "VerificationFailed",
                 .members = R"(,"expect":[)" + outcomes + ']'};
  }
  Response response;
  response.body = R"({"expect":[)" + outcomes + "]}";
  return response;
}

constexpr auto kControlJournalRoutes = std::to_array<Route>({
    {"GET", "/_bobbin/journal", ReadJournal},
    {"DELETE", "/_bobbin/journal", ClearJournal},
    {"POST", "/_bobbin/verify", VerifyRequests},
});

}  // namespace

std::span<const Route> ControlJournalRoutes() { return kControlJournalRoutes; }

}  // namespace bobbin::api
