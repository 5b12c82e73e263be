// What reaches the disk, and when: seen from below SQLite.
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <fstream>
#include <thread>

#include "db/database.h"
#include "support/catch.h"
#include "support/store_fixture.h"
#include "support/temp_dir.h"

namespace bobbin::db {
namespace {

using bobbin::testing::InFile;
using bobbin::testing::NumberIn;
using bobbin::testing::OpenOrThrow;
using bobbin::testing::TempDir;

const EmbeddedFile kTable{"0001.sql", "CREATE TABLE t (a);"};

// Counts the syncs of WAL files while it lives. It stands at the kernel's
// door (see fsync below), so that it sees ours and SQLite's alike.
class WalSyncs {
 public:
  WalSyncs() {
    count_ = 0;
    size_ = 0;
    counting_ = true;
  }
  ~WalSyncs() {
    counting_ = false;
    broken_ = false;
  }
  WalSyncs(const WalSyncs&) = delete;
  WalSyncs& operator=(const WalSyncs&) = delete;

  int count() const { return count_; }
  // Makes every sync of a WAL fail from now on, as a bad disk does.
  void Break() { broken_ = true; }
  void Mend() { broken_ = false; }
  // How long the WAL was at the last sync.
  int64_t size() const { return size_; }

  // False: the sync is to fail.
  static bool Note(int fd) {
    if (!counting_) return true;
    std::array<char, 4096> path{};
    const std::string link = "/proc/self/fd/" + std::to_string(fd);
    const ssize_t length = readlink(link.c_str(), path.data(), path.size());
    if (length < 0) return true;
    const std::string_view name(path.data(), static_cast<size_t>(length));
    if (!name.ends_with("-wal")) return true;
    struct stat facts = {};
    if (fstat(fd, &facts) == 0) size_ = facts.st_size;
    ++count_;
    return !broken_;
  }

