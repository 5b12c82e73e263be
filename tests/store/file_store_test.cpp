#include "store/file_store.h"

#include <atomic>
#include <memory>
#include <thread>
#include <vector>

#include "support/catch.h"
#include "support/store_fixture.h"

namespace bobbin::testing {
namespace {

constexpr size_t kBatch = store::FileUpload::kBatchBytes;

std::string Bytes(size_t size) {
  std::string bytes(size, '\0');
  for (size_t i = 0; i < size; ++i) {
    bytes[i] = static_cast<char>(i * 31 + i / 251);
  }
  return bytes;
}

// The steps of the plan of `sql`.
std::vector<std::string> PlanOf(db::Database& database,
                                const std::string& sql) {
  std::vector<std::string> steps;
  const Status status = database.Read([&](db::Connection& connection) {
    steps.clear();
    db::Query query(connection, "EXPLAIN QUERY PLAN " + sql);
    while (query.Row()) steps.emplace_back(query.Text(3));
    return Status();
  });
  REQUIRE(status.ok());
  return steps;
}

class FileFixture : public StoreFixture {
 public:
  using StoreFixture::StoreFixture;

  Status Put(std::string_view digest, std::string_view bytes,
             int64_t now_us = 5, std::string_view project = kProject) {
    store::FileUpload upload = files.Upload();
    Status status = upload.Add(bytes);
    if (status.ok()) status = upload.Finish(project, digest, now_us);
    return status;
  }

  std::string Get(std::string_view digest,
                  std::string_view project = kProject) {
    std::string bytes;
    const Status status =
        files.Feed(project, digest, [&](std::string_view chunk) {
          bytes += chunk;
          return true;
        });
    REQUIRE(status.ok());
    return bytes;
  }

