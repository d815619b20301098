-- One row for each node whose name can be found. Its id is a new and higher one after every change: going down the ids goes from what is newest.
-- `waiting`: its content was not read yet.
CREATE TABLE search_nodes (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  tenant_id TEXT NOT NULL,
  node_id TEXT NOT NULL,
  space_id TEXT NOT NULL,
  content_hash TEXT,
  waiting BIGINT NOT NULL
);
CREATE UNIQUE INDEX search_nodes_by_node ON search_nodes (tenant_id, node_id);
CREATE INDEX search_nodes_by_content ON search_nodes (tenant_id, content_hash, space_id) WHERE content_hash IS NOT NULL;
CREATE INDEX search_nodes_waiting ON search_nodes (tenant_id, space_id) WHERE waiting = 1;
-- Tokens by row (shared/search/tokens.ts). Only what tokens a row has is kept: neither its text nor their order.
CREATE VIRTUAL TABLE search_node_tokens USING fts5 (
  tokens, content='', contentless_delete=1, detail=none, tokenize="ascii tokenchars '@^<=-'"
);

-- One row for each content in each space: a content is looked for only where the asker may look.
CREATE TABLE search_contents (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  tenant_id TEXT NOT NULL,
  space_id TEXT NOT NULL,
  content_hash TEXT NOT NULL
);
CREATE UNIQUE INDEX search_contents_by_content ON search_contents (tenant_id, content_hash, space_id);
CREATE VIRTUAL TABLE search_content_tokens USING fts5 (
  tokens, content='', contentless_delete=1, detail=none, tokenize="ascii tokenchars '@^<=-'"
);
