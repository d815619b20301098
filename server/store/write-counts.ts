import { ColumnNode, type RootOperationNode } from 'kysely';

/**
 * How often this process committed a change. What was read stays true while the count that it hangs on stands still; whoever keeps something takes
 * the count before reading it. Only where no other process writes: with many of them nothing but the database knows.
 */
export interface WriteCounts {
  /** Changes of any kind. */
  readonly any: number;
  /** Changes of who may do what: everything but files themselves. */
  readonly rights: number;
}

/** What files are made of: nothing in these tables says who may do what. Every other table may. */
const fileTables: ReadonlySet<string> = new Set([
  'activities',
  'chunk_scopes',
  'chunks',
  'content_facts',
  'content_scans',
  'dav_properties',
  'download_log',
  'mutation_results',
  'nodes',
  'recent_files',
  'versions',
]);
/** Columns of a drive that count along with its files. */
const spaceCounters: ReadonlySet<string> = new Set(['sequence', 'used_bytes']);

const nameOf = (node: unknown): string | null =>
  (node as { kind?: string; table?: { identifier?: { name?: string } } } | undefined)?.kind === 'TableNode'
    ? ((node as { table: { identifier: { name: string } } }).table.identifier.name ?? null)
    : null;

/** Whether a statement that writes may change who may do what. What is not understood may. */
export function touchesRights(query: RootOperationNode): boolean {
  switch (query.kind) {
    case 'InsertQueryNode':
      return !fileTables.has(nameOf(query.into) ?? '');
    case 'DeleteQueryNode': {
      const { froms } = query.from;
      return froms.length !== 1 || !fileTables.has(nameOf(froms[0]) ?? '');
    }
    case 'UpdateQueryNode': {
      const table = nameOf(query.table) ?? '';
      if (table !== 'spaces') return !fileTables.has(table);
      const columns = (query.updates ?? []).map(({ column }) => (ColumnNode.is(column) ? column.column.name : ''));
      return columns.length === 0 || columns.some((column) => !spaceCounters.has(column));
    }
    default:
      return true;
  }
}
