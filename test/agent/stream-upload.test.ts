import { createHash, randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { uploadStream, type ByteSource } from '#shared/client/stream-upload.ts';
import { failure, serve, type Handlers } from '#shared/contract/operation.ts';
import { AppError } from '#shared/base/errors.ts';
import { PackReader } from '#shared/contract/pack.ts';
import { tenant, type TenantContract } from '#shared/contract/tenant.ts';
import type { Transport } from '#shared/client/transport.ts';
import { readContent } from '../../electron/agent/transfer/read-content.ts';
import { tempFolder } from './support/agent.ts';

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
const later = (bytes: Uint8Array): Promise<string> => new Promise((resolve) => setImmediate(() => resolve(sha256(bytes))));

/** A server that keeps chunks and counts what it is sent. */
function chunkServer() {
  const chunks = new Map<string, Uint8Array>();
  let sentBytes = 0;
  const handlers = {
    'content.missing': async ({ hashes }: { hashes: string[] }) => ({ missing: hashes.filter((hash) => !chunks.has(hash)) }),
  } as unknown as Handlers<TenantContract, void>;
  const answer = serve(tenant, handlers, () => {});
  const transport: Transport = {
    url: 'https://example.test',
    call: (name, input) =>
      name === 'content.missing' ? answer(name, input, undefined) : Promise.resolve(failure(new AppError('not_found', name))),
    events: () => () => {},
    sendPack: async (pack) => {
      sentBytes += pack.length;
      const reader = new PackReader();
      for (const { hash, bytes } of reader.push(pack)) {
        expect(sha256(bytes)).toBe(hash);
        chunks.set(hash, bytes.slice());
      }
      reader.end();
    },
    readChunks: async function* () {},
    readBytes: async function* () {},
  };
  return { transport, chunks, sent: () => sentBytes };
}

const pieces = (bytes: Uint8Array, sizeBytes = bytes.length): ByteSource => ({
  sizeBytes,
  modifiedAt: 5,
  read: async function* () {
    for (let at = 0; at < bytes.length; at += 65_537) yield bytes.subarray(at, at + 65_537);
  },
});

it.each([0, 1, 4_096, 1_048_576, 1_048_577, 9_500_000])('cuts %i bytes as the agent does, so that both share chunks', async (size) => {
  const bytes = randomBytes(size);
  const { transport, chunks } = chunkServer();
  let done = 0;
  const content = await uploadStream(transport, pieces(bytes), later, { onProgress: (count) => (done += count) });
  const place = path.join(tempFolder('stream'), 'file');
  writeFileSync(place, bytes);
  const outcome = await readContent(place);
  const own = outcome.kind === 'read' ? outcome.file.content : null;
  expect({ ...content, modifiedAt: 0 }).toEqual({ ...own, modifiedAt: 0 });
  const list = content.chunks ?? (size === 0 ? [] : [{ hash: content.contentHash, sizeBytes: size }]);
  expect(Buffer.concat(list.map(({ hash }) => chunks.get(hash)!)).equals(bytes)).toBe(true);
  expect(done).toBe(size);
});

it('sends nothing again that is there already', async () => {
  const bytes = randomBytes(5_000_000);
  const { transport, sent } = chunkServer();
  await uploadStream(transport, pieces(bytes), sha256);
  const before = sent();
  await uploadStream(transport, pieces(bytes), sha256);
  expect(sent()).toBe(before);
});

it('refuses a file that is shorter or longer than it was', async () => {
  const { transport } = chunkServer();
  for (const sizeBytes of [99_999, 100_001]) {
    const upload = uploadStream(transport, pieces(randomBytes(100_000), sizeBytes), sha256);
    await expect(upload).rejects.toMatchObject({ code: 'conflict', details: { reason: 'file_changed' } });
  }
});
