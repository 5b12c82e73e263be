// What `bobbin stats`, `grep`, `sql`, `diff` and `tail` print, on a terminal
// and piped, and what holds for all of them.
#include <sstream>
#include <string>

#include "base/display.h"
#include "support/catch.h"
#include "support/traces_file.h"

namespace bobbin::testing {
namespace {

using Catch::Contains;

TEST_CASE("stats sums up by op", "[e2e]") {
  const TracesFile traces;
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
    PutCall(client, {.id = op,
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
  const TracesFile traces;
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
  const TracesFile traces;
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
  CHECK(endless.err ==
        "bobbin: stopped after --timeout; --timeout 0 for any time.\n");
  // A view is not what may be changed, either.
  CHECK(traces.Piped({"sql", "DELETE FROM calls"}).err ==
        "bobbin: Only statements that read are run here.\n");
}

TEST_CASE("output that can't be written is a failure that says so", "[e2e]") {
  const TracesFile traces;
  for (const std::string command :
       {"sql 'SELECT 1'", "check", "prune -n --older-than 1d", "ls",
        "import - </dev/null", "--help", "completion bash"}) {
    CAPTURE(command);
    const Finished done =
        RunToEnd("/bin/sh", {"-c", "BOBBIN_DB='" + traces.path() + "' '" +
                                       std::string(BOBBIN_BINARY) + "' " +
                                       command + " >/dev/full"});
    CHECK(done.code == 1);
    CHECK_THAT(done.err, Catch::StartsWith("bobbin: "));
  }
}

TEST_CASE("diff lays two traces beside each other", "[e2e]") {
  const TracesFile traces;
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

TEST_CASE("diff compares the roots of two traces, whatever they do", "[e2e]") {
  const TempDir folder;
  const std::string path = folder.File("x.db");
  {
    Served bobbin({"--db", path});
    Client client = bobbin.NewClient();
    for (const char* op : {"one", "two"}) {
      PutCall(client, {.id = op,
                       .trace = op,
                       .op = op,
                       .start = "01.000",
                       .end = "02.000",
                       .inputs = R"({"x":")" + std::string(op) + "\"}"});
      PutCall(client, {.id = "below-" + std::string(op),
                       .parent = op,
                       .trace = op,
                       .op = "only-" + std::string(op),
                       .start = "01.000",
                       .end = "02.000",
                       .usage = R"({"m":{"total_tokens":1}})"});
    }
    REQUIRE(bobbin.Stop() == 0);
  }
  const Finished done =
      RunOnTerminal({"diff", "one", "two", "--db", path}, {{"NO_COLOR", "1"}});
  CHECK_THAT(done.out, Contains("~ one → two  1.00s\n"
                                "    inputs.x\n"
                                "      - \"one\"\n"
                                "      + \"two\"\n"
                                "-   only-one  1.00s  1 token\n"
                                "+   only-two  1.00s  1 token\n"));
}

TEST_CASE("no line is wider than a narrow terminal", "[e2e]") {
  const TempDir folder;
  const std::string path = folder.File("x.db");
  const std::string name(60, 'n');
  {
    Served bobbin({"--db", path});
    Client client = bobbin.NewClient();
    for (const std::string id : {kFirst, kSecond}) {
      PutCall(client,
              {.id = id,
               .trace = id,
               .op = name + id,
               .start = "01.000",
               .end = "02.000",
               .inputs = R"({")" + std::string(80, 'k') + R"(":")" + id + "\"}",
               .usage = R"({"m":{"total_tokens":1}})"});
      PutCall(client, {.id = "below-" + id,
                       .parent = id,
                       .trace = id,
                       .op = name + "below" + id,
                       .start = "01.000",
                       .end = "02.000"});
    }
    REQUIRE(bobbin.Stop() == 0);
  }
  const int columns = GENERATE(40, 60, 100);
  for (const Arguments& arguments :
       {Arguments{"ls"}, Arguments{"show", kFirst},
        Arguments{"diff", kFirst, kSecond}, Arguments{"grep", "kkk"},
        Arguments{"stats"}, Arguments{"stats", "--by", "time"}}) {
    CAPTURE(columns, arguments);
    Arguments all = arguments;
    all.insert(all.end(), {"--db", path});
    const Finished done =
        RunOnTerminal(all, {{"NO_COLOR", "1"}}, {.columns = columns});
    CHECK(done.code == 0);
    std::istringstream lines(done.out);
    for (std::string line; std::getline(lines, line);) {
      CAPTURE(line);
      CHECK(DisplayWidth(line) <= columns);
    }
  }
  // The time of a line is what tells it from others.
  CHECK_THAT(RunOnTerminal({"stats", "--by", "time", "--db", path}, {},
                           {.columns = 40})
                 .out,
             Contains("2024-05-06 07:00"));
}

TEST_CASE("tail shows the newest last", "[e2e]") {
  const TracesFile traces;
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
  PutCall(client, {.id = "a",
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
  PutCall(client, {.id = "b",
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
  PutCall(client, {.id = "first",
                   .trace = "t1",
                   .op = "work",
                   .start = "01.000",
                   .end = "02.000"});
  Process tail(BOBBIN_BINARY, {"tail", "-f", "--db", path});
  CHECK_THAT(tail.ReadLine().value_or(""), Contains(R"("id":"first")"));
  PutCall(client, {.id = "second",
                   .trace = "t2",
                   .op = "work",
                   .start = "03.000",
                   .end = ""});
  CHECK_THAT(tail.ReadLine().value_or(""),
             Contains(R"("id":"second")") && Contains(R"("running")"));
  PutCall(client, {.id = "second",
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

TEST_CASE("a project that is not there is said to be so", "[e2e]") {
  const TracesFile traces;
  for (const Arguments& more : {Arguments{"show", kFirst}, Arguments{"show"},
                                Arguments{"diff", kFirst, kSecond}}) {
    Arguments all = more;
    all.insert(all.end(), {"-p", "no/such"});
    const Finished done = traces.Piped(all);
    CHECK(done.code == 8);
    CHECK(done.err == "bobbin: There is no project no/such.\n");
  }
  for (const char* command : {"ls", "stats", "tail"}) {
    const Finished done = traces.Piped({command, "-p", "no/such"});
    CHECK(done.code == 8);
    CHECK(done.out.empty());
    CHECK(done.err == "bobbin: There is no project no/such.\n");
    // Nothing that matches is something else.
    const Finished none =
        traces.Piped({command, "-p", "team/app", "--since", "1s"});
    CHECK(none.code == 0);
    CHECK(none.err.empty());
  }
  const Finished grep = traces.Terminal({"grep", "zzz"});
  CHECK(grep.code == 8);
  CHECK(grep.out == "No call has this text.\n");
}

TEST_CASE("ls says where calls are whose root never came", "[e2e]") {
  const TempDir folder;
  const std::string path = folder.File("x.db");
  {
    Served bobbin({"--db", path});
    Client client = bobbin.NewClient();
    PutCall(client, {.id = "c",
                     .parent = "gone",
                     .trace = "t",
                     .op = "f",
                     .start = "01.000",
                     .end = "02.000"});
    REQUIRE(bobbin.Stop() == 0);
  }
  const Finished done = RunOnTerminal({"ls", "--db", path});
  CHECK(done.code == 0);
  CHECK_THAT(done.out, Contains("`bobbin show ID` shows them"));
  CHECK_THAT(RunOnTerminal({"show", "c", "--db", path}).out, Contains("f"));
}

TEST_CASE("filters that make no sense say why", "[e2e]") {
  const TracesFile traces;
  const Finished when = traces.Piped({"ls", "--since", "soon"});
  CHECK(when.code == 2);
  CHECK_THAT(when.err, Contains("yesterday"));
  const Finished where = traces.Piped({"ls", "--where", "status ="});
  CHECK(where.code == 2);
}

TEST_CASE("long output goes through the pager", "[e2e]") {
  const TracesFile traces;
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
