import { expect, test } from 'vitest';
import type { OutputOf } from '#shared/contract/operation.ts';
import type { WorkspaceContract, WorkspaceEvent } from '#shared/contract/workspace.ts';
import { Listings, listingPage } from '#shared/client/listings.ts';
import { MemoryStore } from '#shared/client/memory-store.ts';
import type { Node } from '#shared/model/drive.ts';
import { listingReader } from './listing-reader.ts';

const folderId = 'folder';
const node = (id: string, parentId = folderId, sequence = 1, name = id): Node => ({
  ...{ id, parentId, sequence, name, spaceId: 'space', kind: 'folder', revision: sequence, version: 0, content: null },
  ...{ updatedAt: 1, updatedBy: 'sato', trashed: false },
});

/** A host over a real cache, that counts what goes over to the page. */
function host(count: number) {
  const listings = new Listings(new MemoryStore(), 'run');
  listings.putFolder({ folder: node(folderId, 'root'), path: [], complete: true });
  listings.apply(Array.from({ length: count }, (_, index) => node(`n${index}`)));
  const sent: number[] = [];
  const events: WorkspaceEvent[] = [];
  const ask = async ({ since }: { since?: string | undefined }): Promise<OutputOf<WorkspaceContract, 'drive.children'>> => {
    const part = listings.part(folderId, since ?? '');
    sent.push(part.nodes.length + part.gone.length);
    return { ...listings.folder(folderId)!, permission: 'edit', ...part };
  };
  const read = listingReader(ask, (event) => events.push(event));
  return { listings, sent, events, read: () => read({ accountId: 'account', folderId }) };
}

test('a large folder comes in parts: its beginning at once, then the rest, then only what changed', async () => {
  const { listings, sent, events, read } = host(2 * listingPage + 7);
  const first = await read();
  expect([first.nodes.length, first.complete]).toEqual([listingPage, false]);
  await expect.poll(() => events).toMatchObject([{ type: 'drive.changed', spaceId: 'space' }]);
  const whole = await read();
  expect([whole.nodes.length, whole.complete]).toEqual([2 * listingPage + 7, true]);
  sent.length = 0;
  listings.apply([
    node('n3', folderId, 2, '新しい名前'),
    { ...node('n4', folderId, 3), trashed: true },
    node('n5', 'elsewhere', 4),
    node('new', folderId, 5),
  ]);
  const later = await read();
  expect(sent).toEqual([4]);
  expect(later.nodes.find(({ id }) => id === 'n3')?.name).toBe('新しい名前');
  expect(later.nodes.some(({ id }) => id === 'n4' || id === 'n5')).toBe(false);
  expect(later.nodes.some(({ id }) => id === 'new')).toBe(true);
  expect(later.nodes.find(({ id }) => id === 'n9')).toBe(whole.nodes.find(({ id }) => id === 'n9'));
});

test('the same answer is given again while nothing is different', async () => {
  const { sent, read } = host(3);
  const first = await read();
  expect(first.complete).toBe(true);
  expect(await read()).toBe(first);
  expect(sent).toEqual([3, 0]);
});

test('a cache that was begun anew is read anew', async () => {
  const { listings, read } = host(3);
  await read();
  listings.forget(folderId);
  listings.putFolder({ folder: node(folderId, 'root'), path: [], complete: true });
  listings.apply([node('other')]);
  expect((await read()).nodes.map(({ id }) => id)).toEqual(['other']);
});
