-- Beside its tokens each row has the one of its block of 8,192 ids (`#` and the block's number; server/search/block-walk.ts): so the index is asked
-- for the newest rows alone. What is written meanwhile is merged in small portions, since each look reads all that was not.
DROP INDEX search_nodes_by_token;
CREATE INDEX search_nodes_by_token ON search_nodes
  USING gin ((tokens || array_to_tsvector(ARRAY['#' || (id >> 13)::text]))) WITH (gin_pending_list_limit = 256);
DROP INDEX search_contents_by_token;
CREATE INDEX search_contents_by_token ON search_contents
  USING gin ((tokens || array_to_tsvector(ARRAY['#' || (id >> 13)::text]))) WITH (gin_pending_list_limit = 256);

-- Where the newest rows of a space are: who sees little of the index is not led through the blocks of all that came later.
CREATE INDEX search_nodes_by_space ON search_nodes (tenant_id, space_id, id);
CREATE INDEX search_contents_by_space ON search_contents (tenant_id, space_id, id);
