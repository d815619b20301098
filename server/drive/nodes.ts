import type { Selectable } from 'kysely';
import type { Content, Lock, Node } from '#shared/model/drive.ts';
import type { Schema } from '../store/schema.ts';

export type NodeRow = Selectable<Schema['nodes']>;
/** What is told of a node hangs on no other columns. */
export type ShownRow = Omit<NodeRow, 'tenant_id' | 'folded_name' | 'trashed_by' | 'trash_root_id' | 'access_sequence'>;
export type SpaceRow = Selectable<Schema['spaces']>;

/** A content as it lies in a row: with who wrote it and when, which the node's own `updated_…` (a rename changes them) does not keep. */
export interface WrittenContent extends Content {
  readonly writtenAt: number;
  readonly writtenBy: string;
}

export const readContent = (json: string): WrittenContent => JSON.parse(json) as WrittenContent;

/** A content without what only the row keeps. */
export const shownContent = ({ contentHash, sizeBytes, chunks, modifiedAt, executable }: WrittenContent): Content => ({
  contentHash,
  sizeBytes,
  chunks,
  modifiedAt,
  executable,
});

/** A node as clients know it. */
export const toNode = (row: ShownRow): Node => ({
  id: row.id,
  spaceId: row.space_id,
  parentId: row.parent_id,
  name: row.name,
  kind: row.kind as Node['kind'],
  revision: row.revision,
  version: row.version,
  content: row.content === null ? null : shownContent(readContent(row.content)),
  updatedAt: row.updated_at,
  updatedBy: row.updated_by,
  trashed: row.trashed_at !== null,
  sequence: row.sequence,
  lock: row.lock === null ? null : (JSON.parse(row.lock) as Lock),
});
