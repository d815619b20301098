import { appendFileSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { PackReader, encodePack, largestPackBytes } from '#shared/contract/pack.ts';
import type { Chunk } from '#shared/model/drive.ts';
import { largestCutBytes } from '#shared/sync/chunker.ts';
import { nodeFiles } from '../sync/file-system.ts';
import { cutFile, type CutPart, type CutStart } from './cut-file.ts';
import { sha256 } from './digest.ts';
import { readContentSync, type Piece } from './read-content.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hikyaku-cut-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const megabyte = 1024 * 1024;

/** Bytes without a pattern, the same every time. */
function noise(size: number, seed = 5): Buffer {
  const bytes = Buffer.alloc(size);
  let state = seed;
  for (let index = 0; index + 4 <= size; index += 4) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
    bytes.writeInt32LE(Math.imul(state ^ (state >>> 15), 0x21f0aaad), index);
  }
  return bytes;
}

const put = (name: string, bytes: Uint8Array): string => {
  writeFileSync(join(folder, name), bytes);
  return join(folder, name);
};

interface Cut {
  readonly pieces: readonly Piece[];
  readonly packed: ReadonlyMap<string, Uint8Array>;
  readonly parts: number;
}

function cutAll(path: string, known: readonly Chunk[] = [], before?: (start: CutStart) => void): Cut {
  const pieces: Piece[] = [];
  const packed = new Map<string, Uint8Array>();
  let start: CutStart = { path, offset: 0, stamp: null, known };
  for (let parts = 1; ; parts += 1) {
    before?.(start);
    const part = cutFile(start);
    if (part.kind !== 'part') throw new Error(part.kind);
    expect(part.pack.length).toBeLessThanOrEqual(largestPackBytes);
    if (part.frames.length > 0) for (const { hash, bytes } of new PackReader().push(part.pack)) packed.set(hash, bytes);
    pieces.push(...part.pieces);
    if (part.isLast) return { pieces, packed, parts };
    start = { path, offset: pieces.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0), stamp: part.stamp, known };
  }
}

const piecesOf = (path: string): readonly Piece[] => {
  const outcome = readContentSync(path);
  if (outcome.kind !== 'read') throw new Error(outcome.kind);
  return outcome.file.pieces;
};
const sizeOf = ({ packed }: Cut): number => [...packed.values()].reduce((sum, { length }) => sum + length, 0);
const chunksOf = ({ pieces }: Cut): Chunk[] => pieces.map(({ hash, sizeBytes }) => ({ hash, sizeBytes }));

describe('cutting a large file part by part', () => {
  it('finds the pieces that reading it in one go finds, and packs each once, proven', () => {
    const path = put('large', Buffer.concat([noise(9 * megabyte), noise(3 * megabyte), noise(5 * megabyte, 8)]));
    const cut = cutAll(path);
    expect(cut.pieces).toEqual(piecesOf(path));
    expect(cut.parts).toBeGreaterThan(2);
    for (const [hash, bytes] of cut.packed) expect(sha256(bytes)).toBe(hash);
    expect(new Set(cut.packed.keys())).toEqual(new Set(cut.pieces.map(({ hash }) => hash)));
  });

  it('finds them with an earlier version at hand too, and packs only what is new', () => {
    const before = noise(12 * megabyte);
    const old = cutAll(put('old', before));
    const edited = Buffer.from(before);
    edited.fill(1, 6 * megabyte, 6 * megabyte + 4096);
    const cases: [string, Buffer, number][] = [
      ['edited', edited, 3 * largestCutBytes],
      ['longer', Buffer.concat([noise(megabyte, 99), before]), 6 * megabyte],
      ['shorter', before.subarray(3 * megabyte + 77), 2 * largestCutBytes],
      ['appended', Buffer.concat([before, noise(1000, 3)]), 2 * largestCutBytes],
      ['cut off', before.subarray(0, 10 * megabyte + 1), largestCutBytes],
      ['same', before, 0],
    ];
    for (const [name, bytes, most] of cases) {
      const path = put(name, bytes);
      const cut = cutAll(path, chunksOf(old));
      expect(cut.pieces, name).toEqual(piecesOf(path));
      expect(sizeOf(cut), name).toBeLessThanOrEqual(most);
    }
  });

  it('takes long stretches of zeros for one piece that is sent once', () => {
    const path = put('sparse', Buffer.alloc(0));
    truncateSync(path, 20 * megabyte);
    const cut = cutAll(path);
    expect(cut.pieces).toEqual(piecesOf(path));
    expect(new Set(cut.pieces.map(({ hash }) => hash)).size).toBeLessThanOrEqual(2);
  });

  it('is given up as soon as the file is another one, also between two parts', () => {
    const path = put('written', noise(12 * megabyte));
    let parts = 0;
    expect(() =>
      cutAll(path, [], () => {
        parts += 1;
        if (parts === 2) appendFileSync(path, 'more');
      }),
    ).toThrow('changed');
    expect(cutFile({ path: join(folder, 'nothing'), offset: 0, stamp: null, known: [] }).kind).toBe('gone');
    expect(cutFile({ path: folder, offset: 0, stamp: null, known: [] })).toEqual({ kind: 'unreadable', code: 'ELOOP' });
  });

  it('reads what is known once, and what is new hardly more often', () => {
    const before = noise(16 * megabyte);
    const old = chunksOf(cutAll(put('old', before)));
    let read = 0;
    const files = {
      ...nodeFiles,
      read: (...args: Parameters<typeof nodeFiles.read>) => {
        const count = nodeFiles.read(...args);
        read += count;
        return count;
      },
    };
    const path = put('new', before);
    let part = cutFile({ path, offset: 0, stamp: null, known: old }, files) as CutPart;
    expect(part.isLast).toBe(true);
    expect(part.frames).toEqual([]);
    expect(read).toBe(before.length);
    read = 0;
    let offset = 0;
    do {
      part = cutFile({ path, offset, stamp: null, known: [] }, files) as CutPart;
      offset += part.pieces.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
    } while (!part.isLast);
    expect(read).toBeLessThan(before.length * 1.4);
  });
});

describe('reading a pack', () => {
  it('gives the same chunks however it is broken into pieces', () => {
    const chunks = [0, 1, 35, 36, 37, 100, 4_096].map((size) => ({ hash: sha256(noise(size)), bytes: noise(size) }));
    const pack = encodePack(chunks);
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 600 }), { maxLength: 40 }), (sizes) => {
        const reader = new PackReader();
        const found: string[] = [];
        let at = 0;
        for (const size of [...sizes, pack.length]) {
          if (at >= pack.length) break;
          for (const { hash, bytes } of reader.push(pack.subarray(at, at + size))) {
            expect(sha256(bytes)).toBe(hash);
            found.push(hash);
          }
          at += size;
        }
        reader.end();
        expect(found).toEqual(chunks.map(({ hash }) => hash));
      }),
    );
  });
});
