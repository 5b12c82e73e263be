// What `bobbin ls`, `show` and the rest print, on a terminal and piped, for
// data that does not change.
#include "support/terminal.h"

#include <algorithm>
#include <sstream>
#include <string>

#include "base/display.h"
#include "support/catch.h"
#include "support/served.h"
#include "support/temp_dir.h"

namespace bobbin::testing {
namespace {

using Catch::Contains;

constexpr const char* kFirst = "019b0000-0000-7000-8000-000000000001";
constexpr const char* kSecond = "019b0000-0001-7000-8000-000000000002";

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

std::string Quoted(const std::string& text) {
  return text.empty() ? "null" : '"' + text + '"';
}

void Record(Client& client, const ACall& call,
            const std::string& project = "team/app") {
  const std::string at = "2024-05-06T07:08:";
  const std::string key =
      R"("project_id":")" + project + R"(","id":)" + Quoted(call.id);
  REQUIRE(client
              .Post("/call/start",
                    R"({"start":{)" + key + R"(,"op_name":)" + Quoted(call.op) +
                        R"(,"trace_id":)" + Quoted(call.trace) +
                        R"(,"parent_id":)" + Quoted(call.parent) +
                        R"(,"started_at":")" + at + call.start +
                        R"(Z","attributes":{},"inputs":)" + call.inputs + "}}")
              .status == 200);
  if (call.end.empty()) return;
  REQUIRE(client
              .Post("/call/end", R"({"end":{)" + key + R"(,"ended_at":")" + at +
                                     call.end + R"(Z","summary":{"usage":)" +
                                     call.usage + R"(},"output":)" +
                                     call.output + R"(,"exception":)" +
                                     Quoted(call.exception) + "}}")
              .status == 200);
}

