// The terminal's commands on a file with many calls, against the sqlite3 shell
// with the same question.
#include <chrono>
#include <stdexcept>
#include <vector>

#include "bench/bare_sqlite.h"
#include "bench/measures.h"
#include "bench/server.h"

namespace bobbin::bench {
namespace {

constexpr double kLookLimit = 3;
constexpr double kStatsLimit = 1;
constexpr double kGrepLimit = 1;
constexpr double kExportLimit = 2;  // of time, which is half of the speed

struct Command {
  std::string name;
  testing::Arguments arguments;
  int good_code;
  std::string sql;
  double limit;
};

std::string MiddleTrace(const std::string& file) {
  BareSqlite sqlite(file);
  sqlite3_stmt* const trace = sqlite.Prepared(
      "SELECT trace_id FROM calls WHERE row_id >= (SELECT max(row_id) / 2 FROM "
      "calls) AND trace_id IS NOT NULL ORDER BY row_id LIMIT 1");
  if (!sqlite.Step(trace)) throw std::runtime_error("the file has no calls");
  return reinterpret_cast<const char*>(sqlite3_column_text(trace, 0));
}

std::vector<Command> Commands(const std::string& file) {
  const std::string trace = MiddleTrace(file);
  const std::string joined =
      " FROM calls c LEFT JOIN call_inputs i ON i.row_id = c.row_id LEFT JOIN "
      "call_outputs u ON u.row_id = c.output_row";
  return {
      {"bobbin ls",
       {"ls"},
       0,
       "SELECT c.id, o.name, c.started_at_us, c.ended_at_us, c.status, (SELECT "
       "count(*) FROM calls d WHERE d.trace_id = c.trace_id), c.usage FROM "
       "calls c INDEXED BY calls_roots_by_start JOIN ops o ON o.row_id = c.op "
       "WHERE c.project = "
       "1 AND c.parent_id IS NULL ORDER BY c.started_at_us DESC LIMIT 20",
       kLookLimit},
      {"bobbin show, a trace of 10 calls",
       {"show", trace},
       0,
       "SELECT * FROM v_calls WHERE trace_id = '" + trace + "'",
       kLookLimit},
      {"bobbin stats",
       {"stats"},
       0,
       "SELECT c.op, count(*), sum(c.status > 1), avg(c.ended_at_us - "
       "c.started_at_us), sum(json_extract(m.value, '$[1]')), "
       "sum(json_extract(m.value, '$[2]')) FROM calls c LEFT JOIN json_each("
       "c.usage) m GROUP BY c.op",
       kStatsLimit},
      {"bobbin grep, text that is nowhere",
       {"grep", "no such words"},
       8,
       "SELECT c.id" + joined +
           " WHERE instr(i.inputs, 'no such words') OR instr(u.output, 'no "
           "such words') OR instr(c.exception, 'no such words')",
       kGrepLimit},
      {"bobbin export",
       {"export", "-"},
       0,
       "SELECT c.id, c.trace_id, c.parent_id, (SELECT name FROM ops WHERE "
       "row_id = c.op), c.display_name, c.started_at_us, c.ended_at_us, "
       "c.status, c.exception, c.thread_id, c.turn_id, c.wb_user_id, "
       "c.wb_run_id, c.wb_run_step, c.wb_run_step_end, c.deleted_at_us, "
       "i.attributes, i.inputs, i.otel_dump, u.output, u.summary" +
           joined + " WHERE c.project = 1 ORDER BY c.row_id",
       kExportLimit},
  };
}

// Runs a program with its output thrown away; milliseconds.
double MsOf(const std::string& program, const testing::Arguments& arguments,
            int good_code) {
  testing::Arguments all{"-c", R"(exec "$0" "$@" >/dev/null)", program};
  all.insert(all.end(), arguments.begin(), arguments.end());
  const auto begin = std::chrono::steady_clock::now();
  const testing::Finished finished = testing::RunToEnd("/bin/sh", all);
  const std::chrono::duration<double, std::milli> elapsed =
      std::chrono::steady_clock::now() - begin;
  if (finished.code != good_code) {
    throw std::runtime_error(program + " failed:\n" + finished.err);
  }
  return elapsed.count();
}

}  // namespace

void MeasureTerminal(const Settings& settings, const BigFile& big,
                     Report& report) {
  const std::string shell = FindProgram("sqlite3");
  for (const Command& command : Commands(big.path)) {
    testing::Arguments ours = command.arguments;
    ours.insert(ours.end(), {"--db", big.path});
    std::vector<Run> runs;
    for (int i = 0; i < settings.runs; ++i) {
      Say(command.name + ", run " + std::to_string(i + 1));
      const double bobbin_ms = MsOf(settings.bobbin, ours, command.good_code);
      runs.push_back(
          {bobbin_ms, MsOf(shell, {"-readonly", big.path, command.sql}, 0)});
    }
    report.Add(command.name, "ms", runs, {Better::kLower, command.limit});
  }
}

}  // namespace bobbin::bench
