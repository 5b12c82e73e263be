// Taking old traces away, seen through the API.
#include "store/prune.h"

#include <limits>
#include <string>
#include <vector>

#include "store/file_check.h"
#include "support/catch.h"
#include "support/object_bodies.h"
#include "support/project_bodies.h"

namespace bobbin::testing {
namespace {

using store::PrunePart;
using store::PruneScope;

constexpr int64_t kDay = 86'400'000'000;
// 2024-01-01T00:00:00Z
constexpr int64_t kNewYear = 1'704'067'200'000'000;

std::string On(int day) {
  return "2024-01-" + std::string(day < 10 ? "0" : "") + std::to_string(day) +
         "T00:00:00Z";
}
int64_t Us(int day) { return kNewYear + (day - 1) * kDay; }

Body Begun(std::string_view id, int day, std::string_view trace) {
  return AStart(id).WithText("started_at", On(day)).WithText("trace_id", trace);
}

PruneScope Scope(Api& api, int64_t before_us, const std::string& project = "") {
  PruneScope scope{.before_us = before_us};
  if (project.empty()) return scope;
  const Status status = api.database().Read([&](db::Connection& connection) {
    scope.project = store::FindProject(connection, project);
    return Status();
  });
  REQUIRE(status.ok());
  REQUIRE(scope.project.has_value());
  return scope;
}

std::vector<PrunePart> Plan(Api& api, const PruneScope& scope) {
  std::vector<PrunePart> parts;
  const Status status = api.database().Read([&](db::Connection& connection) {
    parts = store::PlanPrune(connection, scope);
    return Status();
  });
  INFO((status.ok() ? "" : status.error().message));
  REQUIRE(status.ok());
  return parts;
}

// Prunes, and sees that it was what was planned and that the file is whole.
// The API is opened anew afterwards: nobody served the file meanwhile.
void Pruned(Api& api, const PruneScope& scope) {
  const std::vector<PrunePart> planned = Plan(api, scope);
  api.Restart();  // so that there are counts in the file
  int64_t last = -1;
  int64_t all = 0;
  const Status status = api.database().Write([&](db::Connection& connection) {
    store::Prune(connection, scope, [&](int64_t done, int64_t of) {
      CHECK(done > last);
      last = done;
      all = of;
    });
    const store::FileCheck check = store::CheckFile(connection);
    CHECK(check.sound());
    return Status();
  });
  INFO((status.ok() ? "" : status.error().message));
  REQUIRE(status.ok());
  CHECK(last == all);
  api.Restart();
  int64_t gone = 0;
  for (const PrunePart& part : planned) gone += part.calls + part.hidden;
  CHECK(all == gone);
  CHECK(Plan(api, scope).empty());
}

class Kept : public Api {
 public:
  Kept() : Api(Transport::kInProcess, db::Durability::kNormal) {}
};

int64_t CountOf(Api& api, std::string_view project) {
  return Json::parse(api.Ok("/calls/query_stats",
                            Body{{"project_id", Quoted(project)}}.json()))
      .at("count");
}

TEST_CASE("traces go as a whole, by their newest call", "[prune]") {
  Kept api;
  PutStart(api, Begun("old", 1, "a"));
  PutComplete(api, Begun("old-child", 2, "a")
                       .WithText("parent_id", "old")
                       .WithText("ended_at", On(9))
                       .With("summary", "{}"));
  PutStart(api, Begun("mixed", 1, "b"));
  PutStart(api, Begun("mixed-new", 3, "b").WithText("parent_id", "mixed"));
  PutStart(api, Begun("new", 4, "c"));
  const PruneScope scope = Scope(api, Us(3));
  const auto parts = Plan(api, scope);
  REQUIRE(parts.size() == 1);
  CHECK(parts[0].project_id == "team/app");
  CHECK(parts[0].traces == 1);
  CHECK(parts[0].calls == 2);
  CHECK(parts[0].feedback == 0);
  CHECK(parts[0].hidden == 0);
  Pruned(api, scope);
  CHECK(QueryIds(api) == "mixed mixed-new new");
  // What begins at that moment is not older.
  Pruned(api, Scope(api, Us(3) + 1));
  CHECK(QueryIds(api) == "new");
  CHECK(CountOf(api, kProject) == 1);
}

TEST_CASE("feedback on calls goes with them, all else stays", "[prune]") {
  Kept api;
  Fill(api, "team/app");
  Fill(api, "team/other", "o");
  const auto all = [&](const char* what) {
    return Column(api, std::string("SELECT count(*) FROM ") + what).front();
  };
  CHECK(all("feedback") == "2");
  const PruneScope scope =
      Scope(api, std::numeric_limits<int64_t>::max(), "team/app");
  const auto parts = Plan(api, scope);
  REQUIRE(parts.size() == 1);
  CHECK(parts[0].calls == 2);
  CHECK(parts[0].feedback == 1);
  CHECK(parts[0].hidden == 2);
  CHECK(parts[0].json_bytes > 0);
  Pruned(api, scope);
  CHECK(CountOf(api, "team/app") == 0);
  CHECK(CountOf(api, "team/other") == 2);
  CHECK(all("feedback") == "1");
  CHECK(all("calls WHERE project = 1") == "0");
  CHECK(all("ops WHERE project = 1") == "0");
  CHECK(all("objects WHERE project = 1") == "2");
  CHECK(all("files WHERE project = 1") == "1");
  CHECK(all("tables WHERE project = 1") == "1");
  CHECK(all("prices WHERE project = 1") == "1");
  // A ref that both have is still found.
  CHECK(
      Column(api, "SELECT ref FROM refs WHERE ref LIKE '%a/b/call/c'").size() ==
      1);
}

TEST_CASE(
    "marks of deleted calls and ends without a start go by their own "
    "time",
    "[prune]") {
  Kept api;
  PutEnd(api, AnEnd("early").WithText("ended_at", On(1)));
  PutEnd(api, AnEnd("late").WithText("ended_at", On(5)));
  api.Ok(
      "/feedback/create",
      R"({"project_id":"team/app","weave_ref":"weave:///team/app/call/early",)"
      R"("feedback_type":"note","payload":{}})");
  api.clock.now_us = Us(1);
  api.Ok("/calls/delete", R"({"project_id":"team/app","call_ids":["never"]})");
  api.clock.now_us = Us(5);
  api.Ok("/calls/delete", R"({"project_id":"team/app","call_ids":["just"]})");
  // Nobody knows from when that is.
  api.Ok("/call/update",
         R"({"project_id":"team/app","call_id":"named","display_name":"N"})");
  const auto parts = Plan(api, Scope(api, Us(3)));
  REQUIRE(parts.size() == 1);
  CHECK(parts[0].traces == 0);
  CHECK(parts[0].hidden == 2);
  CHECK(parts[0].feedback == 1);
  Pruned(api, Scope(api, Us(3)));
  CHECK(Column(api, "SELECT id FROM calls ORDER BY id") ==
        std::vector<std::string>{"just", "late", "named"});
}

TEST_CASE("snapshots keep their traces", "[prune]") {
  Kept api;
  PutStart(api, Begun("c1", 1, "a"));
  api.Ok("/_bobbin/snapshot", R"({"project_id":"team/app","name":"s"})");
  Pruned(api, Scope(api, Us(9)));
  CHECK(QueryIds(api).empty());
  api.Restart();
  api.Ok("/_bobbin/restore", R"({"project_id":"team/app","snapshot":"s"})");
  CHECK(QueryIds(api) == "c1");
}

TEST_CASE("as much goes as has to for a size", "[prune]") {
  Kept api;
  const std::string text(2000, 'x');
  for (int i = 0; i < 400; ++i) {
    const std::string n = std::to_string(i);
    PutStart(api, Begun("c" + n, 1, "t" + n)
                      .WithText("started_at",
                                "2024-01-01T00:" + std::to_string(10 + i / 60) +
                                    ":" + std::to_string(10 + i % 50) + "Z")
                      .With("inputs", R"({"x":")" + text + R"("})"));
  }
  int64_t bytes = 0;
  const auto moment_for = [&](int64_t most) {
    std::optional<int64_t> moment;
    const Status status = api.database().Read([&](db::Connection& connection) {
      bytes = store::FileBytes(connection);
      moment = store::MomentForSize(connection, std::nullopt, most);
      return Status();
    });
    REQUIRE(status.ok());
    return moment;
  };
  CHECK_FALSE(moment_for(int64_t{1} << 40).has_value());
  const int64_t before = bytes;
  // It is an estimate: what is left is looked at again.
  int rounds = 0;
  while (const auto moment = moment_for(before * 3 / 4)) {
    Pruned(api, Scope(api, *moment));
    REQUIRE(api.database().Compact().ok());
    REQUIRE(++rounds < 4);
  }
  CHECK(bytes <= before * 3 / 4);
  CHECK(CountOf(api, kProject) > 50);
  // No file is that small.
  Pruned(api, Scope(api, moment_for(1).value()));
  CHECK(CountOf(api, kProject) == 0);
  // There are no traces that could go.
  CHECK_FALSE(moment_for(1).has_value());
}

TEST_CASE("a file that was built anew is the same, but smaller", "[prune]") {
  Kept api;
  Fill(api, "team/app");
  Fill(api, "team/other", "o");
  const std::string before = All(api, "team/app");
  api.Ok("/_bobbin/drop", R"({"project_id":"team/other"})");
  int64_t free = 0;
  const auto look = [&] {
    const Status status = api.database().Read([&](db::Connection& connection) {
      free = store::FreeBytes(connection);
      return Status();
    });
    REQUIRE(status.ok());
  };
  look();
  CHECK(free > 0);
  REQUIRE(api.database().Compact().ok());
  look();
  CHECK(free == 0);
  CHECK(All(api, "team/app") == before);
  PutStart(api, AStart("more"));
  CHECK(ReadCall(api, "more").at("id") == "more");
}

}  // namespace
}  // namespace bobbin::testing
