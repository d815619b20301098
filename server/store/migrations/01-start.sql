-- One file for both databases: $BYTES becomes BLOB or BYTEA. Booleans are 0/1, times epoch milliseconds, lists JSON text.
CREATE TABLE server_secrets (name TEXT PRIMARY KEY, value TEXT NOT NULL);

CREATE TABLE tenants (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  display_name TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  -- Counts every change in Talk, raised in the same transaction as the change: commit order without gaps.
  talk_change BIGINT NOT NULL DEFAULT 0,
  policy TEXT NOT NULL,
  policy_revision BIGINT NOT NULL DEFAULT 0
);

CREATE TABLE organisations (
  tenant_id TEXT NOT NULL REFERENCES tenants (id),
  id TEXT NOT NULL,
  parent_id TEXT,
  name TEXT NOT NULL,
  PRIMARY KEY (tenant_id, id)
);

CREATE TABLE members (
  tenant_id TEXT NOT NULL REFERENCES tenants (id),
  id TEXT NOT NULL,
  member_id TEXT NOT NULL,
  name TEXT NOT NULL,
  reading TEXT NOT NULL,
  organisation_id TEXT,
  title TEXT,
  role TEXT NOT NULL,
  state TEXT NOT NULL,
  app_blocked BIGINT NOT NULL DEFAULT 0,
  password_hash TEXT,
  created_at BIGINT NOT NULL,
  PRIMARY KEY (tenant_id, id),
  UNIQUE (tenant_id, member_id)
);

CREATE TABLE devices (
  tenant_id TEXT NOT NULL,
  id TEXT NOT NULL,
  member_id TEXT NOT NULL,
  -- RFC 7638 thumbprint of the device's public key; null for browsers.
  key_thumbprint TEXT,
  name TEXT NOT NULL,
  platform TEXT NOT NULL,
  app_version TEXT NOT NULL,
  -- The server's part of the local database's key, base64url; released to this member on this device only.
  database_key TEXT NOT NULL,
  first_seen_at BIGINT NOT NULL,
  last_seen_at BIGINT NOT NULL,
  PRIMARY KEY (tenant_id, id)
);
CREATE UNIQUE INDEX devices_by_key ON devices (tenant_id, member_id, key_thumbprint);

CREATE TABLE sessions (
  tenant_id TEXT NOT NULL,
  id TEXT NOT NULL,
  member_id TEXT NOT NULL,
  device_id TEXT NOT NULL,
  kind TEXT NOT NULL,
  key_thumbprint TEXT,
  -- SHA-256 of tokens, hexadecimal; the tokens themselves are never stored.
  access_hash TEXT,
  access_expires_at BIGINT,
  refresh_hash TEXT,
  -- The one before: the same device may repeat it for a few seconds (a lost answer); later it is a replay and ends the family.
  previous_refresh_hash TEXT,
  refreshed_at BIGINT,
  cookie_hash TEXT,
  created_at BIGINT NOT NULL,
  last_used_at BIGINT NOT NULL,
  ended_at BIGINT,
  ended_reason TEXT,
  address TEXT NOT NULL,
  PRIMARY KEY (tenant_id, id)
);
CREATE INDEX sessions_by_access ON sessions (access_hash);
CREATE INDEX sessions_by_refresh ON sessions (refresh_hash);
CREATE INDEX sessions_by_previous_refresh ON sessions (previous_refresh_hash);
CREATE INDEX sessions_by_cookie ON sessions (cookie_hash);
CREATE INDEX sessions_by_member ON sessions (tenant_id, member_id);

CREATE TABLE tickets (hash TEXT PRIMARY KEY, tenant_id TEXT NOT NULL, session_id TEXT NOT NULL, expires_at BIGINT NOT NULL);

-- Append-only; hash = SHA-256(previous hash, canonical JSON of the row).
CREATE TABLE audit_entries (
  tenant_id TEXT NOT NULL,
  sequence BIGINT NOT NULL,
  at BIGINT NOT NULL,
  actor_id TEXT,
  action TEXT NOT NULL,
  target TEXT,
  result TEXT NOT NULL,
  address TEXT,
  client TEXT,
  details TEXT NOT NULL,
  hash TEXT NOT NULL,
  PRIMARY KEY (tenant_id, sequence)
);

CREATE TABLE rooms (
  tenant_id TEXT NOT NULL,
  id TEXT NOT NULL,
  kind TEXT NOT NULL,
  name TEXT,
  -- For direct and self rooms: the sorted member ids, so that there is one per pair.
  direct_key TEXT,
  last_sequence BIGINT NOT NULL DEFAULT 0,
  change BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  PRIMARY KEY (tenant_id, id)
);
CREATE UNIQUE INDEX rooms_by_direct_key ON rooms (tenant_id, direct_key);

