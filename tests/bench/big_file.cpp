#include "bench/big_file.h"

#include <array>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <optional>

#include "base/hash.h"
#include "bench/http.h"
#include "bench/load.h"
#include "bench/measures.h"
#include "bench/server.h"
#include "bench/traffic.h"
#include "db/migrate.h"

namespace bobbin::bench {
namespace {

constexpr size_t kConnections = 4;
constexpr size_t kPartsPerBatch = 100;
// To be raised when the content of the file changes for other reasons than
// its schema.
constexpr int kContentVersion = 2;

std::string SchemaDigest() {
  std::string all;
  for (const EmbeddedFile& file : db::Migrations()) all += file.content;
  return HexSha256(all);
}

// The notes that are kept beside the file.
std::string NotesPath(const BigFile& big) { return big.path + ".json"; }

nlohmann::json Identity(const BigFile& big) {
  return {{"calls", big.calls},
          {"schema", SchemaDigest()},
          {"content", kContentVersion}};
}

void WriteNotes(const BigFile& big) {
  const nlohmann::json notes{{"identity", Identity(big)},
                             {"file_bytes", big.file_bytes},
                             {"stored_bytes", big.stored_bytes},
                             {"sent_bytes", big.sent_bytes},
                             {"parts_per_second", big.parts_per_second}};
  std::ofstream(NotesPath(big)) << notes.dump(2) << '\n';
}

// False if there is no such file, or another one.
bool ReadNotes(BigFile& big) {
  std::ifstream in(NotesPath(big));
  if (!in || !std::filesystem::exists(big.path)) return false;
  const auto notes = nlohmann::json::parse(in, nullptr, false);
  if (notes.is_discarded() || notes["identity"] != Identity(big)) return false;
  big.file_bytes = notes["file_bytes"];
  big.stored_bytes = notes["stored_bytes"];
  big.sent_bytes = notes["sent_bytes"];
  big.parts_per_second = notes["parts_per_second"];
  return true;
}

// Batches, made as they are needed. Each connection is a program of its own,
// which sends its batches one after the other.
class Batches {
 public:
  explicit Batches(BigFile& big) : big_(big) {
    const int64_t traces = big.calls / kCallsPerTrace;
    for (size_t i = 0; i < kConnections; ++i) {
      const auto begin = static_cast<int64_t>(i) * traces / kConnections;
      const auto end = static_cast<int64_t>(i + 1) * traces / kConnections;
      clients_[i].traffic.emplace(i + 1, PayloadBytes{}, end - begin);
    }
  }

  const std::string* Next(size_t connection) {
    Client& client = clients_[connection];
    std::string body = R"({"batch":[)";
    Part part;
    size_t parts = 0;
    while (parts < kPartsPerBatch && client.traffic->Next(part)) {
      if (parts++ > 0) body += ',';
      Add(body, part);
    }
    if (parts == 0) return nullptr;
    body += "]}";
    client.request = Post("/call/upsert_batch", body);
    return &client.request;
  }

  int64_t parts() const { return parts_; }

 private:
  struct Client {
    std::optional<Traffic> traffic;
    std::string request;
  };

  void Add(std::string& body, const Part& part) {
    AppendBatchItem(body, part);
    object_.clear();
    AppendObject(object_, part);
    big_.sent_bytes += static_cast<int64_t>(object_.size());
    big_.stored_bytes +=
        static_cast<int64_t>(part.attributes.size() + part.inputs.size() +
                             part.output.size() + part.summary.size());
    const int64_t all = 2 * big_.calls;
    if (++parts_ % (all / 5) == 0) {
      Say("  " + std::to_string(100 * parts_ / all) + " %");
    }
  }

  BigFile& big_;
  std::string object_;
  std::array<Client, kConnections> clients_;
  int64_t parts_ = 0;
};

}  // namespace

BigFile TakeBigFile(const Settings& settings, bool fresh) {
  BigFile big;
  big.calls = settings.calls;
  big.path = settings.File("calls_" + std::to_string(big.calls) + ".db");
  if (!fresh && ReadNotes(big)) return big;

  Say("filling a file with " + std::to_string(big.calls) + " calls");
  RemoveDatabase(big.path);
  std::filesystem::remove(NotesPath(big));
  Batches batches(big);
  Bobbin bobbin(settings.bobbin, big.path, "normal");
  const LoadResult load =
      RunLoad(bobbin.port(), kConnections, [&](int connection) {
        return batches.Next(static_cast<size_t>(connection));
      });
  big.parts_per_second = static_cast<double>(batches.parts()) / load.seconds;
  bobbin.Stop();
  big.file_bytes = static_cast<int64_t>(std::filesystem::file_size(big.path));
  WriteNotes(big);
  return big;
}

}  // namespace bobbin::bench
