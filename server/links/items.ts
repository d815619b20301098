import type { LinkItem } from '#shared/contract/link-page.ts';
import type { Bytes } from '../content/stored-content.ts';
import type { NodeRow } from './linked-node.ts';

/** A file or folder as the page of a link shows it. */
export const toItem = (node: NodeRow): LinkItem => ({
  id: node.id,
  name: node.name,
  kind: node.kind as LinkItem['kind'],
  sizeBytes: node.content === null ? null : (JSON.parse(node.content) as Bytes).sizeBytes,
  version: node.version,
  updatedAt: node.updated_at,
});
