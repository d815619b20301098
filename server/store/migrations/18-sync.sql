-- EXP-02: since when this member's device syncs folders; null where it does not.
ALTER TABLE devices ADD COLUMN sync_since BIGINT;
-- EXP-03: the member's own wish: a newer login with a program of the same kind ends the older sessions of that kind.
ALTER TABLE members ADD COLUMN single_login BIGINT NOT NULL DEFAULT 0;
