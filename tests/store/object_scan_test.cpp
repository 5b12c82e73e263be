// Which versions a query finds, and in which order.
#include "support/object_fixture.h"

namespace bobbin::testing {
namespace {

using model::Direction;
using model::SortBy;

class ScanFixture : public ObjectFixture {
 protected:
  // Base class "B<name>"; leaf class "L<x>" for a digest "...x".
  void Version(std::string_view name, std::string_view digest,
               std::string_view kind = "object") {
    model::ObjectNature nature;
    nature.val = "{}";
    nature.kind = kind;
    if (kind == "object") {
      nature.base_object_class = "B" + std::string(name);
      nature.leaf_object_class = std::string("L") + digest.back();
    }
    Must(objects.Publish({kProject, name, digest, "me", nature, ++now_us}));
  }

  // Made in the order of their numbers; b, d and f2 are the latest.
  void Fill() {
    Version("m", "a1");
    Version("n", "a2");
    Version("m", "b3");
    Version("f", "f1", "op");
    Version("n", "d4");
    Version("f", "f2", "op");
    Version("n", "x5");
    Delete("n", {{"x5"}});
    Publish("z", "other", "object", "team/other");
  }
};

struct Shape {
  const char* name;
  void (*ask)(model::ObjsFilter&);
  Strings found;
};

TEST_CASE_METHOD(ScanFixture, "filters find what they name",
                 "[store][objects]") {
  Fill();
  Tag("m", "a1", {"t", "u"});
  Tag("n", "d4", {"t"});
  Alias("m", "a1", {"prod"});
  Alias("n", "a2", {"prod"});
  const std::vector<Shape> shapes{
      {"all", [](auto&) {}, {"a1", "a2", "b3", "f1", "d4", "f2"}},
      {"empty lists",
       [](auto& f) {
         f.object_ids.emplace();
         f.tags.emplace();
         f.aliases.emplace();
         f.base_object_classes.emplace();
         f.exclude_base_object_classes.emplace();
         f.leaf_object_classes.emplace();
       },
       {"a1", "a2", "b3", "f1", "d4", "f2"}},
      {"a name", [](auto& f) { f.object_ids = {{"m"}}; }, {"a1", "b3"}},
      {"names",
       [](auto& f) {
         f.object_ids = {{"n", "m", "m"}};
       },
       {"a1", "a2", "b3", "d4"}},
      {"a name of another project",
       [](auto& f) { f.object_ids = {{"z"}}; },
       {}},
      {"ops", [](auto& f) { f.is_op = true; }, {"f1", "f2"}},
      {"no ops", [](auto& f) { f.is_op = false; }, {"a1", "a2", "b3", "d4"}},
      {"the latest", [](auto& f) { f.latest_only = true; }, {"b3", "d4", "f2"}},
      {"not only the latest",
       [](auto& f) { f.latest_only = false; },
       {"a1", "a2", "b3", "f1", "d4", "f2"}},
      {"the latest ops",
       [](auto& f) {
         f.latest_only = true;
         f.is_op = true;
       },
       {"f2"}},
      {"the latest of names",
       [](auto& f) {
         f.latest_only = true;
         f.object_ids = {{"f", "m", "f", "none"}};
       },
       {"b3", "f2"}},
      {"a base class",
       [](auto& f) { f.base_object_classes = {{"Bm"}}; },
       {"a1", "b3"}},
      {"base classes",
       [](auto& f) {
         f.base_object_classes = {{"Bn", "Bnone", "Bm"}};
       },
       {"a1", "a2", "b3", "d4"}},
      {"the latest of a base class",
       [](auto& f) {
         f.base_object_classes = {{"Bm"}};
         f.latest_only = true;
       },
       {"b3"}},
      {"no base class of these",
       [](auto& f) {
         f.exclude_base_object_classes = {{"Bm", "Bnone"}};
       },
       {"a2", "f1", "d4", "f2"}},
      {"a leaf class",
       [](auto& f) { f.leaf_object_classes = {{"L2"}}; },
       {"a2"}},
      {"leaf classes",
       [](auto& f) {
         f.leaf_object_classes = {{"L2", "L1", "L9"}};
       },
       {"a1", "a2"}},
      {"a tag", [](auto& f) { f.tags = {{"t"}}; }, {"a1", "d4"}},
      {"tags",
       [](auto& f) {
         f.tags = {{"u", "t", "none"}};
       },
       {"a1", "d4"}},
      {"no such tag", [](auto& f) { f.tags = {{"none"}}; }, {}},
      {"the latest with a tag",
       [](auto& f) {
         f.tags = {{"t"}};
         f.latest_only = true;
       },
       {"d4"}},
      {"an alias", [](auto& f) { f.aliases = {{"prod"}}; }, {"a1", "a2"}},
      {"the alias that is always there",
       [](auto& f) { f.aliases = {{"latest"}}; },
       {"b3", "d4", "f2"}},
      {"that and another",
       [](auto& f) {
         f.aliases = {{"latest", "prod"}};
         f.object_ids = {{"m", "f"}};
       },
       {"a1", "b3", "f2"}},
      {"the latest, with that and another",
       [](auto& f) {
         f.aliases = {{"latest", "prod"}};
         f.latest_only = true;
       },
       {"b3", "d4", "f2"}},
      {"the latest, if it has the alias",
       [](auto& f) {
         f.aliases = {{"prod"}};
         f.latest_only = true;
       },
       {}},
      {"all together",
       [](auto& f) {
         f.object_ids = {{"m"}};
         f.base_object_classes = {{"Bm"}};
         f.leaf_object_classes = {{"L1"}};
         f.exclude_base_object_classes = {{"Bz"}};
         f.tags = {{"t"}};
         f.aliases = {{"prod"}};
         f.is_op = false;
       },
       {"a1"}},
  };
  for (const Shape& shape : shapes) {
    CAPTURE(shape.name);
    model::ObjsQueryReq request = AQuery();
    shape.ask(*request.filter);
    CHECK(Matching(request) == shape.found);
  }
}

TEST_CASE_METHOD(ScanFixture, "versions come in the order asked for",
                 "[store][objects]") {
  Fill();
  constexpr auto kUp = Direction::kAscending;
  constexpr auto kDown = Direction::kDescending;
  struct Order {
    std::vector<SortBy> by;
    Strings found;
  };
  const std::vector<Order> orders{
      {{}, {"a1", "a2", "b3", "f1", "d4", "f2"}},
      {{{"created_at", kUp}}, {"a1", "a2", "b3", "f1", "d4", "f2"}},
      {{{"created_at", kDown}}, {"f2", "d4", "f1", "b3", "a2", "a1"}},
      {{{"object_id", kUp}}, {"f1", "f2", "a1", "b3", "a2", "d4"}},
      {{{"object_id", kDown}}, {"d4", "a2", "b3", "a1", "f2", "f1"}},
      {{{"object_id", kUp}, {"created_at", kDown}},
       {"f2", "f1", "b3", "a1", "d4", "a2"}},
      {{{"created_at", kDown}, {"object_id", kUp}, {"created_at", kUp}},
       {"f2", "d4", "f1", "b3", "a2", "a1"}},
      {{{"version_index", kDown}}, {"a1", "a2", "b3", "f1", "d4", "f2"}},
      {{{"nothing", kUp}, {"created_at", kDown}},
       {"f2", "d4", "f1", "b3", "a2", "a1"}},
  };
  for (const Order& order : orders) {
    model::ObjsQueryReq request = AQuery();
    request.sort_by = order.by;
    CAPTURE(order.found);
    CHECK(Matching(request) == order.found);
    // The latest alone go another way, to the same order.
    Strings latest = order.found;
    std::erase_if(latest, [](const std::string& digest) {
      return digest != "b3" && digest != "d4" && digest != "f2";
    });
    request.filter->latest_only = true;
    CHECK(Matching(request) == latest);
  }
  model::ObjsQueryReq request = AQuery();
  CHECK(Matching(request) == orders[0].found);  // no sort_by
}

TEST_CASE_METHOD(ScanFixture, "versions of one moment stay in their order",
                 "[store][objects]") {
  for (const char* digest : {"c", "a", "b"}) {
    now_us = 1000;
    Publish("m", digest);
  }
  model::ObjsQueryReq request = AQuery();
  CHECK(Matching(request) == Strings{"c", "a", "b"});
  request.sort_by = Descending("created_at");
  CHECK(Matching(request) == Strings{"b", "a", "c"});
}

TEST_CASE_METHOD(ScanFixture, "a page is a part of the whole",
                 "[store][objects]") {
  Fill();
  struct Page {
    std::optional<int64_t> limit, offset;
    bool latest;
    Strings found;
  };
  for (const Page& page : std::vector<Page>{
           {2, {}, false, {"a1", "a2"}},
           {2, 1, false, {"a2", "b3"}},
           {{}, 4, false, {"d4", "f2"}},
           {10, 6, false, {}},
           {0, {}, false, {}},
           {{}, 0, true, {"b3", "d4", "f2"}},
           {1, 1, true, {"d4"}},
       }) {
    CAPTURE(page.limit.value_or(-1), page.offset.value_or(-1), page.latest);
    model::ObjsQueryReq request = AQuery();
    request.limit = page.limit;
    request.offset = page.offset;
    request.filter->latest_only = page.latest;
    CHECK(Matching(request) == page.found);
  }
}

TEST_CASE_METHOD(ScanFixture, "each kind of a name has its latest",
                 "[store][objects]") {
  const auto latest = [&] {
    Strings digests;
    Must(objects.Scan(AQuery(), [&](const model::ObjectRecord& object) {
      if (object.is_latest) digests.emplace_back(object.digest);
      return true;
    }));
    model::ObjsQueryReq request = AQuery();
    request.filter->latest_only = true;
    CHECK(Matching(request) == digests);
    return digests;
  };
  Version("m", "a1");
  Version("m", "f1", "op");
  Version("m", "f2", "op");
  CHECK(latest() == Strings{"a1", "f2"});
  Version("m", "f1", "op");  // the latest again
  CHECK(latest() == Strings{"a1", "f1"});
  Delete("m", {{"f1"}});
  CHECK(latest() == Strings{"a1", "f2"});
  Delete("m", {{"f2"}});
  CHECK(latest() == Strings{"a1"});
  Delete("m");
  CHECK(latest().empty());
}

TEST_CASE_METHOD(ScanFixture, "a scan ends when it is told to",
                 "[store][objects]") {
  Fill();
  int seen = 0;
  Must(objects.Scan(AQuery(),
                    [&](const model::ObjectRecord&) { return ++seen < 2; }));
  CHECK(seen == 2);
  model::ObjsQueryReq elsewhere = AQuery();
  elsewhere.project_id = "team/none";
  CHECK(Matching(elsewhere).empty());
}

TEST_CASE_METHOD(ScanFixture, "names are unlike each other to the byte",
                 "[store][objects]") {
  Version("Name", "a1");
  Version("name", "b1");
  Version("n\xc3\xa4me", "c1");
  model::ObjsQueryReq request = AQuery();
  request.filter->latest_only = true;
  CHECK(Matching(request) == Strings{"a1", "b1", "c1"});
  request.filter->object_ids = {{"name"}};
  CHECK(Matching(request) == Strings{"b1"});
}

}  // namespace
}  // namespace bobbin::testing
