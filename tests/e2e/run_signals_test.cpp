// `bobbin run`: signals, the terminal, and that nobody is left behind.
#include <csignal>
#include <string>
#include <thread>
#include <vector>

#include "support/catch.h"
#include "support/ran.h"

namespace bobbin::testing {
namespace {

struct SignalName {
  int number;
  std::string name;
};

TEST_CASE("a signal that is sent to bobbin reaches the command", "[e2e]") {
  const SignalName signal =
      GENERATE(SignalName{SIGINT, "INT"}, SignalName{SIGTERM, "TERM"},
               SignalName{SIGHUP, "HUP"}, SignalName{SIGQUIT, "QUIT"},
               SignalName{SIGUSR1, "USR1"}, SignalName{SIGUSR2, "USR2"},
               SignalName{SIGWINCH, "WINCH"});
  CAPTURE(signal.name);
  Ran ran("trap 'echo got; exit 5' " + signal.name +
          "; echo ready; sleep 1000 & wait");
  REQUIRE(ran.Line() == "ready");
  ran.process().Signal(signal.number);
  CHECK(ran.Line() == "got");
  CHECK(ran.process().Wait().code == 5);
}

TEST_CASE("a command that does not mind a signal dies of it", "[e2e]") {
  const int signal = GENERATE(SIGTERM, SIGINT, SIGHUP, SIGUSR1);
  Ran ran("echo ready; exec sleep 1000");
  REQUIRE(ran.Line() == "ready");
  ran.process().Signal(signal);
  CHECK(ran.process().Wait().code == 128 + signal);
}

TEST_CASE(
    "outside of job control bobbin serves on while its command is "
    "stopped",
    "[e2e]") {
  // In a session of its own nobody controls it.
  Arguments arguments = RunScript(
      "trap 'echo on; exit 4' CONT; echo $$; echo $BOBBIN_URL; kill -STOP $$; "
      "sleep 1000 & wait");
  arguments.insert(arguments.begin(), BOBBIN_BINARY);
  Process bobbin("/usr/bin/setsid", arguments);
  const Relative command(std::stoi(bobbin.ReadLine().value()));
  Client client(bobbin.ReadLine().value());
  while (command.State() != 'T') std::this_thread::yield();
  CHECK(client.Get("/health").status == 200);
  // What it goes on with is passed on, too, once bobbin knows that it stopped.
  while (command.Alive()) {
    bobbin.Signal(SIGCONT);
    std::this_thread::yield();
  }
  CHECK(bobbin.Wait().code == 4);
}

// --- nobody is left -------------------------------------------------------

// A family: the command, its child, a grandchild in a session of its own that
// minds no signal, and an orphan. Each tells its number.
constexpr const char* kFamily =
    "echo $$;"
    "sleep 1000 & echo $!;"
    "setsid bash -c 'trap \"\" TERM INT HUP QUIT; echo $$;"
    "  while :; do sleep 1000; done' &"
    "(bash -c 'echo $$; exec sleep 1000' &);"
    "wait";
constexpr int kFamilySize = 4;

std::vector<Relative> Members(Ran& ran) {
  std::vector<Relative> members;
  for (int i = 0; i < kFamilySize; ++i) members.push_back(ran.Member());
  return members;
}

void CheckAllEnd(const std::vector<Relative>& members) {
  for (const Relative& member : members) {
    CAPTURE(member.pid());
    CHECK(member.WaitForEnd());
  }
}

TEST_CASE("bobbin killed with -9: nobody is left", "[e2e]") {
  Ran ran(kFamily);
  const std::vector<Relative> members = Members(ran);
  ran.process().Signal(SIGKILL);
  CHECK(ran.process().Wait().signal == SIGKILL);
  CheckAllEnd(members);
}

TEST_CASE("the command killed with -9: nobody is left", "[e2e]") {
  Ran ran(kFamily);
  const std::vector<Relative> members = Members(ran);
  members.front().Signal(SIGKILL);
  CHECK(ran.process().Wait().code == 128 + SIGKILL);
  for (const Relative& member : members) CHECK_FALSE(member.Alive());
}

TEST_CASE("the guard killed with -9: nobody is left", "[e2e]") {
  Ran ran("echo $PPID;" + std::string(kFamily));
  const Relative guard = ran.Member();
  const std::vector<Relative> members = Members(ran);
  REQUIRE(guard.pid() != ran.process().pid());
  guard.Signal(SIGKILL);
  CHECK(ran.process().Wait().code == 128 + SIGKILL);
  for (const Relative& member : members) CHECK_FALSE(member.Alive());
  CHECK_THAT(ran.process().Stderr(), Catch::Contains("guard"));
}

TEST_CASE("what a command leaves behind is ended, and may say farewell",
          "[e2e]") {
  Ran ran(
      "setsid bash -c 'trap \"echo farewell; exit\" TERM; echo $$; "
      "sleep 1000 & wait' & read < $gate; exit 6");
  const Relative daemon = ran.Member();
  ran.gate().Open();
  CHECK(ran.Line() == "farewell");
  CHECK(ran.process().Wait().code == 6);
  CHECK_FALSE(daemon.Alive());
}

TEST_CASE("what a command leaves behind can still report", "[e2e]") {
  // At SIGTERM it sends its last call.
  const std::string body = StartBody("last");
  Ran ran(
      "setsid bash -c 'trap \"exec 3<>/dev/tcp/127.0.0.1/${BOBBIN_URL##*:}; "
      "printf %s \\\"\\$request\\\" >&3; exit\" TERM; echo $$; "
      "sleep 1000 & wait' & read < $gate",
      {"--summary", "short"},
      {{"request",
        "POST /call/start HTTP/1.1\r\nHost: localhost\r\n"
        "Content-Type: application/json\r\nContent-Length: " +
            std::to_string(body.size()) + "\r\n\r\n" + body}});
  const Relative daemon = ran.Member();
  ran.gate().Open();
  CHECK(ran.process().Wait().code == 0);
  CHECK(ran.process().Stderr() == "bobbin: 1 trace, 1 call, 1 still open\n");
}

// --- the terminal ---------------------------------------------------------

TEST_CASE("the terminal is the command's", "[e2e]") {
  OnTerminal terminal(
      BOBBIN_BINARY,
      RunScript("test -t 0 && test -t 1 && test -t 2 && stty size; "
                "read line; echo \"<$line>\""));
  terminal.ReadUntil("24 80");
  terminal.Type("typed\r");
  terminal.ReadUntil("<typed>");
  CHECK(terminal.Wait().code == 0);
}

TEST_CASE("Ctrl-C reaches the command, once", "[e2e]") {
  OnTerminal terminal(
      BOBBIN_BINARY,
      RunScript("trap 'echo got $((++n))' INT; trap 'exit 9' QUIT; "
                "echo ready; while :; do sleep 1000 & wait; done"));
  terminal.ReadUntil("ready");
  terminal.Type("\x03");
  terminal.ReadUntil("got 1");
  SECTION("and Ctrl-\\ too") {
    terminal.Type("\x1c");
    CHECK(terminal.Wait().code == 9);
  }
  SECTION("as every time") {
    terminal.Type("\x03");
    terminal.ReadUntil("got 2");
  }
}

TEST_CASE("a command that Ctrl-C kills: exit 130", "[e2e]") {
  OnTerminal terminal(BOBBIN_BINARY, RunScript("echo ready; exec sleep 1000"));
  terminal.ReadUntil("ready");
  terminal.Type("\x03");
  CHECK(terminal.Wait().code == 130);
}

TEST_CASE("the command sees the terminal's new size", "[e2e]") {
  OnTerminal terminal(BOBBIN_BINARY,
                      RunScript("trap 'stty size; exit' WINCH; echo ready; "
                                "sleep 1000 & wait"));
  terminal.ReadUntil("ready");
  terminal.Resize(132, 50);
  terminal.ReadUntil("50 132");
  CHECK(terminal.Wait().code == 0);
}

TEST_CASE("when the terminal goes the command does, and all it has started",
          "[e2e]") {
  const TempDir dir;
  OnTerminal terminal(
      BOBBIN_BINARY,
      RunScript("echo pid $$.; setsid sleep 1000 & echo pid $!.; wait"));
  terminal.ReadUntil("pid ");
  const Relative command(std::stoi(terminal.ReadUntil(".")));
  terminal.ReadUntil("pid ");
  const Relative daemon(std::stoi(terminal.ReadUntil(".")));
  terminal.HangUp();
  CHECK(terminal.Wait().code == 128 + SIGHUP);
  CHECK_FALSE(command.Alive());
  CHECK_FALSE(daemon.Alive());
}

TEST_CASE("Ctrl-Z stops the job, and fg lets it go on", "[e2e]") {
  OnTerminal shell("/bin/bash", {"--norc", "--noprofile", "-i"},
                   {{"PS1", "$ "}, {"bobbin", BOBBIN_BINARY}});
  shell.ReadUntil("$ ");
  shell.Type(
      "$bobbin run --summary none -- bash -c 'echo \"r\"eady; read line; "
      "echo \"<$line>\"; exit 8'\r");
  shell.ReadUntil("ready");
  shell.Type("\x1a");
  shell.ReadUntil("Stopped");
  shell.ReadUntil("$ ");
  shell.Type("fg\r");
  shell.ReadUntil("exit 8'");  // it shows what goes on
  shell.Type("typed\r");
  shell.ReadUntil("<typed>");
  shell.ReadUntil("$ ");
  shell.Type("echo code $?.\r");
  shell.ReadUntil("code 8.");
  shell.Type("exit\r");
  shell.Wait();
}

TEST_CASE("a program that handles Ctrl-Z itself stops the job when it stops",
          "[e2e]") {
  OnTerminal shell("/bin/bash", {"--norc", "--noprofile", "-i"},
                   {{"PS1", "$ "}, {"bobbin", BOBBIN_BINARY}});
  shell.ReadUntil("$ ");
  shell.Type(
      "$bobbin run --summary none -- bash -c 'trap \"echo s\"\"aved; kill "
      "-STOP \\$\\$; echo b\"\"ack; exit 8\" TSTP; echo r\"\"eady; "
      "while :; do read -t 1000; done'\r");
  shell.ReadUntil("ready");
  shell.Type("\x1a");
  shell.ReadUntil("saved");
  shell.ReadUntil("Stopped");
  shell.ReadUntil("$ ");
  shell.Type("fg\r");
  shell.ReadUntil("back");
  shell.ReadUntil("$ ");
  shell.Type("echo code $?.\r");
  shell.ReadUntil("code 8.");
  shell.Type("exit\r");
  shell.Wait();
}

}  // namespace
}  // namespace bobbin::testing
