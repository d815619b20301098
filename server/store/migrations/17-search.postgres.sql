-- The same as for SQLite, with the tokens in the row itself.
CREATE TABLE search_nodes (
  id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  tenant_id TEXT NOT NULL,
  node_id TEXT NOT NULL,
  space_id TEXT NOT NULL,
  content_hash TEXT,
  waiting BIGINT NOT NULL,
  tokens TSVECTOR NOT NULL
);
CREATE UNIQUE INDEX search_nodes_by_node ON search_nodes (tenant_id, node_id);
CREATE INDEX search_nodes_by_content ON search_nodes (tenant_id, content_hash, space_id) WHERE content_hash IS NOT NULL;
CREATE INDEX search_nodes_waiting ON search_nodes (tenant_id, space_id) WHERE waiting = 1;
CREATE INDEX search_nodes_by_token ON search_nodes USING gin (tokens);

CREATE TABLE search_contents (
  id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  tenant_id TEXT NOT NULL,
  space_id TEXT NOT NULL,
  content_hash TEXT NOT NULL,
  tokens TSVECTOR NOT NULL
);
CREATE UNIQUE INDEX search_contents_by_content ON search_contents (tenant_id, content_hash, space_id);
CREATE INDEX search_contents_by_token ON search_contents USING gin (tokens);
