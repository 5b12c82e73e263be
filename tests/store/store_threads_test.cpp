// The stores under many threads at once.
#include <atomic>
#include <thread>

#include "support/catch.h"
#include "support/store_fixture.h"

namespace bobbin::testing {
namespace {

constexpr int kThreads = 8;
constexpr int kCalls = 200;

std::string IdOf(int thread, int call) {
  return "c" + std::to_string(thread) + "-" + std::to_string(call);
}

template <class Body>
void OnThreads(int count, const Body& body) {
  std::vector<std::thread> threads;
  for (int i = 0; i < count; ++i) threads.emplace_back([&, i] { body(i); });
  for (std::thread& thread : threads) thread.join();
}

TEST_CASE("no call is lost or doubled when many threads report",
          "[store][threads]") {
  StoreFixture store(GENERATE(db::Durability::kMemory, db::Durability::kNormal,
                              db::Durability::kFull));
  std::atomic<int> failed = 0;
  std::atomic<bool> stop = false;
  std::thread reader([&] {
    int64_t last = 0;
    while (!stop) {
      const int64_t now = store.Count();
      if (now < last) ++failed;  // nothing goes away
      last = now;
    }
  });

  OnThreads(kThreads, [&](int thread) {
    for (int i = 0; i < kCalls; ++i) {
      const std::string id = IdOf(thread, i);
      Part start = AStart(id)
                       .Op("op" + std::to_string(i % 5))
                       .Trace("t" + std::to_string(thread))
                       .At(i)
                       .Inputs("{\"i\":" + std::to_string(i) + "}");
      Part end = AnEnd(id).Output("\"" + id + "\"");
      const bool ok =
          i % 3 == 0   ? store.Record(end).ok() && store.Record(start).ok()
          : i % 3 == 1 ? store.Record(start).ok() && store.Record(end).ok()
                       : store.Record(start, end).ok();
      if (!ok) ++failed;
      if (i % 16 == 0 && !store.Get(id)) ++failed;  // answered means visible
    }
  });
  stop = true;
  reader.join();

  CHECK(failed == 0);
  CHECK(store.Count() == kThreads * kCalls);
  CHECK(NumberIn(*store.database, "SELECT count(*) FROM call_outputs") ==
        kThreads * kCalls);
  CHECK(NumberIn(*store.database, "SELECT count(*) FROM ops") == 5);
  CHECK(NumberIn(*store.database, "SELECT count(*) FROM projects") == 1);
  int wrong = 0;
  for (const StoredCall& call : store.Scan(ARequest())) {
    if (call.output != "\"" + call.id + "\"" || call.ended_at_us != 3500) {
      ++wrong;
    }
  }
  CHECK(wrong == 0);
}

TEST_CASE("threads that report the same calls make each once",
          "[store][threads]") {
  StoreFixture store(
      GENERATE(db::Durability::kMemory, db::Durability::kNormal));
  std::atomic<int> failed = 0;
  OnThreads(kThreads, [&](int thread) {
    for (int i = 0; i < kCalls / 4; ++i) {
      const std::string id = IdOf(0, i);
      const std::string project =
          "team/p" + std::to_string((thread + i) % 3);  // new ones race, too
      const bool ok = thread % 2 == 0
                          ? store.Record(AStart(id).In(project)).ok()
                          : store.Record(AnEnd(id).In(project)).ok();
      if (!ok) ++failed;
    }
  });
  CHECK(failed == 0);
  CHECK(NumberIn(*store.database, "SELECT count(*) FROM projects") == 3);
  CHECK(NumberIn(*store.database,
                 "SELECT max(n) FROM (SELECT count(*) AS n "
                 "FROM calls GROUP BY project, id)") == 1);
}

TEST_CASE("calls, files and objects share a database and its names",
          "[store][threads]") {
  StoreFixture store(db::Durability::kMemory);
  std::atomic<int> failed = 0;
  const model::ObjectNature nature{.val = "{}",
                                   .kind = "object",
                                   .base_object_class = {},
                                   .leaf_object_class = {}};
  OnThreads(6, [&](int thread) {
    for (int i = 0; i < 50; ++i) {
      const std::string project = "team/p" + std::to_string(i % 10);
      const std::string digest = std::to_string(i);
      Status status;
      if (thread % 3 == 0) {
        status = store.Record(AComplete(IdOf(thread, i)).In(project));
      } else if (thread % 3 == 1) {
        store::FileUpload upload = store.files.Upload();
        status = upload.Add("bytes");
        if (status.ok()) status = upload.Finish(project, digest, 1);
      } else {
        status = store.objects.Publish({project, "o", digest, "me", nature, 1});
      }
      if (!status.ok()) ++failed;
    }
  });
  CHECK(failed == 0);
  CHECK(NumberIn(*store.database, "SELECT count(*) FROM projects") == 10);
  CHECK(NumberIn(*store.database, "SELECT count(*) FROM calls") == 100);
  CHECK(NumberIn(*store.database, "SELECT count(*) FROM files") == 50);
  CHECK(NumberIn(*store.database, "SELECT count(*) FROM objects") == 50);
}

}  // namespace
}  // namespace bobbin::testing
