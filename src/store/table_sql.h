// The statements of tables, but for the one that lists rows
// (query/tables_sql.h). Each runs along an index; tests ask SQLite whether it
// does.
#pragma once

#include <array>
#include <string_view>

namespace bobbin::store {

// Looking up.
inline constexpr std::string_view kFindTable =
    "SELECT row_id, row_count, val_bytes FROM tables "
    "WHERE project = ? AND digest = ?";
inline constexpr std::string_view kFindTableRow =
    "SELECT row_id, val_bytes FROM table_rows WHERE project = ? AND digest = ?";
inline constexpr std::string_view kListChunks =
    "SELECT t.chunk, k.val_bytes, k.digests FROM table_chunks t "
    "CROSS JOIN row_chunks k ON k.row_id = t.chunk "
    "WHERE t.table_id = ? ORDER BY t.first_index";
// `w` is a JSON list of digests; each table once, in the order of the list.
inline constexpr std::string_view kStatsOfTables =
    "SELECT t.digest, t.row_count, t.val_bytes FROM json_each(?2) w "
    "CROSS JOIN tables t ON t.project = ?1 AND t.digest = w.value "
    "GROUP BY t.row_id ORDER BY min(w.key)";

// Rows that refs name: `w` is a JSON list of pairs.
inline constexpr std::string_view kRowsByDigest =
    "SELECT w.key, r.val FROM json_each(?2) w "
    "CROSS JOIN tables t ON t.project = ?1 "
    "AND t.digest = json_extract(w.value, '$[0]') "
    "CROSS JOIN table_rows r ON r.project = ?1 "
    "AND r.digest = json_extract(w.value, '$[1]') "
    "WHERE EXISTS (SELECT 1 FROM chunk_rows c CROSS JOIN table_chunks k "
    "ON k.table_id = t.row_id AND k.chunk = c.chunk "
    "WHERE c.table_row = r.row_id)";
inline constexpr std::string_view kRowsByIndex =
    "SELECT w.key, r.val FROM json_each(?2) w "
    "CROSS JOIN tables t ON t.project = ?1 "
    "AND t.digest = json_extract(w.value, '$[0]') "
    "CROSS JOIN table_chunks k ON k.table_id = t.row_id AND k.first_index = "
    "(SELECT max(first_index) FROM table_chunks WHERE table_id = t.row_id "
    "AND first_index <= json_extract(w.value, '$[1]')) "
    "CROSS JOIN chunk_rows c ON c.chunk = k.chunk "
    "AND c.position = json_extract(w.value, '$[1]') - k.first_index "
    "CROSS JOIN table_rows r ON r.row_id = c.table_row";

// Writing.
inline constexpr std::string_view kAddTableRow =
    "INSERT INTO table_rows (project, digest, val_bytes, val) "
    "VALUES (?, ?, ?, ?) ON CONFLICT (project, digest) DO NOTHING";
inline constexpr std::string_view kAddChunk =
    "INSERT INTO row_chunks (val_bytes, digests) VALUES (?, ?)";
inline constexpr std::string_view kAddChunkRow =
    "INSERT INTO chunk_rows (chunk, position, table_row) VALUES (?, ?, ?)";
inline constexpr std::string_view kAddTable =
    "INSERT INTO tables (project, digest, row_count, val_bytes, "
    "created_at_us) VALUES (?, ?, ?, ?, ?) "
    "ON CONFLICT (project, digest) DO NOTHING";
inline constexpr std::string_view kAddTableChunk =
    "INSERT INTO table_chunks (table_id, first_index, chunk) VALUES (?, ?, ?)";

inline constexpr std::array kTableReads{kFindTable,    kFindTableRow,
                                        kListChunks,   kStatsOfTables,
                                        kRowsByDigest, kRowsByIndex};

}  // namespace bobbin::store
