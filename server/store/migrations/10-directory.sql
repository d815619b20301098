-- Organisations, groups, invitations, and what leaves a trace when members change their id or go.
ALTER TABLE organisations ADD COLUMN description TEXT NOT NULL DEFAULT '';
ALTER TABLE organisations ADD COLUMN deleted_at BIGINT;
-- The organisation whose deletion took this one along: restoring it brings exactly these back (ADM-05).
ALTER TABLE organisations ADD COLUMN deleted_root_id TEXT;
CREATE INDEX organisations_by_parent ON organisations (tenant_id, parent_id);

-- ADM-06.
CREATE TABLE member_groups (
  tenant_id TEXT NOT NULL,
  id TEXT NOT NULL,
  name TEXT NOT NULL,
  description TEXT NOT NULL,
  visible BIGINT NOT NULL,
  created_by TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  deleted_at BIGINT,
  PRIMARY KEY (tenant_id, id)
);
CREATE TABLE member_group_members (
  tenant_id TEXT NOT NULL,
  group_id TEXT NOT NULL,
  member_id TEXT NOT NULL,
  master BIGINT NOT NULL,
  PRIMARY KEY (tenant_id, group_id, member_id)
);
CREATE INDEX member_group_members_by_member ON member_group_members (tenant_id, member_id);

-- ADM-04, ACC-10: links that are good once. The code itself is never stored: `hash` is its SHA-256.
CREATE TABLE invitations (
  tenant_id TEXT NOT NULL,
  id TEXT NOT NULL,
  hash TEXT NOT NULL UNIQUE,
  kind TEXT NOT NULL,
  created_by TEXT,
  -- Whose first password it is for; null for an invitation into the company.
  member_id TEXT,
  created_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  PRIMARY KEY (tenant_id, id)
);

-- ACC-47: ids that somebody had are nobody else's for a while.
CREATE TABLE reserved_member_ids (
  tenant_id TEXT NOT NULL,
  member_id TEXT NOT NULL,
  -- The member who had it, and may have it back.
  held_by TEXT NOT NULL,
  until BIGINT NOT NULL,
  PRIMARY KEY (tenant_id, member_id)
);

-- ACC-44: what a deletion that is taken back returns to; when everything personal was erased.
ALTER TABLE members ADD COLUMN state_before TEXT;
ALTER TABLE members ADD COLUMN erased_at BIGINT;
CREATE INDEX members_by_organisation ON members (tenant_id, organisation_id);
-- Searches of the audit log: by time, and what one person did.
CREATE INDEX audit_entries_by_time ON audit_entries (tenant_id, at);
CREATE INDEX audit_entries_by_actor ON audit_entries (tenant_id, actor_id, at);
