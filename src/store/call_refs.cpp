#include "store/call_refs.h"

#include <string>

#include "json/path.h"

namespace bobbin::store {

using db::Connection;
using db::Query;

void WriteRefs(Connection& connection, int64_t call, RefSide side,
               std::span<const std::string_view> refs) {
  for (const std::string_view raw : refs) {
    std::string plain;
    if (raw.find('\\') != std::string_view::npos) {
      plain = json::Unquote('"' + std::string(raw) + '"');
    }
    const std::string_view ref = plain.empty() ? raw : std::string_view(plain);
    Query(connection,
          "INSERT INTO refs (ref) VALUES (?) ON CONFLICT DO NOTHING")
        .Bind(ref)
        .Run();
    Query(connection,
          "INSERT INTO call_refs (ref, side, call) VALUES "
          "((SELECT row_id FROM refs WHERE ref = ?), ?, ?) "
          "ON CONFLICT DO NOTHING")
        .Bind(ref)
        .Bind(static_cast<int64_t>(side))
        .Bind(call)
        .Run();
  }
}

void ClearRefs(Connection& connection, int64_t call, RefSide side) {
  Query(connection, "DELETE FROM call_refs WHERE call = ? AND side = ?")
      .Bind(call)
      .Bind(static_cast<int64_t>(side))
      .Run();
}

}  // namespace bobbin::store
