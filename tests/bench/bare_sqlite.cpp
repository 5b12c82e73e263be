#include "bench/bare_sqlite.h"

#include <algorithm>
#include <chrono>
#include <stdexcept>
#include <variant>

#include "base/hash.h"
#include "db/function_values.h"
#include "db/migrate.h"
#include "store/table_plan.h"
#include "store/table_sql.h"

namespace bobbin::bench {
namespace {

// As in src/db/database.cpp. bobbin checkpoints in a thread of its own, at
// the same size of the log; a single thread has to do that inside a commit.
constexpr const char* kNewFilePragmas =
    "PRAGMA cache_size = -16384; PRAGMA page_size = 8192;"
    "PRAGMA journal_mode = WAL; PRAGMA journal_size_limit = 67108864;"
    "PRAGMA wal_autocheckpoint = 2048;";
constexpr const char* kReaderPragmas =
    "PRAGMA query_only = ON; PRAGMA cache_size = -2048;";

// As in src/store/call_writer.cpp, which takes this short way for every part
// of such traffic.
constexpr const char* kStart =
    "INSERT INTO calls (project, id, trace_id, parent_id, op, started_at_us, "
    "status, start_bytes, end_bytes, wb_user_id, display_name, thread_id, "
    "turn_id, wb_run_id, wb_run_step) VALUES (?1, ?2, ?3, ?4, ?5, ?6, 0, ?7, "
    "0, coalesce(?8, 'local'), ?9, ?10, ?11, ?12, ?13) "
    "ON CONFLICT (id, project) DO NOTHING";
constexpr const char* kInputs =
    "INSERT INTO call_inputs (row_id, attributes, inputs, otel_dump) "
    "VALUES (?, ?, ?, ?)";
constexpr const char* kOutputs =
    "INSERT INTO call_outputs (output, summary) VALUES (?, ?)";
constexpr const char* kEnd =
    "UPDATE calls SET ended_at_us = ?3, status = ?4, output_row = ?5, "
    "end_bytes = ?6, exception = ?7, wb_run_step_end = ?8, usage = ?9 "
    "WHERE id = ?2 AND project = ?1 AND output_row IS NULL "
    "AND deleted_at_us IS NULL";

void Bind(sqlite3_stmt* statement, int at, std::string_view text) {
  sqlite3_bind_text64(statement, at, text.data(), text.size(), SQLITE_STATIC,
                      SQLITE_UTF8);
}

void Bind(sqlite3_stmt* statement, int at, int64_t number) {
  sqlite3_bind_int64(statement, at, number);
}

int64_t Size(std::string_view a, std::string_view b) {
  return static_cast<int64_t>(a.size() + b.size());
}

}  // namespace

BareSqlite::BareSqlite(const std::string& path) {
  sqlite3* database = nullptr;
  const int code = sqlite3_open_v2(
      path.c_str(), &database,
      SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX,
      nullptr);
  database_.reset(database);
  Check(code);
  sqlite3_busy_timeout(database, 5000);
}

void BareSqlite::Check(int code) const {
  if (code != SQLITE_OK) {
    throw std::runtime_error(std::string("SQLite: ") +
                             sqlite3_errmsg(database_.get()));
  }
}

void BareSqlite::MakeNew(const std::string& synchronous) {
  Exec(kNewFilePragmas);
  AddFunctions();  // a migration takes one
  for (const EmbeddedFile& migration : db::Migrations()) {
    Exec(std::string(migration.content));
  }
  Exec("PRAGMA synchronous = " + synchronous);
  Exec("INSERT INTO projects (project_id) VALUES ('" + std::string(kProject) +
       "')");
}

void BareSqlite::Exec(const std::string& sql) {
  Check(sqlite3_exec(database_.get(), sql.c_str(), nullptr, nullptr, nullptr));
}

void BareSqlite::AddFunctions() {
  for (const auto functions : {db::JsonFunctions(), db::ValueFunctions(),
                               db::RefFunctions(), db::UsageFunctions()}) {
    for (const db::Function& function : functions) {
      Check(sqlite3_create_function_v2(
          database_.get(), function.name, function.arguments,
          SQLITE_UTF8 | SQLITE_DETERMINISTIC, nullptr, function.run, nullptr,
          nullptr, nullptr));
    }
  }
}

sqlite3_stmt* BareSqlite::Prepared(std::string_view sql) {
  auto found = statements_.find(sql);
  if (found == statements_.end()) {
    sqlite3_stmt* statement = nullptr;
    Check(sqlite3_prepare_v3(database_.get(), sql.data(),
                             static_cast<int>(sql.size()),
                             SQLITE_PREPARE_PERSISTENT, &statement, nullptr));
    found = statements_.emplace(sql, statement).first;
  }
  return found->second.get();
}

bool BareSqlite::Step(sqlite3_stmt* statement) {
  const int code = sqlite3_step(statement);
  if (code == SQLITE_ROW) return true;
  Check(sqlite3_reset(statement));
  return false;
}

int64_t BareSqlite::last_row() const {
  return sqlite3_last_insert_rowid(database_.get());
}

int64_t BareSqlite::changes() const {
  return sqlite3_changes64(database_.get());
}

BareWriter::BareWriter(const std::string& path, const std::string& synchronous)
    : sqlite_(path) {
  sqlite_.MakeNew(synchronous);
  for (size_t op = 0; op < kOps; ++op) {
    sqlite_.Exec("INSERT INTO ops (project, name) VALUES (1, '" + OpName(op) +
                 "')");
  }
  begin_ = sqlite_.Prepared("BEGIN IMMEDIATE");
  start_ = sqlite_.Prepared(kStart);
  inputs_ = sqlite_.Prepared(kInputs);
  outputs_ = sqlite_.Prepared(kOutputs);
  end_ = sqlite_.Prepared(kEnd);
  commit_ = sqlite_.Prepared("COMMIT");
}

void BareWriter::Write(std::span<const Part> parts) {
  sqlite_.Step(begin_);
  for (const Part& part : parts) {
    if (part.is_start) {
      Start(part);
    } else {
      End(part);
    }
  }
  sqlite_.Step(commit_);
}

void BareWriter::Start(const Part& part) {
  sqlite3_clear_bindings(start_);
  Bind(start_, 1, 1);
  Bind(start_, 2, part.id);
  Bind(start_, 3, part.trace_id);
  if (!part.parent_id.empty()) Bind(start_, 4, part.parent_id);
  Bind(start_, 5, static_cast<int64_t>(part.op) + 1);
  Bind(start_, 6, part.at_us);
  Bind(start_, 7, Size(part.attributes, part.inputs));
  sqlite_.Step(start_);
  Bind(inputs_, 1, sqlite_.last_row());
  Bind(inputs_, 2, part.attributes);
  Bind(inputs_, 3, part.inputs);
  sqlite_.Step(inputs_);
}

void BareWriter::End(const Part& part) {
  Bind(outputs_, 1, part.output);
  Bind(outputs_, 2, part.summary);
  sqlite_.Step(outputs_);
  Bind(end_, 1, 1);
  Bind(end_, 2, part.id);
  Bind(end_, 3, part.at_us);
  Bind(end_, 4, 1);
  Bind(end_, 5, sqlite_.last_row());
  Bind(end_, 6, Size(part.output, part.summary));
  Bind(end_, 9, part.usage);
  sqlite_.Step(end_);
  if (sqlite_.changes() != 1) {
    throw std::runtime_error("an end came without its start");
  }
}

BareTables::BareTables(const std::string& path) : sqlite_(path) {
  sqlite_.MakeNew("NORMAL");
}

void BareTables::Write(std::string_view table_digest, std::string_view digests,
                       const std::vector<std::string>& rows) {
  constexpr int64_t kProjectRow = 1;
  const auto run = [this](sqlite3_stmt* statement, const auto&... values) {
    int at = 0;
    (Bind(statement, ++at, values), ...);
    sqlite_.Step(statement);
    return sqlite_.last_row();
  };
  sqlite3_stmt* const add_row = sqlite_.Prepared(store::kAddTableRow);
  sqlite3_stmt* const add_place = sqlite_.Prepared(store::kAddChunkRow);
  sqlite_.Step(sqlite_.Prepared("BEGIN IMMEDIATE"));
  std::vector<int64_t> chunks;
  int64_t total_bytes = 0;
  for (size_t first = 0; first < rows.size(); first += store::kMaxChunkRows) {
    const size_t end = std::min(first + store::kMaxChunkRows, rows.size());
    std::vector<int64_t> added;
    int64_t bytes = 0;
    for (size_t i = first; i < end; ++i) {
      const auto size = static_cast<int64_t>(rows[i].size());
      added.push_back(run(add_row, kProjectRow,
                          digests.substr(i * kDigestChars, kDigestChars), size,
                          std::string_view(rows[i])));
      bytes += size;
    }
    const std::string_view of_chunk =
        digests.substr(first * kDigestChars, (end - first) * kDigestChars);
    const int64_t chunk =
        run(sqlite_.Prepared(store::kAddChunk), bytes, of_chunk);
    int64_t position = 0;
    for (const int64_t row : added) run(add_place, chunk, position++, row);
    chunks.push_back(chunk);
    total_bytes += bytes;
  }
  const int64_t table =
      run(sqlite_.Prepared(store::kAddTable), kProjectRow, table_digest,
          static_cast<int64_t>(rows.size()), total_bytes, int64_t{0});
  int64_t first_index = 0;
  for (const int64_t chunk : chunks) {
    run(sqlite_.Prepared(store::kAddTableChunk), table, first_index, chunk);
    first_index += static_cast<int64_t>(store::kMaxChunkRows);
  }
  sqlite_.Step(sqlite_.Prepared("COMMIT"));
}

BareReader::BareReader(const std::string& path) : sqlite_(path) {
  sqlite_.AddFunctions();
  sqlite_.Exec(kReaderPragmas);
}

int64_t BareReader::project() {
  sqlite3_stmt* find =
      sqlite_.Prepared("SELECT row_id FROM projects WHERE project_id = ?");
  Bind(find, 1, kProject);
  if (!sqlite_.Step(find)) throw std::runtime_error("no such project");
  const int64_t row = sqlite3_column_int64(find, 0);
  sqlite3_reset(find);
  known_project_ = row;
  return row;
}

BareReader::Ids BareReader::IdsOf(int64_t row) {
  sqlite3_stmt* find = sqlite_.Prepared(
      "SELECT id, trace_id, parent_id FROM calls WHERE row_id = ?");
  Bind(find, 1, row);
  if (!sqlite_.Step(find)) throw std::runtime_error("no such call");
  const auto text = [find](int column) {
    const void* data = sqlite3_column_blob(find, column);
    return std::string(static_cast<const char*>(data),
                       static_cast<size_t>(sqlite3_column_bytes(find, column)));
  };
  Ids ids{text(0), text(1), text(2)};
  sqlite3_reset(find);
  return ids;
}

BareReader::Result BareReader::Run(const query::Statement& statement) {
  using Clock = std::chrono::steady_clock;
  sqlite3_stmt* prepared = sqlite_.Prepared(statement.sql);
  Result result;
  const Clock::time_point begin = Clock::now();
  int at = 0;
  for (const query::Parameter& parameter : statement.parameters) {
    if (std::holds_alternative<query::ProjectRow>(parameter)) {
      Bind(prepared, ++at, known_project_);
    } else if (const auto* number = std::get_if<double>(&parameter)) {
      sqlite3_bind_double(prepared, ++at, *number);
    } else if (const auto* whole = std::get_if<int64_t>(&parameter)) {
      Bind(prepared, ++at, *whole);
    } else if (const auto* view = std::get_if<std::string_view>(&parameter)) {
      Bind(prepared, ++at, *view);
    } else {
      Bind(prepared, ++at, std::get<std::string>(parameter));
    }
  }
  while (sqlite_.Step(prepared)) {
    ++result.rows;
    const int columns = sqlite3_column_count(prepared);
    for (int column = 0; column < columns; ++column) {
      if (sqlite3_column_type(prepared, column) == SQLITE_INTEGER) {
        result.bytes += sqlite3_column_int64(prepared, column) != 0 ? 8 : 0;
      } else if (sqlite3_column_blob(prepared, column) != nullptr) {
        result.bytes += sqlite3_column_bytes(prepared, column);
      }
    }
  }
  result.us =
      std::chrono::duration<double, std::micro>(Clock::now() - begin).count();
  return result;
}

}  // namespace bobbin::bench
