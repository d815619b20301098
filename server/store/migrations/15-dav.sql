-- DRV-15: who holds what. `drive`: a file locked by a person. `dav`: a lock as RFC 4918 has it, by a program over WebDAV.
CREATE TABLE locks (
  tenant_id TEXT NOT NULL,
  token TEXT NOT NULL,
  space_id TEXT NOT NULL,
  node_id TEXT NOT NULL,
  member_id TEXT NOT NULL,
  kind TEXT NOT NULL,
  -- 0: nobody else may hold it at the same time.
  shared BIGINT NOT NULL,
  -- 1: a folder's lock holds for everything below it too.
  deep BIGINT NOT NULL,
  -- What the program wrote of its owner: XML, or empty.
  owner TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  PRIMARY KEY (tenant_id, token)
);
CREATE INDEX locks_by_space ON locks (tenant_id, space_id);
CREATE INDEX locks_by_member ON locks (tenant_id, member_id);
CREATE INDEX locks_by_end ON locks (expires_at);

-- The lock that people are shown, JSON: part of a node's state, so that it travels wherever nodes do.
ALTER TABLE nodes ADD COLUMN lock TEXT;

-- Passwords for programs that can only do Basic. Each belongs to a session of kind `dav` with the same id, which says when it was used and how it ended;
-- the password's hash is that session's `access_hash`.
CREATE TABLE app_passwords (
  tenant_id TEXT NOT NULL,
  id TEXT NOT NULL,
  member_id TEXT NOT NULL,
  label TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  PRIMARY KEY (tenant_id, id)
);
CREATE INDEX app_passwords_by_member ON app_passwords (tenant_id, member_id);

-- RFC 4918, section 4: properties that programs keep on files and folders and that mean nothing to us. `value` is the element, XML.
CREATE TABLE dav_properties (
  tenant_id TEXT NOT NULL,
  node_id TEXT NOT NULL,
  namespace TEXT NOT NULL,
  name TEXT NOT NULL,
  value TEXT NOT NULL,
  PRIMARY KEY (tenant_id, node_id, namespace, name)
);
