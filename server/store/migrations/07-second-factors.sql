-- A login that needs more than its first factor (ACC-20, NET-03, ACC-03): ten minutes, bound to the key or the page that began.
CREATE TABLE login_steps (
  id TEXT PRIMARY KEY,
  -- SHA-256 of the ticket; each answer makes a new ticket.
  ticket_hash TEXT NOT NULL UNIQUE,
  tenant_id TEXT NOT NULL,
  member_id TEXT NOT NULL,
  kind TEXT NOT NULL,
  -- What must answer: the device's key, or the page that holds this cookie (SHA-256).
  key_thumbprint TEXT,
  page_hash TEXT,
  -- How it began: `password`, `passkey`, or the id of an identity provider.
  method TEXT NOT NULL,
  device TEXT NOT NULL,
  -- Stands for the password at the beginning: one that changed meanwhile ends the login.
  credential_mark TEXT NOT NULL,
  progress TEXT NOT NULL,
  failures BIGINT NOT NULL DEFAULT 0,
  expires_at BIGINT NOT NULL
);
CREATE INDEX login_steps_by_member ON login_steps (tenant_id, member_id);
CREATE INDEX login_steps_by_expiry ON login_steps (expires_at);

-- TOTP keys, sealed. `last_step` is the newest 30-second step whose code was used: none works twice.
CREATE TABLE totp_keys (
  tenant_id TEXT NOT NULL,
  member_id TEXT NOT NULL,
  sealed TEXT,
  last_step BIGINT NOT NULL DEFAULT 0,
  confirmed_at BIGINT,
  -- One that is being set up, until it is confirmed by a code.
  pending TEXT,
  pending_until BIGINT,
  PRIMARY KEY (tenant_id, member_id)
);

CREATE TABLE recovery_codes (
  tenant_id TEXT NOT NULL,
  member_id TEXT NOT NULL,
  hash TEXT NOT NULL,
  used_at BIGINT,
  PRIMARY KEY (tenant_id, member_id, hash)
);

CREATE TABLE passkeys (
  tenant_id TEXT NOT NULL,
  id TEXT NOT NULL,
  member_id TEXT NOT NULL,
  -- As the authenticator names it, base64url: nobody else may register the same.
  credential_id TEXT NOT NULL UNIQUE,
  public_key TEXT NOT NULL,
  counter BIGINT NOT NULL,
  transports TEXT NOT NULL,
  name TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  last_used_at BIGINT,
  PRIMARY KEY (tenant_id, id)
);
CREATE INDEX passkeys_by_member ON passkeys (tenant_id, member_id);

-- What a passkey must sign; taken once.
CREATE TABLE passkey_challenges (name TEXT PRIMARY KEY, challenge TEXT NOT NULL, expires_at BIGINT NOT NULL);

-- Codes sent by e-mail, as keyed hashes: ten minutes, a few tries.
CREATE TABLE mail_codes (
  tenant_id TEXT NOT NULL,
  member_id TEXT NOT NULL,
  purpose TEXT NOT NULL,
  address TEXT NOT NULL,
  hash TEXT NOT NULL,
  tries BIGINT NOT NULL DEFAULT 0,
  sent_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  PRIMARY KEY (tenant_id, member_id, purpose)
);

-- Codes by e-mail as a second step of one's own choice.
ALTER TABLE members ADD COLUMN email_codes BIGINT NOT NULL DEFAULT 0;
-- A browser as a device: SHA-256 of its own cookie, which changes with every login.
ALTER TABLE devices ADD COLUMN browser_hash TEXT;
CREATE INDEX devices_by_browser ON devices (browser_hash);
