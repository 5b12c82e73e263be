// A file with traces that do not change, for what the terminal prints of them.
#pragma once

#include <algorithm>
#include <string>

#include "support/catch.h"
#include "support/served.h"
#include "support/temp_dir.h"
#include "support/terminal.h"

namespace bobbin::testing {

inline constexpr const char* kFirst = "019b0000-0000-7000-8000-000000000001";
inline constexpr const char* kSecond = "019b0000-0001-7000-8000-000000000002";

struct ACall {
  std::string id;
  std::string parent = {};
  std::string trace = {};
  std::string op = {};
  // Seconds of the minute; no end: it is still running.
  std::string start = {};
  std::string end = {};
  std::string inputs = "{}";
  std::string output = "null";
  std::string usage = "{}";
  std::string exception = {};
};

inline std::string QuotedOrNull(const std::string& text) {
  return text.empty() ? "null" : '"' + text + '"';
}

inline void PutCall(Client& client, const ACall& call,
                    const std::string& project = "team/app") {
  const std::string at = "2024-05-06T07:08:";
  const std::string key =
      R"("project_id":")" + project + R"(","id":)" + QuotedOrNull(call.id);
  REQUIRE(client
              .Post("/call/start",
                    R"({"start":{)" + key + R"(,"op_name":)" +
                        QuotedOrNull(call.op) + R"(,"trace_id":)" +
                        QuotedOrNull(call.trace) + R"(,"parent_id":)" +
                        QuotedOrNull(call.parent) + R"(,"started_at":")" + at +
                        call.start + R"(Z","attributes":{},"inputs":)" +
                        call.inputs + "}}")
              .status == 200);
  if (call.end.empty()) return;
  REQUIRE(client
              .Post("/call/end", R"({"end":{)" + key + R"(,"ended_at":")" + at +
                                     call.end + R"(Z","summary":{"usage":)" +
                                     call.usage + R"(},"output":)" +
                                     call.output + R"(,"exception":)" +
                                     QuotedOrNull(call.exception) + "}}")
              .status == 200);
}

// A file with three traces, which nobody serves.
class TracesFile {
 public:
  TracesFile() {
    Served bobbin({"--db", path()});
    Client client = bobbin.NewClient();
    PutCall(client, {.id = kFirst,
                     .trace = "t1",
                     .op = "answer",
                     .start = "10.000",
                     .end = "13.420",
                     .inputs = R"({"question":"Why is the sky blue?"})",
                     .output = R"({"text":"Rayleigh scattering"})"});
    PutCall(client, {.id = "c-retrieve",
                     .parent = kFirst,
                     .trace = "t1",
                     .op = "retrieve",
                     .start = "10.010",
                     .end = "10.410"});
    PutCall(client, {.id = "c-embed",
                     .parent = "c-retrieve",
                     .trace = "t1",
                     .op = "embed",
                     .start = "10.020",
                     .end = "10.110"});
    PutCall(client,
            {.id = "c-llm",
             .parent = kFirst,
             .trace = "t1",
             .op = "llm.chat",
             .start = "10.500",
             .end = "13.400",
             .inputs = R"({"model":"gpt-4o","temperature":0.2})",
             .usage = R"({"gpt-4o":{"prompt_tokens":1000,)"
                      R"("completion_tokens":204,"total_tokens":1204}})"});
    PutCall(client, {.id = kSecond,
                     .trace = "t2",
                     .op = "answer",
                     .start = "20.000",
                     .end = "21.000",
                     .inputs = R"({"question":"Why is the sky green?"})",
                     .exception = R"(RateLimit: slow down\nTraceback)"});
    PutCall(client, {.id = "c-check",
                     .parent = kSecond,
                     .trace = "t2",
                     .op = "check",
                     .start = "20.100",
                     .end = "20.400"});
    PutCall(client, {.id = "c-llm-2",
                     .parent = kSecond,
                     .trace = "t2",
                     .op = "llm.chat",
                     .start = "20.500",
                     .end = "20.900",
                     .inputs = R"({"model":"gpt-4o","temperature":0.7})"});
    PutCall(client,
            {.id = "evil",
             .trace = "t3",
             .op = R"(\u001b[2J\u202eevil)",
             .start = "30.000",
             .inputs = R"({"x":"\u001b]0;title\u0007"})"},
            "team/other");
    REQUIRE(bobbin.Stop() == 0);
  }
  std::string path() const { return folder_.File("traces.db"); }

  Finished Terminal(Arguments arguments, const Environment& more = {},
                    TerminalSize size = {}) const {
    Environment environment = more;
    environment.emplace("BOBBIN_DB", path());
    environment.emplace("NO_COLOR", "1");
    return RunOnTerminal(arguments, environment, size);
  }
  Finished Piped(const Arguments& arguments) const {
    return RunBobbin(arguments, {{"BOBBIN_DB", path()}, {"TZ", "UTC"}});
  }

 private:
  TempDir folder_;
};

inline int LinesIn(const std::string& text) {
  return static_cast<int>(std::count(text.begin(), text.end(), '\n'));
}

}  // namespace bobbin::testing
