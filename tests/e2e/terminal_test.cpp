// What `bobbin ls` and `show` print, on a terminal and piped.
#include <sstream>
#include <string>

#include "base/display.h"
#include "support/catch.h"
#include "support/traces_file.h"

namespace bobbin::testing {
namespace {

using Catch::Contains;

TEST_CASE("ls prints a table on a terminal", "[e2e]") {
  const TracesFile traces;
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
  const TracesFile traces;
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
  const TracesFile traces;
  const auto escape = Contains("\x1b[");
  CHECK_THAT(traces.Terminal({"ls"}, {{"NO_COLOR", ""}}).out, escape);
  CHECK_THAT(traces.Terminal({"ls"}).out, !escape);
}

TEST_CASE("ls is piped as the lines of the API", "[e2e]") {
  const TracesFile traces;
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
  const TracesFile traces;
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
  const TracesFile traces;
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
  const TracesFile traces;
  const Finished done = traces.Terminal({"show", "t1"}, {}, {.columns = 44});
  CHECK_THAT(done.out,
             Contains("team/app · 2024-05-06 07:08:10.000\ntrace t1\n"));
}

TEST_CASE("show with --inputs says what the calls were given and gave",
          "[e2e]") {
  const TracesFile traces;
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
    PutCall(client, {.id = "call " + std::to_string(i),
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
  const TracesFile traces;
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
  const TracesFile traces;
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
  const TracesFile traces;
  const Finished all = traces.Piped({"show", kFirst});
  CHECK(LinesIn(all.out) == 4);
  CHECK_THAT(all.out, Contains(R"("inputs":{"model":"gpt-4o",)"));
  const Finished one = traces.Piped({"show", "c-llm", "-p", "team/app"});
  CHECK(one.code == 0);
  CHECK(LinesIn(one.out) == 1);
}

TEST_CASE("what can't be shown is said, with a next step", "[e2e]") {
  const TracesFile traces;
  const Finished missing = traces.Piped({"show", "nothing"});
  CHECK(missing.code == 8);
  CHECK_THAT(missing.err, Contains("bobbin ls"));
  const Finished several = traces.Piped({"show", "019b0000"});
  CHECK(several.code == 2);
  CHECK_THAT(several.err, Contains(kFirst));
  CHECK_THAT(several.err, Contains(kSecond));
}

}  // namespace
}  // namespace bobbin::testing
