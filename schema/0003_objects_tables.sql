-- 0003: tags and aliases of objects, and more ways to find objects.

-- Serves: the versions of a kind, the latest first; "is there a later one?".
CREATE INDEX objects_by_kind ON objects (project, object_id, kind, publish_order)
  WHERE deleted_at_us IS NULL;

-- Lists come in the order of creation; the row number, which breaks ties, is
-- at the end of every index.

-- Serves: the list of a whole project.
CREATE INDEX objects_by_creation ON objects (project, created_at_us)
  WHERE deleted_at_us IS NULL;

-- Serves: the list of the ops, or of what is no op.
CREATE INDEX objects_by_kind_and_creation ON objects (project, kind, created_at_us)
  WHERE deleted_at_us IS NULL;

-- Serves: the versions of an object; lists by name; the next name there is.
CREATE INDEX objects_by_name ON objects (project, object_id, created_at_us)
  WHERE deleted_at_us IS NULL;

-- Serves: the list of a base class.
CREATE INDEX objects_by_base_class ON objects (project, base_object_class, created_at_us)
  WHERE deleted_at_us IS NULL AND base_object_class IS NOT NULL;

-- Serves: the list of a leaf class.
CREATE INDEX objects_by_leaf_class ON objects (project, leaf_object_class, created_at_us)
  WHERE deleted_at_us IS NULL AND leaf_object_class IS NOT NULL;

-- Serves: "was this value deleted?".
CREATE INDEX objects_deleted ON objects (project, object_id, digest)
  WHERE deleted_at_us IS NOT NULL;

-- Words on versions: each on as many as wanted. In this order it serves the
-- tags of a project and the versions that have a tag.
CREATE TABLE object_tags (
  project INTEGER NOT NULL,   -- projects.row_id
  tag     TEXT NOT NULL,
  object  INTEGER NOT NULL,   -- objects.row_id of a version that is alive
  PRIMARY KEY (project, tag, object)
) STRICT, WITHOUT ROWID;

-- Serves: the tags of a version.
CREATE INDEX object_tags_by_object ON object_tags (object, tag);

-- Names for versions: each on one version of an object at a time.
CREATE TABLE object_aliases (
  project   INTEGER NOT NULL, -- projects.row_id
  object_id TEXT NOT NULL,
  alias     TEXT NOT NULL,
  object    INTEGER NOT NULL, -- objects.row_id of a version that is alive
  PRIMARY KEY (project, object_id, alias)
) STRICT, WITHOUT ROWID;

-- Serves: the aliases of a version.
CREATE INDEX object_aliases_by_object ON object_aliases (object, alias);

-- Serves: the aliases of a project, and the versions that have an alias.
CREATE INDEX object_aliases_by_alias ON object_aliases (project, alias, object);
