-- ACC-05: when the last login failed; the supreme administrator is delayed from then on, never suspended.
ALTER TABLE members ADD COLUMN last_failed_at BIGINT;

-- ACC-11: codes for forgotten passwords, as keyed hashes. Rows without a member stand for people who do not exist: they are tried and refused alike.
CREATE TABLE recovery_tickets (
  ticket_hash TEXT PRIMARY KEY,
  tenant_id TEXT,
  member_id TEXT,
  code_hash TEXT NOT NULL,
  tries BIGINT NOT NULL DEFAULT 0,
  expires_at BIGINT NOT NULL
);
CREATE INDEX recovery_tickets_by_member ON recovery_tickets (tenant_id, member_id);
CREATE INDEX recovery_tickets_by_expiry ON recovery_tickets (expires_at);

-- Letters that are still to be sent. `letter` is sealed: it holds codes and links. Who has one in hand holds it until `held_until`.
CREATE TABLE letters (
  id TEXT PRIMARY KEY,
  tenant_id TEXT NOT NULL,
  kind TEXT NOT NULL,
  letter TEXT NOT NULL,
  attempts BIGINT NOT NULL DEFAULT 0,
  next_at BIGINT NOT NULL,
  held_until BIGINT NOT NULL DEFAULT 0,
  expires_at BIGINT NOT NULL
);
CREATE INDEX letters_by_time ON letters (next_at);

-- TLK-01: what the service tells a member, JSON; null in people's messages.
ALTER TABLE messages ADD COLUMN notice TEXT;
