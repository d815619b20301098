-- What the rules on accounts need of members, sessions and devices. Lists and profiles are JSON text, days are `2026-11-22`.
ALTER TABLE members ADD COLUMN email TEXT;
ALTER TABLE members ADD COLUMN email_verified_at BIGINT;
ALTER TABLE members ADD COLUMN profile TEXT NOT NULL DEFAULT '{}';
ALTER TABLE members ADD COLUMN role_id TEXT;
ALTER TABLE members ADD COLUMN position_id TEXT;
ALTER TABLE members ADD COLUMN level_id TEXT;
ALTER TABLE members ADD COLUMN user_type_id TEXT;
ALTER TABLE members ADD COLUMN template_id TEXT;
ALTER TABLE members ADD COLUMN leave_until TEXT;
ALTER TABLE members ADD COLUMN deleted_at BIGINT;
-- When the password was last set; what the next login must do about it (`requested`, `initial`, `reset`), or null.
ALTER TABLE members ADD COLUMN password_set_at BIGINT;
ALTER TABLE members ADD COLUMN password_due TEXT;
-- ACC-05: failures in a row since the last success.
ALTER TABLE members ADD COLUMN failed_logins BIGINT NOT NULL DEFAULT 0;

-- ACC-04: hashes of passwords that were used before, the newest few of a member.
CREATE TABLE password_history (
  tenant_id TEXT NOT NULL,
  member_id TEXT NOT NULL,
  set_at BIGINT NOT NULL,
  hash TEXT NOT NULL
);
CREATE INDEX password_history_by_member ON password_history (tenant_id, member_id, set_at);

-- ACC-34: the last operation of the person, which nothing that runs by itself moves.
ALTER TABLE sessions ADD COLUMN last_active_at BIGINT;
-- When the person last proved who they are, for dangerous acts; null counts as the login.
ALTER TABLE sessions ADD COLUMN proven_at BIGINT;
-- NET-03: verified with a code from outside the allowed countries.
ALTER TABLE sessions ADD COLUMN verified_at BIGINT;
-- How it was opened: `password`, `passkey`, or the id of an identity provider.
ALTER TABLE sessions ADD COLUMN method TEXT NOT NULL DEFAULT 'password';

-- ACC-21, ACC-28: a second step was passed here, and counts until then.
ALTER TABLE devices ADD COLUMN trusted_at BIGINT;
ALTER TABLE devices ADD COLUMN trusted_until BIGINT;
-- ACC-51: `none`, `ordered`, `done`.
ALTER TABLE devices ADD COLUMN wipe TEXT NOT NULL DEFAULT 'none';
