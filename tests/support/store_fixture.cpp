#include "support/store_fixture.h"

#include <stdexcept>

#include "db/migrate.h"
#include "json/usage.h"

namespace bobbin::testing {

using model::CallPart;

Part::Part(CallPart kind) : kept_(std::make_shared<Kept>()) {
  report_.part = kind;
  report_.project_id = kProject;
}

std::string_view Part::Keep(std::string_view text) {
  return kept_->text.emplace_back(text);
}

std::span<const std::string_view> Part::RefsIn(std::string_view json) {
  json::Document document;
  const json::SyntaxError error = document.Parse(json, 0);
  if (!error.message.empty()) {
    throw std::invalid_argument("not JSON: " + std::string(json));
  }
  return kept_->refs.emplace_back(document.refs());
}

Part& Part::In(std::string_view project_id) {
  report_.project_id = Keep(project_id);
  return *this;
}
Part& Part::Id(std::string_view id) {
  report_.id = Keep(id);
  return *this;
}
Part& Part::Op(std::string_view op_name) {
  report_.op_name = Keep(op_name);
  return *this;
}
Part& Part::Trace(std::string_view trace_id) {
  report_.trace_id = Keep(trace_id);
  return *this;
}
Part& Part::MadeTrace(std::string_view trace_id) {
  report_.made_trace_id = true;
  return Trace(trace_id);
}
Part& Part::Under(std::string_view parent_id) {
  report_.parent_id = Keep(parent_id);
  return *this;
}
Part& Part::Named(std::string_view display_name) {
  report_.display_name = Keep(display_name);
  return *this;
}
Part& Part::Thread(std::string_view thread_id) {
  report_.thread_id = Keep(thread_id);
  return *this;
}
Part& Part::Turn(std::string_view turn_id) {
  report_.turn_id = Keep(turn_id);
  return *this;
}
Part& Part::User(std::string_view wb_user_id) {
  report_.wb_user_id = Keep(wb_user_id);
  return *this;
}
Part& Part::Run(std::string_view wb_run_id) {
  report_.wb_run_id = Keep(wb_run_id);
  return *this;
}
Part& Part::Step(int64_t step) {
  report_.wb_run_step = step;
  return *this;
}
Part& Part::EndStep(int64_t step) {
  report_.wb_run_step_end = step;
  return *this;
}
Part& Part::At(int64_t started_at_us) {
  report_.started_at = model::Time{started_at_us};
  return *this;
}
Part& Part::Until(int64_t ended_at_us) {
  report_.ended_at = model::Time{ended_at_us};
  return *this;
}
Part& Part::Attributes(std::string_view json) {
  report_.attributes.json = Keep(json);
  return *this;
}
Part& Part::Inputs(std::string_view json) {
  report_.inputs.json = Keep(json);
  report_.input_refs = RefsIn(report_.inputs.json);
  return *this;
}
Part& Part::OtelDump(std::string_view json) {
  report_.otel_dump = model::RawObject{Keep(json)};
  return *this;
}
Part& Part::Output(std::string_view json) {
  report_.output = model::RawValue{Keep(json)};
  report_.output_refs = RefsIn(report_.output->json);
  return *this;
}
Part& Part::Summary(std::string_view json, bool has_errors) {
  json::UsageReader reader;
  report_.summary = {.json = Keep(json),
                     .has_errors = has_errors,
                     .usage = json::UsageText(reader, json)};
  return *this;
}
Part& Part::Failing(std::string_view exception) {
  report_.exception = Keep(exception);
  return *this;
}

Part AStart(std::string_view id) {
  Part part(CallPart::kStart);
  part.Id(id).Op("op").Trace("t1").At(1000).Attributes("{}").Inputs("{}");
  return part;
}

Part AnEnd(std::string_view id) {
  Part part(CallPart::kEnd);
  part.Id(id).Until(3500).Summary("{}");
  return part;
}

Part AComplete(std::string_view id) {
  Part part(CallPart::kComplete);
  part.Id(id).Op("op").Trace("t1").At(1000).Attributes("{}").Inputs("{}");
  part.Until(3500).Summary("{}");
  return part;
}

StoredCall::StoredCall(const model::CallRecord& record)
    : id(record.id),
      project_id(record.project_id),
      op_name(record.op_name),
      trace_id(record.trace_id),
      trace_name(record.trace_name),
      display_name(record.display_name),
      parent_id(record.parent_id),
      thread_id(record.thread_id),
      turn_id(record.turn_id),
      started_at_us(record.started_at_us),
      ended_at_us(record.ended_at_us),
      status(record.status),
      exception(record.exception),
      attributes(record.attributes),
      inputs(record.inputs),
      output(record.output),
      summary(record.summary),
      otel_dump(record.otel_dump),
      wb_user_id(record.wb_user_id),
      wb_run_id(record.wb_run_id),
      wb_run_step(record.wb_run_step),
      wb_run_step_end(record.wb_run_step_end),
      storage_size_bytes(record.storage_size_bytes),
      total_storage_size_bytes(record.total_storage_size_bytes) {}

model::CallsQueryReq ARequest() {
  model::CallsQueryReq request;
  request.project_id = kProject;
  request.filter.emplace();
  return request;
}

model::CallsQueryStatsReq ACount() {
  model::CallsQueryStatsReq request;
  request.project_id = kProject;
  request.filter.emplace();
  return request;
}

std::vector<model::SortBy> Ascending(std::string_view field) {
  return {{field, model::Direction::kAscending}};
}

std::vector<model::SortBy> Descending(std::string_view field) {
  return {{field, model::Direction::kDescending}};
}

db::OpenOptions InMemory() {
  db::OpenOptions options;
  options.durability = db::Durability::kMemory;
  options.migrations = db::Migrations();
  return options;
}

db::OpenOptions InFile(const std::string& path, db::Durability durability) {
  db::OpenOptions options;
  options.path = path;
  options.durability = durability;
  options.migrations = db::Migrations();
  return options;
}

std::unique_ptr<db::Database> OpenOrThrow(const db::OpenOptions& options) {
  Result<std::unique_ptr<db::Database>> opened = db::Database::Open(options);
  if (!opened.ok()) throw std::runtime_error(opened.error().message);
  return std::move(opened).value();
}

namespace {

void Must(const Status& status) {
  if (!status.ok()) throw std::runtime_error(status.error().message);
}

}  // namespace

int64_t NumberIn(db::Database& database, std::string_view sql) {
  int64_t number = 0;
  Must(database.Read([&](db::Connection& connection) {
    db::Query query(connection, sql);
    query.Row();
    number = query.Int(0);
    return Status();
  }));
  return number;
}

std::vector<std::string> RowsIn(db::Database& database, std::string_view sql) {
  std::vector<std::string> rows;
  Must(database.Read([&](db::Connection& connection) {
    db::Query query(connection, sql);
    while (query.Row()) rows.emplace_back(query.Text(0));
    return Status();
  }));
  return rows;
}

StoreFixture::StoreFixture() : StoreFixture(db::Durability::kMemory) {}

StoreFixture::StoreFixture(db::Durability durability)
    : database(OpenOrThrow(InFile(folder.File("bobbin.db"), durability))),
      calls(*database, names),
      files(*database, names),
      objects(*database, names, calls.changes()) {}

Status StoreFixture::RecordAll(std::vector<Part>& parts) {
  std::vector<model::CallReport*> reports;
  reports.reserve(parts.size());
  for (Part& part : parts) reports.push_back(&part.report());
  return calls.Record(reports);
}

std::optional<StoredCall> StoreFixture::Get(std::string_view id,
                                            std::string_view project_id) {
  model::CallsQueryReq request = ARequest();
  request.project_id = project_id;
  request.filter->call_ids = {{id}};
  request.include_storage_size = true;
  request.include_total_storage_size = true;
  std::vector<StoredCall> found = Scan(request);
  if (found.size() > 1) throw std::logic_error("two calls of one id");
  if (found.empty()) return std::nullopt;
  return found.front();
}

std::vector<StoredCall> StoreFixture::Scan(
    const model::CallsQueryReq& request) {
  const Result<query::Selection> selection =
      query::SelectColumns(request.columns);
  if (!selection.ok()) throw std::runtime_error(selection.error().message);
  std::vector<StoredCall> found;
  Must(calls.Scan(request, selection.value(),
                  [&](const model::CallRecord& record) {
                    found.emplace_back(record);
                    return true;
                  }));
  return found;
}

std::vector<std::string> StoreFixture::Ids(
    const model::CallsQueryReq& request) {
  std::vector<std::string> ids;
  for (const StoredCall& call : Scan(request)) ids.push_back(call.id);
  return ids;
}

int64_t StoreFixture::Count(const model::CallsQueryStatsReq& request) {
  const Result<store::CallStore::Count> count = calls.CountCalls(request);
  if (!count.ok()) throw std::runtime_error(count.error().message);
  return count.value().calls;
}

int64_t StoreFixture::Delete(const std::vector<std::string_view>& ids,
                             std::string_view project_id) {
  const Result<int64_t> deleted = calls.Delete(project_id, ids, 777);
  if (!deleted.ok()) throw std::runtime_error(deleted.error().message);
  return deleted.value();
}

}  // namespace bobbin::testing
