// Large files: in bounded memory, and all or nothing.
#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>

#include <atomic>
#include <cstdio>
#include <fstream>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "base/hash.h"
#include "support/catch.h"
#include "support/connection.h"
#include "support/served.h"
#include "support/temp_dir.h"

namespace bobbin::testing {
namespace {

constexpr size_t kMb = 1'000'000;
constexpr int kBoundKib = 32 << 10;

constexpr std::string_view kFormHead =
    "--XX\r\nContent-Disposition: form-data; name=\"project_id\"\r\n\r\n"
    "team/e2e\r\n"
    "--XX\r\nContent-Disposition: form-data; name=\"file\"; "
    "filename=\"blob\"\r\n\r\n";
constexpr std::string_view kFormEnd = "\r\n--XX--\r\n";

// The piece of a file with this number: unlike all others.
std::string PieceOf(size_t number) {
  std::string piece;
  piece.reserve(kMb);
  while (piece.size() < kMb) {
    piece += std::to_string(number * 1'000'003 + piece.size()) + "\r\n--XX ";
  }
  piece.resize(kMb);
  return piece;
}

std::string DigestOf(size_t pieces) {
  DigestBuilder digest;
  for (size_t i = 0; i < pieces; ++i) digest.Add(PieceOf(i));
  return digest.Finish();
}

void SendHead(Connection& connection, size_t bytes) {
  REQUIRE(connection.Send(
      "POST /file/create HTTP/1.1\r\nHost: localhost\r\n"
      "Content-Type: multipart/form-data; boundary=XX\r\nContent-Length: " +
      std::to_string(kFormHead.size() + bytes + kFormEnd.size()) + "\r\n\r\n"));
  REQUIRE(connection.Send(kFormHead));
}

// Sends a file of so many pieces in chunks of unknown number. False if the
// server does not take them.
bool SendInChunks(Connection& connection, size_t pieces) {
  const auto send = [&](std::string_view chunk) {
    char size[20];
    std::snprintf(size, sizeof size, "%zx\r\n", chunk.size());
    return connection.Send(size) && connection.Send(chunk) &&
           connection.Send("\r\n");
  };
  bool sent = connection.Send(
                  "POST /files/create HTTP/1.1\r\nHost: localhost\r\n"
                  "Content-Type: multipart/form-data; boundary=XX\r\n"
                  "Transfer-Encoding: chunked\r\n\r\n") &&
              send(kFormHead);
  for (size_t i = 0; i < pieces; ++i) sent = sent && send(PieceOf(i));
  return sent && send(kFormEnd) && connection.Send("0\r\n\r\n");
}

// Sends a file of so many pieces and waits for the answer.
RawAnswer Upload(Connection& connection, size_t pieces) {
  SendHead(connection, pieces * kMb);
  for (size_t i = 0; i < pieces; ++i) REQUIRE(connection.Send(PieceOf(i)));
  REQUIRE(connection.Send(kFormEnd));
  return connection.ReadAnswer();
}

// Reads a file and returns the digest of what came.
std::string Download(Connection& connection, const std::string& digest) {
  const std::string query =
      R"({"project_id":"team/e2e","digest":")" + digest + "\"}";
  REQUIRE(connection.Send(PostHead("/file/content", query.size()) + query));
  DigestBuilder builder;
  const RawAnswer answer = connection.ReadAnswer(
      [&](std::string_view piece) { builder.Add(piece); });
  REQUIRE(answer.status == 200);
  CHECK_THAT(answer.head, Catch::Contains("Content-Length: "));
  return builder.Finish();
}

int StatusKib(pid_t pid, const std::string& name) {
  std::ifstream status("/proc/" + std::to_string(pid) + "/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with(name + ":")) {
      return std::stoi(line.substr(name.size() + 1));
    }
  }
  throw std::runtime_error("no " + name);
}