  int64_t Rows(const std::string& table) {
    return NumberIn(*database, "SELECT count(*) FROM " + table);
  }
};

TEST_CASE_METHOD(FileFixture, "a file comes back byte by byte", "[store]") {
  const size_t size =
      GENERATE(0u, 1u, 1000u, (256u << 10) - 1, 256u << 10, (256u << 10) + 1,
               1'000'003u, kBatch, kBatch + 1, 2 * kBatch, 3 * kBatch + 7);
  const size_t step = GENERATE(60'000u, 5'000'000u);
  CAPTURE(size, step);
  const std::string bytes = Bytes(size);
  {
    store::FileUpload upload = files.Upload();
    for (size_t at = 0; at < size; at += step) {
      REQUIRE(upload.Add(std::string_view(bytes).substr(at, step)).ok());
      CHECK(files.TotalBytes(kProject).value() == 0);
    }
    REQUIRE(upload.Finish(kProject, "d1", 5).ok());
  }
  CHECK((Get("d1") == bytes));
  CHECK(files.SizeBytes(kProject, "d1").value() == static_cast<int64_t>(size));
  CHECK(files.TotalBytes(kProject).value() == static_cast<int64_t>(size));
  CHECK(NumberIn(*database,
                 "SELECT coalesce(max(length(data)), 0) FROM file_chunks") <=
        256 << 10);
}

TEST_CASE_METHOD(FileFixture, "the same file again changes nothing",
                 "[store]") {
  const std::string bytes = Bytes(GENERATE(3u, 3 * kBatch));
  REQUIRE(Put("d1", bytes, 5).ok());
  const int64_t chunks = Rows("file_chunks");
  REQUIRE(Put("d1", bytes, 6).ok());
  CHECK(Rows("files") == 1);
  CHECK(Rows("file_chunks") == chunks);
  CHECK(NumberIn(*database, "SELECT created_at_us FROM files") == 5);
  CHECK((Get("d1") == bytes));
}

TEST_CASE_METHOD(FileFixture, "a reader that has enough is asked no more",
                 "[store]") {
  REQUIRE(Put("d1", Bytes(kBatch)).ok());
  int chunks = 0;
  CHECK(
      files.Feed(kProject, "d1", [&](std::string_view) { return ++chunks < 2; })
          .ok());
  CHECK(chunks == 2);
}

TEST_CASE_METHOD(FileFixture, "whoever takes the bytes may use the database",
                 "[store]") {
  REQUIRE(Put("d1", Bytes(kBatch)).ok());
  CHECK(files
            .Feed(kProject, "d1",
                  [&](std::string_view chunk) { return Put("d2", chunk).ok(); })
            .ok());
}

TEST_CASE_METHOD(FileFixture, "an upload that breaks off leaves nothing",
                 "[store]") {
  REQUIRE(Put("d1", Bytes(kBatch + 1)).ok());
  const int64_t chunks = Rows("file_chunks");
  {
    store::FileUpload upload = files.Upload();
    REQUIRE(upload.Add(Bytes(20 * kBatch)).ok());
    CHECK(Rows("file_chunks") > chunks);
    CHECK(files.TotalBytes(kProject).value() == kBatch + 1);
  }
  CHECK(Rows("files") == 1);
  CHECK(Rows("file_chunks") == chunks);
  CHECK((Get("d1") == Bytes(kBatch + 1)));
}

// As after kill -9: nobody took back what the uploads had written.
TEST_CASE_METHOD(FileFixture, "what a killed program leaves is dropped",
                 "[store]") {
  REQUIRE(Put("d1", Bytes(kBatch + 1)).ok());
  const int64_t chunks = Rows("file_chunks");
  std::vector<std::unique_ptr<store::FileUpload>> uploads;
  for (int i = 0; i < 2; ++i) {
    uploads.push_back(std::make_unique<store::FileUpload>(*database, names));
    REQUIRE(uploads[i]->Add(Bytes(10 * kBatch)).ok());
  }
  CHECK(Rows("files") == 3);

  REQUIRE(store::DropUnfinished(*database).ok());
  CHECK(Rows("files") == 1);
  CHECK(Rows("file_chunks") == chunks);
  CHECK((Get("d1") == Bytes(kBatch + 1)));
  uploads.clear();  // do not mind that their rows are gone
  CHECK(Rows("files") == 1);
  REQUIRE(store::DropUnfinished(*database).ok());
}

TEST_CASE_METHOD(FileFixture, "a failed write fails the upload, not the others",
                 "[store]") {
  REQUIRE(database
              ->Write([](db::Connection& connection) {
                connection.Exec(
                    "CREATE TRIGGER full BEFORE INSERT ON file_chunks "
                    "WHEN NEW.chunk = 6 BEGIN SELECT RAISE(ABORT, 'full'); "
                    "END");
                return Status();
              })
              .ok());
  const Status status = Put("d1", Bytes(GENERATE(2 * kBatch, 3 * kBatch)));
  REQUIRE(!status.ok());
  CHECK(status.error().code == Code::kInternal);
  CHECK(Rows("files") == 0);
  CHECK(Rows("file_chunks") == 0);
  CHECK(Put("d2", Bytes(kBatch)).ok());
}

TEST_CASE_METHOD(FileFixture, "files belong to their project", "[store]") {
  REQUIRE(Put("d1", "abc").ok());
  REQUIRE(Put("d2", "defg", 5, "team/other").ok());
  CHECK(Get("d2", "team/other") == "defg");
  CHECK(files.TotalBytes(kProject).value() == 3);
  CHECK(files.TotalBytes("team/other").value() == 4);
  CHECK(files.TotalBytes("no/body").value() == 0);
  for (const auto& [project, digest] :
       {std::pair{"team/other", "d1"}, {"team/app", "d2"}, {"no/body", "d1"}}) {
    const std::string message =
        "File with digest " + std::string(digest) + " not found";
    const auto size = files.SizeBytes(project, digest);
    REQUIRE(!size.ok());
    CHECK(size.error().code == Code::kNotFound);
    CHECK(size.error().message == message);
    const Status fed =
        files.Feed(project, digest, [](std::string_view) { return true; });
    REQUIRE(!fed.ok());
    CHECK(fed.error().code == Code::kNotFound);
    CHECK(fed.error().message == message);
  }
}

TEST_CASE_METHOD(FileFixture, "no reading of files goes through a table",
                 "[store]") {
  for (const std::string sql :
       {"SELECT row_id FROM files WHERE project = 1 AND digest = 'd'",
        "SELECT size_bytes FROM files WHERE row_id = 1",
        "SELECT data FROM file_chunks WHERE file = 1 AND chunk = 0",
        "SELECT coalesce(sum(size_bytes), 0) FROM files WHERE project = 1",
        "SELECT row_id FROM files WHERE project = 0",
        "DELETE FROM file_chunks WHERE file = 1 AND chunk > (SELECT "
        "max(chunk) FROM file_chunks WHERE file = 1) - 16",
        "SELECT coalesce(max(row_id), 0) + 1 FROM files"}) {
    CAPTURE(sql);
    for (const std::string& step : PlanOf(*database, sql)) {
      CAPTURE(step);
      // The greatest row number is the last entry of the table.
      CHECK((step.starts_with("SEARCH") || step.starts_with("SCALAR")));
    }
  }
}

// All of them have the same file; each has a connection of its own.
TEST_CASE("a file that many send at once is kept once", "[store][threads]") {
  FileFixture store(db::Durability::kNormal);
  const std::string bytes = Bytes(3 * kBatch + 5);
  std::atomic<int> failed = 0;
  std::vector<std::thread> clients;
  for (int i = 0; i < 8; ++i) {
    clients.emplace_back([&] {
      if (!store.Put("d1", bytes).ok()) ++failed;
    });
  }
  for (std::thread& client : clients) client.join();
  CHECK(failed == 0);
  CHECK(store.Rows("files") == 1);
  CHECK(store.Rows("file_chunks") == 13);
  CHECK((store.Get("d1") == bytes));
}

}  // namespace
}  // namespace bobbin::testing
