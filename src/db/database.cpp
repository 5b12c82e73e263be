#include "db/database.h"

#include <sqlite3.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <exception>
#include <filesystem>
#include <future>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <thread>
#include <utility>
#include <vector>

#include "base/caller.h"
#include "base/log.h"
#include "db/checkpointer.h"
#include "db/fair_mutex.h"
#include "db/file_lock.h"
#include "db/functions.h"
#include "db/group_commit.h"
#include "db/migrate.h"
#include "db/query_watch.h"
#include "db/reader_pool.h"
#include "db/wal_file.h"

namespace bobbin::db {
namespace {

// What an answer takes after Renew(), and some more.
constexpr std::chrono::microseconds kAnswerTime(200);

// Readers beyond the most wait: each holds a page cache. There are more than
// can compute at a time, because one whose client takes its rows slowly keeps
// its connection meanwhile; the few that are kept are enough without such.
constexpr ReaderPool::Size kReaders{.max = 64, .kept = 16};
// A larger page holds more whole calls, so less of it stays empty; a smaller
// one makes small commits cheaper (each page touched is written whole).
constexpr int kPageBytes = 8192;
// Frames in the WAL before a checkpoint: 16 MiB, read in well under 100 ms
// when a killed server starts again.
constexpr int kCheckpointFrames = (16 << 20) / kPageBytes;
// What is left of the WAL file after a burst.
constexpr int kWalKeptBytes = 64 << 20;
constexpr int kWriterCacheKib = 16 << 10;
constexpr int kReaderCacheKib = 2 << 10;

void Pragma(Connection& connection, std::string_view name,
            const std::string& value) {
  connection.Exec("PRAGMA " + std::string(name) + " = " + value);
}

// Every database in memory has a name of its own, which its connections
// share; nobody outside the process can.
std::string MemoryUri() {
  static std::atomic<int> count{0};
  return "file:/bobbin-" + std::to_string(++count) + "?vfs=memdb";
}

Error CannotOpen(const OpenOptions& options, const std::string& why) {
  std::string message = "Cannot open " + options.path + ": " + why + ".";
  std::string folder = std::filesystem::path(options.path).parent_path();
  if (folder.empty()) folder = ".";
  // SQLite's own words are of writing, also to those who want to read.
  if (options.read_only && access(folder.c_str(), W_OK) != 0) {
    message +=
        " To read a file SQLite makes others beside it, and nothing can "
        "be written in " +
        folder +
        ": copy it to a folder of yours, or ask its server with --url.";
  }
  return {Code::kConflict, std::move(message), std::string(kNotOpenable)};
}

Error TooDamaged(const OpenOptions& options) {
  return {Code::kConflict,
          "Cannot open " + options.path +
              ": the file is damaged, and too much of it to be read. Go back "
              "to a backup.",
          std::string(kFileDamaged)};
}

}  // namespace

std::string_view DurabilityName(Durability durability) {
  switch (durability) {
    case Durability::kFull:
      return "full";
    case Durability::kNormal:
      return "normal";
    case Durability::kMemory:
      return "memory";
  }
  return "";
}

// A read transaction, from the first statement on.
class Snapshot {
 public:
  explicit Snapshot(Connection& connection) : connection_(connection) {
    Query(connection_, "BEGIN").Run();
  }
  ~Snapshot() { connection_.Rollback(); }
  Snapshot(const Snapshot&) = delete;
  Snapshot& operator=(const Snapshot&) = delete;

