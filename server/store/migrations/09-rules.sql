-- Roles of the company's own (ADM-10); `rights` is a JSON list.
CREATE TABLE roles (
  tenant_id TEXT NOT NULL,
  id TEXT NOT NULL,
  name TEXT NOT NULL,
  rights TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  PRIMARY KEY (tenant_id, id)
);
-- Positions, levels and user types (ADM-07); a user type's template holds for everybody who has it (ADM-09).
CREATE TABLE posts (
  tenant_id TEXT NOT NULL,
  id TEXT NOT NULL,
  kind TEXT NOT NULL,
  name TEXT NOT NULL,
  sort_order BIGINT NOT NULL,
  template_id TEXT,
  deleted_at BIGINT,
  PRIMARY KEY (tenant_id, id)
);
-- A change of the rules that takes itself back unless it is confirmed; `previous` are the rules before it, `patch` what changed, both JSON.
CREATE TABLE pending_rules (
  tenant_id TEXT PRIMARY KEY,
  revision BIGINT NOT NULL,
  by_id TEXT NOT NULL,
  at BIGINT NOT NULL,
  reverts_at BIGINT NOT NULL,
  patch TEXT NOT NULL,
  previous TEXT NOT NULL
);
-- NET-11: why the session is refused where it is now, as last noted in the audit log; null while it is let in.
ALTER TABLE sessions ADD COLUMN refused_for TEXT;
-- Open sockets are judged all at once, and a change of rules is tried on every open session.
CREATE INDEX sessions_open ON sessions (tenant_id, last_used_at) WHERE ended_at IS NULL;