CREATE TABLE memberships (
  tenant_id TEXT NOT NULL,
  room_id TEXT NOT NULL,
  member_id TEXT NOT NULL,
  last_read_sequence BIGINT NOT NULL DEFAULT 0,
  pinned BIGINT NOT NULL DEFAULT 0,
  -- What this member may see starts after this sequence.
  joined_sequence BIGINT NOT NULL DEFAULT 0,
  left_room BIGINT NOT NULL DEFAULT 0,
  change BIGINT NOT NULL,
  PRIMARY KEY (tenant_id, room_id, member_id)
);
CREATE INDEX memberships_by_member ON memberships (tenant_id, member_id);
CREATE INDEX memberships_by_change ON memberships (tenant_id, change);

CREATE TABLE messages (
  tenant_id TEXT NOT NULL,
  id TEXT NOT NULL,
  room_id TEXT NOT NULL,
  sequence BIGINT NOT NULL,
  sender_id TEXT NOT NULL,
  text TEXT NOT NULL,
  files TEXT NOT NULL,
  mentions TEXT NOT NULL,
  sent_at BIGINT NOT NULL,
  change BIGINT NOT NULL,
  PRIMARY KEY (tenant_id, id)
);
CREATE UNIQUE INDEX messages_by_room ON messages (tenant_id, room_id, sequence);
CREATE INDEX messages_by_change ON messages (tenant_id, room_id, change);

CREATE TABLE mentions (
  tenant_id TEXT NOT NULL,
  member_id TEXT NOT NULL,
  room_id TEXT NOT NULL,
  sequence BIGINT NOT NULL,
  PRIMARY KEY (tenant_id, member_id, room_id, sequence)
);

CREATE TABLE spaces (
  tenant_id TEXT NOT NULL,
  id TEXT NOT NULL,
  kind TEXT NOT NULL,
  name TEXT NOT NULL,
  owner_id TEXT,
  root_id TEXT NOT NULL,
  epoch TEXT NOT NULL,
  sequence BIGINT NOT NULL DEFAULT 0,
  used_bytes BIGINT NOT NULL DEFAULT 0,
  created_at BIGINT NOT NULL,
  PRIMARY KEY (tenant_id, id)
);

-- member_id '*' stands for every member of the tenant.
CREATE TABLE space_members (
  tenant_id TEXT NOT NULL,
  space_id TEXT NOT NULL,
  member_id TEXT NOT NULL,
  permission TEXT NOT NULL,
  PRIMARY KEY (tenant_id, space_id, member_id)
);
CREATE INDEX space_members_by_member ON space_members (tenant_id, member_id);

CREATE TABLE nodes (
  tenant_id TEXT NOT NULL,
  id TEXT NOT NULL,
  space_id TEXT NOT NULL,
  parent_id TEXT,
  name TEXT NOT NULL,
  folded_name TEXT NOT NULL,
  kind TEXT NOT NULL,
  revision BIGINT NOT NULL,
  version BIGINT NOT NULL,
  -- Content JSON of the current version (shared/model/drive.ts), null for folders.
  content TEXT,
  updated_at BIGINT NOT NULL,
  updated_by TEXT NOT NULL,
  trashed_at BIGINT,
  trashed_by TEXT,
  -- The node whose deletion took this one along: restoring it brings exactly these back.
  trash_root_id TEXT,
  sequence BIGINT NOT NULL,
  PRIMARY KEY (tenant_id, id)
);
CREATE UNIQUE INDEX nodes_by_name ON nodes (tenant_id, parent_id, folded_name) WHERE trashed_at IS NULL;
CREATE INDEX nodes_by_parent ON nodes (tenant_id, parent_id);
CREATE INDEX nodes_by_sequence ON nodes (tenant_id, space_id, sequence);
CREATE INDEX nodes_by_trash_root ON nodes (tenant_id, trash_root_id);

CREATE TABLE versions (
  tenant_id TEXT NOT NULL,
  node_id TEXT NOT NULL,
  version BIGINT NOT NULL,
  content TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  created_by TEXT NOT NULL,
  PRIMARY KEY (tenant_id, node_id, version)
);

-- Answers to mutations by their idempotency key, so that a repeat after a lost answer changes nothing.
CREATE TABLE mutation_results (
  tenant_id TEXT NOT NULL,
  member_id TEXT NOT NULL,
  key TEXT NOT NULL,
  result TEXT NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY (tenant_id, member_id, key)
);

-- Where each chunk's bytes lie: many chunks share one stored pack.
CREATE TABLE chunks (
  tenant_id TEXT NOT NULL,
  hash TEXT NOT NULL,
  pack_id TEXT NOT NULL,
  pack_offset BIGINT NOT NULL,
  size_bytes BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  PRIMARY KEY (tenant_id, hash)
);

-- Through what a chunk may be reached: a space id, a room id, or `upload:<member>` until it is committed.
CREATE TABLE chunk_scopes (
  tenant_id TEXT NOT NULL,
  hash TEXT NOT NULL,
  scope_id TEXT NOT NULL,
  PRIMARY KEY (tenant_id, hash, scope_id)
);
