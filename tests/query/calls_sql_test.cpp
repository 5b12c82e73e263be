#include "query/calls_sql.h"

#include "query/call_fields.h"
#include "support/catch.h"
#include "support/store_fixture.h"

namespace bobbin::query {
namespace {

using bobbin::testing::ACount;
using bobbin::testing::ARequest;
using bobbin::testing::Ascending;
using model::CallsFilter;
using model::Texts;

using List = Texts CallsFilter::*;
constexpr std::pair<const char*, List> kLists[] = {
    {"op_names", &CallsFilter::op_names},
    {"input_refs", &CallsFilter::input_refs},
    {"output_refs", &CallsFilter::output_refs},
    {"parent_ids", &CallsFilter::parent_ids},
    {"trace_ids", &CallsFilter::trace_ids},
    {"call_ids", &CallsFilter::call_ids},
    {"thread_ids", &CallsFilter::thread_ids},
    {"turn_ids", &CallsFilter::turn_ids},
    {"wb_user_ids", &CallsFilter::wb_user_ids},
    {"wb_run_ids", &CallsFilter::wb_run_ids},
};

size_t QuestionMarks(const std::string& sql) {
  return static_cast<size_t>(std::ranges::count(sql, '?'));
}

bool Binds(const Statement& statement, std::string_view value) {
  return std::ranges::any_of(statement.parameters, [&](const Parameter& p) {
    const auto* view = std::get_if<std::string_view>(&p);
    const auto* text = std::get_if<std::string>(&p);
    return (view != nullptr && *view == value) ||
           (text != nullptr && *text == value);
  });
}

TEST_CASE("values from the client are parameters, never text", "[query]") {
  const std::string hostile =
      GENERATE(as<std::string>(), "evil'); DROP TABLE calls; --",
               "evil\" OR 1=1", "evil:*", "evil/evil", "evil?");
  CAPTURE(hostile);
  for (const auto& [name, list] : kLists) {
    CAPTURE(name);
    model::CallsQueryReq request = ARequest();
    (*request.filter).*list = {{hostile, "other"}};
    const auto statement = CallsStatement(request, {});
    REQUIRE(statement.ok());
    const Statement& made = statement.value();
    CHECK(made.sql.find("evil") == std::string::npos);
    CHECK(QuestionMarks(made.sql) == made.parameters.size());
    const bool is_prefix =
        hostile.ends_with(":*") &&
        (list == &CallsFilter::op_names || list == &CallsFilter::input_refs ||
         list == &CallsFilter::output_refs);
    CHECK(Binds(made, is_prefix ? "evil:" : hostile));

    model::CallsQueryStatsReq count = ACount();
    (*count.filter).*list = {{hostile}};
    const auto counted = CallsCountStatement(count);
    REQUIRE(counted.ok());
    CHECK(counted.value().sql.find("evil") == std::string::npos);
    CHECK(QuestionMarks(counted.value().sql) ==
          counted.value().parameters.size());
  }
}

TEST_CASE("a JSON path is a parameter, too", "[query]") {
  model::CallsQueryReq request = ARequest();
  request.sort_by = Ascending("inputs.evil') --");
  const auto statement = CallsStatement(request, {});
  REQUIRE(statement.ok());
  CHECK(statement.value().sql.find("evil") == std::string::npos);
  CHECK(Binds(statement.value(), "evil') --"));
  CHECK(QuestionMarks(statement.value().sql) ==
        statement.value().parameters.size());
}

TEST_CASE("a list has at most 1,000 entries", "[query]") {
  for (const auto& [name, list] : kLists) {
    CAPTURE(name);
    model::CallsQueryReq request = ARequest();
    model::CallsQueryStatsReq count = ACount();
    std::vector<std::string_view> entries(1000, "x");
    (*request.filter).*list = entries;
    (*count.filter).*list = entries;
    CHECK(CallsStatement(request, {}).ok());
    CHECK(CallsCountStatement(count).ok());

    entries.push_back("x");
    (*request.filter).*list = entries;
    (*count.filter).*list = entries;
    const auto statement = CallsStatement(request, {});
    REQUIRE(!statement.ok());
    CHECK(statement.error().code == Code::kInvalid);
    CHECK(statement.error().message ==
          "Parameter: '" + std::string(name) +
              "' request length is greater than max length (1000). Actual "
              "length: 1001");
    CHECK(!CallsCountStatement(count).ok());
  }
}

TEST_CASE("a sort has at most 16 keys", "[query]") {
  model::CallsQueryReq request = ARequest();
  request.sort_by.emplace(16, Ascending("inputs.a").front());
  CHECK(CallsStatement(request, {}).ok());
  request.sort_by->push_back(request.sort_by->front());
  const auto statement = CallsStatement(request, {});
  REQUIRE(!statement.ok());
  CHECK(statement.error().code == Code::kInvalid);
}

TEST_CASE("a page may not be negative", "[query]") {
  model::CallsQueryReq request = ARequest();
  const bool sorted = GENERATE(true, false);
  if (sorted) request.sort_by = Ascending("id");
  SECTION("limit") { request.limit = -1; }
  SECTION("offset") { request.offset = -1; }
  const auto statement = CallsStatement(request, {});
  REQUIRE(!statement.ok());
  CHECK(statement.error().code == Code::kInvalid);
}

TEST_CASE("a count's limit is positive", "[query]") {
  model::CallsQueryStatsReq request = ACount();
  const auto [limit, fine] =
      GENERATE(table<int64_t, bool>({{-1, false}, {0, false}, {1, true}}));
  request.limit = limit;
  CHECK(CallsCountStatement(request).ok() == fine);
}

TEST_CASE("only fields of a call can be sorted by", "[query]") {
  const auto [field, fine] = GENERATE(table<std::string, bool>({
      {"id", true},
      {"project_id", true},
      {"trace_id", true},
      {"parent_id", true},
      {"thread_id", true},
      {"turn_id", true},
      {"op_name", true},
      {"started_at", true},
      {"ended_at", true},
      {"display_name", true},
      {"exception", true},
      {"wb_user_id", true},
      {"wb_run_id", true},
      {"wb_run_step", true},
      {"wb_run_step_end", true},
      {"deleted_at", true},
      {"summary.weave.status", true},
      {"summary.weave.latency_ms", true},
      {"summary.weave.trace_name", true},
      {"attributes.a", true},
      {"inputs.a.b", true},
      {"output", true},
      {"output.a", true},
      {"summary.usage.x", true},
      {"", false},
      {"nonsense", false},
      {"ID", false},
      {"id.x", false},
      {"started_at.x", false},
      {"inputsx", false},
      {"inputs.", false},
      {"c.id", false},
      {"row_id", false},
      {"storage_size_bytes", false},
      {"total_storage_size_bytes", false},
      {"id; --", false},
  }));
  CAPTURE(field);
  model::CallsQueryReq request = ARequest();
  request.sort_by = Ascending(field);
  const auto statement = CallsStatement(request, {});
  REQUIRE(statement.ok() == fine);
  if (fine) return;
  CHECK(statement.error().code == Code::kUnprocessable);
  CHECK(statement.error().type == "InvalidFieldError");
  CHECK(statement.error().message == "Field " + field + " is not allowed");
}

TEST_CASE("a field's path is what follows its first dot", "[query]") {
  const model::Texts nothing;
  CallFields fields("team/app", nothing);
  const auto whole = fields.Find("output");
  REQUIRE(whole.ok());
  CHECK(whole.value().path.empty());
  const auto deep = fields.Find(R"(attributes.acme\.language.0)");
  REQUIRE(deep.ok());
  CHECK(deep.value().sql.sql == "i.attributes");
  CHECK(deep.value().path == R"(acme\.language.0)");
  // A derived field is not looked for in the stored summary.
  CHECK(fields.Find("summary.weave.status").value().path.empty());
  CHECK(fields.Find("summary.weave.other").value().sql.sql == "u.summary");
}

TEST_CASE("columns choose what is read", "[query]") {
  SECTION("no list: everything") {
    const auto all = SelectColumns({});
    REQUIRE(all.ok());
    CHECK(all.value().inputs);
    CHECK(all.value().summary);
    CHECK(all.value().wb_run_step_end);
  }
  SECTION("a list: what it names, up to the first dot") {
    const auto some = SelectColumns({{"id", "inputs.a.b", "thread_id"}});
    REQUIRE(some.ok());
    CHECK(some.value().inputs);
    CHECK(some.value().thread_id);
    CHECK(!some.value().attributes);
    CHECK(!some.value().output);
    CHECK(!some.value().summary);
    CHECK(!some.value().ended_at);
    CHECK(!some.value().exception);
    CHECK(!some.value().display_name);
  }
  SECTION("the summary brings what it is derived from") {
    const auto summary = SelectColumns({{"summary.weave.status"}});
    REQUIRE(summary.ok());
    CHECK(summary.value().summary);
    CHECK(summary.value().ended_at);
    CHECK(summary.value().exception);
    CHECK(summary.value().display_name);
    CHECK(!summary.value().inputs);
  }
  SECTION("an empty list: only what is always there") {
    const auto none = SelectColumns({std::vector<std::string_view>()});
    REQUIRE(none.ok());
    CHECK(!none.value().inputs);
    CHECK(!none.value().parent_id);
  }
}

TEST_CASE("columns that are none are refused", "[query]") {
  const std::string column =
      GENERATE(as<std::string>(), "", "nonsense", "row_id", ".inputs");
  CAPTURE(column);
  const auto selection = SelectColumns({{"id", column}});
  REQUIRE(!selection.ok());
  CHECK(selection.error().code == Code::kUnprocessable);
  CHECK(selection.error().type == "InvalidFieldError");
}

}  // namespace
}  // namespace bobbin::query
