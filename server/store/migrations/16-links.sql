-- DRV-11…14: links to files and folders. The token is found by its hash; sealed, it can be shown again to who made it.
CREATE TABLE links (
  tenant_id TEXT NOT NULL REFERENCES tenants (id),
  id TEXT NOT NULL,
  node_id TEXT NOT NULL,
  space_id TEXT NOT NULL,
  token_hash TEXT NOT NULL,
  -- Null once it has ended, like all that could open it.
  sealed_token TEXT,
  scope TEXT NOT NULL,
  permission TEXT NOT NULL,
  may_download BIGINT NOT NULL,
  password_hash TEXT,
  -- JSON.
  addresses TEXT NOT NULL,
  expires_at BIGINT,
  created_at BIGINT NOT NULL,
  created_by TEXT NOT NULL,
  opened BIGINT NOT NULL DEFAULT 0,
  last_opened_at BIGINT,
  -- `deleted`, or what switched it off; the row stays a while, so that its page can say so.
  ended_at BIGINT,
  ended_reason TEXT,
  PRIMARY KEY (tenant_id, id)
);
CREATE UNIQUE INDEX links_by_token ON links (token_hash);
CREATE INDEX links_by_node ON links (tenant_id, node_id);
CREATE INDEX links_by_space ON links (tenant_id, space_id);
CREATE INDEX links_by_maker ON links (tenant_id, created_by);

-- Browsers that opened a link with its password or a code. The hash is of the browser's cookie and the link together.
CREATE TABLE link_sessions (
  tenant_id TEXT NOT NULL,
  link_id TEXT NOT NULL,
  browser_hash TEXT NOT NULL,
  mail TEXT,
  expires_at BIGINT NOT NULL,
  PRIMARY KEY (tenant_id, link_id, browser_hash)
);

-- Codes on their way, each for the browser that asked for it; those for addresses that are not listed are kept and refused like any other.
CREATE TABLE link_codes (
  tenant_id TEXT NOT NULL,
  link_id TEXT NOT NULL,
  browser_hash TEXT NOT NULL,
  mail TEXT NOT NULL,
  listed BIGINT NOT NULL,
  code_hash TEXT NOT NULL,
  tries BIGINT NOT NULL DEFAULT 0,
  sent_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  PRIMARY KEY (tenant_id, link_id, browser_hash)
);

-- DRV-14: who opened what.
CREATE TABLE link_accesses (
  tenant_id TEXT NOT NULL,
  id TEXT NOT NULL,
  link_id TEXT NOT NULL,
  at BIGINT NOT NULL,
  what TEXT NOT NULL,
  name TEXT NOT NULL,
  member_id TEXT,
  mail TEXT,
  address TEXT NOT NULL,
  PRIMARY KEY (tenant_id, id)
);
CREATE INDEX link_accesses_by_link ON link_accesses (tenant_id, link_id, id);

-- What members find quickly: starred, pinned in their order, used lately.
CREATE TABLE starred_nodes (
  tenant_id TEXT NOT NULL,
  member_id TEXT NOT NULL,
  node_id TEXT NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY (tenant_id, member_id, node_id)
);
CREATE TABLE pinned_folders (
  tenant_id TEXT NOT NULL,
  member_id TEXT NOT NULL,
  node_id TEXT NOT NULL,
  place BIGINT NOT NULL,
  PRIMARY KEY (tenant_id, member_id, node_id)
);
CREATE TABLE recent_files (
  tenant_id TEXT NOT NULL,
  member_id TEXT NOT NULL,
  node_id TEXT NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY (tenant_id, member_id, node_id)
);
CREATE INDEX recent_files_by_time ON recent_files (tenant_id, member_id, at);

-- ADM-37: what happened to files and folders. Ids are made in the order of time; details are JSON.
CREATE TABLE activities (
  tenant_id TEXT NOT NULL,
  id TEXT NOT NULL,
  at BIGINT NOT NULL,
  member_id TEXT NOT NULL,
  what TEXT NOT NULL,
  space_id TEXT NOT NULL,
  node_id TEXT NOT NULL,
  name TEXT NOT NULL,
  details TEXT NOT NULL,
  PRIMARY KEY (tenant_id, id)
);
CREATE INDEX activities_by_space ON activities (tenant_id, space_id, id);
CREATE INDEX activities_by_node ON activities (tenant_id, node_id, id);
CREATE INDEX activities_by_time ON activities (at);
