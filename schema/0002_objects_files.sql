-- 0002: published objects (versions of a value under a name) and files.

CREATE TABLE objects (
  row_id            INTEGER PRIMARY KEY,
  project           INTEGER NOT NULL,   -- projects.row_id
  kind              TEXT NOT NULL,      -- 'op' or 'object'
  object_id         TEXT NOT NULL,
  version_index     INTEGER NOT NULL,   -- 0, 1, ...; never used again
  digest            TEXT NOT NULL,
  published_at_us   INTEGER NOT NULL,   -- moves when the same value is
                                        -- published again
  publish_order     INTEGER NOT NULL,   -- greatest among the living: latest
  created_at_us     INTEGER NOT NULL,
  deleted_at_us     INTEGER,
  base_object_class TEXT,
  leaf_object_class TEXT,
  wb_user_id        TEXT,
  val               TEXT NOT NULL,      -- JSON as sent
  UNIQUE (project, object_id, kind, version_index)
) STRICT;

-- Serves: "is this value already a version?"; reading by content digest.
CREATE UNIQUE INDEX objects_by_digest ON objects (project, object_id, kind, digest)
  WHERE deleted_at_us IS NULL;

-- Serves: the latest version.
CREATE INDEX objects_by_publish_order ON objects (project, object_id, publish_order)
  WHERE deleted_at_us IS NULL;

-- Bytes under their digest. Chunks are numbered from 0.
CREATE TABLE files (
  row_id        INTEGER PRIMARY KEY,
  project       INTEGER NOT NULL,       -- projects.row_id
  digest        TEXT NOT NULL,
  size_bytes    INTEGER NOT NULL,
  created_at_us INTEGER NOT NULL,
  UNIQUE (project, digest)
) STRICT;

CREATE TABLE file_chunks (
  file  INTEGER NOT NULL,               -- files.row_id
  chunk INTEGER NOT NULL,
  data  BLOB NOT NULL,
  PRIMARY KEY (file, chunk)
) STRICT;
