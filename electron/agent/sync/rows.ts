import type { Content, Node } from '#shared/model/drive.ts';
import { contentToken, type LocalNode, type RemoteNode, type SyncedNode } from '#shared/sync/tree.ts';

/** The server's node as it is kept here, with what a download needs. */
export interface RemoteRow extends RemoteNode {
  readonly revision: number;
  readonly sequence: number;
  readonly file: Content | null;
}

/** A thing on the disk, with what tells whether it is still the same. */
export interface LocalRow extends LocalNode {
  /** The exact name on the disk; `name` is the server's. */
  readonly diskName: string;
  readonly identity: string;
  readonly stamp: string;
  readonly modifiedAt: number;
  readonly executable: boolean;
  /** The content was read so soon after it was written that a later write might not show: it is read once more. */
  readonly racy: boolean;
}

export interface SyncedRow extends SyncedNode {
  /** What the file held, piece by piece: a later version takes from here what it shares. */
  readonly chunks: Content['chunks'];
}

/** A mutation that was decided on and may have been sent: repeated with the same key until its answer is known. */
export interface PendingRow {
  readonly key: string;
  readonly mutation: string;
}

export const remoteRow = (node: Node): RemoteRow => ({
  id: node.id,
  parentId: node.parentId,
  name: node.name,
  kind: node.kind,
  content: node.content === null ? null : contentToken(node.content.contentHash, node.content.executable),
  version: node.version,
  sizeBytes: node.content?.sizeBytes ?? 0,
  trashed: node.trashed,
  revision: node.revision,
  sequence: node.sequence,
  file: node.content,
});

/** What both sides agree on once the disk holds what `remote` says. */
export const syncedRow = (remote: RemoteRow): SyncedRow => ({
  id: remote.id,
  parentId: remote.parentId,
  name: remote.name,
  kind: remote.kind,
  content: remote.content,
  version: remote.version,
  chunks: remote.file?.chunks ?? null,
});

/** Whether two rows say the same. What is read again is another object: rows are compared by what they say. */
export function sameRow(a: object | undefined, b: object | undefined): boolean {
  if (a === b) return true;
  if (a === undefined || b === undefined) return false;
  const [mine, theirs] = [a as Readonly<Record<string, unknown>>, b as Readonly<Record<string, unknown>>];
  const sameValue = (key: string): boolean => {
    const [x, y] = [mine[key], theirs[key]];
    if (x === y) return true;
    if (typeof x === 'object' && typeof y === 'object' && x !== null && y !== null) return JSON.stringify(x) === JSON.stringify(y);
    return (x ?? false) === (y ?? false) && key === 'foreign';
  };
  return Object.keys(mine).every(sameValue) && Object.keys(theirs).every((key) => key in mine || sameValue(key));
}