 private:
  static inline std::atomic<bool> counting_ = false;
  static inline std::atomic<bool> broken_ = false;
  static inline std::atomic<int> count_ = 0;
  static inline std::atomic<int64_t> size_ = 0;
};

uintmax_t SizeOf(const std::string& path) {
  std::error_code missing;
  const uintmax_t size = std::filesystem::file_size(path, missing);
  return missing ? 0 : size;
}

Status InsertText(Database& database, std::string_view text) {
  return database.Write([&](Connection& connection) {
    Query(connection, "INSERT INTO t VALUES (?)").Bind(text).Run();
    return Status();
  });
}

OpenOptions Small(const std::string& path, Durability durability) {
  OpenOptions options = InFile(path, durability);
  options.migrations = {&kTable, 1};
  return options;
}

TEST_CASE("at `full` every answered write has been synced", "[db]") {
  const WalSyncs syncs;
  const TempDir folder;
  const std::string path = folder.File("x.db");
  const auto database = OpenOrThrow(Small(path, Durability::kFull));
  for (int i = 0; i < 20; ++i) {
    const int before = syncs.count();
    REQUIRE(InsertText(*database, "x").ok());
    REQUIRE(syncs.count() > before);
    // Not before it was there to be synced.
    REQUIRE(syncs.size() == static_cast<int64_t>(SizeOf(path + "-wal")));
  }
  const int before = syncs.count();
  CHECK(NumberIn(*database, "SELECT count(*) FROM t") == 20);
  CHECK(syncs.count() == before);  // reads do not pay
}

TEST_CASE("after a failed sync no write is promised until a restart", "[db]") {
  WalSyncs syncs;
  const TempDir folder;
  const std::string path = folder.File("x.db");
  auto database = OpenOrThrow(Small(path, Durability::kFull));
  REQUIRE(InsertText(*database, "x").ok());
  syncs.Break();
  CHECK(InsertText(*database, "lost?").error().code == Code::kInternal);
  syncs.Mend();
  CHECK(InsertText(*database, "lost?").error().code == Code::kInternal);
  CHECK(NumberIn(*database, "SELECT count(*) >= 1 FROM t") == 1);
  database.reset();
  database = OpenOrThrow(Small(path, Durability::kFull));
  CHECK(InsertText(*database, "x").ok());
}

TEST_CASE("at `full` writers that wait together share a sync",
          "[db][threads]") {
  const WalSyncs syncs;
  const TempDir folder;
  const auto database =
      OpenOrThrow(Small(folder.File("x.db"), Durability::kFull));
  constexpr int kThreads = 8;
  constexpr int kWrites = 50;
  std::atomic<int> wrong = 0;
  const int before = syncs.count();
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&] {
      for (int n = 0; n < kWrites; ++n) {
        if (!InsertText(*database, "x").ok()) ++wrong;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();

  CHECK(wrong == 0);
  CHECK(NumberIn(*database, "SELECT count(*) FROM t") == kThreads * kWrites);
  CHECK(syncs.count() - before < kThreads * kWrites);
}

TEST_CASE("at `normal` writes are answered without a sync", "[db]") {
  const WalSyncs syncs;
  const TempDir folder;
  const auto database =
      OpenOrThrow(Small(folder.File("x.db"), Durability::kNormal));
  const int before = syncs.count();
  for (int i = 0; i < 20; ++i) REQUIRE(InsertText(*database, "x").ok());
  CHECK(syncs.count() == before);
}

// --- the WAL ---------------------------------------------------------------

// How often the WAL has begun anew from its front: a counter in its head
// (https://sqlite.org/fileformat2.html, section 4.1). -1: there is none.
int64_t Rounds(const std::string& wal) {
  std::ifstream file(wal, std::ios::binary);
  std::array<unsigned char, 16> head{};
  file.read(reinterpret_cast<char*>(head.data()), head.size());
  if (!file) return -1;
  return head[12] << 24 | head[13] << 16 | head[14] << 8 | head[15];
}

// Writes until the WAL has begun anew `rounds` times; far more than it should
// take makes it false.
bool WriteUntilRounds(Database& database, const std::string& wal,
                      int64_t rounds) {
  const std::string text(64 << 10, 'x');
  const int64_t before = Rounds(wal);
  for (int i = 0; i < 16'000; ++i) {  // 1 GiB
    if (!InsertText(database, text).ok()) return false;
    if (Rounds(wal) - before >= rounds) return true;
  }
  return false;
}

TEST_CASE("under steady writes the WAL is emptied again and again", "[db]") {
  const TempDir folder;
  const std::string path = folder.File("x.db");
  const auto database = OpenOrThrow(Small(path, Durability::kNormal));
  CHECK(WriteUntilRounds(*database, path + "-wal", 4));
  CHECK(SizeOf(path) > (uintmax_t{30} << 20));  // it went where it belongs
}

TEST_CASE("the WAL is emptied even if there is a reader at every moment",
          "[db][threads]") {
  const TempDir folder;
  const std::string path = folder.File("x.db");
  const auto database = OpenOrThrow(Small(path, Durability::kNormal));
  REQUIRE(InsertText(*database, "x").ok());
  // Each of two readers ends its read only when the other has begun one.
  std::atomic<int> failed = 0;
  std::atomic<bool> stop = false;
  std::array<std::atomic<int>, 2> begun{};
  std::vector<std::thread> readers;
  for (size_t me : {0, 1}) {
    readers.emplace_back([&, me] {
      while (!stop) {
        const Status status = database->Read([&](Connection& connection) {
          Query query(connection, "SELECT a FROM t");
          query.Row();
          const int others = begun[1 - me];
          ++begun[me];
          while (begun[1 - me] == others && !stop) {
            std::this_thread::sleep_for(std::chrono::microseconds(200));
          }
          return Status();
        });
        if (!status.ok()) ++failed;
      }
    });
  }

  const bool emptied = WriteUntilRounds(*database, path + "-wal", 2);
  stop = true;
  for (std::thread& reader : readers) reader.join();

  CHECK(emptied);
  CHECK(failed == 0);
}

TEST_CASE(
    "a reader that stays keeps writers going, and the WAL is emptied "
    "when it has left",
    "[db][threads]") {
  const TempDir folder;
  const std::string path = folder.File("x.db");
  const auto database = OpenOrThrow(Small(path, Durability::kNormal));
  REQUIRE(InsertText(*database, "x").ok());
  const std::string text(64 << 10, 'x');
  int64_t rounds = 0;
  const Status read = database->Read([&](Connection& connection) {
    Query query(connection, "SELECT a FROM t");
    query.Row();
    rounds = Rounds(path + "-wal");
    for (int i = 0; i < 1600; ++i) {  // 100 MiB
      REQUIRE(InsertText(*database, text).ok());
    }
    CHECK(!query.Row());  // its snapshot has one row
    return Status();
  });
  CHECK(read.ok());
  CHECK(Rounds(path + "-wal") == rounds);
  CHECK(WriteUntilRounds(*database, path + "-wal", 1));
}

TEST_CASE("a closed file stands alone", "[db]") {
  const TempDir folder;
  const std::string path = folder.File("x.db");
  {
    const auto database = OpenOrThrow(
        Small(path, GENERATE(Durability::kFull, Durability::kNormal)));
    for (int i = 0; i < 50; ++i) REQUIRE(InsertText(*database, "x").ok());
    CHECK(NumberIn(*database, "SELECT count(*) FROM t") == 50);
    CHECK(SizeOf(path + "-wal") > 0);
  }
  CHECK(SizeOf(path + "-wal") == 0);
  CHECK(!std::filesystem::exists(path + "-shm"));
  SQLite::Database alone(path);
  CHECK(alone.execAndGet("SELECT count(*) FROM t").getInt() == 50);
  CHECK(alone.execAndGet("PRAGMA integrity_check").getString() == "ok");
}

TEST_CASE(
    "a file that is closed while another program reads it has its WAL "
    "emptied all the same",
    "[db]") {
  const TempDir folder;
  const std::string path = folder.File("x.db");
  auto database = OpenOrThrow(Small(path, Durability::kNormal));
  REQUIRE(InsertText(*database, "x").ok());
  SQLite::Database shell(path);
  CHECK(shell.execAndGet("SELECT count(*) FROM t").getInt() == 1);
  database.reset();
  CHECK(SizeOf(path + "-wal") == 0);
}

}  // namespace

bool NoteSync(int fd) { return WalSyncs::Note(fd); }

}  // namespace bobbin::db

static int Fail() {
  errno = EIO;
  return -1;
}

// In front of libc's, for the whole test program.
extern "C" int fsync(int fd) {
  if (!bobbin::db::NoteSync(fd)) return Fail();
  return static_cast<int>(syscall(SYS_fsync, fd));
}
extern "C" int fdatasync(int fd) {
  if (!bobbin::db::NoteSync(fd)) return Fail();
  return static_cast<int>(syscall(SYS_fdatasync, fd));
}
