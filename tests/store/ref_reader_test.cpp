#include "store/ref_reader.h"

#include "support/object_fixture.h"
#include "support/statements.h"
#include "support/table_fixture.h"

namespace bobbin::testing {
namespace {

using store::RefReader;
using store::RefValue;
using Found = RefValue::Found;
using Refs = std::vector<std::string>;

class RefFixture : public ObjectFixture {
 protected:
  // Publishes `val` under `name`; its digest is `name`.
  void PublishVal(std::string_view name, std::string_view val,
                  std::string_view project = kProject) {
    model::ObjectNature nature;
    nature.val = val;
    nature.kind = "object";
    Must(objects.Publish({project, name, name, "me", nature, ++now_us}));
  }
  static std::vector<model::Ref> Parsed(const Refs& texts) {
    std::vector<model::Ref> refs;
    for (const std::string& text : texts) {
      auto ref = model::ParseRef("weave:///team/app/" + text);
      if (!ref.ok()) FAIL(ref.error().message);
      refs.push_back(std::move(ref).value());
    }
    return refs;
  }
  std::vector<RefValue> Read(const Refs& texts) {
    auto values = store::RefStore(*database).Read(Parsed(texts));
    if (!values.ok()) FAIL(values.error().message);
    return std::move(values).value();
  }
  // Whether these are read when they may be no more than `bytes`.
  bool ReadsWithin(const Refs& texts, size_t bytes) {
    bool read = false;
    Must(database->Read([&](db::Connection& connection) {
      read = RefReader(connection).Read(Parsed(texts), bytes).has_value();
      return Status();
    }));
    return read;
  }
};

TEST_CASE_METHOD(RefFixture, "versions are found together as one by one",
                 "[store][refs]") {
  Publish("m", "a");
  Publish("m", "b");
  Publish("m", "b", "op");
  Publish("m", "c", "op");
  Publish("n", "d");
  Publish("n", "e");
  Publish("m", "f", "object", "team/other");
  Alias("m", "a", {"prod", "e"});
  Delete("n");
  Publish("n", "d");
  Delete("n");
  Publish("o", "a");
  Publish("o", "b");
  Delete("o", {{"b"}});
  std::vector<store::VersionRef> refs;
  for (const std::string_view project : {"team/app", "team/other", "x/y"}) {
    for (const std::string_view name : {"m", "n", "o", "p", ""}) {
      for (const std::string_view digest :
           {"a", "b", "c", "d", "e", "f", "prod", "latest", "v0", "v1", "v2",
            "v99999999999999999999", "", "v"}) {
        for (const std::string_view kind : {"op", "object"}) {
          refs.push_back({project, name, digest, kind});
        }
      }
    }
  }
  Must(database->Read([&](db::Connection& connection) {
    const auto versions = store::FindVersions(connection, refs);
    REQUIRE(versions.size() == refs.size());
    size_t found = 0;
    for (size_t i = 0; i < refs.size(); ++i) {
      const store::VersionRef& ref = refs[i];
      CAPTURE(ref.project_id, ref.object_id, ref.digest, ref.kind);
      const bool counted = ref.digest == "latest" || ref.digest == "v0" ||
                           ref.digest == "v1" || ref.digest == "v2";
      const auto one = store::FindVersion(
          connection,
          store::FindProject(connection, ref.project_id).value_or(0),
          {.object_id = ref.object_id,
           .digest = ref.digest,
           .kind = counted ? std::optional(ref.kind) : std::nullopt});
      REQUIRE(versions[i].has_value() == one.has_value());
      if (!one) continue;
      ++found;
      CHECK(versions[i]->row == one->row);
      CHECK(versions[i]->version_index == one->version_index);
      CHECK(versions[i]->deleted_at_us == one->deleted_at_us);
    }
    CHECK(found > 30);
    CHECK(store::FindVersions(connection, {}).empty());
    // Nothing is cut off at U+0000.
    const store::VersionRef odd{kProject, "m", std::string_view("a\0b", 3),
                                "object"};
    CHECK(!store::FindVersions(connection, {&odd, 1}).front());
    return Status();
  }));
}

TEST_CASE_METHOD(RefFixture, "how a ref can come to nothing", "[store][refs]") {
  PublishVal("x", R"({"a":null})");
  PublishVal("gone", "1");
  Delete("gone");
  const auto values =
      Read({"object/x:x/attr/a", "object/x:x/attr/b", "object/gone:v0",
            "object/none:v7", "object/x:v1", "op/x:latest", "op/x:x"});
  std::vector<Found> found;
  for (const RefValue& value : values) {
    found.push_back(value.found);
    if (value.found != Found::kValue) CHECK(value.json == "null");
  }
  CHECK(found == std::vector<Found>{Found::kValue, Found::kNothing,
                                    Found::kDeleted, Found::kMissing,
                                    Found::kMissing, Found::kMissing,
                                    Found::kValue});
  CHECK(values[3].digest == "v7");
}

TEST_CASE_METHOD(RefFixture, "no more is read than may be", "[store][refs]") {
  PublishVal("x", "\"12345678\"");
  PublishVal("y", R"({"to":"weave:///team/app/object/x:x"})");
  CHECK(ReadsWithin({"object/x:x"}, 10));
  CHECK(!ReadsWithin({"object/x:x"}, 9));
  CHECK(ReadsWithin({"object/x:x", "object/x:x"}, 20));
  CHECK(!ReadsWithin({"object/x:x", "object/x:x"}, 19));
  // Rounds count together, and what is read on the way does not count.
  PublishVal("z", R"({"to":"weave:///team/app/object/y:y","is":[1]})");
  CHECK(ReadsWithin({"object/z:z/attr/is", "object/z:z/attr/to/attr/to"}, 33));
  CHECK(!ReadsWithin({"object/z:z/attr/is", "object/z:z/attr/to/attr/to"}, 32));
}

TEST_CASE_METHOD(RefFixture, "everything on the way is read along an index",
                 "[store][refs]") {
  store::TableStore tables(*database, names);
  const std::string row = R"({"a":1})";
  const model::RawObject raw{row};
  const std::string digest = model::DigestsOf({&raw, 1});
  Must(tables.Create({.project_id = kProject,
                      .digest = "t",
                      .row_digests = digest,
                      .rows = {&raw, 1},
                      .now_us = 1}));
  PublishVal("set", R"({"rows":"weave:///team/app/table/t"})");
  std::vector<std::string> begun;
  {
    const Statements statements(*database);
    const auto values = Read({"object/set:latest/attr/rows/index/0",
                              "object/set:v0/attr/rows/id/" + digest});
    begun = statements.begun();
    CHECK(values[0].json == row);
    CHECK(values[1].json == row);
  }
  size_t explained = 0;
  for (const std::string& sql : begun) {
    if (!sql.starts_with("SELECT") && !sql.starts_with("WITH")) continue;
    CAPTURE(sql);
    ++explained;
    Must(database->Read([&](db::Connection& connection) {
      db::Query plan(connection, "EXPLAIN QUERY PLAN " + sql);
      while (plan.Row()) {
        const std::string_view step = plan.Text(3);
        CAPTURE(step);
        // `w` and `wanted` are the list of what is asked for.
        CHECK((!step.starts_with("SCAN") || step.starts_with("SCAN w")));
      }
      return Status();
    }));
  }
  CHECK(explained == 5);
}

}  // namespace
}  // namespace bobbin::testing
