import { statfsSync } from 'node:fs';
import { join } from 'node:path';
import { connect } from '#shared/contract/operation.ts';
import { tenant } from '#shared/contract/tenant.ts';
import { foldedName } from '#shared/model/node-name.ts';
import type { Cursor, Node } from '#shared/model/drive.ts';
import { singleChunkBytes } from '#shared/sync/chunker.ts';
import { diskName } from '#shared/sync/disk-name.ts';
import type { Transport } from '#shared/client/transport.ts';
import { grouped } from '../transfer/grouped.ts';
import { packBytes } from '../transfer/upload.ts';
import type { Match } from './pairing.ts';
import type { Workshop } from './workshop.ts';

/** What pairing would do, as counts of files. */
export interface Preview {
  down: number;
  downBytes: number;
  up: number;
  upBytes: number;
  equal: number;
  differing: number;
  freeBytes: number;
}

interface Pair {
  readonly path: string;
  readonly sizeBytes: number;
  readonly hash: string;
}

/** Names are compared as the strictest disk does: a preview may take two for one that differ in case only. */
const rules = { caseSensitive: false, windowsNames: process.platform === 'win32' };
const keyOf = (path: string): string => path.split('/').map(foldedName).join('/');

/**
 * Counts what the first union of a folder here and one there would do, and touches nothing: what is equal by name and bytes stays, what differs under one
 * name is kept twice. With `online_only` nothing comes down.
 */
export async function previewPair({ space, record }: Match, transport: Transport, workshop: Workshop): Promise<Preview> {
  const there = await filesThere(transport, space.id, record.topId);
  const { bavail, bsize } = statfsSync(record.folder);
  const preview: Preview = { down: 0, downBytes: 0, up: 0, upBytes: 0, equal: 0, differing: 0, freeBytes: bavail * bsize };
  const same: Pair[] = [];
  for (const { path: folder, entries } of await workshop.scan(record.folder, null)) {
    for (const { name, kind, sizeBytes } of entries) {
      if (kind !== 'file') continue;
      const path = folder === '' ? name : `${folder}/${name}`;
      const known = there.get(keyOf(path));
      there.delete(keyOf(path));
      if (known === undefined) {
        preview.up += 1;
        preview.upBytes += sizeBytes;
      } else if (known.sizeBytes === sizeBytes) same.push({ path: join(record.folder, path), sizeBytes, hash: known.contentHash });
      else preview.differing += 1;
    }
  }
  for (const isEqual of await compare(same, workshop)) preview[isEqual ? 'equal' : 'differing'] += 1;
  if (record.keep !== 'online_only') {
    for (const { sizeBytes } of there.values()) {
      preview.down += 1;
      preview.downBytes += sizeBytes;
    }
  }
  return preview;
}

/** Whether each file here holds what is known by that hash. */
async function compare(pairs: readonly Pair[], workshop: Workshop): Promise<boolean[]> {
  const results: boolean[] = [];
  for (const group of grouped([...pairs], ({ sizeBytes }) => sizeBytes, packBytes, 1_000)) {
    const isSmall = group.every(({ sizeBytes }) => sizeBytes <= singleChunkBytes);
    const outcomes = isSmall ? (await workshop.pack(group)).outcomes : await Promise.all(group.map(({ path }) => workshop.read(path)));
    group.forEach(({ hash }, index) => {
      const outcome = outcomes[index]!;
      results.push(outcome.kind === 'read' && outcome.file.content.contentHash === hash);
    });
  }
  return results;
}

/** The files below a folder of a space, by the path that they would have here. */
async function filesThere(
  transport: Transport,
  spaceId: string,
  topId: string,
): Promise<Map<string, { sizeBytes: number; contentHash: string }>> {
  const nodes = new Map<string, Node>();
  const server = connect(tenant, transport.call);
  const cursor: Cursor | null = null;
  for (let after: string | undefined; ;) {
    const page = await server['drive.changes']({ spaceId, cursor, ...(after === undefined ? {} : { after }) });
    for (const node of page.nodes) nodes.set(node.id, node);
    if (page.complete) break;
    after = page.after;
  }
  const paths = new Map<string, string | null>([[topId, '']]);
  const pathOf = (id: string): string | null => {
    const known = paths.get(id);
    if (known !== undefined) return known;
    const node = nodes.get(id);
    const above = node === undefined || node.trashed || node.parentId === null ? null : pathOf(node.parentId);
    const name = node === undefined ? '' : diskName(node.name, rules);
    const path = above === null ? null : above === '' ? name : `${above}/${name}`;
    paths.set(id, path);
    return path;
  };
  const files = new Map<string, { sizeBytes: number; contentHash: string }>();
  for (const { id, content } of nodes.values()) {
    const path = content === null ? null : pathOf(id);
    if (content !== null && path !== null) files.set(keyOf(path), content);
  }
  return files;
}
