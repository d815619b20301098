import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync, appendFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { assert } from '#shared/base/assert.ts';
import { AppError } from '#shared/base/errors.ts';
import type { Transport } from '#shared/client/transport.ts';
import { PackReader, largestPackBytes, packMagic } from '#shared/contract/pack.ts';
import { emptyHash } from '#shared/model/content.ts';
import { largestCutBytes } from '#shared/sync/chunker.ts';
import { nodeFiles } from '../sync/file-system.ts';
import { sha256 } from './digest.ts';
import { downloadContents } from './download.ts';
import { narrowPack, packFiles } from './pack-files.ts';
import { readContent, readContentSync, type FileContent } from './read-content.ts';
import { uploadContents } from './upload.ts';

/** A server that keeps chunks in memory, checks every hash, and counts what it is asked. */
class MemoryServer {
  readonly chunks = new Map<string, Uint8Array>();
  packs = 0;
  damage = false;
  readonly transport: Pick<Transport, 'call' | 'sendPack' | 'readChunks'> = {
    call: (name, input) => {
      if (name !== 'content.missing') throw new Error(name);
      const { hashes } = input as { hashes: string[] };
      return Promise.resolve({ ok: true, value: { missing: hashes.filter((hash) => !this.chunks.has(hash)) } });
    },
    sendPack: (pack) => {
      assert(pack.length <= largestPackBytes, 'packs keep to the limit');
      this.packs += 1;
      const reader = new PackReader();
      for (const { hash, bytes } of reader.push(pack)) {
        assert(sha256(bytes) === hash, 'the hash is that of the bytes');
        this.chunks.set(hash, bytes.slice());
      }
      reader.end();
      return Promise.resolve();
    },
    readChunks: async function* (this: void, hashes: readonly string[]) {
      await Promise.resolve();
      for (const hash of hashes) {
        const bytes = server.chunks.get(hash);
        if (bytes !== undefined) yield { hash, bytes: server.damage ? bytes.map((byte) => byte ^ 1) : bytes };
      }
    },
  };
}

