#include "store/feedback_store.h"

#include <thread>

#include "support/catch.h"
#include "support/store_fixture.h"

namespace bobbin::testing {
namespace {

using Strings = std::vector<std::string>;

class FeedbackFixture : public StoreFixture {
 protected:
  FeedbackFixture() : FeedbackFixture(db::Durability::kMemory) {}
  explicit FeedbackFixture(db::Durability durability)
      : StoreFixture(durability), feedback(*database, names, calls.changes()) {}

  // Feedback on `ref` with an id; the rest does not matter.
  static model::FeedbackCreateReq About(std::string_view ref,
                                        std::string_view project = kProject) {
    model::FeedbackCreateReq sent;
    sent.project_id = project;
    sent.weave_ref = ref;
    sent.feedback_type = "custom";
    return sent;
  }
  static model::Feedback Of(const model::FeedbackCreateReq& sent,
                            std::string_view id,
                            std::string_view payload = "{}") {
    return {.sent = &sent,
            .id = id,
            .wb_user_id = "me",
            .payload = payload,
            .created_at_us = 5};
  }
  void Put(std::string_view id, std::string_view project = kProject) {
    const auto sent = About("weave:///team/app/call/c1", project);
    const model::Feedback one = Of(sent, id);
    REQUIRE(feedback.Put({&one, 1}).ok());
  }
  Strings Ids() {
    return RowsIn(*database, "SELECT id FROM feedback ORDER BY row_id");
  }
  void Publish(std::string_view digest, std::string_view kind = "object") {
    model::ObjectNature nature;
    nature.val = "\"" + std::string(digest) + "\"";
    nature.kind = kind;
    REQUIRE(objects.Publish({kProject, "spec", digest, "me", nature, ++now_us})
                .ok());
  }
  std::string Found(std::string_view digest) {
    const auto val = feedback.FindObject(kProject, "spec", digest);
    REQUIRE(val.ok());
    return val.value().value_or("nothing");
  }

