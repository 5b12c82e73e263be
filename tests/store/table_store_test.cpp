#include "store/table_store.h"

#include <sqlite3.h>

#include <atomic>
#include <thread>

#include "store/table_sql.h"
#include "support/catch.h"
#include "support/table_fixture.h"

namespace bobbin::testing {
namespace {

using store::kMaxChunkRows;
using store::RowByDigest;
using store::RowByIndex;
using store::RowTexts;
using store::TableStore;

constexpr auto kChunk = static_cast<int64_t>(kMaxChunkRows);

class StoredTables : public TableFixture {
 public:
  using TableFixture::TableFixture;

  int64_t CountOf(const std::string& table) {
    return NumberIn(*database, "SELECT count(*) FROM " + table);
  }
  // What an action adds to the file: rows, chunks, places in chunks.
  struct Added {
    int64_t rows, chunks, places;
    bool operator==(const Added&) const = default;
  };
  template <class Action>
  Added AddedBy(const Action& action) {
    const Added before = Now();
    action();
    const Added after = Now();
    return {after.rows - before.rows, after.chunks - before.chunks,
            after.places - before.places};
  }
  RowTexts Find(const std::vector<RowByDigest>& wanted) {
    return FindAny(wanted);
  }
  RowTexts Find(const std::vector<RowByIndex>& wanted) {
    return FindAny(wanted);
  }
  int64_t Project() {
    return NumberIn(*database,
                    "SELECT row_id FROM projects WHERE project_id = "
                    "'team/app'");
  }

  int64_t statements = 0;  // that the last Find() executed

