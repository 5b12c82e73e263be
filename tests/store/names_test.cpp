#include "store/names.h"

#include "support/catch.h"
#include "support/store_fixture.h"

namespace bobbin::store {
namespace {

using bobbin::testing::NumberIn;
using bobbin::testing::RowsIn;
using bobbin::testing::StoreFixture;
using db::Connection;

TEST_CASE("the trace name of an op is the name within its ref", "[store]") {
  const auto [op, name] =
      GENERATE(table<std::string, std::optional<std::string>>({
          {"predict", "predict"},
          {"", ""},
          {"weave:///team/app/op/predict:abc", "predict"},
          {"weave:///team/app/object/Model:abc", "Model"},
          {"weave:///team/app/object/Model:abc/attr/x", "Model"},
          {"weave:///team/app/op/predict", "predict"},
          {"weave:///team/app/op/a.b-c:abc", "a.b-c"},
          {"weave-trace-internal:///p1/op/predict:abc", "predict"},
          {"weave:///team/app/call/0190", std::nullopt},
          {"weave:///team/app/table/abc", std::nullopt},
          {"weave://other", "weave://other"},
          {"/op/x", "/op/x"},
      }));
  CAPTURE(op);
  const auto found = TraceName(op);
  REQUIRE(found.has_value() == name.has_value());
  if (name) CHECK(*found == *name);
}

class NamesFixture : public StoreFixture {
 protected:
  // Runs `job` in a transaction that is committed or, with `keep` false,
  // rolled back.
  template <class Job>
  void InWrite(const Job& job, bool keep = true) {
    const Status status = database->Write([&](Connection& c) -> Status {
      job(c);
      if (!keep) return Invalid("rolled back");
      return {};
    });
    REQUIRE(status.ok() == keep);
  }
};

TEST_CASE_METHOD(NamesFixture, "a name has one row", "[store]") {
  InWrite([&](Connection& c) {
    const int64_t one = names.Project(c, "p1");
    const int64_t two = names.Project(c, "p2");
    CHECK(one != two);
    CHECK(names.Project(c, "p1") == one);
    const int64_t op = names.Op(c, one, "f");
    CHECK(names.Op(c, one, "f") == op);
    CHECK(names.Op(c, one, "g") != op);
    CHECK(names.Op(c, two, "f") != op);  // ops are per project
    CHECK(FindProject(c, "p2") == two);
    CHECK(!FindProject(c, "p3"));
  });
  CHECK(NumberIn(*database, "SELECT count(*) FROM projects") == 2);
  CHECK(NumberIn(*database, "SELECT count(*) FROM ops") == 3);
}

TEST_CASE_METHOD(NamesFixture, "rows that are in the file already are found",
                 "[store]") {
  int64_t project = 0;
  int64_t op = 0;
  InWrite([&](Connection& c) {
    project = names.Project(c, "p");
    op = names.Op(c, project, "f");
  });
  Names others;
  InWrite([&](Connection& c) {
    CHECK(others.Project(c, "p") == project);
    CHECK(others.Op(c, project, "f") == op);
  });
}

TEST_CASE_METHOD(NamesFixture, "what a rollback has taken away is forgotten",
                 "[store]") {
  InWrite([&](Connection& c) { names.Op(c, names.Project(c, "kept"), "f"); });
  InWrite(
      [&](Connection& c) {
        names.Op(c, names.Project(c, "kept"), "gone");
        names.Op(c, names.Project(c, "gone"), "f");
      },
      false);
  // Another name takes the numbers that have become free.
  InWrite([&](Connection& c) { names.Op(c, names.Project(c, "next"), "h"); });
  InWrite([&](Connection& c) {
    names.Op(c, names.Project(c, "kept"), "gone");
    names.Op(c, names.Project(c, "gone"), "f");
  });
  CHECK(RowsIn(*database,
               "SELECT project_id || ' ' || name FROM ops o JOIN "
               "projects p ON p.row_id = o.project ORDER BY 1") ==
        std::vector<std::string>{"gone f", "kept f", "kept gone", "next h"});
}

TEST_CASE_METHOD(NamesFixture, "more names than are remembered are all right",
                 "[store]") {
  constexpr int kOps = 10'500;
  InWrite([&](Connection& c) {
    const int64_t project = names.Project(c, "p");
    for (int i = 0; i < kOps; ++i) {
      names.Op(c, project, "op" + std::to_string(i));
    }
    const int64_t again = names.Project(c, "p");
    CHECK(again == project);
    CHECK(names.Op(c, project, "op0") == names.Op(c, project, "op0"));
  });
  CHECK(NumberIn(*database, "SELECT count(*) FROM ops") == kOps);
}

}  // namespace
}  // namespace bobbin::store
