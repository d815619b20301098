import type { Generated } from 'kysely';

/** The index of searches (migration 17). */
export interface SearchTables {
  search_texts: { tenant_id: string; content_hash: string; extractor: number; outcome: string; truncated: number };
  search_text_pieces: { tenant_id: string; content_hash: string; piece: number; body: Uint8Array };
  search_spaces: { tenant_id: string; space_id: string; sequence: number };
  search_versions: { name: string; version: number };
  /** On PostgreSQL with a column `tokens`, on SQLite beside `search_node_tokens`: see `server/search/token-tables.ts`. */
  search_nodes: {
    id: Generated<number>;
    tenant_id: string;
    node_id: string;
    space_id: string;
    content_hash: string | null;
    waiting: number;
  };
  search_contents: { id: Generated<number>; tenant_id: string; space_id: string; content_hash: string };
}
