// Which calls an export of calls has, and how they come to be written.

#include "cli/calls_export.h"

#include <memory>
#include <set>
#include <string>
#include <vector>

#include "cli/backend_source.h"
#include "cli/open_file.h"
#include "support/call_bodies.h"
#include "support/call_tree.h"
#include "support/catch.h"
#include "support/temp_dir.h"

namespace bobbin::testing {
namespace {

using cli::CallsForm;
using cli::Filters;

std::unique_ptr<db::Database> Opened(db::OpenOptions options) {
  Result<std::unique_ptr<db::Database>> database =
      cli::OpenFile(std::move(options));
  REQUIRE(database.ok());
  return std::move(database).value();
}

// A bobbin in this process.
class Kept {
 public:
  explicit Kept(
      db::OpenOptions options = {.durability = db::Durability::kMemory})
      : backend_(Opened(std::move(options)), {}), source_(backend_, "test") {}

  void Put(const Body& call) {
    Ok("/v2/" + call.Text("project_id") + "/calls/complete",
       Batch({call.json()}));
  }
  void Ok(const std::string& path, const std::string& body) {
    REQUIRE(source_.Post(path, body).ok());
  }
  cli::Source& source() { return source_; }

 private:
  cli::Backend backend_;
  cli::BackendSource source_;
};

constexpr int64_t kNowUs = 1'704'067'200'000'000;  // 2024-01-01

struct Exported {
  std::string text;
  int64_t calls = 0;
};

Exported Export(cli::Source& source, CallsForm form,
                const Filters& filters = {}) {
  Exported exported;
  const Result<int64_t> calls = cli::ExportCalls(source, filters, kNowUs, form,
                                                 [&](std::string_view text) {
                                                   exported.text += text;
                                                   return true;
                                                 });
  REQUIRE(calls.ok());
  exported.calls = calls.value();
  return exported;
}

// The ids of the calls that `filters` name.
std::string IdsOf(Kept& kept, const Filters& filters) {
  const Exported exported = Export(kept.source(), CallsForm::kCsv, filters);
  std::string ids;
  int64_t lines = 0;
  size_t at = exported.text.find("\r\n") + 2;
  while (at < exported.text.size()) {
    if (!ids.empty()) ids += ' ';
    ids += exported.text.substr(at, exported.text.find(',', at) - at);
    at = exported.text.find("\r\n", at) + 2;
    ++lines;
  }
  CHECK(exported.calls == lines);
  return ids;
}

std::vector<Json> SpansOf(const Json& request) {
  return request.at("/resourceSpans/0/scopeSpans/0/spans"_json_pointer);
}

TEST_CASE("no calls are the names of columns, and no spans", "[cli]") {
  Kept kept;
  const Exported csv = Export(kept.source(), CallsForm::kCsv);
  CHECK(csv.text.starts_with("id,trace_id,"));
  CHECK(csv.text.find("\r\n") + 2 == csv.text.size());
  CHECK(csv.calls == 0);
  const Exported spans = Export(kept.source(), CallsForm::kOtlp);
  CHECK(spans.text.empty());
  CHECK(spans.calls == 0);
}

TEST_CASE("a call that was kept comes out as it is shown", "[cli]") {
  Kept kept;
  kept.Ok("/cost/create",
          R"({"project_id":"team/app","costs":{"gpt":{"prompt_token_cost":1,)"
          R"("completion_token_cost":2}}})");
  kept.Put(AComplete("c1")
               .With("op_name", R"("weave:///team/app/op/ask:v1")")
               .With("inputs", R"({"n":12345678901234567890})")
               .With("output", R"("a\nb")")
               .With("summary", R"({"usage":{"gpt":{"prompt_tokens":3,)"
                                R"("completion_tokens":4}}})"));
  const Exported csv = Export(kept.source(), CallsForm::kCsv);
  CHECK(csv.calls == 1);
  const std::string record = csv.text.substr(csv.text.find("\r\n") + 2);
  CAPTURE(record);
  CHECK(
      record.starts_with("c1,t1,,team/app,weave:///team/app/op/ask:v1,,success,"
                         "2024-01-01T00:00:00Z,2024-01-01T00:00:02Z,2000,,,,"
                         "local,,gpt,3,4,7,11.0,{},"
                         R"("{""n"":12345678901234567890}","""a\nb""",)"));
  const Exported otlp = Export(kept.source(), CallsForm::kOtlp);
  CHECK(otlp.calls == 1);
  const std::vector<Json> lines = Lines(otlp.text);
  REQUIRE(lines.size() == 1);
  const std::vector<Json> spans = SpansOf(lines[0]);
  REQUIRE(spans.size() == 1);
  CHECK(spans[0].at("name") == "ask");
  CHECK(spans[0].at("startTimeUnixNano") == "1704067200000000000");
  CHECK(spans[0].at("endTimeUnixNano") == "1704067202000000000");
}

TEST_CASE("calls come in start order, project after project", "[cli]") {
  Kept kept;
  kept.Put(AComplete("late").WithText("started_at", "2024-01-01T00:00:01Z"));
  kept.Put(AComplete("early"));
  kept.Put(AComplete("other")
               .WithText("project_id", "team/other")
               .WithText("started_at", "2023-01-01T00:00:00Z"));
  CHECK(IdsOf(kept, {}) == "early late other");
  CHECK(IdsOf(kept, {.project = "team/other"}) == "other");

  const std::vector<Json> lines =
      Lines(Export(kept.source(), CallsForm::kOtlp).text);
  REQUIRE(lines.size() == 2);  // a resource for each project
  CHECK(SpansOf(lines[0]).size() == 2);
  CHECK(lines[1].at("/resourceSpans/0/resource/attributes/2"_json_pointer) ==
        Json::parse(
            R"({"key":"wandb.project","value":{"stringValue":"other"}})"));
}

TEST_CASE("filters choose the calls that are written", "[cli]") {
  Kept kept;
  kept.Put(AComplete("a").WithText("op_name", "say \\\"hi\\\""));
  kept.Put(AComplete("b")
               .WithText("op_name", "weave:///team/app/op/ask:v1")
               .WithText("exception", "broke")
               .WithText("started_at", "2024-01-01T00:00:01Z"));
  kept.Ok("/call/start",
          Start(AStart("c")
                    .WithText("op_name", "weave:///team/app/op/ask:v2")
                    .With("inputs", R"({"n":5})")
                    .WithText("started_at", "2024-01-01T00:00:02Z")));
  struct Row {
    Filters filters;
    std::string ids;
  };
  const auto row = GENERATE(values<Row>({
      {{}, "a b c"},
      {{.ops = {"ask"}}, "b c"},
      {{.ops = {"weave:///team/app/op/ask:v1"}}, "b"},
      {{.ops = {"weave:///team/app/op/ask:*"}}, "b c"},
      {{.ops = {"say \"hi\"", "weave:///team/app/op/ask:v2"}}, "a c"},
      {{.ops = {"x\" or 1 = 1 or op = \""}}, ""},
      {{.statuses = {"error"}}, "b"},
      {{.statuses = {"success", "running"}}, "a c"},
      {{.since = "2024-01-01T00:00:01Z"}, "b c"},
      {{.until = "2024-01-01T00:00:01Z"}, "a"},
      {{.since = "2024-01-01T00:00:01Z", .until = "2024-01-01T00:00:02Z"}, "b"},
      {{.where = "inputs.n > 4"}, "c"},
      {{.where = "error = \"broke\" or inputs.n > 4"}, "b c"},
      {{.ops = {"ask"}, .statuses = {"error"}, .where = "name = \"ask\""}, "b"},
      {{.statuses = {"success"}, .where = "inputs.n = 5 or op = \"ask\""}, ""},
  }));
  CAPTURE(row.ids, row.filters.where);
  CHECK(IdsOf(kept, row.filters) == row.ids);
}

TEST_CASE("a filter that makes no sense is an error, and nothing is written",
          "[cli]") {
  Kept kept;
  kept.Put(AComplete("a"));
  struct Row {
    Filters filters;
    Code code;
    std::string message;
  };
  const auto row = GENERATE(values<Row>({
      {{.project = "no/such"}, Code::kNotFound, "There is no project no/such."},
      {{.statuses = {"odd"}},
       Code::kInvalid,
       "A status is running, success, error or descendant_error, not odd."},
      // The place is that in what was typed, whatever other filters there are.
      {{.ops = {"a"}, .where = "op = 1) or (op ="},
       Code::kInvalid,
       "where, character 7: expected and, or, or the end, found )"},
      {{.since = "whenever"}, Code::kInvalid, ""},
      {{.until = "whenever"}, Code::kInvalid, ""},
  }));
  CAPTURE(row.message);
  bool written = false;
  const Result<int64_t> calls =
      cli::ExportCalls(kept.source(), row.filters, kNowUs, CallsForm::kCsv,
                       [&](std::string_view) { return written = true; });
  REQUIRE(!calls.ok());
  CHECK(calls.error().code == row.code);
  if (!row.message.empty()) CHECK(calls.error().message == row.message);
  CHECK(!written);
}

TEST_CASE("who cannot write any more is not asked again", "[cli]") {
  Kept kept;
  for (const char* id : {"a", "b", "c"}) kept.Put(AComplete(id));
  kept.Put(AComplete("d").WithText("project_id", "team/other"));
  struct Row {
    CallsForm form;
    int writes;
    int64_t calls;
  };
  const auto row = GENERATE(values<Row>({{CallsForm::kCsv, 1, 0},
                                         {CallsForm::kCsv, 3, 1},
                                         {CallsForm::kOtlp, 1, 0},
                                         {CallsForm::kOtlp, 2, 3}}));
  CAPTURE(row.writes);
  int writes = 0;
  const Result<int64_t> calls =
      cli::ExportCalls(kept.source(), {}, kNowUs, row.form,
                       [&](std::string_view) { return ++writes < row.writes; });
  REQUIRE(calls.ok());
  CHECK(writes == row.writes);
  CHECK(calls.value() == row.calls);
}

TEST_CASE("more calls than fit into a line of OTLP are all written once",
          "[cli]") {
  constexpr int kCalls = 1100;
  Kept kept;
  std::vector<std::string> calls;
  for (int i = 0; i < kCalls; ++i) {
    calls.push_back(AComplete("c" + std::to_string(i)).json());
  }
  kept.Ok("/v2/team/app/calls/complete", Batch(calls));
  const Exported exported = Export(kept.source(), CallsForm::kOtlp);
  CHECK(exported.calls == kCalls);
  std::set<std::string> ids;
  const std::vector<Json> lines = Lines(exported.text);
  CHECK(lines.size() == 3);
  for (const Json& line : lines) {
    for (const Json& span : SpansOf(line)) ids.insert(span.at("spanId"));
  }
  CHECK(ids.size() == kCalls);
}

TEST_CASE("calls are written out of a file that is only read", "[cli]") {
  const TempDir folder;
  const std::string path = folder.File("calls.db");
  Kept(db::OpenOptions{.path = path}).Put(AComplete("kept"));
  const Result<std::unique_ptr<cli::Source>> source =
      cli::OpenSource({.db = path});
  REQUIRE(source.ok());
  const Exported csv = Export(*source.value(), CallsForm::kCsv);
  CHECK(csv.calls == 1);
  CHECK(csv.text.find("\r\nkept,t1,") != std::string::npos);
}

}  // namespace
}  // namespace bobbin::testing
