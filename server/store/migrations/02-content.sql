-- A chunk is reached through files: how their names end stays with the scope, so that a rule on receiving (FIL-01) holds for chunks too.
CREATE TABLE new_chunk_scopes (
  tenant_id TEXT NOT NULL,
  hash TEXT NOT NULL,
  -- A space id, a room id, or `upload:<member>` for what that member sent.
  scope_id TEXT NOT NULL,
  -- What follows the dots of the file's name, folded; empty for none and for uploads.
  ending TEXT NOT NULL,
  PRIMARY KEY (tenant_id, hash, scope_id, ending)
);
INSERT INTO new_chunk_scopes SELECT tenant_id, hash, scope_id, '' FROM chunk_scopes;
DROP TABLE chunk_scopes;
ALTER TABLE new_chunk_scopes RENAME TO chunk_scopes;

-- One my drive a member, made when it is first looked at.
CREATE UNIQUE INDEX spaces_by_owner ON spaces (tenant_id, owner_id) WHERE kind = 'my';
-- The feed of Talk reads rooms by their last change.
CREATE INDEX rooms_by_change ON rooms (tenant_id, change);
-- The trash of a space.
CREATE INDEX nodes_by_trash ON nodes (tenant_id, space_id, trashed_at) WHERE trashed_at IS NOT NULL;
