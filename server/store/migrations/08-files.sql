-- What a look into bytes found, once per content of a tenant: it depends on the bytes alone. Names of endings are JSON text.
CREATE TABLE content_facts (
  tenant_id TEXT NOT NULL,
  content_hash TEXT NOT NULL,
  type TEXT,
  endings TEXT NOT NULL,
  unreadable BIGINT NOT NULL,
  PRIMARY KEY (tenant_id, content_hash)
);

-- FIL-05: what the virus scanner said; `virus` is null for clean bytes. A clean answer is asked for again after a day.
CREATE TABLE content_scans (
  tenant_id TEXT NOT NULL,
  content_hash TEXT NOT NULL,
  scanned_at BIGINT NOT NULL,
  virus TEXT,
  PRIMARY KEY (tenant_id, content_hash)
);

-- FIL-07, FIL-08: downloads and views, only while the rule says so, and not as long as the audit log.
CREATE TABLE download_log (
  tenant_id TEXT NOT NULL,
  id TEXT NOT NULL,
  at BIGINT NOT NULL,
  member_id TEXT NOT NULL,
  service TEXT NOT NULL,
  name TEXT NOT NULL,
  size_bytes BIGINT NOT NULL,
  -- The node of a file in Drive, or the message of a file in Talk.
  item_id TEXT NOT NULL,
  client TEXT NOT NULL,
  address TEXT NOT NULL,
  PRIMARY KEY (tenant_id, id)
);
CREATE INDEX download_log_by_time ON download_log (tenant_id, at);
