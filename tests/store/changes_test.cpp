// Who waits for something to change, and what wakes them.
#include "store/changes.h"

#include <atomic>
#include <thread>

#include "base/caller.h"
#include "support/catch.h"
#include "support/store_fixture.h"

namespace bobbin::testing {
namespace {

using store::Changes;
using End = Changes::End;

constexpr auto kFar = Changes::Time::max();
constexpr auto kNow = Changes::Time::min();

// "1 team/app, 2 *"
std::string Text(const std::vector<Changes::Change>& changes) {
  std::string text;
  for (const Changes::Change& change : changes) {
    text += (text.empty() ? "" : ", ") + std::to_string(change.number) + " " +
            change.project_id.value_or("*");
  }
  return text;
}

TEST_CASE_METHOD(StoreFixture, "each change of a project has a number",
                 "[store]") {
  Changes& changes = calls.changes();
  CHECK(changes.last() == 0);
  REQUIRE(Record(AStart("a")).ok());
  REQUIRE(Record(AStart("b").In("team/other"), AStart("b")).ok());
  CHECK(changes.last() == 3);
  CHECK(Text(changes.Past(0, {})) == "2 team/other, 3 team/app");
  CHECK(Text(changes.Past(2, {})) == "3 team/app");
  CHECK(Text(changes.Past(3, {})).empty());
  CHECK(Text(changes.Past(1, "team/other")) == "3 team/other");
  CHECK(Text(changes.Past(2, "team/other")).empty());
  CHECK(Text(changes.Past(0, "team/never")).empty());
  CHECK(changes.WaitPast(2, "team/app", kFar) == End::kChange);
  CHECK(changes.WaitPast(3, "team/app", kNow) == End::kDeadline);
}

TEST_CASE_METHOD(StoreFixture, "what changes calls is a change", "[store]") {
  REQUIRE(Record(AStart("a")).ok());
  Changes& changes = calls.changes();
  const uint64_t before = changes.last();
  SECTION("an end") { REQUIRE(Record(AnEnd("a")).ok()); }
  SECTION("a name") {
    REQUIRE(calls.SetDisplayName(kProject, "a", "name").ok());
  }
  SECTION("a delete") { Delete({"a"}); }
  CHECK(Text(changes.Past(before, {})) == "2 team/app");
}

TEST_CASE_METHOD(StoreFixture, "what changes objects is a change", "[store]") {
  Changes& changes = calls.changes();
  model::ObjectNature nature;
  nature.val = "1";
  nature.kind = "object";
  const auto publish = [&] {
    REQUIRE(
        objects.Publish({kProject, "a", "digest", "me", nature, 1000}).ok());
  };
  publish();
  CHECK(Text(changes.Past(0, {})) == "1 team/app");
  constexpr std::string_view kText = "text";
  const store::ObjectStore::Texts texts(&kText, 1);
  const store::ObjectStore::Version version{kProject, "a", "digest"};
  SECTION("the same again") { publish(); }
  SECTION("a tag") { REQUIRE(objects.AddTags(version, texts).ok()); }
  SECTION("an alias") { REQUIRE(objects.SetAliases(version, texts).ok()); }
  SECTION("a delete") { REQUIRE(objects.Delete(kProject, "a", {}, 2000).ok()); }
  CHECK(Text(changes.Past(1, {})) == "2 team/app");
  // What fails changes nothing.
  CHECK(!objects.Delete(kProject, "b", {}, 2000).ok());
  CHECK(!objects.AddTags({kProject, "b", "digest"}, texts).ok());
  CHECK(changes.last() == 2);
}

TEST_CASE_METHOD(
    StoreFixture,
    "a label that goes is a change, one that was not there is none",
    "[store]") {
  Changes& changes = calls.changes();
  model::ObjectNature nature;
  nature.val = "1";
  nature.kind = "object";
  REQUIRE(objects.Publish({kProject, "a", "digest", "me", nature, 1000}).ok());
  constexpr std::string_view kText = "text";
  const store::ObjectStore::Texts texts(&kText, 1);
  const store::ObjectStore::Version version{kProject, "a", "digest"};
  REQUIRE(objects.AddTags(version, texts).ok());
  REQUIRE(objects.SetAliases(version, texts).ok());
  CHECK(changes.last() == 3);
  REQUIRE(objects.RemoveTags(version, texts).ok());
  CHECK(changes.last() == 4);
  REQUIRE(objects.RemoveAliases(kProject, "a", texts).ok());
  CHECK(changes.last() == 5);
  REQUIRE(objects.RemoveTags(version, texts).ok());
  REQUIRE(objects.RemoveAliases(kProject, "a", texts).ok());
  CHECK(changes.last() == 5);
}

TEST_CASE_METHOD(StoreFixture, "what is taken back is no change", "[store]") {
  Changes& changes = calls.changes();
  const Status failed = database->Write([&](db::Connection& connection) {
    changes.Touch(connection, "team/no");
    changes.TouchAll(connection);
    return Status(Invalid("no"));
  });
  REQUIRE_FALSE(failed.ok());
  REQUIRE(Record(AStart("a")).ok());
  CHECK(Text(changes.Past(0, {})) == "1 team/app");
}

TEST_CASE_METHOD(StoreFixture, "a change may be of any project", "[store]") {
  Changes& changes = calls.changes();
  REQUIRE(Record(AStart("a")).ok());
  const Status touched = database->Write([&](db::Connection& connection) {
    changes.TouchAll(connection);
    return Status();
  });
  REQUIRE(touched.ok());
  REQUIRE(Record(AStart("b").In("team/other")).ok());
  CHECK(Text(changes.Past(1, {})) == "2 *, 3 team/other");
  CHECK(Text(changes.Past(1, "team/never")) == "3 team/never");
  CHECK(changes.WaitPast(1, "team/never", kFar) == End::kChange);
  CHECK(changes.WaitPast(2, "team/never", kNow) == End::kDeadline);
}

TEST_CASE_METHOD(StoreFixture, "a number from another server is an old one",
                 "[store]") {
  Changes& changes = calls.changes();
  CHECK(changes.WaitPast(77, {}, kFar) == End::kChange);
  CHECK(Text(changes.Past(77, {})) == "0 *");
  CHECK(Text(changes.Past(77, "team/app")) == "0 team/app");
}

TEST_CASE_METHOD(StoreFixture, "what is remembered of projects is bounded",
                 "[store]") {
  Changes& changes = calls.changes();
  const auto touch = [&](size_t count, const std::string& prefix) {
    const Status done = database->Write([&](db::Connection& connection) {
      for (size_t i = 0; i < count; ++i) {
        changes.Touch(connection, prefix + std::to_string(i));
      }
      return Status();
    });
    REQUIRE(done.ok());
  };
  for (int i = 0; i < 10; ++i) {
    touch(Changes::kMaxProjects / 10, "a/" + std::to_string(i) + "-");
  }
  const uint64_t before = changes.last();
  CHECK(changes.Past(0, {}).size() == Changes::kMaxProjects);
  touch(2, "b/");
  CHECK(changes.Past(before, {}).size() == 2);
  CHECK(Text(changes.Past(before, "a/0-0")) ==
        std::to_string(before + 2) + " a/0-0");
}

TEST_CASE_METHOD(StoreFixture, "a wait ends when somebody says stop",
                 "[store][threads]") {
  Changes& changes = calls.changes();
  const bool rest = GENERATE(true, false);
  std::atomic<End> end = End::kChange;
  std::thread waiter(
      [&] { end = rest ? changes.Rest(kFar) : changes.WaitPast(0, {}, kFar); });
  changes.Stop();
  waiter.join();
  CHECK(end == End::kStopped);
  CHECK(changes.WaitPast(0, "team/app", kFar) == End::kStopped);
}

TEST_CASE_METHOD(StoreFixture, "a wait ends when its caller has gone",
                 "[store]") {
  const Caller caller([] { return true; });
  CHECK(calls.changes().WaitPast(0, {}, kFar) == End::kCallerGone);
}

TEST_CASE_METHOD(StoreFixture, "nobody misses a commit", "[store][threads]") {
  // Waiters count what they can see until it is all there: a wake-up that got
  // lost would leave one of them waiting for ever.
  constexpr int kWriters = 3;
  constexpr int kCalls = 100;
  Changes& changes = calls.changes();
  const auto project = [](int i) { return "team/p" + std::to_string(i); };
  std::vector<std::thread> threads;
  std::atomic<int> seen = 0;
  std::atomic<int> failed = 0;
  for (int i = 0; i < 2 * kWriters; ++i) {
    threads.emplace_back([&, i] {
      const std::string mine = project(i % kWriters);
      while (true) {
        const uint64_t last = changes.last();
        const auto progress = calls.ProgressOf(mine);
        if (!progress.ok()) {
          ++failed;
          return;
        }
        if (progress.value().ended == kCalls) break;
        if (changes.WaitPast(last, mine, kFar) != End::kChange) ++failed;
      }
      ++seen;
    });
  }
  for (int i = 0; i < kWriters; ++i) {
    threads.emplace_back([&, i] {
      for (int c = 0; c < kCalls; ++c) {
        const std::string id = "c" + std::to_string(c);
        if (!Record(AStart(id).In(project(i))).ok()) ++failed;
        if (!Record(AnEnd(id).In(project(i))).ok()) ++failed;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(seen == 2 * kWriters);
  CHECK(failed == 0);
}

}  // namespace
}  // namespace bobbin::testing
