-- ACC-26: places that say who somebody is. Settings are JSON text without secrets; the secret is sealed.
CREATE TABLE identity_providers (
  tenant_id TEXT NOT NULL REFERENCES tenants (id),
  id TEXT NOT NULL,
  kind TEXT NOT NULL,
  name TEXT NOT NULL,
  enabled BIGINT NOT NULL,
  settings TEXT NOT NULL,
  sealed_secret TEXT,
  created_at BIGINT NOT NULL,
  PRIMARY KEY (tenant_id, id)
);

-- Whom a subject of a provider is here. ACC-25: `unlinked_at` stops a subject that an administrator took away.
CREATE TABLE linked_identities (
  tenant_id TEXT NOT NULL,
  id TEXT NOT NULL,
  provider_id TEXT NOT NULL,
  subject TEXT NOT NULL,
  member_id TEXT NOT NULL,
  linked_at BIGINT NOT NULL,
  unlinked_at BIGINT,
  PRIMARY KEY (tenant_id, id)
);
CREATE UNIQUE INDEX linked_identities_by_subject ON linked_identities (tenant_id, provider_id, subject);
CREATE INDEX linked_identities_by_member ON linked_identities (tenant_id, member_id);

-- Logins that are under way in a browser; `state_hash` finds them when the browser comes back, `code_hash` when the program asks.
CREATE TABLE external_logins (
  state_hash TEXT PRIMARY KEY,
  code_hash TEXT,
  tenant_id TEXT NOT NULL,
  provider_id TEXT NOT NULL,
  kind TEXT NOT NULL,
  thumbprint TEXT,
  device TEXT NOT NULL,
  return_to TEXT NOT NULL,
  challenge TEXT NOT NULL,
  -- What the provider's answer is checked with (verifier and nonce, or the id of the request), sealed JSON.
  sealed_checks TEXT NOT NULL,
  -- Set once the provider said who it is.
  member_id TEXT,
  factor TEXT,
  expires_at BIGINT NOT NULL
);
CREATE INDEX external_logins_by_code ON external_logins (code_hash);

-- Requests to SAML providers that were not answered yet: an answer comes once, and only when asked for.
CREATE TABLE saml_requests (id TEXT PRIMARY KEY, value TEXT NOT NULL, created_at BIGINT NOT NULL);