int64_t CountIn(const std::string& file, const std::string& table) {
  SQLite::Database database(file, SQLite::OPEN_READONLY, 10'000);
  return database.execAndGet("SELECT count(*) FROM " + table).getInt64();
}

// Sends half a file, and returns when some of it is in the database.
void SendHalf(Connection& connection, const std::string& file) {
  const int64_t chunks = CountIn(file, "file_chunks");
  SendHead(connection, 20 * kMb);
  for (size_t i = 0; i < 10; ++i) REQUIRE(connection.Send(PieceOf(i)));
  while (CountIn(file, "file_chunks") == chunks) std::this_thread::yield();
}

TEST_CASE("100 MB go in and come out in little memory", "[e2e]") {
  const TempDir dir;
  Served bobbin({"--db", dir.File("x.db"), "--max-body", "256MiB"});
  const pid_t pid = bobbin.process().pid();
  Connection connection(bobbin.port());
  const int idle_kib = StatusKib(pid, "VmRSS");
  const std::string digest = DigestOf(100);

  const RawAnswer created = Upload(connection, 100);
  CHECK(created.status == 200);
  CHECK(created.body == R"({"digest":")" + digest + "\"}");
  CHECK(StatusKib(pid, "VmHWM") < idle_kib + kBoundKib);
  CHECK(Download(connection, digest) == digest);
  CHECK(StatusKib(pid, "VmHWM") < idle_kib + kBoundKib);

  SECTION("and are there after a restart") {
    REQUIRE(bobbin.Stop() == 0);
    Served again({"--db", dir.File("x.db")});
    Connection reader(again.port());
    CHECK(Download(reader, digest) == digest);
  }
}

TEST_CASE("eight clients that send and read a file at once need little memory",
          "[e2e]") {
  constexpr size_t kPieces = 25;
  const TempDir dir;
  Served bobbin({"--db", dir.File("x.db"), "--durability", "normal"});
  const pid_t pid = bobbin.process().pid();
  const int idle_kib = StatusKib(pid, "VmRSS");
  const std::string digest = DigestOf(kPieces);
  std::vector<Connection> connections;
  for (int i = 0; i < 8; ++i) connections.emplace_back(bobbin.port());
  std::atomic<int> right = 0;
  std::vector<std::thread> threads;
  for (Connection& connection : connections) {
    threads.emplace_back([&] {
      if (SendInChunks(connection, kPieces) &&
          connection.ReadAnswer().status == 200) {
        ++right;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(right == 8);
  CHECK(StatusKib(pid, "VmHWM") < idle_kib + kBoundKib);

  CHECK(bobbin.NewClient()
            .Post("/files/query_stats", R"({"project_id":"team/e2e"})")
            .body ==
        R"({"total_size_bytes":)" + std::to_string(kPieces * kMb) + "}");
  CHECK(CountIn(dir.File("x.db"), "files") == 1);
  CHECK(CountIn(dir.File("x.db"), "file_chunks") == (kPieces * kMb >> 18) + 1);
  Connection reader(bobbin.port());
  CHECK(Download(reader, digest) == digest);
}

TEST_CASE("an upload whose client goes leaves nothing", "[e2e]") {
  const TempDir dir;
  const std::string file = dir.File("x.db");
  Served bobbin({"--db", file});
  {
    Connection connection(bobbin.port());
    SendHalf(connection, file);
  }
  while (CountIn(file, "files") > 0) std::this_thread::yield();
  CHECK(CountIn(file, "file_chunks") == 0);
  CHECK(bobbin.NewClient().Get("/health").status == 200);
}

TEST_CASE("an upload that the server did not survive leaves nothing", "[e2e]") {
  const TempDir dir;
  const std::string file = dir.File("x.db");
  Served bobbin({"--db", file});
  Connection connection(bobbin.port());
  REQUIRE(Upload(connection, 2).status == 200);
  const int64_t chunks = CountIn(file, "file_chunks");
  Connection broken(bobbin.port());
  SendHalf(broken, file);
  bobbin.Kill();

  Served again({"--db", file});
  CHECK(CountIn(file, "file_chunks") == chunks);
  CHECK(CountIn(file, "files") == 1);
  Connection reader(again.port());
  CHECK(Download(reader, DigestOf(2)) == DigestOf(2));
}

TEST_CASE("a file beyond --max-body is 413 and leaves nothing", "[e2e]") {
  const TempDir dir;
  const std::string file = dir.File("x.db");
  Served bobbin({"--db", file, "--max-body", "10000000"});
  Connection connection(bobbin.port());
  REQUIRE(SendInChunks(connection, 10));
  CHECK(connection.ReadAnswer().status == 413);
  CHECK(CountIn(file, "files") == 0);
  CHECK(CountIn(file, "file_chunks") == 0);
}

}  // namespace
}  // namespace bobbin::testing
