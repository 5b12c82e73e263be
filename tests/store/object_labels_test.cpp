// Deleting versions, and their tags and aliases.
#include "store/object_labels.h"

#include "support/object_fixture.h"

namespace bobbin::testing {
namespace {

std::string Joined(const Strings& texts) {
  std::string all;
  for (const std::string& text : texts) all += (all.empty() ? "" : " ") + text;
  return all;
}

class LabelFixture : public ObjectFixture {
 protected:
  // `tags / aliases` of a version.
  std::string Labels(std::string_view name, std::string_view digest) {
    model::ObjReadReq request;
    request.project_id = kProject;
    request.object_id = name;
    request.digest = digest;
    request.include_tags_and_aliases = true;
    std::string labels;
    Must(objects.Read(request, [&](const model::ObjectRecord& object) {
      REQUIRE(object.labels);
      labels =
          Joined(object.labels->tags) + " / " + Joined(object.labels->aliases);
      return false;
    }));
    return labels;
  }
  static std::string All(const Result<Strings>& texts) {
    REQUIRE(texts.ok());
    return Joined(texts.value());
  }
};

TEST_CASE_METHOD(LabelFixture, "tags are added once, and taken off",
                 "[store][objects]") {
  Publish("m", "a");
  Publish("m", "b");
  Tag("m", "a", {"two", "one", "two"});
  Tag("m", "v0", {"three", "one"});
  CHECK(Labels("m", "a") == "one three two / ");
  CHECK(Labels("m", "b") == " / latest");
  Must(objects.RemoveTags(At("m", "a"),
                          std::vector<std::string_view>{"two", "never"}));
  CHECK(Labels("m", "a") == "one three / ");
  Tag("m", "a", {});
  CHECK(Labels("m", "a") == "one three / ");
}

TEST_CASE_METHOD(LabelFixture, "an alias is on one version at a time",
                 "[store][objects]") {
  Publish("m", "a");
  Publish("m", "b");
  Publish("n", "a");
  Alias("m", "a", {"prod", "old"});
  Alias("n", "a", {"prod"});
  CHECK(Labels("m", "a") == " / old prod");
  Alias("m", "latest", {"prod", "prod"});
  CHECK(Labels("m", "a") == " / old");
  CHECK(Labels("m", "b") == " / latest prod");
  CHECK(Labels("n", "prod") == " / latest prod");
  Must(objects.RemoveAliases(kProject, "m",
                             std::vector<std::string_view>{"prod", "never"}));
  CHECK(Labels("m", "b") == " / latest");
  CHECK(Labels("n", "a") == " / latest prod");
  CHECK(Find("m", "prod") == "none");
  Must(objects.RemoveAliases("team/none", "m",
                             std::vector<std::string_view>{"prod"}));
}

TEST_CASE_METHOD(LabelFixture, "an alias may name an alias's version",
                 "[store][objects]") {
  Publish("m", "a");
  Publish("m", "b");
  Alias("m", "a", {"prod"});
  Alias("m", "prod", {"stable"});
  CHECK(Labels("m", "stable") == " / prod stable");
}

TEST_CASE_METHOD(LabelFixture, "labels need a living version",
                 "[store][objects]") {
  Publish("m", "a");
  Publish("m", "b");
  Delete("m", {{"a"}});
  const std::vector<std::string_view> texts{"x"};
  const auto version = GENERATE_COPY(
      values({At("m", "a"), At("m", "v0"), At("m", "none"), At("n", "b"),
              store::ObjectStore::Version{"team/none", "m", "b"}}));
  CAPTURE(version.project_id, version.object_id, version.digest);
  CHECK(CodeOf(objects.AddTags(version, texts)) == Code::kNotFound);
  CHECK(CodeOf(objects.RemoveTags(version, texts)) == Code::kNotFound);
  CHECK(CodeOf(objects.SetAliases(version, texts)) == Code::kNotFound);
  CHECK(All(objects.Tags(kProject)).empty());
  CHECK(All(objects.Aliases(kProject)).empty());
  CHECK(RowsIn(*database, "SELECT project_id FROM projects") ==
        Strings{"team/app"});
}

TEST_CASE_METHOD(LabelFixture, "a project lists what it uses, sorted, once",
                 "[store][objects]") {
  Publish("m", "a");
  Publish("n", "a");
  Publish("m", "z", "object", "team/other");
  Tag("m", "a", {"y", "x"});
  Tag("n", "a", {"x", "\xc3\xa9t\xc3\xa9"});
  Alias("m", "a", {"prod", "q"});
  Alias("n", "a", {"prod"});
  CHECK(All(objects.Tags(kProject)) == "x y \xc3\xa9t\xc3\xa9");
  CHECK(All(objects.Aliases(kProject)) == "prod q");
  CHECK(All(objects.Tags("team/other")).empty());
  CHECK(All(objects.Aliases("team/none")).empty());
}

TEST_CASE_METHOD(LabelFixture, "a deleted version loses its labels and value",
                 "[store][objects]") {
  Publish("m", "a");
  Publish("m", "b");
  Tag("m", "a", {"x"});
  Tag("m", "b", {"y"});
  Alias("m", "a", {"prod"});
  CHECK(Delete("m", {{"prod"}}) == Strings{"a"});
  CHECK(All(objects.Tags(kProject)) == "y");
  CHECK(All(objects.Aliases(kProject)).empty());
  CHECK(Find("m", "prod") == "none");
  CHECK(RowsIn(*database, "SELECT val FROM objects ORDER BY row_id") ==
        Strings{"null", R"({"d": "b"})"});
  Publish("m", "a");
  CHECK(Labels("m", "a") == " / latest");
}

TEST_CASE_METHOD(LabelFixture, "deleting names what it deleted",
                 "[store][objects]") {
  Publish("m", "a");
  Publish("m", "b");
  Publish("m", "c", "op");
  Publish("n", "a");
  SECTION("one version by many names is one") {
    Alias("m", "b", {"prod"});
    CHECK(Delete("m", {{"b", "v1", "prod", "b"}}) == Strings{"b"});
  }
  SECTION("latest means the latest before") {
    CHECK(Delete("m", {{"latest", "v0"}}) == Strings{"c"});
  }
  SECTION("all, of both kinds, in the order of their making") {
    CHECK(Delete("m") == Strings{"a", "b", "c"});
    CHECK(Find("n", "latest") == "a object 0");
  }
  SECTION("the classes come along") {
    auto deleted = objects.Delete(kProject, "m", {{"a"}}, 1);
    REQUIRE(deleted.ok());
    REQUIRE(deleted.value().size() == 1);
    CHECK(deleted.value()[0].leaf_object_class == "Leaf");
    CHECK(!deleted.value()[0].base_object_class);
  }
}

TEST_CASE_METHOD(LabelFixture, "a deletion that is not whole does nothing",
                 "[store][objects]") {
  Publish("m", "a");
  Publish("m", "b");
  Publish("m", "c");
  Delete("m", {{"b"}});
  const model::Texts digests = GENERATE(
      values<model::Texts>({{{"a", "b"}}, {{"a", "none"}}, {{"v1"}}, {{""}}}));
  const auto deleted = objects.Delete(kProject, "m", digests, 1);
  REQUIRE(!deleted.ok());
  CHECK(deleted.error().code == Code::kNotFound);
  CHECK_THAT(
      deleted.error().message,
      Catch::EndsWith("Not found: '" + std::string(digests->back()) + "'"));
  CHECK(Matching(AQuery()) == Strings{"a", "c"});
}

TEST_CASE_METHOD(LabelFixture, "there must be something to delete",
                 "[store][objects]") {
  Publish("m", "a");
  Delete("m");
  for (const auto& [project, name] :
       {std::pair(kProject, "m"), {kProject, "n"}, {"team/none", "m"}}) {
    CAPTURE(project, name);
    const auto deleted = objects.Delete(project, name, {}, 1);
    REQUIRE(!deleted.ok());
    CHECK(deleted.error().code == Code::kNotFound);
  }
}

}  // namespace
}  // namespace bobbin::testing
