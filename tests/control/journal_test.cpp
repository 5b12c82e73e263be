#include "control/journal.h"

#include <string>
#include <thread>
#include <vector>

#include "support/catch.h"

namespace bobbin::testing {
namespace {

using control::Criteria;
using control::Entry;
using control::Journal;
using Seqs = std::vector<int64_t>;

Entry AnEntry(const std::string& project = "a/b",
              std::string_view route = "/call/start") {
  Entry entry;
  entry.method = "POST";
  entry.route = route;
  entry.path = route;
  entry.status = 200;
  if (!project.empty()) entry.facts.AddProject(project);
  return entry;
}

Entry Retry(const std::string& id) {
  Entry entry = AnEntry();
  entry.retry_id = id;
  return entry;
}

Seqs Kept(const Journal& journal, int64_t since = 0,
          const Criteria& wanted = {}) {
  Seqs seqs;
  journal.Visit(since, [&](const Entry& entry) {
    if (wanted.Match(entry)) seqs.push_back(entry.seq);
    return true;
  });
  return seqs;
}

int64_t RetryOf(const Journal& journal, int64_t seq) {
  int64_t retry_of = -1;
  journal.Visit(seq - 1, [&](const Entry& entry) {
    retry_of = entry.retry_of;
    return false;
  });
  return retry_of;
}

TEST_CASE("entries come in order and after a seq", "[control]") {
  Journal journal({.most_entries = 10});
  CHECK(journal.last_seq() == 0);
  for (int i = 0; i < 3; ++i) journal.Note(AnEntry(), "");
  CHECK(Kept(journal) == Seqs{1, 2, 3});
  CHECK(Kept(journal, 1) == Seqs{2, 3});
  CHECK(Kept(journal, 3).empty());
  CHECK(journal.last_seq() == 3);
}

TEST_CASE("when the journal is full, the oldest go", "[control]") {
  Journal journal({.most_entries = 2});
  journal.Note(AnEntry("a/b"), "");
  journal.Note(AnEntry("a/c"), "");
  journal.Note(AnEntry("a/c"), "");
  journal.Note(AnEntry("a/c"), "");
  CHECK(Kept(journal) == Seqs{3, 4});
  CHECK(journal.Dropped(0, {}) == 2);
  CHECK(journal.Dropped(0, "a/b") == 1);
  CHECK(journal.Dropped(0, "a/*") == 2);
  CHECK(journal.Dropped(1, {}) == 1);  // of a/b none came after that
  CHECK(journal.Dropped(2, {}) == 0);
}

TEST_CASE("bodies are kept if they are to be, up to so many bytes",
          "[control]") {
  const bool keep = GENERATE(true, false);
  Journal journal({.most_entries = 1000,
                   .most_bytes = size_t{100} << 10,
                   .keep_bodies = keep});
  const std::string body(30 << 10, 'x');
  for (int i = 0; i < 10; ++i) journal.Note(AnEntry(), body);
  CHECK(Kept(journal).size() == (keep ? 3 : 10));
  journal.Visit(9, [&](const Entry& entry) {
    CHECK(entry.body == (keep ? body : ""));
    return true;
  });
  if (keep) {  // larger than the journal: it is still the newest
    journal.Note(AnEntry(), std::string(200 << 10, 'x'));
    CHECK(Kept(journal) == Seqs{11});
  }
}

TEST_CASE("entries are found by what they are about", "[control]") {
  Journal journal({.most_entries = 10});
  journal.Note(AnEntry("a/b", "/call/start"), "");
  Entry failed = AnEntry("a/c", "/call/end");
  failed.status = 503;
  journal.Note(failed, "");
  Entry with_op = AnEntry("a/c", "/call/start");
  with_op.facts.ops.push_back({"weave:///a/c/op/add:12", 1});
  journal.Note(with_op, "");
  Entry unknown = AnEntry("", "");
  unknown.path = "/no/such";
  journal.Note(unknown, "");

  CHECK(Kept(journal, 0, {.route = "/call/start"}) == Seqs{1, 3});
  CHECK(Kept(journal, 0, {.route = "/call/*"}) == Seqs{1, 2, 3});
  CHECK(Kept(journal, 0, {.route = "/no/*"}) == Seqs{4});
  CHECK(Kept(journal, 0, {.project_id = "a/c"}) == Seqs{2, 3});
  CHECK(Kept(journal, 0, {.op = "add"}) == Seqs{3});
  CHECK(Kept(journal, 0, {.status = 503}) == Seqs{2});
  CHECK(Kept(journal, 0, {.route = "/call/*", .project_id = "*/c"}) ==
        Seqs{2, 3});
}

TEST_CASE("a retry id tells that a request was made again", "[control]") {
  Journal journal({.most_entries = 10});
  journal.Note(Retry("r1"), "one");
  journal.Note(Retry("r2"), "two");
  journal.Note(Retry("r1"), "changed");
  CHECK(RetryOf(journal, 1) == 0);
  CHECK(RetryOf(journal, 2) == 0);
  CHECK(RetryOf(journal, 3) == 1);
  CHECK(journal.AllRetries().at("a/b").by_id == 1);
  CHECK(journal.AllRetries().at("a/b").by_body == 0);
}

TEST_CASE("so does a body, on a route that writes", "[control]") {
  Journal journal({.most_entries = 10});
  journal.Note(AnEntry(), "body");
  journal.Note(AnEntry(), "other body");
  journal.Note(AnEntry(), "body");
  journal.Note(AnEntry("a/b", "/call/end"), "body");
  CHECK(RetryOf(journal, 3) == 1);
  CHECK(RetryOf(journal, 4) == 0);
  // To read twice is not to read again.
  journal.Note(AnEntry("a/b", "/calls/stream_query"), "body");
  journal.Note(AnEntry("a/b", "/calls/stream_query"), "body");
  journal.Note(AnEntry("a/b", "/call/start"), "");
  journal.Note(AnEntry("a/b", "/call/start"), "");
  CHECK(journal.AllRetries().at("a/b").by_body == 1);
  CHECK(journal.AllRetries().at("a/b").by_id == 0);
}

TEST_CASE("a repetition is noticed when the first is no longer kept",
          "[control]") {
  Journal journal({.most_entries = 1});
  journal.Note(Retry("r"), "");
  journal.Note(AnEntry(), "");
  journal.Note(Retry("r"), "");
  CHECK(RetryOf(journal, 3) == 1);
}

TEST_CASE("the status of an answer can change", "[control]") {
  Journal journal({.most_entries = 2});
  for (int i = 0; i < 3; ++i) journal.Note(AnEntry(), "");
  journal.SetStatus(2, 422);
  journal.SetStatus(1, 500);  // no longer kept
  CHECK(Kept(journal, 0, {.status = 422}) == Seqs{2});
  CHECK(Kept(journal, 0, {.status = 500}).empty());
}

TEST_CASE("what is cleared is gone, and its counts", "[control]") {
  Journal journal({.most_entries = 4});
  journal.Note(AnEntry("a/c"), "x");
  for (const char* project : {"a/b", "a/c", "a/b", "a/c"}) {
    journal.Note(AnEntry(project), "x");
  }
  SECTION("of one project") {
    CHECK(journal.Clear("a/c") == 2);
    CHECK(Kept(journal) == Seqs{2, 4});
    CHECK(journal.Dropped(0, {}) == 0);
    CHECK_FALSE(journal.AllRetries().contains("a/c"));
    CHECK(journal.AllRetries().contains("a/b"));
  }
  SECTION("of all") {
    CHECK(journal.Clear({}) == 4);
    CHECK(Kept(journal).empty());
    CHECK(journal.AllRetries().empty());
    journal.Note(AnEntry(), "x");
    CHECK(RetryOf(journal, 6) == 0);  // seqs go on, repetitions begin anew
  }
}

TEST_CASE("what a server keeps by default", "[control]") {
  CHECK(control::JournalFor({}, false).most_entries == 0);
  CHECK(control::JournalFor({}, true).most_entries == 10'000);
  CHECK_FALSE(control::JournalFor({}, true).keep_bodies);
  CHECK(control::JournalFor(5, false).most_entries == 5);
  CHECK(control::JournalFor(5, true).keep_bodies);
  CHECK_FALSE(Journal(control::JournalFor(0, true)).enabled());
}

TEST_CASE("many threads note, read and clear at the same time",
          "[control][threads]") {
  Journal journal({.most_entries = 100});
  constexpr int kThreads = 4;
  constexpr int kEach = 300;
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&journal, t] {
      for (int i = 0; i < kEach; ++i) {
        const int64_t seq =
            journal.Note(Retry("r" + std::to_string(t)), "body");
        journal.SetStatus(seq, 204);
        if (i % 50 == 0) Kept(journal, seq - 10);
        if (i % 100 == 99) journal.Clear("a/b");
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(journal.last_seq() == kThreads * kEach);
  CHECK(Kept(journal).size() <= 100);
}

}  // namespace
}  // namespace bobbin::testing
