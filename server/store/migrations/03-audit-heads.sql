-- Where each tenant's chain of audit entries ends. Raised in the transaction of the act, so the chain has no gaps and no forks.
CREATE TABLE audit_heads (tenant_id TEXT PRIMARY KEY, sequence BIGINT NOT NULL, hash TEXT NOT NULL);

-- The access token before the last refresh stays good until it expires: calls that are on their way do not fail.
ALTER TABLE sessions ADD COLUMN previous_access_hash TEXT;
ALTER TABLE sessions ADD COLUMN previous_access_expires_at BIGINT;
CREATE INDEX sessions_by_previous_access ON sessions (previous_access_hash);
