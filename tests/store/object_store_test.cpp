#include "store/object_store.h"

#include "support/catch.h"
#include "support/object_fixture.h"

namespace bobbin::testing {
namespace {

class PublishFixture : public ObjectFixture {
 protected:
  // `<kind> <version> <digest>`, the latest first.
  Strings Versions(const std::string& name) {
    return RowsIn(*database,
                  "SELECT kind || ' ' || version_index || ' ' || digest FROM "
                  "objects WHERE deleted_at_us IS NULL AND object_id = '" +
                      name + "' ORDER BY publish_order DESC");
  }
};

TEST_CASE_METHOD(PublishFixture,
                 "each new value is the next version, and the "
                 "latest",
                 "[store]") {
  Publish("m", "a");
  Publish("m", "b");
  Publish("m", "c");
  Publish("other", "a");
  CHECK(Versions("m") == Strings{"object 2 c", "object 1 b", "object 0 a"});
  CHECK(Versions("other") == Strings{"object 0 a"});
}

TEST_CASE_METHOD(PublishFixture, "what was published comes back as it was",
                 "[store]") {
  Publish("m", "a");
  CHECK(RowsIn(*database, "SELECT val FROM objects") ==
        Strings{R"({"d": "a"})"});
  CHECK(RowsIn(*database,
               "SELECT wb_user_id || ' ' || leaf_object_class || "
               "' ' || published_at_us || ' ' || created_at_us "
               "FROM objects WHERE base_object_class IS NULL") ==
        Strings{"me Leaf 1001 1001"});
}

TEST_CASE_METHOD(PublishFixture,
                 "a value published again stays its version "
                 "and becomes the latest",
                 "[store]") {
  Publish("m", "a");
  Publish("m", "b");
  Publish("m", "a");
  CHECK(Versions("m") == Strings{"object 0 a", "object 1 b"});
  CHECK(NumberIn(*database,
                 "SELECT published_at_us FROM objects WHERE digest = 'a'") ==
        1003);
  CHECK(NumberIn(*database,
                 "SELECT created_at_us FROM objects WHERE digest = 'a'") ==
        1001);
  Publish("m", "a");  // it is already
  Publish("m", "c");
  CHECK(Versions("m") == Strings{"object 2 c", "object 0 a", "object 1 b"});
}

TEST_CASE_METHOD(PublishFixture, "kinds and projects are counted apart",
                 "[store]") {
  Publish("m", "a", "object");
  Publish("m", "a", "op");
  Publish("m", "b", "op");
  Publish("m", "a", "object", "team/other");
  CHECK(RowsIn(*database,
               "SELECT kind || ' ' || version_index || ' ' || digest || ' ' "
               "|| project_id FROM objects o JOIN projects p ON p.row_id = "
               "o.project ORDER BY 1") ==
        Strings{"object 0 a team/app", "object 0 a team/other",
                "op 0 a team/app", "op 1 b team/app"});
}

TEST_CASE_METHOD(PublishFixture,
                 "the number of a deleted version is not used "
                 "again",
                 "[store]") {
  Publish("m", "a");
  Publish("m", "b");
  CHECK(Delete("m", {{"b"}}) == Strings{"b"});
  Publish("m", "c");
  CHECK(Versions("m") == Strings{"object 2 c", "object 0 a"});
  Publish("m", "b");  // comes back, as a new version
  CHECK(Versions("m") == Strings{"object 3 b", "object 2 c", "object 0 a"});
}

TEST_CASE_METHOD(PublishFixture, "a name may be deleted whole and begin again",
                 "[store]") {
  Publish("m", "a");
  CHECK(Delete("m") == Strings{"a"});
  Publish("m", "a");
  CHECK(Versions("m") == Strings{"object 1 a"});
}

TEST_CASE_METHOD(PublishFixture,
                 "when the last version is deleted its number is not used "
                 "again either",
                 "[store]") {
  Publish("m", "a");
  Publish("m", "b");
  Delete("m", {{"v1"}});
  Delete("m", {{"v0"}});
  Publish("m", "a");
  CHECK(Versions("m") == Strings{"object 2 a"});
}

}  // namespace
}  // namespace bobbin::testing