 private:
  Added Now() {
    return {CountOf("table_rows"), CountOf("row_chunks"),
            CountOf("chunk_rows")};
  }
  template <class Wanted>
  RowTexts FindAny(const std::vector<Wanted>& wanted) {
    const int64_t project = Project();
    RowTexts texts;
    const Status status = database->Read([&](db::Connection& connection) {
      statements = 0;
      sqlite3* const handle = connection.raw().getHandle();
      sqlite3_trace_v2(
          handle, SQLITE_TRACE_STMT,
          [](unsigned, void* count, void*, void*) {
            ++*static_cast<int64_t*>(count);
            return 0;
          },
          &statements);
      texts = store::FindTableRows(connection, project, wanted);
      sqlite3_trace_v2(handle, 0, nullptr, nullptr);
      return Status();
    });
    REQUIRE(status.ok());
    return texts;
  }
};

using Rows = TableFixture::Rows;

TEST_CASE_METHOD(StoredTables, "a table comes back as it was sent",
                 "[store][tables]") {
  const Rows rows{R"({"a": 1.00})", R"({ })", R"({"b":"\ud83d"})",
                  R"({"a": 1.00})", "{\"\u00e9\":[1e400]}"};
  const std::string digest = Create(rows);
  CHECK(Vals(digest) == rows);
  CHECK(NumberIn(*database, "SELECT created_at_us FROM tables") == 1000);
}

TEST_CASE_METHOD(StoredTables, "an empty table is a table", "[store][tables]") {
  const std::string digest = Create({});
  CHECK(Vals(digest).empty());
  const std::vector<std::string_view> digests{digest, "other"};
  const auto stats = tables.StatsOf(kProject, digests);
  REQUIRE(stats.ok());
  REQUIRE(stats.value().size() == 1);
  CHECK(stats.value()[0].row_count == 0);
  CHECK(Vals(Update(digest, {Append(R"({"a":1})")})) == Rows{R"({"a":1})"});
}

TEST_CASE_METHOD(StoredTables, "a row is kept once in its project",
                 "[store][tables]") {
  Create({NumberRow(1), NumberRow(2)});
  const Added added = AddedBy([&] {
    Create({NumberRow(2), NumberRow(3), NumberRow(2), R"({ "n": 1 })"});
  });
  CHECK(added == Added{.rows = 1, .chunks = 1, .places = 4});
  // The text that came first stays.
  CHECK(RowsIn(*database, "SELECT val FROM table_rows") ==
        Rows{NumberRow(1), NumberRow(2), NumberRow(3)});
  const std::string other = Create({NumberRow(1)}, "team/other");
  CHECK(Vals(other, "team/other") == Rows{NumberRow(1)});
  CHECK(Vals(other).empty());
}

TEST_CASE_METHOD(StoredTables, "the same table again adds nothing",
                 "[store][tables]") {
  const std::string digest = Create(NumberRows(0, 1000));
  const Added added = AddedBy([&] {
    CHECK(Create(NumberRows(0, 1000)) == digest);
    // Out of another one.
    const std::string less = Create(NumberRows(0, 999));
    CHECK(CountOf("tables") == 2);
    CHECK(Update(less, {Append(NumberRow(999))}) == digest);
    CHECK(CountOf("tables") == 2);
  });
  CHECK(added == Added{.rows = 0, .chunks = 2, .places = 999});
}

TEST_CASE_METHOD(StoredTables, "every page of a table is where it should be",
                 "[store][tables]") {
  const int64_t count = 3 * kChunk + 7;
  const Rows rows = NumberRows(0, count);
  const std::string digest = Create(rows);
  CHECK(Vals(digest) == rows);
  for (const int64_t offset :
       {int64_t{0}, int64_t{1}, kChunk - 1, kChunk, kChunk + 1, 2 * kChunk - 3,
        count - 1, count, count + 1000}) {
    for (const int64_t limit :
         {int64_t{0}, int64_t{1}, int64_t{5}, kChunk, 2 * kChunk + 1}) {
      CAPTURE(offset, limit);
      model::TableQueryReq request = ARequest(digest);
      request.offset = offset;
      request.limit = limit;
      Rows want;
      for (int64_t i = offset; i < std::min(offset + limit, count); ++i) {
        want.push_back(std::to_string(i) + " " + NumberRow(i));
      }
      CHECK((Scan(request) == want));
    }
  }
}

TEST_CASE_METHOD(StoredTables, "a change shares all that it does not touch",
                 "[store][tables]") {
  const int64_t count = 4 * kChunk - 10;
  Rows rows = NumberRows(0, count);
  const std::string base = Create(rows);
  std::string changed;
  SECTION("append") {
    const Added added =
        AddedBy([&] { changed = Update(base, {Append(NumberRow(-1))}); });
    CHECK(added == Added{.rows = 1, .chunks = 1, .places = kChunk - 9});
    rows.push_back(NumberRow(-1));
  }
  SECTION("pop") {
    const Added added = AddedBy([&] { changed = Update(base, {Pop(3)}); });
    CHECK(added == Added{.rows = 0, .chunks = 1, .places = kChunk - 1});
    rows.erase(rows.begin() + 3);
  }
  SECTION("insert") {
    const Added added = AddedBy(
        [&] { changed = Update(base, {Insert(kChunk + 1, NumberRow(-1))}); });
    CHECK(added == Added{.rows = 1, .chunks = 2, .places = kChunk + 1});
    rows.insert(rows.begin() + kChunk + 1, NumberRow(-1));
  }
  CHECK(Vals(changed) == rows);
  CHECK(Vals(base) == NumberRows(0, count));
  CHECK(NumberIn(*database,
                 "SELECT count(*) FROM tables t WHERE val_bytes <> (SELECT "
                 "sum(r.val_bytes) FROM table_chunks k JOIN chunk_rows c ON "
                 "c.chunk = k.chunk JOIN table_rows r ON r.row_id = "
                 "c.table_row WHERE k.table_id = t.row_id)") == 0);
  CHECK(NumberIn(*database,
                 "SELECT sum(val_bytes <> length(CAST(val AS BLOB))) FROM "
                 "table_rows") == 0);
}

TEST_CASE_METHOD(StoredTables, "updates apply in their order",
                 "[store][tables]") {
  const std::string base = Create(NumberRows(0, 3));
  const std::string a = NumberRow(10);
  const std::string b = NumberRow(11);
  const auto updated =
      tables.Update(kProject, base,
                    std::vector{Append(a), Pop(0), Insert(1, b), Pop(3)}, 2000);
  REQUIRE(updated.ok());
  CHECK(Vals(updated.value().digest) ==
        Rows{NumberRow(1), NumberRow(11), NumberRow(2)});
  CHECK(updated.value().row_digests == DigestOfRow(a) +
                                           DigestOfRow(NumberRow(0)) +
                                           DigestOfRow(b) + DigestOfRow(a));
  CHECK(updated.value().digest ==
        Create({NumberRow(1), NumberRow(11), NumberRow(2)}));
}

TEST_CASE_METHOD(StoredTables, "a table may grow row by row",
                 "[store][tables]") {
  std::string digest = Create({});
  const int64_t count = kChunk + 20;
  const Rows rows = NumberRows(0, count);
  for (const std::string& row : rows) digest = Update(digest, {Append(row)});
  CHECK(Vals(digest) == rows);
  CHECK(digest == Create(rows));
}

TEST_CASE_METHOD(StoredTables, "a change that can't be made changes nothing",
                 "[store][tables]") {
  const std::string base = Create(NumberRows(0, 2));
  const Added added = AddedBy([&] {
    const std::string row = NumberRow(7);
    const auto failed =
        tables.Update(kProject, base, std::vector{Append(row), Pop(3)}, 2000);
    REQUIRE(!failed.ok());
    CHECK(failed.error().code == Code::kInvalid);
    CHECK(failed.error().message == "Index out of range");
  });
  CHECK(added == Added{0, 0, 0});
  for (const std::string_view project : {"team/app", "team/other"}) {
    const std::string unknown =
        project == kProject ? std::string(64, 'a') : base;
    const auto failed = tables.Update(project, unknown, {}, 2000);
    REQUIRE(!failed.ok());
    CHECK(failed.error().code == Code::kNotFound);
    CHECK(failed.error().message == "Table " + unknown + " not found");
  }
}

TEST_CASE_METHOD(StoredTables, "a table is made of rows that are there",
                 "[store][tables]") {
  const Rows rows = NumberRows(0, kChunk + 3);
  Create(rows);
  std::vector<std::string> digests;
  for (const std::string& row : rows) digests.push_back(DigestOfRow(row));
  std::ranges::reverse(digests);
  digests.push_back(digests.front());
  std::string all;
  for (const std::string& digest : digests) all += digest;
  const std::string digest = HexSha256(all);
  const std::vector<std::string_view> views(digests.begin(), digests.end());

  REQUIRE(tables.CreateFromDigests(kProject, digest, views, 1).ok());
  Rows want(rows.rbegin(), rows.rend());
  want.push_back(rows.back());
  CHECK(Vals(digest) == want);

  // In another project they are not there.
  const Status status = tables.CreateFromDigests("team/two", digest, views, 1);
  REQUIRE(!status.ok());
  CHECK(status.error().code == Code::kInvalid);
  CHECK(status.error().message ==
        "Row digests not found: " + digests.front() + " and " +
            std::to_string(rows.size() - 1) + " more");
  CHECK(Vals(digest, "team/two").empty());
}

TEST_CASE_METHOD(StoredTables, "rows are filtered and sorted",
                 "[store][tables]") {
  const std::string digest = Create(
      {R"({"a":{"b":10},"s":"x"})", R"({"a":{"b":9}})", R"({"s":"y"})",
       R"({"a":{"b":"z"}})", R"({"a":{"b":10},"s":"w"})", R"({"a":{"b":9}})"});
  const auto indexes = [&](const model::TableQueryReq& request) {
    std::string all;
    for (const std::string& row : Scan(request)) all += row.front();
    return all;
  };
  model::TableQueryReq request = ARequest(digest);
  // Numbers by value, then text, then what has none; ties in table order.
  request.sort_by = Ascending("a.b");
  CHECK(indexes(request) == "150432");
  request.sort_by = Descending("a.b");
  CHECK(indexes(request) == "041532");
  request.sort_by = Ascending("a.b");
  request.sort_by->push_back({.field = "s"});
  CHECK(indexes(request) == "154032");
  request.offset = 1;
  request.limit = 3;
  CHECK(indexes(request) == "540");
  request = ARequest(digest);
  const std::string nine = DigestOfRow(R"({"a":{"b":9}})");
  const std::string y = DigestOfRow(R"({"s":"y"})");
  request.filter.emplace().row_digests = {{y, nine, "unknown", y}};
  CHECK(indexes(request) == "125");
  request.limit = 1;
  request.offset = 1;
  CHECK(indexes(request) == "2");
  request.offset.reset();
  request.limit.reset();
  request.sort_by = Descending("a.b");
  CHECK(indexes(request) == "152");
  request.sort_by.reset();
  request.filter->row_digests->clear();
  CHECK(indexes(request) == "012345");
}

TEST_CASE_METHOD(StoredTables, "a filter finds rows of its own table alone",
                 "[store][tables]") {
  const std::string one = Create({NumberRow(1), NumberRow(2)});
  const std::string two = Create({NumberRow(2), NumberRow(3)});
  const std::string three = DigestOfRow(NumberRow(3));
  const std::string second = DigestOfRow(NumberRow(2));
  model::TableQueryReq request = ARequest(one);
  request.filter.emplace().row_digests = {{second, three}};
  CHECK(Scan(request) == Rows{"1 " + NumberRow(2)});
  request.digest = two;
  CHECK(Scan(request) == Rows{"0 " + NumberRow(2), "1 " + NumberRow(3)});
}

TEST_CASE_METHOD(StoredTables, "a scan ends when its visitor has enough",
                 "[store][tables]") {
  const std::string digest = Create(NumberRows(0, 10));
  const auto statement = query::TableRowsStatement(ARequest(digest));
  REQUIRE(statement.ok());
  int visited = 0;
  REQUIRE(tables
              .Scan(statement.value(), kProject,
                    [&](const TableStore::Row&) { return ++visited < 3; })
              .ok());
  CHECK(visited == 3);
}

TEST_CASE_METHOD(StoredTables, "statistics of tables, in the order asked for",
                 "[store][tables]") {
  const std::string one = Create({R"({"a":1})"});
  const std::string two = Create({R"({"a":1})", "{\"\u00e9\":\"\u00e9\"}"});
  const std::string zero_byte = one + std::string(1, '\0');
  const std::vector<std::string_view> digests{two, "unknown", one, two,
                                              zero_byte};
  const auto stats = tables.StatsOf(kProject, digests);
  REQUIRE(stats.ok());
  REQUIRE(stats.value().size() == 2);
  CHECK(stats.value()[0].digest == two);
  CHECK(stats.value()[0].row_count == 2);
  CHECK(stats.value()[0].val_bytes == 7 + 11);
  CHECK(stats.value()[1].digest == one);
  CHECK(stats.value()[1].row_count == 1);
  const auto others = tables.StatsOf("team/two", digests);
  REQUIRE(others.ok());
  CHECK(others.value().empty());
}

TEST_CASE_METHOD(StoredTables, "refs find rows of tables, all in one statement",
                 "[store][tables]") {
  const int64_t count = 2 * kChunk + 5;
  const std::string big = Create(NumberRows(0, count));
  const std::string small = Create({NumberRow(7), "{\"x\":\"\u00e9\"}"});
  const std::string seven = DigestOfRow(NumberRow(7));
  const std::string last = DigestOfRow(NumberRow(count - 1));
  const std::string broken = seven + std::string(1, '\0');
  CHECK(Find(std::vector<RowByDigest>{{small, seven},
                                      {big, last},
                                      {small, last},
                                      {"unknown", seven},
                                      {big, "unknown"},
                                      {big, broken},
                                      {small, seven},
                                      {big, seven}}) ==
        RowTexts{NumberRow(7), NumberRow(count - 1), std::nullopt, std::nullopt,
                 std::nullopt, std::nullopt, NumberRow(7), NumberRow(7)});
  CHECK(statements == 1);
  CHECK(Find(std::vector<RowByIndex>{{small, 1},
                                     {big, count - 1},
                                     {big, kChunk},
                                     {big, kChunk - 1},
                                     {big, count},
                                     {big, -1},
                                     {big, INT64_MIN},
                                     {small, INT64_MAX},
                                     {"unknown", 0}}) ==
        RowTexts{"{\"x\":\"\u00e9\"}", NumberRow(count - 1), NumberRow(kChunk),
                 NumberRow(kChunk - 1), std::nullopt, std::nullopt,
                 std::nullopt, std::nullopt, std::nullopt});
  CHECK(statements == 1);
  CHECK(Find(std::vector<RowByIndex>{}).empty());
}

TEST_CASE_METHOD(StoredTables, "a thousand refs are still one statement",
                 "[store][tables]") {
  const std::string digest = Create(NumberRows(0, 1000));
  std::vector<std::string> rows;
  for (int64_t n = 0; n < 1000; ++n) rows.push_back(DigestOfRow(NumberRow(n)));
  std::vector<RowByDigest> wanted;
  for (const std::string& row : rows) wanted.push_back({digest, row});
  const RowTexts found = Find(wanted);
  CHECK(statements == 1);
  for (int64_t n = 0; n < 1000; ++n) REQUIRE(found[n] == NumberRow(n));
}

TEST_CASE("tables are there after a restart", "[store][tables]") {
  TempDir folder;
  const Rows rows = NumberRows(0, 5000);  // of more than one transaction
  std::string digest;
  for (int run = 0; run < 2; ++run) {
    const auto database = OpenOrThrow(InFile(folder.File("tables.db")));
    store::Names names;
    TableStore tables(*database, names);
    const std::vector<model::RawObject> raw = RawRows(rows);
    const std::string digests = model::DigestsOf(raw);
    digest = HexSha256(digests);
    if (run == 0) {
      REQUIRE(tables.Create({kProject, digest, digests, raw, 1}).ok());
    }
    const std::vector<std::string_view> wanted{digest};
    const auto stats = tables.StatsOf(kProject, wanted);
    REQUIRE(stats.ok());
    REQUIRE(stats.value().size() == 1);
    CHECK(stats.value()[0].row_count == 5000);
    CHECK(NumberIn(*database, "SELECT count(*) FROM row_chunks") == 10);
  }
}

TEST_CASE_METHOD(StoredTables, "every question about tables has its index",
                 "[store][tables]") {
  for (const std::string_view sql : store::kTableReads) {
    std::string plan;
    REQUIRE(database
                ->Read([&](db::Connection& connection) {
                  plan.clear();
                  db::Query query(connection,
                                  "EXPLAIN QUERY PLAN " + std::string(sql));
                  while (query.Row()) {
                    plan += std::string(query.Text(3)) + "\n";
                  }
                  return Status();
                })
                .ok());
    CAPTURE(sql, plan);
    for (size_t at = plan.find("SCAN "); at != std::string::npos;
         at = plan.find("SCAN ", at + 1)) {
      // The list of what is wanted, not a table of the file.
      CHECK(plan.compare(at, 7, "SCAN w ") == 0);
    }
  }
}

TEST_CASE("writers of the same rows and tables do not hinder each other",
          "[store][tables][threads]") {
  TempDir folder;
  const auto database = OpenOrThrow(InFile(folder.File("tables.db")));
  store::Names names;
  TableStore tables(*database, names);
  constexpr int kThreads = 4;
  const Rows rows = NumberRows(0, 6000);
  std::atomic<int> failed{0};
  std::vector<std::thread> threads;
  for (int thread = 0; thread < kThreads; ++thread) {
    threads.emplace_back([&, thread] {
      // All make one table; each has another one of the same rows.
      for (const size_t count : {rows.size(), rows.size() - 1 - thread}) {
        const std::vector<model::RawObject> raw =
            RawRows(std::span(rows).first(count));
        const std::string digests = model::DigestsOf(raw);
        const std::string digest = HexSha256(digests);
        if (!tables.Create({kProject, digest, digests, raw, 1}).ok()) ++failed;
        const std::string row = NumberRow(-1 - thread);
        if (!tables
                 .Update(kProject, digest,
                         std::vector{TableFixture::Append(row)}, 2)
                 .ok()) {
          ++failed;
        }
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(failed == 0);
  CHECK(NumberIn(*database, "SELECT count(*) FROM table_rows") ==
        6000 + kThreads);
  CHECK(NumberIn(*database, "SELECT count(*) FROM tables") ==
        1 + kThreads + 2 * kThreads);
  CHECK(NumberIn(*database,
                 "SELECT count(*) FROM tables t WHERE row_count <> (SELECT "
                 "count(*) FROM table_chunks k JOIN chunk_rows c ON c.chunk = "
                 "k.chunk WHERE k.table_id = t.row_id)") == 0);
}

}  // namespace
}  // namespace bobbin::testing
