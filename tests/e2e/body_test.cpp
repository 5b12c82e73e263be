// Bodies: how large, and in what wrapping.
#include <zlib.h>

#include <stdexcept>
#include <string>

#include "support/catch.h"
#include "support/connection.h"
#include "support/served.h"
#include "support/temp_dir.h"

namespace bobbin::testing {
namespace {

constexpr int kGzip = 15 + 16;  // zlib's window bits for the gzip format

std::string Gzip(std::string_view text) {
  z_stream stream = {};
  deflateInit2(&stream, Z_BEST_COMPRESSION, Z_DEFLATED, kGzip, 9,
               Z_DEFAULT_STRATEGY);
  std::string zipped(deflateBound(&stream, text.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(zipped.data());
  stream.avail_out = static_cast<uInt>(zipped.size());
  deflate(&stream, Z_FINISH);
  zipped.resize(stream.total_out);
  deflateEnd(&stream);
  return zipped;
}

std::string Gunzip(std::string_view zipped, size_t at_most) {
  z_stream stream = {};
  inflateInit2(&stream, kGzip);
  std::string text(at_most, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(zipped.data()));
  stream.avail_in = static_cast<uInt>(zipped.size());
  stream.next_out = reinterpret_cast<Bytef*>(text.data());
  stream.avail_out = static_cast<uInt>(text.size());
  const int result = inflate(&stream, Z_FINISH);
  text.resize(stream.total_out);
  inflateEnd(&stream);
  if (result != Z_STREAM_END) throw std::runtime_error("not a whole gzip");
  return text;
}

// Inputs with one string, so that the body of the start is `bytes` long.
std::string InputsFor(std::string_view id, size_t bytes) {
  const std::string empty = R"({"x":""})";
  const size_t envelope = StartBody(id, empty).size();
  return R"({"x":")" + std::string(bytes - envelope, 'y') + R"("})";
}

std::string InChunks(std::string_view body, size_t size) {
  std::string chunks;
  for (; !body.empty(); body.remove_prefix(std::min(size, body.size()))) {
    const std::string_view piece = body.substr(0, size);
    char length[20];
    std::snprintf(length, sizeof length, "%zx\r\n", piece.size());
    chunks.append(length).append(piece).append("\r\n");
  }
  return chunks + "0\r\n\r\n";
}

constexpr std::string_view kChunkedHead =
    "POST /call/start HTTP/1.1\r\nHost: localhost\r\n"
    "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n";

std::string StoredInputs(const Served& bobbin, std::string_view id) {
  const Answer answer = bobbin.NewClient().Post("/call/read", ReadBody(id));
  return RawMember(answer.body, "inputs");
}

TEST_CASE("a body as large as --max-body is taken, one byte more is 413",
          "[e2e]") {
  Served bobbin({"--ephemeral", "--max-body", "100000"});
  Client client = bobbin.NewClient();
  const std::string fits = InputsFor("c1", 100'000);
  CHECK(client.Post("/call/start", StartBody("c1", fits)).status == 200);
  CHECK((StoredInputs(bobbin, "c1") == fits));

  const Answer refused =
      client.Post("/call/start", StartBody("c2", InputsFor("c2", 100'001)));
  CHECK(refused.status == 413);
  CHECK_THAT(refused.body, Catch::Contains(R"("reason":)"));
  CHECK(StoredInputs(bobbin, "c2").empty());
  CHECK(bobbin.NewClient().Get("/health").status == 200);
}

TEST_CASE("a zipped body counts as what it unzips to", "[e2e]") {
  Served bobbin({"--ephemeral", "--max-body", "100000"});
  Client client = bobbin.NewClient();
  const Headers zipped = {{"Content-Encoding", "gzip"}};
  const std::string fits = InputsFor("c1", 100'000);
  CHECK(
      client.Post("/call/start", Gzip(StartBody("c1", fits)), zipped).status ==
      200);
  CHECK((StoredInputs(bobbin, "c1") == fits));

  SECTION("one byte too many") {
    const std::string body = StartBody("c2", InputsFor("c2", 100'001));
    CHECK(client.Post("/call/start", Gzip(body), zipped).status == 413);
  }
  SECTION("a bomb") {
    const std::string body = StartBody("c2", InputsFor("c2", 80'000'000));
    REQUIRE(Gzip(body).size() < 100'000);
    CHECK(client.Post("/call/start", Gzip(body), zipped).status == 413);
  }
  CHECK(StoredInputs(bobbin, "c2").empty());
  CHECK(bobbin.NewClient().Get("/health").status == 200);
}

TEST_CASE("a body that claims to be zipped and is not is the sender's error",
          "[e2e]") {
  Served bobbin({"--ephemeral"});
  const Headers zipped = {{"Content-Encoding", "gzip"}};
  std::string wrong = Gzip(StartBody("c1"));
  SECTION("not zipped at all") { wrong = StartBody("c1"); }
  SECTION("cut off") { wrong.resize(wrong.size() - 1); }
  SECTION("with something after it") { wrong += "more"; }
  CHECK(bobbin.NewClient().Post("/call/start", wrong, zipped).status == 400);
  CHECK(StoredInputs(bobbin, "c1").empty());
  CHECK(bobbin.NewClient().Get("/health").status == 200);
}

TEST_CASE("who expects 100-continue is told to go on", "[e2e]") {
  Served bobbin({"--ephemeral"});
  const std::string body = StartBody("c1");
  Connection connection(bobbin.port());
  REQUIRE(connection.Send(
      PostHead("/call/start", body.size(), "Expect: 100-continue\r\n")));
  REQUIRE(connection.ReadAnswer().status == 100);
  REQUIRE(connection.Send(body));
  CHECK(connection.ReadAnswer().status == 200);
  CHECK(StoredInputs(bobbin, "c1") == "{}");
}

TEST_CASE("a body in chunks is put together", "[e2e]") {
  Served bobbin({"--ephemeral", "--max-body", "100000"});
  const size_t chunk = GENERATE(1, 7, 4096, 1 << 20);
  const std::string fits = InputsFor("c1", chunk == 1 ? 1000 : 100'000);
  Connection connection(bobbin.port());
  for (int i = 0; i < 2; ++i) {  // the connection is fit for another request
    REQUIRE(connection.Send(kChunkedHead));
    REQUIRE(connection.Send(InChunks(StartBody("c1", fits), chunk)));
    CHECK(connection.ReadAnswer().status == 200);
  }
  CHECK((StoredInputs(bobbin, "c1") == fits));
}

TEST_CASE("a body in chunks that is too large is 413", "[e2e]") {
  Served bobbin({"--ephemeral", "--max-body", "100000"});
  const std::string body = StartBody("c1", InputsFor("c1", 100'001));
  Connection connection(bobbin.port());
  REQUIRE(connection.Send(kChunkedHead));
  REQUIRE(connection.Send(InChunks(body, 4096)));
  CHECK(connection.ReadAnswer().status == 413);
  CHECK(StoredInputs(bobbin, "c1").empty());
}

TEST_CASE("a string of 20 MB comes back exactly", "[e2e]") {
  const TempDir dir;
  Served bobbin({"--db", dir.File("calls.db")});
  std::string inputs = R"({"x":")";
  for (int i = 0; inputs.size() < (20u << 20); ++i) {
    inputs += std::to_string(i) + "é😀\\n\\u0000";
  }
  inputs += R"("})";
  Client client = bobbin.NewClient();
  REQUIRE(client.Post("/call/start", StartBody("c1", inputs)).status == 200);
  REQUIRE(client.Post("/call/end", EndBody("c1", inputs)).status == 200);

  const Answer read = client.Post("/call/read", ReadBody("c1"));
  CHECK((RawMember(read.body, "inputs") == inputs));
  CHECK((RawMember(read.body, "output") == inputs));
  const Answer stream =
      client.Post("/calls/stream_query", R"({"project_id":"team/e2e"})");
  CHECK((RawMember(stream.body, "inputs") == inputs));
}

TEST_CASE("an answer is zipped for those who ask", "[e2e]") {
  Served bobbin({"--ephemeral"});
  Client client = bobbin.NewClient();
  const std::string inputs = InputsFor("c1", 50'000);
  REQUIRE(client.Post("/call/start", StartBody("c1", inputs)).status == 200);
  const auto [path, body] = GENERATE(table<std::string, std::string>(
      {{"/call/read", ReadBody("c1")},
       {"/calls/stream_query", R"({"project_id":"team/e2e"})"}}));
  CAPTURE(path);
  Connection connection(bobbin.port());
  REQUIRE(connection.Send(
      PostHead(path, body.size(), "Accept-Encoding: gzip\r\n") + body));
  const RawAnswer answer = connection.ReadAnswer();
  REQUIRE(answer.status == 200);
  CHECK_THAT(answer.head, Catch::Contains("Content-Encoding: gzip\r\n"));
  CHECK(answer.body.size() < 10'000);
  CHECK((Gunzip(answer.body, 100'000) == client.Post(path, body).body));
}

}  // namespace
}  // namespace bobbin::testing