// A file with three traces, which nobody serves.
class Traces {
 public:
  Traces() {
    Served bobbin({"--db", path()});
    Client client = bobbin.NewClient();
    Record(client, {.id = kFirst,
                    .trace = "t1",
                    .op = "answer",
                    .start = "10.000",
                    .end = "13.420",
                    .inputs = R"({"question":"Why is the sky blue?"})",
                    .output = R"({"text":"Rayleigh scattering"})"});
    Record(client, {.id = "c-retrieve",
                    .parent = kFirst,
                    .trace = "t1",
                    .op = "retrieve",
                    .start = "10.010",
                    .end = "10.410"});
    Record(client, {.id = "c-embed",
                    .parent = "c-retrieve",
                    .trace = "t1",
                    .op = "embed",
                    .start = "10.020",
                    .end = "10.110"});
    Record(client,
           {.id = "c-llm",
            .parent = kFirst,
            .trace = "t1",
            .op = "llm.chat",
            .start = "10.500",
            .end = "13.400",
            .inputs = R"({"model":"gpt-4o","temperature":0.2})",
            .usage = R"({"gpt-4o":{"prompt_tokens":1000,)"
                     R"("completion_tokens":204,"total_tokens":1204}})"});
    Record(client, {.id = kSecond,
                    .trace = "t2",
                    .op = "answer",
                    .start = "20.000",
                    .end = "21.000",
                    .inputs = R"({"question":"Why is the sky green?"})",
                    .exception = R"(RateLimit: slow down\nTraceback)"});
    Record(client, {.id = "c-check",
                    .parent = kSecond,
                    .trace = "t2",
                    .op = "check",
                    .start = "20.100",
                    .end = "20.400"});
    Record(client, {.id = "c-llm-2",
                    .parent = kSecond,
                    .trace = "t2",
                    .op = "llm.chat",
                    .start = "20.500",
                    .end = "20.900",
                    .inputs = R"({"model":"gpt-4o","temperature":0.7})"});
    Record(client,
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

int LinesIn(const std::string& text) {
  return static_cast<int>(std::count(text.begin(), text.end(), '\n'));
}

TEST_CASE("ls prints a table on a terminal", "[e2e]") {
  const Traces traces;
  const Finished done = traces.Terminal({"ls"}, {}, {.columns = 110});
  CHECK(done.code == 0);
  CHECK(done.out ==
        "ID             WHEN                 NAME          TIME  CALLS  TOKENS "
        " PROJECT\n"
        "evil           2024-05-06 07:08  …  ␛[2J�evil  running      1         "
        " team/other\n"
        "019b0000-0001  2024-05-06 07:08  ✗  answer       1.00s      3         "
        " team/app\n"
        "019b0000-0000  2024-05-06 07:08  ✓  answer       3.42s      4   1,204 "
        " team/app\n");
}

TEST_CASE("ls keeps to a narrow terminal", "[e2e]") {
  const Traces traces;
  const Finished done = traces.Terminal({"ls"}, {}, {.columns = 70});
  CHECK(
      done.out ==
      "ID             WHEN                 NAME          TIME  CALLS  TOKENS\n"
      "evil           2024-05-06 07:08  …  ␛[2J�evil  running      1\n"
      "019b0000-0001  2024-05-06 07:08  ✗  answer       1.00s      3\n"
      "019b0000-0000  2024-05-06 07:08  ✓  answer       3.42s      4   "
      "1,204\n");
  for (const std::string command : {"ls", "tail"}) {
    INFO(command);
    const Finished narrow = traces.Terminal({command}, {}, {.columns = 40});
    CHECK(LinesIn(narrow.out) == (4));
    size_t begin = 0;
    while (begin < narrow.out.size()) {
      const size_t end = narrow.out.find('\n', begin);
      const std::string line = narrow.out.substr(begin, end - begin);
      INFO(line);
      CHECK(DisplayWidth(line) <= 40);
      begin = end + 1;
    }
  }
}

TEST_CASE("ls has colours unless NO_COLOR says otherwise", "[e2e]") {
  const Traces traces;
  const auto escape = Contains("\x1b[");
  CHECK_THAT(traces.Terminal({"ls"}, {{"NO_COLOR", ""}}).out, escape);
  CHECK_THAT(traces.Terminal({"ls"}).out, !escape);
}

TEST_CASE("ls is piped as the lines of the API", "[e2e]") {
  const Traces traces;
  const Finished done = traces.Piped({"ls", "--project", "team/app"});
  CHECK(done.code == 0);
  REQUIRE(LinesIn(done.out) == 2);
  CHECK_THAT(done.out, Catch::StartsWith("{\"project_id\":\"team/app\","));
  CHECK_THAT(done.out, Contains(R"("total_tokens":1204)"));
  // On a terminal it is the same with --json, and harmless.
  const Finished json = traces.Terminal({"ls", "--json"});
  CHECK(LinesIn(json.out) == 3);
  CHECK(json.out.find('\x1b') == std::string::npos);
  CHECK_THAT(json.out, Contains(R"(\u202eevil)"));
}

TEST_CASE("the filters choose what ls shows", "[e2e]") {
  const Traces traces;
  struct Row {
    Arguments filters;
    int traces;
  };
  const Row row = GENERATE(
      Row{{"--status", "error"}, 1}, Row{{"--status", "running"}, 1},
      Row{{"--status", "error", "--status", "success"}, 2},
      Row{{"--op", "answer"}, 2}, Row{{"--project", "team/other"}, 1},
      Row{{"--since", "2024-05-06T07:08:15Z"}, 2},
      Row{{"--until", "2024-05-06T07:08:15Z"}, 1}, Row{{"--since", "2h"}, 0},
      Row{{"--where", "latency_ms > 2000"}, 1},
      Row{{"--where", "inputs.question contains \"green\""}, 1},
      Row{{"-n", "1"}, 1}, Row{{"--sort", "latency", "-n", "2"}, 2});
  CAPTURE(row.filters);
  Arguments arguments{"ls"};
  arguments.insert(arguments.end(), row.filters.begin(), row.filters.end());
  const Finished done = traces.Piped(arguments);
  CHECK(done.code == 0);
  CHECK(LinesIn(done.out) == row.traces);
}

TEST_CASE("show draws a trace as a tree", "[e2e]") {
  const Traces traces;
  const std::string id = GENERATE(std::string(kFirst), "019b0000-0000");
  const Finished done = traces.Terminal({"show", id}, {}, {.columns = 80});
  CHECK(done.code == 0);
  CHECK(
      done.out ==
      "answer  ✓ success  3.42s  4 calls  1,204 tokens\n"
      "team/app · 2024-05-06 07:08:10.000 · trace t1\n"
      "\n"
      "✓ answer      ████████████████████████████████████████  3.42s\n"
      "├╴✓ retrieve  ████▊                                     400ms\n"
      "│ └╴✓ embed   █▎                                         90ms\n"
      "└╴✓ llm.chat       ██████████████████████████████████▊  2.90s  1,204\n");
}

TEST_CASE("an id that does not fit beside the time has a line", "[e2e]") {
  const Traces traces;
  const Finished done = traces.Terminal({"show", "t1"}, {}, {.columns = 44});
  CHECK_THAT(done.out,
             Contains("team/app · 2024-05-06 07:08:10.000\ntrace t1\n"));
}

TEST_CASE("show with --inputs says what the calls were given and gave",
          "[e2e]") {
  const Traces traces;
  const Finished done =
      traces.Terminal({"show", "t2", "-i"}, {}, {.columns = 80});
  CHECK(done.out ==
        "answer  ✗ error  1.00s  3 calls\n"
        "team/app · 2024-05-06 07:08:20.000 · trace t2\n"
        "\n"
        "✗ answer      ████████████████████████████████████████  1.00s\n"
        "│ RateLimit: slow down\n"
        "│ inputs\n"
        "│   question: Why is the sky green?\n"
        "├╴✓ check         ████████████                          300ms\n"
        "└╴✓ llm.chat                      ████████████████      400ms\n"
        "    inputs\n"
        "      model: gpt-4o\n"
        "      temperature: 0.7\n");
}

TEST_CASE("show with --inputs keeps to the width at every depth", "[e2e]") {
  const TempDir folder;
  const std::string path = folder.File("x.db");
  Served bobbin({"--db", path});
  Client client = bobbin.NewClient();
  const std::string text = "[0.25," + std::string(300, '7') + ']';
  for (int i = 0; i < 30; ++i) {
    Record(client, {.id = "call " + std::to_string(i),
                    .parent = i > 0 ? "call " + std::to_string(i - 1) : "",
                    .trace = "t",
                    .op = "work",
                    .start = "01.000",
                    .end = "02.000",
                    .inputs = R"({"text":")" + std::string(300, 'x') +
                              R"(","vector":)" + text + "}"});
  }
  const Finished done = RunOnTerminal({"show", "-i", "--db", path},
                                      {{"NO_COLOR", "1"}}, {.columns = 60});
  std::istringstream lines(done.out);
  int widest = 0;
  for (std::string line; std::getline(lines, line);) {
    widest = std::max(widest, DisplayWidth(line));
  }
  CHECK(widest == 60);
  CHECK_THAT(done.out, Contains("vector: [0.25, 777"));
}

TEST_CASE("show says all about one call", "[e2e]") {
  const Traces traces;
  const Finished done = traces.Terminal({"show", "c-llm"}, {}, {.columns = 80});
  CHECK(done.out ==
        "llm.chat  ✓ success  2.90s  1,204 tokens\n"
        "team/app · 2024-05-06 07:08:10.500 · call c-llm\n"
        "\n"
        "inputs\n"
        "  model: gpt-4o\n"
        "  temperature: 0.2\n"
        "\n"
        "usage\n"
        "  gpt-4o:\n"
        "    prompt_tokens: 1000\n"
        "    completion_tokens: 204\n"
        "    total_tokens: 1204\n");
}

TEST_CASE("show without an id is the newest trace, and harmless", "[e2e]") {
  const Traces traces;
  const Finished done =
      traces.Terminal({"show", "--inputs"}, {}, {.columns = 80});
  CHECK(done.out ==
        "␛[2J�evil  … running\n"
        "team/other · 2024-05-06 07:08:30.000 · trace t3\n"
        "\n"
        "… ␛[2J�evil  ████████████████████████████████████████  running\n"
        "  inputs\n"
        "    x: ␛]0;title␇\n");
}

TEST_CASE("show is piped as the calls of the API", "[e2e]") {
  const Traces traces;
  const Finished all = traces.Piped({"show", kFirst});
  CHECK(LinesIn(all.out) == 4);
  CHECK_THAT(all.out, Contains(R"("inputs":{"model":"gpt-4o",)"));
  const Finished one = traces.Piped({"show", "c-llm", "-p", "team/app"});
  CHECK(one.code == 0);
  CHECK(LinesIn(one.out) == 1);
}

TEST_CASE("what can't be shown is said, with a next step", "[e2e]") {
  const Traces traces;
  const Finished missing = traces.Piped({"show", "nothing"});
  CHECK(missing.code == 8);
  CHECK_THAT(missing.err, Contains("bobbin ls"));
  const Finished several = traces.Piped({"show", "019b0000"});
  CHECK(several.code == 2);
  CHECK_THAT(several.err, Contains(kFirst));
  CHECK_THAT(several.err, Contains(kSecond));
}

TEST_CASE("stats sums up by op", "[e2e]") {
  const Traces traces;
  const Finished done = traces.Terminal({"stats", "-p", "team/app"});
  CHECK(done.code == 0);
  CHECK_THAT(done.out, Catch::StartsWith("OP "));
  CHECK_THAT(done.out, Contains("\nllm.chat "));
  CHECK_THAT(done.out, Contains("1,204"));
  CHECK(LinesIn(traces.Piped({"stats", "-p", "team/app"}).out) == 5);
  // Numbers that do not fit go, the less telling ones first.
  const Finished narrow =
      traces.Terminal({"stats", "-p", "team/app"}, {}, {.columns = 40});
  CHECK_THAT(narrow.out,
             Catch::StartsWith("OP        CALLS  ERRORS    P50  TOKENS\n"));
}

TEST_CASE("stats tells the versions of an op apart", "[e2e]") {
  const TempDir folder;
  const std::string path = folder.File("x.db");
  Served bobbin({"--db", path});
  Client client = bobbin.NewClient();
  for (const char* op : {"step:Abcdef123", "step:Xyz0123456", "run:Q1"}) {
    Record(client, {.id = op,
                    .trace = op,
                    .op = "weave:///team/app/op/" + std::string(op),
                    .start = "01.000",
                    .end = "02.000"});
  }
  const Finished done =
      RunOnTerminal({"stats", "--db", path}, {{"NO_COLOR", "1"}});
  CHECK_THAT(done.out, Contains("\nstep:Abcdef ") &&
                           Contains("\nstep:Xyz012 ") && Contains("\nrun "));
}

TEST_CASE("grep shows what it found, and where", "[e2e]") {
  const Traces traces;
  const Finished done =
      traces.Terminal({"grep", "green"}, {}, {.columns = 100});
  CHECK(done.code == 0);
  CHECK_THAT(done.out, Contains("answer  inputs  2024-05-06 07:08 · team/app "
                                "· " +
                                std::string(kSecond) + "\n"));
  CHECK_THAT(done.out, Contains("Why is the sky green?"));
  // The id is what matters where there is less room.
  const Finished narrow =
      traces.Terminal({"grep", "green"}, {}, {.columns = 80});
  CHECK_THAT(narrow.out, Contains("answer  inputs  2024-05-06 07:08 · " +
                                  std::string(kSecond) + "\n"));
  CHECK(LinesIn(traces.Piped({"grep", "the sky"}).out) == 2);
  const Finished nothing = traces.Piped({"grep", "no such text"});
  CHECK(nothing.code == 8);
  CHECK(nothing.out.empty());
}

TEST_CASE("sql reads the views and changes nothing", "[e2e]") {
  const Traces traces;
  const Arguments query{"sql",
                        "SELECT id, op_name, latency_ms FROM calls WHERE "
                        "project_id = 'team/app' ORDER BY started_at LIMIT 2"};
  CHECK(traces.Terminal(query).out ==
        "id                                    op_name   latency_ms\n"
        "019b0000-0000-7000-8000-000000000001  answer        3420.0\n"
        "c-retrieve                            retrieve       400.0\n");
  CHECK(traces.Piped(query).out ==
        "{\"id\":\"019b0000-0000-7000-8000-000000000001\",\"op_name\":"
        "\"answer\",\"latency_ms\":3420.0}\n"
        "{\"id\":\"c-retrieve\",\"op_name\":\"retrieve\",\"latency_ms\":400.0}"
        "\n");
  const Finished changed = traces.Piped({"sql", "DELETE FROM main.calls"});
  CHECK(changed.code == 2);
  CHECK_THAT(changed.err, Contains("read"));
  const Finished cut = traces.Piped({"sql", "-n", "1", "SELECT * FROM calls"});
  CHECK(LinesIn(cut.out) == 1);
  CHECK_THAT(cut.err, Contains("--limit 0"));
  const Finished wide = traces.Terminal(
      {"sql", "SELECT * FROM calls WHERE id = 'c-llm'"}, {}, {.columns = 60});
  CHECK_THAT(wide.out, Contains("op_name          llm.chat\n"));
  const Finished endless = traces.Piped(
      {"sql", "--timeout", "0.1",
       "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) "
       "SELECT count(*) FROM n"});
  CHECK(endless.code == 1);
}

TEST_CASE("diff lays two traces beside each other", "[e2e]") {
  const Traces traces;
  const Finished done =
      traces.Terminal({"diff", kFirst, kSecond}, {}, {.columns = 90});
  CHECK(done.code == 0);
  CHECK(done.out ==
        "- answer  2024-05-06 07:08:10.000 · 4 calls · "
        "019b0000-0000-7000-8000-000000000001\n"
        "+ answer  2024-05-06 07:08:20.000 · 3 calls · "
        "019b0000-0001-7000-8000-000000000002\n"
        "\n"
        "~ answer  3.42s → 1.00s -71%\n"
        "    inputs.question\n"
        "      - \"Why is the sky blue?\"\n"
        "      + \"Why is the sky green?\"\n"
        "    output\n"
        "      - {\"text\":\"Rayleigh scattering\"}\n"
        "      + null\n"
        "    exception\n"
        "      + \"RateLimit: slow down\\nTraceback\"\n"
        "-   retrieve  400ms\n"
        "-     embed  90ms\n"
        "+   check  300ms\n"
        "~   llm.chat  2.90s → 400ms -86%  1,204 → – tokens\n"
        "      inputs.temperature\n"
        "        - 0.2\n"
        "        + 0.7\n"
        "\n"
        "5 different, 0 alike in inputs and output\n");
  const Finished piped = traces.Piped({"diff", kFirst, kSecond});
  CHECK(LinesIn(piped.out) == 5);
  CHECK_THAT(piped.out, Contains(R"({"path":"inputs.temperature","a":0.2,)"
                                 R"("b":0.7})"));
}

TEST_CASE("tail shows the newest last", "[e2e]") {
  const Traces traces;
  const Finished done =
      traces.Terminal({"tail", "-n", "2"}, {}, {.columns = 100});
  CHECK(done.code == 0);
  CHECK(done.out ==
        "2024-05-06 07:08 ✗     1.00s  answer                        "
        "019b0000-0001  team/app\n"
        "    RateLimit: slow down\n"
        "2024-05-06 07:08 …   running  ␛[2J�evil                     evil  "
        "team/other\n");
}

TEST_CASE("commands read a file that is being served, or ask the server",
          "[e2e]") {
  const TempDir folder;
  const std::string path = folder.File("x.db");
  Served bobbin({"--db", path});
  Client client = bobbin.NewClient();
  Record(client, {.id = "a",
                  .trace = "t",
                  .op = "work",
                  .start = "01.000",
                  .end = "02.000"});
  for (const Arguments& where :
       {Arguments{"--db", path}, Arguments{"--url", bobbin.url()}}) {
    CAPTURE(where);
    Arguments arguments{"ls"};
    arguments.insert(arguments.end(), where.begin(), where.end());
    const Finished done = RunBobbin(arguments);
    CHECK(done.code == 0);
    CHECK(LinesIn(done.out) == 1);
  }
  // And the server goes on.
  Record(client, {.id = "b",
                  .parent = "a",
                  .trace = "t",
                  .op = "work",
                  .start = "01.500",
                  .end = "01.600"});
  CHECK(bobbin.Stop() == 0);
}

TEST_CASE("tail -f shows a trace when it ends", "[e2e]") {
  const TempDir folder;
  const std::string path = folder.File("x.db");
  Served bobbin({"--db", path});
  Client client = bobbin.NewClient();
  Record(client, {.id = "first",
                  .trace = "t1",
                  .op = "work",
                  .start = "01.000",
                  .end = "02.000"});
  Process tail(BOBBIN_BINARY, {"tail", "-f", "--db", path});
  CHECK_THAT(tail.ReadLine().value_or(""), Contains(R"("id":"first")"));
  Record(client, {.id = "second",
                  .trace = "t2",
                  .op = "work",
                  .start = "03.000",
                  .end = ""});
  CHECK_THAT(tail.ReadLine().value_or(""),
             Contains(R"("id":"second")") && Contains(R"("running")"));
  Record(client, {.id = "second",
                  .trace = "t2",
                  .op = "work",
                  .start = "03.000",
                  .end = "04.000"});
  CHECK_THAT(tail.ReadLine().value_or(""),
             Contains(R"("id":"second")") && Contains(R"("success")"));
}

TEST_CASE("where there is nothing to look at, commands say what to do",
          "[e2e]") {
  const TempDir folder;
  const Finished missing = RunBobbin({"ls", "--db", folder.File("no.db")});
  CHECK(missing.code == 4);
  CHECK_THAT(missing.err, Contains("bobbin serve"));
  const Finished nobody = RunBobbin({"ls", "--url", "http://127.0.0.1:1"});
  CHECK(nobody.code == 9);
  CHECK_THAT(nobody.err, Contains("bobbin serve"));
  CHECK(RunBobbin({"ls", "--url", "x", "--db", "y"}).code == 2);
  CHECK(RunBobbin({"sql", "SELECT 1", "--url", "http://x"}).code == 2);
  CHECK(
      RunBobbin({"ls", "--db", folder.File("no.db"), "--status", "bad"}).code ==
      2);
}

TEST_CASE("filters that make no sense say why", "[e2e]") {
  const Traces traces;
  const Finished when = traces.Piped({"ls", "--since", "soon"});
  CHECK(when.code == 2);
  CHECK_THAT(when.err, Contains("yesterday"));
  const Finished where = traces.Piped({"ls", "--where", "status ="});
  CHECK(where.code == 2);
}

TEST_CASE("long output goes through the pager", "[e2e]") {
  const Traces traces;
  const Finished paged =
      traces.Terminal({"show", kFirst}, {{"PAGER", "sed 's/^/> /'"}},
                      {.columns = 72, .rows = 4});
  CHECK_THAT(paged.out, Catch::StartsWith("> answer"));
  // What fits the screen does not.
  const Finished fits = traces.Terminal(
      {"show", kFirst}, {{"PAGER", "sed 's/^/> /'"}}, {.columns = 80});
  CHECK_THAT(fits.out, Catch::StartsWith("answer"));
  // Nor where there is no such program.
  const Finished missing = traces.Terminal(
      {"show", kFirst}, {{"PAGER", GENERATE("no-such-pager -x", "/no/pager")}},
      {.columns = 72, .rows = 4});
  CHECK_THAT(missing.out, Catch::StartsWith("answer"));
  // A pager that ends early is no trouble.
  const Finished quit = traces.Terminal({"show", kFirst}, {{"PAGER", "true"}},
                                        {.columns = 72, .rows = 4});
  CHECK(quit.code == 0);
}

TEST_CASE("completions know the commands and their flags", "[e2e]") {
  const std::string shell = GENERATE("bash", "zsh", "fish");
  CAPTURE(shell);
  const Finished done = RunBobbin({"completion", shell});
  CHECK(done.code == 0);
  for (const char* word : {"serve", "ls", "show", "where", "completion"}) {
    CHECK_THAT(done.out, Contains(word));
  }
  if (shell != "bash") return;
  const Finished checked =
      RunToEnd("/bin/bash",
               {"-c", done.out + "COMP_WORDS=(bobbin ls --si); COMP_CWORD=2; "
                                 "_bobbin; echo ${COMPREPLY[@]}"});
  CHECK(checked.out == "--since\n");
}

}  // namespace
}  // namespace bobbin::testing
