import { createPrivateKey, createPublicKey, randomBytes } from 'node:crypto';
import { readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import v8 from 'node:v8';
import vm from 'node:vm';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { sealedFrameBytes, sealedHeaderBytes, type SealedMetadata } from '#shared/model/sealed.ts';
import { sealTo } from '../../electron/agent/farewell/seal.ts';
import type { RecoveryKey } from '../../server/identity/recovery-key.ts';
import { openSealed } from '../../server/unseal/open-sealed.ts';
import { safeName, unsealFile } from '../../server/unseal/unseal-file.ts';
import { tempFolder } from './support/agent.ts';

// Sealed files: what devices write and only the tenant's server opens.

function makeKey(): RecoveryKey {
  const head = Buffer.from('302e020100300506032b656e04220420', 'hex');
  const privateKey = createPrivateKey({ key: Buffer.concat([head, randomBytes(32)]), format: 'der', type: 'pkcs8' });
  return { privateKey, publicKey: createPublicKey(privateKey).export({ format: 'jwk' }).x! };
}

v8.setFlagsFromString('--expose-gc');
const collectGarbage = vm.runInNewContext('gc') as () => void;

const key = makeKey();
const folder = tempFolder('sealed');
const metadata = (sizeBytes: number): SealedMetadata => ({
  ...{ tenant: 'acme', member: 'sato', device: 'PC-12', path: '/home/sato/営業/見積.xlsx', kind: 'file' },
  ...{ sizeBytes, modifiedAt: 1_700_000_000_000, sealedAt: 1_700_000_100_000, reason: 'device_wiped' },
});
let count = 0;
async function seal(bytes: Uint8Array, cuts: readonly number[] = []): Promise<string> {
  const file = path.join(folder, `${(count += 1)}.hikyaku-sealed`);
  const marks = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
  const pieces = marks.slice(1).map((end, index) => bytes.subarray(marks[index], end));
  await sealTo(file, key.publicKey, metadata(bytes.length), pieces);
  return file;
}
async function readAll(file: string, by: RecoveryKey = key): Promise<Buffer> {
  const opened = await openSealed(file, by);
  try {
    const parts: Uint8Array[] = [];
    for await (const part of opened.content) parts.push(part);
    return Buffer.concat(parts);
  } finally {
    await opened.close();
  }
}

it('whatever is sealed, in whatever pieces, opens as it was', async () => {
  const size = fc.oneof(fc.nat(100), fc.constantFrom(sealedFrameBytes - 1, sealedFrameBytes, sealedFrameBytes + 1, 2 * sealedFrameBytes));
  await fc.assert(
    fc.asyncProperty(size, fc.array(fc.nat()), async (sizeBytes, cuts) => {
      const bytes = randomBytes(sizeBytes);
      const file = await seal(bytes, cuts);
      expect((await readAll(file)).equals(bytes)).toBe(true);
      rmSync(file);
    }),
    { numRuns: 40 },
  );
});

it('says where it lay, when and why, to nobody else', async () => {
  const file = await seal(randomBytes(10));
  const opened = await openSealed(file, key);
  await opened.close();
  expect(opened.metadata).toEqual(metadata(10));
  for (const word of ['acme', 'sato', '見積', 'device_wiped']) expect(readFileSync(file).includes(word)).toBe(false);
  await expect(openSealed(file, makeKey())).rejects.toMatchObject({ code: 'denied' });
});

it('a changed bit, a lost end, frames that were taken out, doubled or put in another order are noticed', async () => {
  const whole = await seal(randomBytes(3 * sealedFrameBytes + 77));
  const bytes = readFileSync(whole);
  const changed = path.join(folder, 'changed');
  const refuses = async (other: Buffer): Promise<void> => {
    writeFileSync(changed, other);
    await expect(readAll(changed)).rejects.toMatchObject({ code: expect.stringMatching(/^(invalid|denied)$/) });
  };
  await fc.assert(
    fc.asyncProperty(fc.nat(bytes.length - 1), fc.integer({ min: 0, max: 7 }), async (at, bit) => {
      const other = Buffer.from(bytes);
      other[at]! ^= 1 << bit;
      await refuses(other);
    }),
    {
      numRuns: 60,
      examples: [
        [0, 0],
        [8, 3],
        [40, 1],
        [sealedHeaderBytes, 0],
        [bytes.length - 1, 7],
      ],
    },
  );
  const frames: Buffer[] = [];
  for (let at = sealedHeaderBytes; at < bytes.length;) {
    const end = at + 5 + bytes.readUInt32BE(at + 1);
    frames.push(bytes.subarray(at, end));
    at = end;
  }
  expect(frames).toHaveLength(5);
  const built = (order: readonly number[]) =>
    Buffer.concat([bytes.subarray(0, sealedHeaderBytes), ...order.map((index) => frames[index]!)]);
  expect(built([0, 1, 2, 3, 4]).equals(bytes)).toBe(true);
  for (const order of [[0, 1, 2, 3], [0], [], [0, 2, 1, 3, 4], [0, 1, 3, 4], [0, 1, 1, 2, 3, 4], [1, 2, 3, 4], [0, 1, 2, 3, 4, 4], [0, 4]])
    await refuses(built(order));
  // A last frame that is called one of the middle, and the other way round.
  const swapped = Buffer.from(built([0, 1]));
  swapped[sealedHeaderBytes + frames[0]!.length] = 1;
  await refuses(swapped);
  await refuses(bytes.subarray(0, -1));
  await refuses(Buffer.concat([bytes, Buffer.from('x')]));
});

it('a damaged file leaves nothing behind, and no name leads out of the folder or over another file', async () => {
  const out = path.join(tempFolder('unsealed'), 'out');
  const good = await seal(Buffer.from('残すもの'));
  expect((await unsealFile(good, out, key)).place).toBe(path.join(out, '見積.xlsx'));
  expect((await unsealFile(good, out, key)).place).toBe(path.join(out, '見積 (2).xlsx'));
  expect(readFileSync(path.join(out, '見積.xlsx'), 'utf8')).toBe('残すもの');
  expect(statSync(path.join(out, '見積.xlsx')).mtimeMs).toBe(1_700_000_000_000);
  const bad = path.join(folder, 'bad');
  writeFileSync(bad, readFileSync(good).subarray(0, -3));
  await expect(unsealFile(bad, path.join(out, 'none'), key)).rejects.toMatchObject({ code: 'invalid' });
  expect(readdirSync(path.join(out, 'none'))).toEqual([]);
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (shown) => {
      const name = safeName(shown);
      expect(name).not.toMatch(/^\.|[/\\\p{Cc}\u202e]|^$/u);
      expect(path.resolve('/out', name)).toBe(`/out/${name}`);
    }),
  );
  for (const shown of ['../../etc/passwd', 'C:\\Users\\x\\..', '..', '/', 'CON', 'nul.txt', '-rf', 'a\u202egpj.exe'])
    expect(path.dirname(path.resolve('/out', safeName(shown)))).toBe('/out');
});

it('384 MiB are sealed and opened with the memory of some frames', async () => {
  const block = randomBytes(1_000_003);
  const blocks = 402;
  // Only what is still held counts: when the rest is collected depends on what else the machine does.
  const held = () => {
    // The first one finds what is over, the second one waits until that is given back.
    collectGarbage();
    collectGarbage();
    return process.memoryUsage().arrayBuffers;
  };
  const before = held();
  let most = 0;
  const look = () => (most = Math.max(most, held() - before));
  async function* source(): AsyncGenerator<Uint8Array> {
    for (let index = 0; index < blocks; index += 1) {
      if (index % 40 === 0) look();
      yield block;
    }
  }
  const file = path.join(folder, 'large');
  await sealTo(file, key.publicKey, metadata(block.length * blocks), source());
  const opened = await openSealed(file, key);
  let sizeBytes = 0;
  let parts = 0;
  for await (const part of opened.content) {
    sizeBytes += part.length;
    parts += 1;
    if (parts % 40 === 0) look();
  }
  await opened.close();
  rmSync(file);
  expect(sizeBytes).toBe(block.length * blocks);
  expect(most).toBeLessThan(16 * 1024 * 1024);
}, 60_000);