  store::FeedbackStore feedback;
  int64_t now_us = 0;
};

TEST_CASE_METHOD(FeedbackFixture,
                 "only feedback on a call of its own project belongs to one",
                 "[store]") {
  struct Row {
    const char* ref;
    const char* call;
  };
  const auto [ref, call] = GENERATE(values<Row>({
      {"weave:///team/app/call/c1", "c1"},
      {"weave:///team/other/call/c1", "none"},
      {"weave:///team/app/object/a:b", "none"},
      {"anything", "none"},
  }));
  CAPTURE(ref);
  const auto sent = About(ref);
  const model::Feedback one = Of(sent, "f1");
  REQUIRE(feedback.Put({&one, 1}).ok());
  CHECK(RowsIn(*database, "SELECT coalesce(call_id, 'none') FROM feedback") ==
        Strings{call});
}

TEST_CASE_METHOD(FeedbackFixture,
                 "feedback that is sent again takes the place of the old",
                 "[store]") {
  Put("f1");
  Put("f2");
  const auto sent = About("weave:///team/app/call/c2");
  const model::Feedback again = Of(sent, "f1", R"({"a":1})");
  REQUIRE(feedback.Put({&again, 1}).ok());
  CHECK(Ids() == Strings{"f2", "f1"});
  CHECK(RowsIn(*database, "SELECT payload FROM feedback WHERE id = 'f1'") ==
        Strings{R"({"a":1})"});
}

TEST_CASE_METHOD(FeedbackFixture, "two projects may use the same id",
                 "[store]") {
  Put("f1");
  Put("f1", "team/other");
  CHECK(Ids() == Strings{"f1", "f1"});
  const Strings ids{"f1"};
  REQUIRE(feedback.Purge("team/other", ids).ok());
  CHECK(NumberIn(*database,
                 "SELECT count(*) FROM feedback f JOIN projects p "
                 "ON p.row_id = f.project WHERE p.project_id = "
                 "'team/app'") == 1);
}

TEST_CASE_METHOD(FeedbackFixture, "replacing takes the old and keeps the new",
                 "[store]") {
  Put("f1");
  const auto sent = About("weave:///team/app/call/c1");
  SECTION("under another id") {
    REQUIRE(feedback.Replace("f1", Of(sent, "f2")).ok());
    CHECK(Ids() == Strings{"f2"});
  }
  SECTION("under the same id") {
    REQUIRE(feedback.Replace("f1", Of(sent, "f1")).ok());
    CHECK(Ids() == Strings{"f1"});
  }
  SECTION("of something that is not there") {
    REQUIRE(feedback.Replace("f9", Of(sent, "f2")).ok());
    CHECK(Ids() == Strings{"f1", "f2"});
  }
}

TEST_CASE_METHOD(FeedbackFixture, "a purge takes what it names", "[store]") {
  Put("f1");
  Put("f2");
  Put("f3");
  const Strings ids{"f1", "f3", "unknown"};
  REQUIRE(feedback.Purge(kProject, ids).ok());
  CHECK(Ids() == Strings{"f2"});
  CHECK(feedback.Purge("un/known", ids).ok());
  // Nothing of it is there any more.
  const uint64_t before = calls.changes().last();
  CHECK(feedback.Purge(kProject, ids).ok());
  CHECK(calls.changes().last() == before);
}

TEST_CASE_METHOD(FeedbackFixture,
                 "feedback outlives its call, and is then found by its ref",
                 "[store]") {
  REQUIRE(Record(AComplete("c1")).ok());
  Put("f1");
  Delete({"c1"});
  CHECK(Ids() == Strings{"f1"});
}

TEST_CASE_METHOD(FeedbackFixture,
                 "an object is found by digest, `latest` and version",
                 "[store]") {
  Publish("aa");
  Publish("bb");
  CHECK(Found("aa") == "\"aa\"");
  CHECK(Found("latest") == "\"bb\"");
  CHECK(Found("v0") == "\"aa\"");
  CHECK(Found("v1") == "\"bb\"");
  for (const char* unknown :
       {"cc", "v2", "v-1", "v", "v1x", "", "v99999999999999999999"}) {
    CAPTURE(unknown);
    CHECK(Found(unknown) == "nothing");
  }
  const auto elsewhere = feedback.FindObject("team/other", "spec", "aa");
  REQUIRE(elsewhere.ok());
  CHECK_FALSE(elsewhere.value());
}

TEST_CASE_METHOD(FeedbackFixture, "an op is not an object", "[store]") {
  Publish("aa", "op");
  CHECK(Found("aa") == "nothing");
  CHECK(Found("latest") == "nothing");
}

TEST_CASE_METHOD(FeedbackFixture,
                 "looking for an object or writing feedback needs no scan",
                 "[store]") {
  for (const char* sql :
       {"SELECT val FROM objects INDEXED BY objects_by_digest WHERE project = "
        "? AND object_id = ? AND kind = 'object' AND digest = ? AND "
        "deleted_at_us IS NULL",
        "SELECT val FROM objects INDEXED BY objects_by_publish_order WHERE "
        "project = ? AND object_id = ? AND kind = 'object' AND deleted_at_us "
        "IS NULL ORDER BY publish_order DESC LIMIT 1",
        "SELECT val FROM objects WHERE project = ? AND object_id = ? AND kind "
        "= 'object' AND version_index = ? AND deleted_at_us IS NULL",
        "DELETE FROM feedback WHERE project = ? AND id = ?"}) {
    std::string plan;
    REQUIRE(database
                ->Read([&](db::Connection& connection) {
                  db::Query query(connection,
                                  std::string("EXPLAIN QUERY PLAN ") + sql);
                  while (query.Row()) plan += query.Text(3);
                  return Status();
                })
                .ok());
    CAPTURE(sql, plan);
    CHECK(plan.find("SEARCH") != std::string::npos);
    CHECK(plan.find("SCAN") == std::string::npos);
    CHECK(plan.find("TEMP B-TREE") == std::string::npos);
  }
}

class FeedbackFileFixture : public FeedbackFixture {
 protected:
  FeedbackFileFixture() : FeedbackFixture(db::Durability::kNormal) {}
};

TEST_CASE_METHOD(FeedbackFileFixture,
                 "a replacement is never seen half done, nor lost",
                 "[store][threads]") {
  Put("f0");
  std::atomic<bool> done{false};
  std::atomic<bool> always_one{true};
  std::thread reader([&] {
    while (!done) {
      if (NumberIn(*database, "SELECT count(*) FROM feedback") != 1) {
        always_one = false;
      }
    }
  });
  constexpr int kTimes = 200;
  const auto sent = About("weave:///team/app/call/c1");
  for (int i = 0; i < kTimes; ++i) {
    const std::string id = "f" + std::to_string(i + 1);
    if (!feedback.Replace("f" + std::to_string(i), Of(sent, id)).ok()) {
      always_one = false;
    }
  }
  done = true;
  reader.join();
  CHECK(always_one);
  CHECK(Ids() == Strings{"f" + std::to_string(kTimes)});
}

}  // namespace
}  // namespace bobbin::testing
