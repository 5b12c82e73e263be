-- 0007: tables, lists of rows that are kept under their digest.
--
-- A row is kept once in its project, however many tables have it. A table is
-- a short list of chunks; a chunk is a list of rows that never changes, so
-- that a table made out of another shares all chunks that it leaves alone.

CREATE TABLE table_rows (
  row_id    INTEGER PRIMARY KEY,
  project   INTEGER NOT NULL,   -- projects.row_id
  digest    TEXT NOT NULL,
  val_bytes INTEGER NOT NULL,
  val       TEXT NOT NULL,      -- JSON, as first sent
  UNIQUE (project, digest)
) STRICT;

CREATE TABLE row_chunks (
  row_id    INTEGER PRIMARY KEY,
  val_bytes INTEGER NOT NULL,   -- sum of its rows'
  digests   TEXT NOT NULL       -- of its rows, in order and without a gap,
                                -- as the digest of a table is made of them
) STRICT;

CREATE TABLE chunk_rows (
  chunk     INTEGER NOT NULL,   -- row_chunks.row_id
  position  INTEGER NOT NULL,   -- from 0, without a gap
  table_row INTEGER NOT NULL,   -- table_rows.row_id
  PRIMARY KEY (chunk, position)
) STRICT, WITHOUT ROWID;

-- Serves: where in a table is this row?
CREATE INDEX chunk_rows_by_row ON chunk_rows (table_row);

CREATE TABLE tables (
  row_id        INTEGER PRIMARY KEY,
  project       INTEGER NOT NULL,   -- projects.row_id
  digest        TEXT NOT NULL,
  row_count     INTEGER NOT NULL,
  val_bytes     INTEGER NOT NULL,   -- sum of its rows'
  created_at_us INTEGER NOT NULL,
  UNIQUE (project, digest)
) STRICT;

CREATE TABLE table_chunks (
  table_id    INTEGER NOT NULL,   -- tables.row_id
  first_index INTEGER NOT NULL,   -- in the table, of the chunk's first row
  chunk       INTEGER NOT NULL,   -- row_chunks.row_id
  PRIMARY KEY (table_id, first_index)
) STRICT, WITHOUT ROWID;

-- Serves: is this chunk one of this table's, and where?
CREATE UNIQUE INDEX table_chunks_by_chunk ON table_chunks (table_id, chunk);
