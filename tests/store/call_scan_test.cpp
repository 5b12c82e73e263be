// Asking for calls: filters, order, pages, columns (contract section 4.4).
#include "store/call_store.h"
#include "support/catch.h"
#include "support/store_fixture.h"

namespace bobbin::testing {
namespace {

using model::Direction;
using Strings = std::vector<std::string>;

std::string Joined(const Strings& ids) {
  std::string text;
  for (const std::string& id : ids) text += (text.empty() ? "" : " ") + id;
  return text;
}

class ScanFixture : public StoreFixture {
 protected:
  std::string List(const model::CallsQueryReq& request) {
    return Joined(Ids(request));
  }
  std::string Sorted(std::vector<model::SortBy> by) {
    model::CallsQueryReq request = ARequest();
    request.sort_by = std::move(by);
    return List(request);
  }
};

TEST_CASE_METHOD(ScanFixture, "each filter finds what it names", "[store]") {
  REQUIRE(Record(AComplete("a")
                     .Op("weave:///team/app/op/f:v1")
                     .Trace("t1")
                     .Thread("th1")
                     .Turn("tu1")
                     .User("u1")
                     .Run("team/app/r1")
                     .Inputs(R"(["weave:///team/app/object/x:v1"])"),
                 AComplete("b")
                     .Op("weave:///team/app/op/f:v2")
                     .Trace("t1")
                     .Under("a")
                     .Thread("th1")
                     .Turn("tu2")
                     .User("u2")
                     .Run("r1")
                     .Output(R"("weave:///team/app/object/x:v2")"),
                 AComplete("c")
                     .Op("weave:///team/app/op/ff:v1")
                     .Trace("t2")
                     .Under("x")
                     .Thread("th2")
                     .Run("team/app/r2"),
                 AComplete("d").Op("f").Trace("t3").Run("other/r1"),
                 AComplete("a").In("team/other").Trace("t1"))
              .ok());
  using F = model::CallsFilter;
  struct Row {
    model::Texts F::*list;
    std::vector<std::string_view> values;
    const char* found;
  };
  const std::vector<Row> rows = {
      {&F::call_ids, {"a"}, "a"},
      {&F::call_ids, {"a", "d", "nobody", "a"}, "a d"},
      {&F::call_ids, {}, "a b c d"},
      {&F::trace_ids, {"t1"}, "a b"},
      {&F::trace_ids, {"t1", "t3"}, "a b d"},
      {&F::parent_ids, {"a"}, "b"},
      {&F::parent_ids, {"a", "x"}, "b c"},
      {&F::thread_ids, {"th1"}, "a b"},
      {&F::thread_ids, {"th1", "th2"}, "a b c"},
      {&F::turn_ids, {"tu2"}, "b"},
      {&F::turn_ids, {"tu1", "tu2"}, "a b"},
      {&F::wb_user_ids, {"u1"}, "a"},
      {&F::wb_user_ids, {"u2", "local"}, "b c d"},
      {&F::op_names, {"f"}, "d"},
      {&F::op_names, {"weave:///team/app/op/f:v1"}, "a"},
      {&F::op_names, {"weave:///team/app/op/f:*"}, "a b"},
      {&F::op_names, {"weave:///team/app/op/f:*", "f"}, "a b d"},
      {&F::op_names, {"weave:///team/app/op/*"}, ""},
      {&F::op_names, {"%"}, ""},
      {&F::op_names, {":*"}, ""},
      {&F::input_refs, {"weave:///team/app/object/x:v1"}, "a"},
      {&F::input_refs, {"weave:///team/app/object/x:*"}, "a"},
      {&F::input_refs, {"weave:///team/app/object/x:v2"}, ""},
      {&F::output_refs, {"weave:///team/app/object/x:*"}, "b"},
      {&F::output_refs, {"y", "weave:///team/app/object/x:v2"}, "b"},
      // A run alone is any project's; with its project it is also the bare
      // one.
      {&F::wb_run_ids, {"r1"}, "a b d"},
      {&F::wb_run_ids, {"team/app/r1"}, "a b"},
      {&F::wb_run_ids, {"r2", "other/r1"}, "b c d"},
      {&F::wb_run_ids, {"1"}, ""},
      {&F::wb_run_ids, {""}, ""},
  };
  for (const Row& row : rows) {
    model::CallsQueryReq request = ARequest();
    (*request.filter).*row.list = row.values;
    CAPTURE(row.values);
    CHECK(List(request) == row.found);
    model::CallsQueryStatsReq count = ACount();
    (*count.filter).*row.list = row.values;
    CHECK(Count(count) == static_cast<int64_t>(Ids(request).size()));
  }
}

TEST_CASE_METHOD(ScanFixture, "filters together must all hold", "[store]") {
  REQUIRE(Record(AStart("a").Trace("t1").Op("f"),
                 AStart("b").Trace("t1").Op("g"),
                 AStart("c").Trace("t2").Op("f").Under("a"),
                 AStart("d").Trace("t2").Op("g"))
              .ok());
  model::CallsQueryReq request = ARequest();
  request.filter->trace_ids = {{"t1", "t2"}};
  request.filter->op_names = {{"f"}};
  CHECK(List(request) == "a c");
  request.filter->trace_roots_only = true;
  CHECK(List(request) == "a");
  request.filter->trace_roots_only = false;
  CHECK(List(request) == "a c");
  request.filter->call_ids = {{"c", "d"}};
  CHECK(List(request) == "c");
  request.filter->parent_ids = {{"nobody"}};
  CHECK(List(request) == "");
}

TEST_CASE_METHOD(ScanFixture, "lists may be as long as is allowed", "[store]") {
  REQUIRE(Record(AComplete("c1")
                     .Op("op:7")
                     .Under("p:7")
                     .Thread("x")
                     .Turn("x")
                     .Run("e/p/r7")
                     .Inputs(R"(["weave:///a:7"])")
                     .Output(R"("weave:///a:7")"))
              .ok());
  const bool prefixes = GENERATE(false, true);
  CAPTURE(prefixes);
  std::deque<std::string> kept;
  const auto thousand = [&](std::string_view stem, bool can_be_prefix) {
    std::vector<std::string_view> values;
    for (int i = 0; i < 1000; ++i) {
      std::string& value = kept.emplace_back(stem) += std::to_string(i);
      if (prefixes && can_be_prefix && i != 7) value += ":*";
      values.push_back(value);
    }
    return values;
  };
  model::CallsQueryReq request = ARequest();
  model::CallsFilter& filter = *request.filter;
  const auto found = [&] {
    const std::string list = List(request);
    model::CallsQueryStatsReq count = ACount();
    count.filter = filter;
    CHECK(Count(count) == (list == "c1" ? 1 : 0));
    return list;
  };
  SECTION("ops") {
    filter.op_names = thousand("op:", true);
    CHECK(found() == "c1");
  }
  SECTION("input refs") {
    filter.input_refs = thousand("weave:///a:", true);
    CHECK(found() == "c1");
  }
  SECTION("output refs") {
    filter.output_refs = thousand("weave:///a:", true);
    CHECK(found() == "c1");
  }
  SECTION("runs") {
    filter.wb_run_ids = thousand(prefixes ? "e/p/r" : "r", false);
    CHECK(found() == "c1");
  }
  SECTION("parents") {
    filter.parent_ids = thousand("p:", false);
    CHECK(found() == "c1");
  }
  SECTION("all lists at once") {
    filter.op_names = thousand("op:", true);
    filter.input_refs = thousand("weave:///a:", true);
    filter.output_refs = thousand("weave:///a:", true);
    filter.wb_run_ids = thousand("r", false);
    filter.parent_ids = thousand("p:", false);
    filter.trace_ids = thousand("t", false);
    filter.call_ids = thousand("c", false);
    filter.thread_ids = std::vector<std::string_view>(1000, "x");
    filter.turn_ids = std::vector<std::string_view>(1000, "x");
    filter.wb_user_ids = std::vector<std::string_view>(1000, "local");
    CHECK(found() == "c1");
  }
}

TEST_CASE_METHOD(ScanFixture, "the default order is by start, then by id",
                 "[store]") {
  REQUIRE(Record(AStart("c").At(2), AStart("b").At(1), AStart("a").At(2),
                 AStart("d").At(-1))
              .ok());
  model::CallsQueryReq request = ARequest();
  CHECK(List(request) == "d b a c");
  // The same along every index.
  request.filter->trace_ids = {{"t1"}};
  CHECK(List(request) == "d b a c");
  request.filter->trace_ids = {{"t1", "t2"}};
  CHECK(List(request) == "d b a c");
  request.filter = {};
  request.filter.emplace().call_ids = {{"a", "b", "c", "d"}};
  CHECK(List(request) == "d b a c");
  request.filter.emplace().op_names = {{"op"}};
  CHECK(List(request) == "d b a c");
  request.filter.emplace().trace_roots_only = true;
  CHECK(List(request) == "d b a c");
}

TEST_CASE_METHOD(ScanFixture,
                 "ties are broken by id, in the direction of a "
                 "last started_at",
                 "[store]") {
  REQUIRE(Record(AStart("c").At(2), AStart("b").At(1), AStart("a").At(2)).ok());
  CHECK(Sorted(Ascending("started_at")) == "b a c");
  CHECK(Sorted(Descending("started_at")) == "c a b");
  CHECK(Sorted(Ascending("op_name")) == "a b c");
  CHECK(Sorted(Descending("op_name")) == "a b c");
  CHECK(Sorted(Descending("id")) == "c b a");
  CHECK(Sorted({{"started_at", Direction::kDescending},
                {"id", Direction::kAscending}}) == "a c b");
  CHECK(Sorted({{"op_name", Direction::kAscending},
                {"started_at", Direction::kDescending}}) == "c a b");
  // No keys: any order, but all of them.
  model::CallsQueryReq request = ARequest();
  request.sort_by.emplace();
  CHECK(Ids(request).size() == 3);
}

TEST_CASE_METHOD(ScanFixture, "what is missing comes last in both directions",
                 "[store]") {
  REQUIRE(Record(AComplete("a").Thread("t2").Until(9000),
                 AComplete("b").Thread("t1").Until(8000), AStart("c"))
              .ok());
  const std::string field = GENERATE(as<std::string>(), "thread_id", "ended_at",
                                     "summary.weave.latency_ms");
  CAPTURE(field);
  CHECK(Sorted(Ascending(field)) == "b a c");
  CHECK(Sorted(Descending(field)) == "a b c");
}

TEST_CASE_METHOD(ScanFixture,
                 "JSON is sorted by number, then by text, what "
                 "is missing last",
                 "[store]") {
  REQUIRE(Record(AStart("n10").Inputs(R"({"a":10})"),
                 AStart("n9").Inputs(R"({"a":9})"),
                 AStart("s9").Inputs(R"({"a":"9.5"})"),
                 AStart("z").Inputs(R"({"a":"z"})"),
                 AStart("y").Inputs(R"({"a":"y"})"),
                 AStart("none").Inputs("{}"),
                 AStart("null").Inputs(R"({"a":null})"))
              .ok());
  CHECK(Sorted(Ascending("inputs.a")) == "n9 s9 n10 y z none null");
  CHECK(Sorted(Descending("inputs.a")) == "n10 s9 n9 z y none null");
}

TEST_CASE_METHOD(ScanFixture, "every JSON column and derived field sorts",
                 "[store]") {
  REQUIRE(Record(AComplete("a")
                     .Op("weave:///team/app/op/zeta:v1")
                     .Attributes(R"({"x.y":[0,2]})")
                     .Output("2")
                     .Summary(R"({"n":{"m":2}})")
                     .Failing("boom"),
                 AComplete("b")
                     .Named("alpha")
                     .Attributes(R"({"x.y":[0,1]})")
                     .Output("1")
                     .Summary(R"({"n":{"m":1}})"))
              .ok());
  CHECK(Sorted(Ascending(R"(attributes.x\.y.1)")) == "b a");
  CHECK(Sorted(Ascending(R"(attributes.x\.y.-1)")) == "b a");
  CHECK(Sorted(Ascending("output")) == "b a");
  CHECK(Sorted(Descending("output")) == "a b");
  CHECK(Sorted(Ascending("summary.n.m")) == "b a");
  CHECK(Sorted(Ascending("summary.weave.status")) == "a b");  // error, success
  CHECK(Sorted(Ascending("summary.weave.trace_name")) == "b a");
  CHECK(Sorted(Descending("summary.weave.trace_name")) == "a b");
}

TEST_CASE_METHOD(ScanFixture, "a sort may need columns that are not asked for",
                 "[store]") {
  REQUIRE(Record(AComplete("a").Inputs(R"({"a":2})").Output("2"),
                 AComplete("b").Inputs(R"({"a":1})").Output("1"))
              .ok());
  const std::string second = GENERATE(as<std::string>(), "inputs.a", "output",
                                      "attributes.x", "op_name");
  const bool start_first = GENERATE(true, false);
  CAPTURE(second, start_first);
  model::CallsQueryReq request = ARequest();
  request.columns = {{"id"}};
  request.sort_by.emplace();
  if (start_first) {
    request.sort_by->push_back({"started_at", Direction::kAscending});
  }
  request.sort_by->push_back({second, Direction::kAscending});
  const bool tie = second == "attributes.x" || second == "op_name";
  CHECK(List(request) == (tie ? "a b" : "b a"));
  CHECK(!Scan(request).front().inputs);
}

TEST_CASE_METHOD(ScanFixture, "as many sort keys as are allowed can be run",
                 "[store]") {
  // SQLite 3.40 crashes on 64 terms of ORDER BY.
  REQUIRE(Record(AStart("a"), AStart("b")).ok());
  std::vector<model::SortBy> keys(16, {"inputs.a", Direction::kDescending});
  CHECK(Sorted(keys) == "a b");
  keys.front().field = "started_at";
  CHECK(Sorted(keys) == "a b");
}

TEST_CASE_METHOD(ScanFixture, "pages follow each other without gap or overlap",
                 "[store]") {
  std::vector<Part> parts;
  for (int i = 0; i < 25; ++i) {
    const std::string number = std::to_string(i * 7 % 25);
    parts.push_back(AStart("c" + std::to_string(100 + i))
                        .At(i / 4)
                        .Inputs("{\"n\":" + number + "}"));
  }
  REQUIRE(RecordAll(parts).ok());
  model::CallsQueryReq request = ARequest();
  SECTION("in the default order") {}
  SECTION("newest first") { request.sort_by = Descending("started_at"); }
  SECTION("sorted by JSON") { request.sort_by = Ascending("inputs.n"); }
  SECTION("sorted by id, of some") {
    request.sort_by = Descending("id");
    request.filter->op_names = {{"op", "other"}};
  }
  const Strings all = Ids(request);
  REQUIRE(all.size() == 25);
  Strings paged;
  request.limit = 4;
  for (int64_t offset = 0; offset < 30; offset += 4) {
    request.offset = offset;
    for (std::string& id : Ids(request)) paged.push_back(std::move(id));
  }
  CHECK(paged == all);

  request.offset = 20;
  request.limit.reset();
  CHECK(Ids(request) == Strings(all.begin() + 20, all.end()));
  request.limit = 0;
  CHECK(Ids(request).empty());
  request.limit = INT64_MAX;
  request.offset = 24;
  CHECK(Ids(request) == Strings{all.back()});
  request.offset = INT64_MAX;
  CHECK(Ids(request).empty());
}

TEST_CASE_METHOD(ScanFixture, "columns that are not asked for are not read",
                 "[store]") {
  REQUIRE(Record(AComplete("a")
                     .Inputs(R"({"a":2})")
                     .Output("2")
                     .Thread("th")
                     .OtelDump("{}"))
              .ok());
  model::CallsQueryReq request = ARequest();
  request.columns = {{"output.x"}};
  if (GENERATE(false, true)) request.sort_by = Ascending("inputs.a");
  const auto found = Scan(request);
  REQUIRE(found.size() == 1);
  CHECK(found[0].output == "2");
  CHECK(!found[0].inputs);
  CHECK(!found[0].attributes);
  CHECK(!found[0].otel_dump);
  CHECK(!found[0].summary);
  CHECK(!found[0].thread_id);
  CHECK(found[0].op_name == "op");
  CHECK(found[0].trace_id == "t1");
}

TEST_CASE_METHOD(ScanFixture, "a scan ends when its visitor has had enough",
                 "[store]") {
  REQUIRE(Record(AStart("a"), AStart("b"), AStart("c")).ok());
  Strings seen;
  const Status status =
      calls.Scan(ARequest(), {}, [&](const model::CallRecord& call) {
        seen.emplace_back(call.id);
        return seen.size() < 2;
      });
  CHECK(status.ok());
  CHECK(seen == Strings{"a", "b"});
  CHECK(Record(AStart("d")).ok());  // and leaves nothing open
  CHECK(Ids().size() == 4);
}

TEST_CASE_METHOD(ScanFixture,
                 "an unknown project has no calls, but a wrong "
                 "question is wrong there too",
                 "[store]") {
  REQUIRE(Record(AStart("a")).ok());
  model::CallsQueryReq request = ARequest();
  request.project_id = "no/body";
  CHECK(Ids(request).empty());
  request.filter->op_names = {{"op"}};
  CHECK(Ids(request).empty());
  model::CallsQueryStatsReq count = ACount();
  count.project_id = "no/body";
  count.include_total_storage_size = true;
  CHECK(Count(count) == 0);
  CHECK(calls.CountCalls(count).value().storage_bytes == 0);

  bool visited = false;
  const auto visit = [&](const model::CallRecord&) { return visited = true; };
  request.sort_by = Ascending("nonsense");
  const Status wrong = calls.Scan(request, {}, visit);
  REQUIRE(!wrong.ok());
  CHECK(wrong.error().code == Code::kUnprocessable);
  count.limit = 0;
  CHECK(!calls.CountCalls(count).ok());
  CHECK(!visited);
}

TEST_CASE_METHOD(ScanFixture,
                 "a count is of what a scan would find, capped "
                 "by its limit",
                 "[store]") {
  REQUIRE(Record(AStart("a"), AStart("b").Trace("t2"), AStart("c"),
                 AnEnd("hidden"), AComplete("d").In("team/other"))
              .ok());
  REQUIRE(Delete({"c"}) == 1);
  CHECK(Count() == 2);
  model::CallsQueryStatsReq request = ACount();
  request.filter->trace_ids = {{"t1"}};
  CHECK(Count(request) == 1);
  request = ACount();
  request.limit = 1;
  CHECK(Count(request) == 1);
  request.limit = 10;
  CHECK(Count(request) == 2);
  request.filter.reset();
  CHECK(Count(request) == 2);
  const auto without = calls.CountCalls(request);
  CHECK(!without.value().storage_bytes);
}

TEST_CASE_METHOD(ScanFixture, "names in SQL's clothing are only names",
                 "[store]") {
  const std::string evil = "'); DROP TABLE calls; --";
  REQUIRE(Record(AStart(evil).Op(evil).Trace(evil).Thread(evil)).ok());
  model::CallsQueryReq request = ARequest();
  request.filter->op_names = {{evil}};
  request.filter->trace_ids = {{evil}};
  request.filter->thread_ids = {{evil}};
  CHECK(List(request) == evil);
  request.filter->op_names = {{"op_name"}};
  CHECK(List(request) == "");
  request.sort_by = Ascending("inputs.') FROM calls; --");
  CHECK(List(request) == "");
  CHECK(Ids() == Strings{evil});
}

}  // namespace
}  // namespace bobbin::testing
