#include "store/file_import.h"

#include <optional>
#include <string>

#include "base/hash.h"
#include "store/file_store.h"

namespace bobbin::store {
namespace {

using db::Connection;
using db::Query;

// What stands in `files.digest` until the file is whole. It is no digest.
std::string PlaceName(int64_t project, std::string_view digest) {
  return "import " + std::to_string(project) + ' ' + std::string(digest);
}

// The row of the file that is not yet whole, made if there is none.
int64_t Place(Connection& connection, int64_t project,
              std::string_view digest) {
  const std::string name = PlaceName(project, digest);
  const std::optional<int64_t> row = FindFile(connection, 0, name);
  if (row) return *row;
  Query(connection,
        "INSERT INTO files (project, digest, size_bytes, created_at_us) "
        "VALUES (0, ?, 0, 0)")
      .Bind(std::string_view(name))
      .Run();
  return connection.last_insert_row_id();
}

struct Pieces {
  int64_t bytes = 0;
  bool in_order = true;
  std::string digest = {};
};

Pieces ReadPieces(Connection& connection, int64_t file) {
  Pieces pieces;
  DigestBuilder digest;
  Query query(connection,
              "SELECT chunk, data FROM file_chunks WHERE file = ? "
              "ORDER BY chunk");
  query.Bind(file);
  for (int64_t chunk = 0; query.Row(); ++chunk) {
    pieces.in_order = pieces.in_order && query.Int(0) == chunk;
    const std::string_view data = query.Text(1);
    pieces.bytes += static_cast<int64_t>(data.size());
    digest.Add(data);
  }
  pieces.digest = digest.Finish();
  return pieces;
}

}  // namespace

Result<bool> ImportFilePiece(Connection& connection, int64_t project,
                             const TransferLine& line) {
  const std::string_view digest = line.Text(FilePieceField::kDigest);
  if (FindFile(connection, project, digest)) return false;
  const int64_t file = Place(connection, project, digest);
  Query insert(connection,
               "INSERT OR REPLACE INTO file_chunks (file, chunk, data) "
               "VALUES (?, ?, ?)");
  insert.Bind(file);
  line.Bind(insert, FilePieceField::kPiece);
  line.Bind(insert, FilePieceField::kData);
  insert.Run();
  return true;
}

Result<bool> ImportFile(Connection& connection, int64_t project,
                        const TransferLine& line) {
  const std::string_view digest = line.Text(FileField::kDigest);
  if (FindFile(connection, project, digest)) return false;
  const int64_t file = Place(connection, project, digest);
  const Pieces pieces = ReadPieces(connection, file);
  if (!pieces.in_order || pieces.bytes != line.Int(FileField::kSizeBytes) ||
      pieces.digest != digest) {
    return Invalid("the pieces of file " + std::string(digest) +
                   " are not the file");
  }
  Query update(connection,
               "UPDATE files SET project = ?, digest = ?, size_bytes = ?, "
               "created_at_us = ? WHERE row_id = ?");
  update.Bind(project);
  line.Bind(update, FileField::kDigest);
  line.Bind(update, FileField::kSizeBytes);
  line.Bind(update, FileField::kCreatedAt);
  update.Bind(file).Run();
  return true;
}

}  // namespace bobbin::store
