/** What tokens are kept of. */
export type TokenTable = 'search_nodes' | 'search_contents';

/** Rows that have all of `all`, and of each group in `any` at least one. */
export interface TokenQuery {
  readonly all: readonly string[];
  readonly any: readonly (readonly string[])[];
  /** All of them lie in these spaces, whose tokens are in `any`. */
  readonly within?: { readonly tenantId: string; readonly spaceIds: readonly string[] };
}