let server: MemoryServer;
let folder: string;
const transport = (): Transport => server.transport as Transport;
beforeEach(() => {
  server = new MemoryServer();
  folder = mkdtempSync(join(tmpdir(), 'hikyaku-transfer-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const put = (name: string, bytes: Uint8Array | string): string => {
  writeFileSync(join(folder, name), bytes);
  return join(folder, name);
};
const read = async (path: string): Promise<FileContent> => {
  const outcome = await readContent(path);
  if (outcome.kind !== 'read') throw new Error(outcome.kind);
  return outcome.file;
};
const noise = (size: number): Uint8Array => {
  const bytes = new Uint8Array(size);
  let state = 5;
  for (let index = 0; index < size; index += 1) {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    bytes[index] = state >>> 24;
  }
  return bytes;
};

describe('reading a file', () => {
  it('describes empty, small and large files as the server wants them', async () => {
    expect((await read(put('empty', ''))).content).toMatchObject({ contentHash: emptyHash, sizeBytes: 0, chunks: null });
    const small = await read(put('small', 'abc'));
    expect(small.content).toMatchObject({ contentHash: sha256(Buffer.from('abc')), sizeBytes: 3, chunks: null });
    const large = await read(put('large', noise(5_000_000)));
    expect(large.content.chunks!.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)).toBe(5_000_000);
    expect(large.content.contentHash).not.toBe(sha256(noise(5_000_000)));
    expect(readContentSync(join(folder, 'large'))).toEqual({ kind: 'read', file: large });
  });

  it('notices that somebody writes while it reads', async () => {
    const path = put('large', noise(9_000_000));
    const reading = readContent(path);
    appendFileSync(path, 'more');
    expect(await reading).toEqual({ kind: 'changed' });
  });

  it('says when a file is gone, a link or a folder', () => {
    expect(readContentSync(join(folder, 'none'))).toEqual({ kind: 'gone' });
    expect(readContentSync(folder)).toMatchObject({ kind: 'unreadable' });
  });
});

describe('sending and fetching', () => {
  it('brings files there and back byte by byte, each chunk once', async () => {
    const names = Array.from({ length: 40 }, (_, index) => `file-${index}`);
    const files = await Promise.all(names.map((name, index) => read(put(name, `content ${index % 30}`))));
    files.push(await read(put('large', noise(6_000_000))), await read(put('empty', '')));
    const progress = new Map<string, number>();
    await uploadContents(transport(), files, { onProgress: (path, bytes) => void progress.set(path, (progress.get(path) ?? 0) + bytes) });
    expect(progress.get(join(folder, 'large'))).toBe(6_000_000);
    const sent = server.packs;
    await uploadContents(transport(), files);
    expect(server.packs).toBe(sent);
    const done: string[] = [];
    const downloads = files.map(({ content, path }) => ({ content, target: `${path}.back` }));
    await downloadContents(transport(), downloads, { onDone: ({ target }) => void done.push(target) });
    expect(done).toHaveLength(files.length);
    for (const { path } of files) expect(readFileSync(`${path}.back`).equals(readFileSync(path))).toBe(true);
  });

  it('refuses to send bytes that are no longer what was hashed', async () => {
    const file = await read(put('file', 'before'));
    put('file', 'later!');
    await expect(uploadContents(transport(), [file])).rejects.toMatchObject({ code: 'conflict', details: { reason: 'file_changed' } });
    expect(server.chunks.size).toBe(0);
  });

  it('never leaves bytes of a damaged answer on the disk', async () => {
    const file = await read(put('file', 'content'));
    await uploadContents(transport(), [file]);
    server.damage = true;
    await expect(downloadContents(transport(), [{ content: file.content, target: join(folder, 'back') }])).rejects.toMatchObject({
      details: { reason: 'chunk_damaged' },
    });
    expect(readdirSync(folder)).toEqual(['file']);
  });

  it('gives up only the files whose chunks the server does not have', async () => {
    const [lost, kept] = [await read(put('lost', 'lost')), await read(put('kept', 'kept'))];
    await uploadContents(transport(), [lost, kept]);
    server.chunks.delete(lost.content.contentHash);
    const failed: unknown[] = [];
    await downloadContents(
      transport(),
      [lost, kept].map(({ content, path }) => ({ content, target: `${path}.back` })),
      { onFailed: (_download, error) => void failed.push(error) },
    );
    expect(failed).toEqual([expect.objectContaining({ details: expect.objectContaining({ reason: 'chunk_missing' }) })]);
    expect(readFileSync(join(folder, 'kept.back'), 'utf8')).toBe('kept');
  });

  it('lets one target fail alone and takes bytes from the disk where they are', async () => {
    const one = await read(put('one', 'first'));
    const two = await read(put('two', 'second'));
    await uploadContents(transport(), [one]);
    const failed: string[] = [];
    await downloadContents(
      transport(),
      [
        { content: one.content, target: join(folder, 'missing', 'one') },
        { content: two.content, target: join(folder, 'two.back') },
      ],
      {
        onFailed: ({ target }) => void failed.push(target),
        source: (hash) => (hash === two.content.contentHash ? { path: two.path, offset: 0 } : { path: one.path, offset: 1 }),
      },
    );
    expect(failed).toEqual([join(folder, 'missing', 'one')]);
    expect(readFileSync(join(folder, 'two.back'), 'utf8')).toBe('second');
  });
});

describe('fetching a large file', () => {
  const large = async (bytes: Uint8Array): Promise<FileContent> => {
    const file = await read(put('large', bytes));
    await uploadContents(transport(), [file]);
    return file;
  };
  /** The same server, whose line breaks after so many chunks; counts the bytes that came. */
  const breaking = (most: number) => {
    const came = { bytes: 0, chunks: 0 };
    const line: Transport = {
      ...transport(),
      readChunks: async function* (hashes, options) {
        for await (const chunk of server.transport.readChunks(hashes, options)) {
          if (came.chunks === most) throw new AppError('unavailable', 'The line broke');
          came.chunks += 1;
          came.bytes += chunk.bytes.length;
          yield chunk;
        }
      },
    };
    return { came, line };
  };

  it('goes on where an earlier try ended, and proves what it finds there', async () => {
    const bytes = noise(9_000_000);
    const { content } = await large(bytes);
    const target = join(folder, 'part');
    const first = breaking(3);
    await expect(downloadContents(first.line, [{ content, target }], { partial: true })).rejects.toMatchObject({ code: 'unavailable' });
    const found = readFileSync(target);
    expect(found.length).toBeGreaterThan(0);
    // Somebody wrote into what had come.
    found.fill(0, 10, 20);
    writeFileSync(target, found);
    const rest = breaking(Infinity);
    await downloadContents(rest.line, [{ content, target }], { partial: true });
    expect(readFileSync(target).equals(bytes)).toBe(true);
    expect(rest.came.bytes).toBeLessThan(bytes.length);
    expect(rest.came.bytes + first.came.bytes).toBeGreaterThanOrEqual(bytes.length);
  });

  it('writes no zeros, and has them', async () => {
    const bytes = Buffer.concat([noise(1_500_000), Buffer.alloc(9_000_000), noise(10), Buffer.alloc(5_000_000)]);
    const { content } = await large(bytes);
    const target = join(folder, 'sparse');
    let written = 0;
    const files = {
      ...nodeFiles,
      openFile: async (...args: Parameters<typeof nodeFiles.openFile>) => {
        const handle = await nodeFiles.openFile(...args);
        return {
          read: handle.read.bind(handle),
          truncate: handle.truncate.bind(handle),
          stat: handle.stat.bind(handle),
          datasync: handle.datasync.bind(handle),
          close: handle.close.bind(handle),
          write: (...piece: Parameters<typeof handle.write>) => {
            written += piece[2];
            return handle.write(...piece);
          },
        };
      },
    };
    await downloadContents(transport(), [{ content, target }], { partial: true, files });
    expect(readFileSync(target).equals(bytes)).toBe(true);
    expect(written).toBeLessThanOrEqual(bytes.length - largestCutBytes);
    // Over bytes of another file zeros are written.
    writeFileSync(target, Buffer.alloc(bytes.length, 1));
    await downloadContents(transport(), [{ content, target }], { partial: true });
    expect(readFileSync(target).equals(bytes)).toBe(true);
  });

  it('is left for later when that is wanted, neither done nor failed', async () => {
    const { content } = await large(noise(9_000_000));
    const target = join(folder, 'later');
    const said: string[] = [];
    await downloadContents(transport(), [{ content, target }], {
      partial: true,
      isEnough: () => true,
      onDone: () => void said.push('done'),
      onFailed: () => void said.push('failed'),
    });
    expect(said).toEqual([]);
  });
});

describe('packs of small files', () => {
  it('carry each content once and can be narrowed to what is wanted', () => {
    const files = ['a', 'b', 'a'].map((text, index) => ({ path: put(`f${index}`, text), sizeBytes: 1 }));
    const packed = packFiles([...files, { path: join(folder, 'gone'), sizeBytes: 4 }, { path: put('grown', 'longer'), sizeBytes: 2 }]);
    expect(packed.outcomes.map(({ kind }) => kind)).toEqual(['read', 'read', 'read', 'gone', 'changed']);
    const all = new PackReader().push(packed.pack);
    expect(all.map(({ bytes }) => Buffer.from(bytes).toString())).toEqual(['a', 'b']);
    const second = narrowPack(packed.pack, packed.frames, new Set([packed.frames[1]!.hash]))!;
    expect(new PackReader().push(second).map(({ bytes }) => Buffer.from(bytes).toString())).toEqual(['b']);
    expect(narrowPack(packed.pack, packed.frames, new Set())).toBeNull();
    expect([...packed.pack.subarray(0, 4)]).toEqual([...packMagic]);
  });
});
