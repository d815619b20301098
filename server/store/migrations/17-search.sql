-- Texts read out of contents (DRV-16), once for each content of a tenant. `outcome`: `text`, or why there is none. `extractor` is the version of the
-- program that read it: what an older one could not read is tried again by a newer one. The text lies deflated in pieces that overlap.
CREATE TABLE search_texts (
  tenant_id TEXT NOT NULL,
  content_hash TEXT NOT NULL,
  extractor BIGINT NOT NULL,
  outcome TEXT NOT NULL,
  truncated BIGINT NOT NULL,
  PRIMARY KEY (tenant_id, content_hash)
);
CREATE TABLE search_text_pieces (
  tenant_id TEXT NOT NULL,
  content_hash TEXT NOT NULL,
  piece BIGINT NOT NULL,
  body $BYTES NOT NULL,
  PRIMARY KEY (tenant_id, content_hash, piece)
);

-- Up to which of its changes the names of a space are in the index: it follows the space's own sequence.
CREATE TABLE search_spaces (
  tenant_id TEXT NOT NULL,
  space_id TEXT NOT NULL,
  sequence BIGINT NOT NULL,
  PRIMARY KEY (tenant_id, space_id)
);

-- With which version of the tokens (shared/search/tokens.ts) the index was made: another one means to make it anew.
CREATE TABLE search_versions (name TEXT PRIMARY KEY, version BIGINT NOT NULL);
