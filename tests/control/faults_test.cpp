#include "control/faults.h"

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "support/catch.h"

namespace bobbin::testing {
namespace {

using control::Facts;
using control::Faults;
using control::Strike;
using model::FaultReq;

Facts About(const std::string& project, const std::string& op = "") {
  Facts facts;
  facts.AddProject(project);
  if (!op.empty()) facts.ops.push_back({op, 1});
  return facts;
}

// Which of `count` like requests were struck: "..x".
std::string Struck(Faults& faults, int count,
                   std::string_view route = "/call/start",
                   const Facts& facts = About("a/b", "op")) {
  std::string struck;
  for (int i = 0; i < count; ++i) {
    struck += faults.Ask({route, route, facts}) ? 'x' : '.';
  }
  return struck;
}

FaultReq Rule(std::string_view kind = "status") {
  FaultReq rule;
  rule.kind = kind;
  return rule;
}

void Add(Faults& faults, const FaultReq& rule) {
  const Result<std::string> id = faults.Add(rule, "{}");
  INFO((id.ok() ? "" : id.error().message));
  REQUIRE(id.ok());
}

std::string List(const Faults& faults) {
  std::string list;
  faults.AppendAll(list);
  return list;
}

TEST_CASE("without a rule nothing is struck", "[control]") {
  Faults faults;
  CHECK_FALSE(faults.any());
  CHECK(Struck(faults, 3) == "...");
  CHECK(List(faults) == "[]");
}

TEST_CASE("a rule strikes what it names", "[control]") {
  Faults faults;
  FaultReq rule = Rule();
  SECTION("any request") { CHECK(rule.kind == "status"); }
  SECTION("a route") { rule.route = "/call/*"; }
  SECTION("a project") { rule.project_id = "a/*"; }
  SECTION("an op") { rule.op = "op"; }
  Add(faults, rule);
  CHECK(faults.any());
  CHECK(Struck(faults, 2) == "xx");
  const Facts other = About("x/y", "other");
  const bool any = !rule.route && !rule.project_id && !rule.op;
  CHECK(Struck(faults, 1, "/obj/read", other) == (any ? "x" : "."));
}

TEST_CASE("which of the requests that fit are struck", "[control]") {
  Faults faults;
  FaultReq rule = Rule();
  SECTION("the n-th") {
    rule.nth = 3;
    Add(faults, rule);
    CHECK(Struck(faults, 6) == "..x...");
  }
  SECTION("every k-th") {
    rule.every = 2;
    Add(faults, rule);
    CHECK(Struck(faults, 6) == ".x.x.x");
  }
  SECTION("so many at most") {
    rule.times = 2;
    Add(faults, rule);
    CHECK(Struck(faults, 4) == "xx..");
  }
  SECTION("every k-th, so many at most") {
    rule.every = 2;
    rule.times = 2;
    Add(faults, rule);
    CHECK(Struck(faults, 8) == ".x.x....");
  }
  SECTION("never by chance") {
    rule.probability = 0;
    Add(faults, rule);
    CHECK(Struck(faults, 20) == std::string(20, '.'));
  }
  SECTION("always by chance") {
    rule.probability = 1;
    Add(faults, rule);
    CHECK(Struck(faults, 20) == std::string(20, 'x'));
  }
}

TEST_CASE("the same seed strikes the same requests", "[control]") {
  const auto run = [](int64_t seed) {
    Faults faults;
    FaultReq rule = Rule();
    rule.probability = 0.5;
    rule.seed = seed;
    Add(faults, rule);
    return Struck(faults, 200);
  };
  CHECK(run(1) == run(1));
  CHECK(run(1) != run(2));
  const auto hits = std::ranges::count(run(7), 'x');
  CHECK(hits > 60);
  CHECK(hits < 140);
}

TEST_CASE("the first rule that strikes is the one", "[control]") {
  Faults faults;
  FaultReq first = Rule("close");
  first.nth = 2;
  Add(faults, first);
  Add(faults, Rule("hang"));
  const Facts facts = About("a/b");
  const auto ask = [&] { return faults.Ask({"/r", "/r", facts})->rule_id; };
  CHECK(ask() == "f2");
  CHECK(ask() == "f1");
  CHECK(ask() == "f2");
  CHECK(List(faults) == R"([{"id":"f1","rule":{},"matched":3,"hits":1},)"
                        R"({"id":"f2","rule":{},"matched":2,"hits":2}])");
}

TEST_CASE("rules are deleted one by one, by project, and all", "[control]") {
  Faults faults;
  FaultReq mine = Rule();
  mine.project_id = "a/b";
  Add(faults, Rule());
  Add(faults, mine);
  Add(faults, Rule());
  CHECK(faults.Delete("f1"));
  CHECK_FALSE(faults.Delete("f1"));
  CHECK(faults.Clear("a/b") == 1);
  CHECK(faults.any());
  CHECK(faults.Clear({}) == 1);
  CHECK_FALSE(faults.any());
  Add(faults, Rule());
  CHECK(List(faults).find("\"f4\"") != std::string::npos);
}

TEST_CASE("what each kind does", "[control]") {
  const auto made = [](const FaultReq& rule) {
    const Result<Strike> strike = control::MakeStrike(rule);
    INFO((strike.ok() ? "" : strike.error().message));
    REQUIRE(strike.ok());
    return strike.value();
  };
  FaultReq rule = Rule("status");
  rule.status = 429;
  rule.retry_after_s = 2;
  rule.body = "{}";
  CHECK_FALSE(made(rule).apply);
  CHECK(made(rule).answer->status == 429);
  CHECK(made(rule).answer->retry_after_s == 2);
  CHECK(made(rule).answer->body == "{}");
  CHECK(made(Rule("status")).answer->status == 503);
  CHECK(made(Rule("apply_then_fail")).apply);
  CHECK(made(Rule("apply_then_fail")).answer->status == 503);
  CHECK(made(Rule("hang")).hang);
  CHECK_FALSE(made(Rule("hang")).apply);
  rule = Rule("close");
  rule.apply = true;
  CHECK(made(rule).close);
  CHECK(made(rule).apply);
  rule = Rule("delay");
  rule.ms = 5;
  CHECK(made(rule).min_delay_ms == 5);
  CHECK(made(rule).max_delay_ms == 5);
  CHECK(made(Rule("close_mid_body")).cut);
  rule = Rule("truncate_stream");
  rule.lines = 2;
  rule.clean = true;
  CHECK(made(rule).cut_lines == 2);
  CHECK(made(rule).cut_clean);
}

TEST_CASE("a delay between two bounds keeps to them", "[control]") {
  Faults faults;
  FaultReq rule = Rule("delay");
  rule.min_ms = 10;
  rule.max_ms = 12;
  Add(faults, rule);
  const Facts facts = About("a/b");
  std::vector<int> seen(13);
  for (int i = 0; i < 100; ++i) {
    const int64_t ms = faults.Ask({"/r", "/r", facts})->min_delay_ms;
    REQUIRE(ms >= 10);
    REQUIRE(ms <= 12);
    ++seen[static_cast<size_t>(ms)];
  }
  CHECK(seen[10] > 0);
  CHECK(seen[11] > 0);
  CHECK(seen[12] > 0);
}

TEST_CASE("a rule that makes no sense is invalid, with the reason",
          "[control]") {
  FaultReq rule = Rule();
  std::string reason;
  SECTION("an unknown kind") {
    rule.kind = "explode";
    reason = "no fault of kind 'explode'";
  }
  SECTION("a member of another kind") {
    rule.kind = "hang";
    rule.status = 500;
    reason = "kind hang takes no status";
  }
  SECTION("a delay without a time") {
    rule.kind = "delay";
    reason = "delay needs ms";
  }
  SECTION("two ways to choose") {
    rule.nth = 1;
    rule.every = 1;
    reason = "One of nth, every and probability";
  }
  SECTION("a number out of range") {
    rule.nth = 0;
    reason = "nth must be from 1";
  }
  SECTION("a probability out of range") {
    rule.probability = 1.5;
    reason = "probability must be from 0 to 1";
  }
  SECTION("a status that is none") {
    rule.status = 99;
    reason = "status must be from 200 to 599";
  }
  SECTION("bounds the wrong way round") {
    rule.kind = "delay";
    rule.min_ms = 5;
    rule.max_ms = 4;
    reason = "max_ms must be from 5";
  }
  const Result<Strike> strike = control::MakeStrike(rule);
  REQUIRE_FALSE(strike.ok());
  CHECK(strike.error().code == Code::kInvalid);
  CHECK_THAT(strike.error().message, Catch::Contains(reason));
}

TEST_CASE("rules are added, asked and cleared at the same time",
          "[control][threads]") {
  Faults faults;
  std::atomic<int> refused = 0;  // Catch is for one thread alone
  std::vector<std::thread> threads;
  for (int t = 0; t < 3; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 200; ++i) {
        if (!faults.Add(Rule(), "{}").ok()) ++refused;
        Struck(faults, 1);
        List(faults);
        if (i % 20 == 0) faults.Clear({});
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(refused == 0);
  faults.Clear({});
  CHECK_FALSE(faults.any());
}

}  // namespace
}  // namespace bobbin::testing
