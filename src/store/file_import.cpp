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

// The row of the file that is not yet whole.
std::optional<int64_t> FindPlace(Connection& connection, int64_t project,
                                 std::string_view digest) {
  const std::string name = PlaceName(project, digest);
  return FindFile(connection, 0, name);
}

int64_t MakePlace(Connection& connection, int64_t project,
                  std::string_view digest) {
  const std::string name = PlaceName(project, digest);
  Query(connection,
        "INSERT INTO files (project, digest, size_bytes, created_at_us) "
        "VALUES (0, ?, 0, 0)")
      .Bind(std::string_view(name))
      .Run();
  return connection.last_insert_row_id();
}

// How many pieces there are, without a gap.
int64_t PiecesOf(Connection& connection, int64_t file) {
  Query last(connection,
             "SELECT max(chunk) + 1 FROM file_chunks WHERE file = ?");
  last.Bind(file).Row();
  return last.OptInt(0).value_or(0);
}

struct Content {
  int64_t bytes = 0;
  std::string digest = {};
};

Content ReadContent(Connection& connection, int64_t file) {
  Content content;
  DigestBuilder digest;
  Query query(connection,
              "SELECT data FROM file_chunks WHERE file = ? ORDER BY chunk");
  query.Bind(file);
  while (query.Row()) {
    const std::string_view data = query.Text(0);
    content.bytes += static_cast<int64_t>(data.size());
    digest.Add(data);
  }
  content.digest = digest.Finish();
  return content;
}

}  // namespace

Result<bool> ImportFilePiece(Connection& connection, int64_t project,
                             const TransferLine& line) {
  const std::string_view digest = line.Text(FilePieceField::kDigest);
  if (FindFile(connection, project, digest)) return false;
  const std::optional<int64_t> place = FindPlace(connection, project, digest);
  const int64_t piece = line.Int(FilePieceField::kPiece);
  if (piece == 0 && place) {
    // An import that was cut begins again.
    Query(connection, "DELETE FROM file_chunks WHERE file = ?")
        .Bind(*place)
        .Run();
  } else if (piece != (place ? PiecesOf(connection, *place) : 0)) {
    return Invalid("piece " + std::to_string(piece) + " of file " +
                   std::string(digest) + " does not come after the one before");
  }
  const int64_t file = place ? *place : MakePlace(connection, project, digest);
  Query insert(connection,
               "INSERT INTO file_chunks (file, chunk, data) VALUES (?, ?, ?)");
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
  const std::optional<int64_t> place = FindPlace(connection, project, digest);
  // An empty file has no pieces.
  const int64_t file = place ? *place : MakePlace(connection, project, digest);
  const Content content = ReadContent(connection, file);
  if (content.bytes != line.Int(FileField::kSizeBytes) ||
      content.digest != digest) {
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
