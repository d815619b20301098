import { expect, it } from 'vitest';
import { emptyHash } from '#shared/model/content.ts';
import { Chunker, singleChunkBytes } from '#shared/sync/chunker.ts';
import { makeServices } from '../support/server-services.ts';
import { addTenant } from '../support/test-server.ts';
import { receiveFile } from '../../server/content/receive-file.ts';
import { isWhole } from '../../server/content/stored-content.ts';

/** Bytes that look random and are the same each time. */
function bytesOf(size: number): Uint8Array {
  const bytes = new Uint8Array(size);
  let state = 7;
  for (let at = 0; at < size; at += 1) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
    bytes[at] = state >>> 24;
  }
  return bytes;
}
async function* inPieces(bytes: Uint8Array, pieceSize: number) {
  for (let at = 0; at < bytes.length; at += pieceSize) yield bytes.subarray(at, at + pieceSize);
}

it('keeps a stream in the chunks that our own clients cut, however it arrives', async () => {
  const { services, close } = await makeServices();
  const who = { tenantId: await addTenant(services, 'acme', {}), memberId: 'member-sato' };
  const options = { mostBytes: 64 * 1024 * 1024, modifiedAt: 5 };
  expect(await receiveFile(services, who, inPieces(new Uint8Array(0), 1), options)).toMatchObject({ contentHash: emptyHash, sizeBytes: 0 });
  const single = await receiveFile(services, who, inPieces(bytesOf(singleChunkBytes), 50_000), options);
  expect(single).toMatchObject({ chunks: null, sizeBytes: singleChunkBytes });
  const large = bytesOf(10 * 1024 * 1024 + 3);
  const cutter = new Chunker();
  const sizes: number[] = [];
  let from = 0;
  for (let at = cutter.next(large, 0); at >= 0; at = cutter.next(large, from)) {
    sizes.push(at - from);
    from = at;
  }
  if (from < large.length) sizes.push(large.length - from);
  const contents = await Promise.all(
    [64_000, 3_000_000, large.length].map((size) => receiveFile(services, who, inPieces(large, size), options)),
  );
  for (const content of contents) {
    expect(content.chunks?.map(({ sizeBytes }) => sizeBytes)).toEqual(sizes);
    expect(isWhole(content)).toBe(true);
  }
  expect(new Set(contents.map(({ contentHash }) => contentHash)).size).toBe(1);
  await expect(receiveFile(services, who, inPieces(large, 64_000), { ...options, mostBytes: 1_000_000 })).rejects.toMatchObject({
    code: 'too_large',
  });
  await close();
});