 private:
  Connection& connection_;
};

class Database::Impl {
 public:
  Impl(const OpenOptions& options, FileLock lock)
      : durability_(options.durability),
        busy_timeout_ms_(options.busy_timeout_ms),
        query_timeout_us_(options.query_timeout_us),
        migrations_(options.migrations),
        path_(in_memory() ? MemoryUri() : options.path),
        lock_(std::move(lock)),
        wal_(path_),
        readers_(kReaders, [this] { return MakeReader(path_); }) {
    if (options.read_only) return;
    writer_ = Make(path_, SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
    writes_.emplace(*writer_, HowToCommit());
  }

  ~Impl() {
    checkpointer_.reset();
    if (read_only()) return;
    if (refused_) {
      KeepWal(*writer_);
    } else if (!in_memory()) {
      sqlite3_wal_checkpoint_v2(writer_->raw().getHandle(), nullptr,
                                SQLITE_CHECKPOINT_TRUNCATE, nullptr, nullptr);
    }
  }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  Status Prepare(const OpenOptions& options) {
    if (!in_memory()) {
      Status shape = CheckShape(*writer_, path_, options.migrations);
      refused_ = !shape.ok();
      if (refused_) return shape;
    }
    SizePages(*writer_);
    // A new file is made without waiting for the disk at every step, and
    // synced once.
    const bool is_new = !in_memory() && lock_.file_is_new();
    Pragma(*writer_, "synchronous", is_new ? "OFF" : "NORMAL");
    if (in_memory()) {
      PrepareMemory(*writer_);
    } else {
      PrepareWal();
    }
    Migrate(*writer_, path_, options.migrations);
    if (!is_new) return {};
    // What `full` adds to this is in HowToCommit().
    Pragma(*writer_, "synchronous", "NORMAL");
    return lock_.Sync();
  }

  Status Renew(const std::function<bool(Connection&)>& wanted,
               const std::function<void()>& then) {
    const std::lock_guard one_at_a_time(renew_mutex_);
    try {
      Parts fresh = next_.valid() ? next_.get() : MakeParts();
      Parts old;
      writes_->RunAlone([&] {
        const std::unique_lock alone(memory_mutex_);
        if (!wanted(*writer_)) return;
        old.path = std::exchange(path_, std::move(fresh.path));
        old.writer = std::exchange(writer_, std::move(fresh.writer));
        old.readers = readers_.Replace(std::move(fresh.readers.front()));
        writes_->Use(*writer_);
        then();
      });
      if (!old.writer) {  // not wanted
        std::promise<Parts> kept;
        kept.set_value(std::move(fresh));
        next_ = kept.get_future();
        return {};
      }
      next_ = std::async(std::launch::async,
                         [this, old = std::move(old)]() mutable {
                           // A new thread begins on its maker's processor,
                           // where the answer has to wait for it; one that
                           // wakes up goes to an idle one.
                           std::this_thread::sleep_for(kAnswerTime);
                           old = {};
                           return MakeParts();
                         });
      return {};
    } catch (const SQLite::Exception& exception) {
      return FromSqlite(exception);
    } catch (const std::exception& exception) {
      return Internal(exception.what());
    }
  }

  // That somebody else's file can be read, and how.
  Status CheckToRead(const OpenOptions& options) {
    return Read([&](Connection& connection) {
      Status shape = CheckShape(connection, path_, options.migrations);
      return shape.ok() ? CheckNotOlder(connection, path_, options.migrations)
                        : shape;
    });
  }

  Status Write(const Job& job) {
    if (writes_) return writes_->Write(job);
    return Error{Code::kConflict,
                 "The file " + path_ + " was opened for reading only."};
  }

  uint64_t AfterCommit(AfterCommitTask task) {
    return writes_ ? writes_->AfterCommit(std::move(task)) : 0;
  }
  void NotAfterCommit(uint64_t task) {
    if (writes_) writes_->NotAfterCommit(task);
  }

  Status Read(const Job& job) {
    auto verdict = QueryWatch::Verdict::kNone;
    try {
      // Before there is a connection: Renew() replaces them.
      std::shared_lock<FairMutex> shared;
      if (in_memory()) shared = std::shared_lock(memory_mutex_);
      std::optional<ReaderPool::Lease> lease = TakeReader();
      if (!lease) {
        return Error{Code::kBusy, "Too many queries are running; try again."};
      }
      Connection& connection = lease->connection();
      // One snapshot for the whole job, and one pair of locks.
      const Snapshot snapshot(connection);
      const QueryWatch watch(connection, query_timeout_us_, verdict);
      return job(connection);
    } catch (const SQLite::Exception& exception) {
      if (verdict == QueryWatch::Verdict::kNone) return FromSqlite(exception);
    }
    Error error = QueryWatch::ErrorFor(verdict, query_timeout_us_);
    if (verdict == QueryWatch::Verdict::kTooLong) {
      Log(LogLevel::kWarning, error.message);
    }
    return error;
  }

  Status Compact() {
    if (in_memory()) return {};
    // As far as readers let it; the end does the rest.
    const auto empty_wal = [this] {
      sqlite3_wal_checkpoint_v2(writer_->raw().getHandle(), nullptr,
                                SQLITE_CHECKPOINT_TRUNCATE, nullptr, nullptr);
    };
    try {
      writes_->RunAlone([&] {
        empty_wal();  // the new file goes through it, too
        writer_->Exec("VACUUM");
        empty_wal();
      });
    } catch (const SQLite::Exception& exception) {
      return FromSqlite(exception);
    }
    return {};
  }

  Durability durability() const { return durability_; }
  int64_t query_timeout_us() const { return query_timeout_us_; }
  bool read_only() const { return !writes_; }

 private:
  // What there is of a database in memory.
  struct Parts {
    std::string path = {};
    std::unique_ptr<Connection> writer = {};
    std::vector<std::unique_ptr<Connection>> readers = {};
  };

  bool in_memory() const { return durability_ == Durability::kMemory; }

  // An empty database in memory, with one reader that knows its shape.
  Parts MakeParts() const {
    Parts parts{.path = MemoryUri()};
    parts.writer =
        Make(parts.path, SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
    SizePages(*parts.writer);
    PrepareMemory(*parts.writer);
    Migrate(*parts.writer, parts.path, migrations_);
    parts.readers.push_back(MakeReader(parts.path));
    Query(*parts.readers.front(), "SELECT count(*) FROM sqlite_schema").Row();
    return parts;
  }

  std::optional<ReaderPool::Lease> TakeReader() {
    using Clock = std::chrono::steady_clock;
    const std::chrono::microseconds limit(query_timeout_us_);
    const Clock::time_point begin = Clock::now();
    return readers_.Take([&] {
      return (limit.count() > 0 && Clock::now() - begin > limit) ||
             Caller::IsGone();
    });
  }

  // What another program has left in the WAL stays there when `last`, maybe
  // the last connection of all, closes. (An empty one is our own; closing
  // takes it away.)
  void KeepWal(Connection& last) const {
    std::error_code missing;
    const uintmax_t bytes = std::filesystem::file_size(path_ + "-wal", missing);
    if (missing || bytes == 0) return;
    sqlite3_db_config(last.raw().getHandle(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE,
                      1, nullptr);
  }

  std::unique_ptr<Connection> Make(const std::string& path, int flags) const {
    // A connection is only ever used by one thread at a time.
    flags |= SQLite::OPEN_NOMUTEX | (in_memory() ? SQLite::OPEN_URI : 0);
    auto connection =
        std::make_unique<Connection>(path, flags, busy_timeout_ms_);
    AddFunctions(*connection);
    return connection;
  }

  std::unique_ptr<Connection> MakeReader(const std::string& path) const {
    // Not OPEN_READONLY: a reader that finds a WAL left by a crash may have
    // to recover its index.
    auto connection = Make(path, SQLite::OPEN_READWRITE);
    Pragma(*connection, "query_only", "ON");
    Pragma(*connection, "cache_size", "-" + std::to_string(kReaderCacheKib));
    if (read_only()) KeepWal(*connection);
    return connection;
  }

  GroupCommit::Options HowToCommit() {
    GroupCommit::Options options;
    if (in_memory()) options.readers = &memory_mutex_;
    if (durability_ == Durability::kFull) {
      options.sync = [this] { return wal_.Sync(); };
    }
    return options;
  }

  static void SizePages(Connection& writer) {
    // First, because SQLite counts the cache in pages of the size that it
    // knows, and would keep that number of larger ones.
    Pragma(writer, "page_size", std::to_string(kPageBytes));
    Pragma(writer, "cache_size", "-" + std::to_string(kWriterCacheKib));
  }

  static void PrepareMemory(Connection& writer) {
    Pragma(writer, "journal_mode", "MEMORY");
    // memdb stops at 1 GiB by default; the machine's memory is the limit.
    sqlite3_int64 limit = sqlite3_int64{1} << 50;
    sqlite3_file_control(writer.raw().getHandle(), nullptr,
                         SQLITE_FCNTL_SIZE_LIMIT, &limit);
  }

  void PrepareWal() {
    Pragma(*writer_, "journal_mode", "WAL");
    Pragma(*writer_, "journal_size_limit", std::to_string(kWalKeptBytes));
    checkpointer_.emplace(*writes_, kCheckpointFrames, [this] {
      return Make(path_, SQLite::OPEN_READWRITE);
    });
    // Setting a hook also turns SQLite's own checkpoints, which run inside
    // the commit, off.
    sqlite3_wal_hook(
        writer_->raw().getHandle(),
        [](void* self, sqlite3*, const char*, int frames) {
          static_cast<Impl*>(self)->checkpointer_->AfterCommit(frames);
          return SQLITE_OK;
        },
        this);
  }

  const Durability durability_;
  const int busy_timeout_ms_;
  const int64_t query_timeout_us_;
  const std::span<const EmbeddedFile> migrations_;
  std::string path_;        // Renew() changes it, while nobody reads or writes
  bool refused_ = false;    // not a file to work on
  FileLock lock_;           // outlives every connection
  FairMutex memory_mutex_;  // kMemory: writers alone, readers together
  WalFile wal_;
  std::unique_ptr<Connection> writer_;  // these two: none if read-only
  std::optional<GroupCommit> writes_;
  ReaderPool readers_;
  std::optional<Checkpointer> checkpointer_;
  std::mutex renew_mutex_;   // one Renew() at a time; guards next_
  std::future<Parts> next_;  // for the next one, once there has been one
};

Database::Database(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

Database::~Database() = default;

Result<std::unique_ptr<Database>> Database::Open(const OpenOptions& options) {
  if (options.read_only) {
    Status fit = CheckFile(options.path);
    if (!fit.ok()) return std::move(fit).error();
  }
  FileLock lock;
  if (!options.read_only && options.durability != Durability::kMemory) {
    Result<FileLock> taken = FileLock::Take(options.path);
    if (!taken.ok()) return std::move(taken).error();
    lock = std::move(taken).value();
  }
  try {
    auto impl = std::make_unique<Impl>(options, std::move(lock));
    Status prepared =
        options.read_only ? impl->CheckToRead(options) : impl->Prepare(options);
    if (!prepared.ok() && prepared.error().type == kFileDamaged) {
      return TooDamaged(options);
    }
    if (!prepared.ok() && prepared.error().code == Code::kInternal) {
      return CannotOpen(options, prepared.error().message);
    }
    if (!prepared.ok()) return std::move(prepared).error();
    return std::unique_ptr<Database>(new Database(std::move(impl)));
  } catch (const SQLite::Exception& exception) {
    if (IsDamage(exception)) return TooDamaged(options);
    return CannotOpen(
        options, IsDiskFull(exception) ? "the disk is full" : exception.what());
  }
}

Status Database::Write(const Job& job) { return impl_->Write(job); }

uint64_t Database::AfterCommit(AfterCommitTask task) {
  return impl_->AfterCommit(std::move(task));
}

void Database::NotAfterCommit(uint64_t task) { impl_->NotAfterCommit(task); }

Status Database::Renew(const std::function<bool(Connection&)>& wanted,
                       const std::function<void()>& then) {
  return impl_->Renew(wanted, then);
}

Status Database::Read(const Job& job) { return impl_->Read(job); }

Status Database::Compact() { return impl_->Compact(); }

Durability Database::durability() const { return impl_->durability(); }

int64_t Database::query_timeout_us() const { return impl_->query_timeout_us(); }

bool Database::read_only() const { return impl_->read_only(); }

}  // namespace bobbin::db
