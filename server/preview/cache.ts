import { randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, rmdir, stat, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { assert } from '#shared/base/assert.ts';
import type { Clock } from '#shared/base/clock.ts';

/** Of what something was made, for whom. Never shared across tenants. */
export interface CacheKey {
  readonly tenantId: string;
  readonly contentHash: string;
  /** The first chunk of the content: once it has been collected, nothing of what was made of it may stay. */
  readonly chunkHash: string;
  /** What of it: `p3-w960.webp`. */
  readonly what: string;
}

/** Pictures and converted documents, which may be dropped at any time. */
export interface Cache {
  get(key: CacheKey): Promise<Uint8Array | null>;
  put(key: CacheKey, bytes: Uint8Array): Promise<void>;
  /** Removes what was not asked for in the last `days`, and what was made of chunks that `living` does not name any more. */
  sweep(days: number, living: (tenantId: string, chunkHashes: readonly string[]) => Promise<ReadonlySet<string>>): Promise<void>;
}

const tenantForm = /^[0-9a-z-]{1,64}$/;
const hashForm = /^[0-9a-f]{64}$/;
const whatForm = /^[a-z0-9][a-z0-9.-]{0,60}$/;
/** How much is left after something had to go, so that not every new picture costs a round. */
const leaveShare = 0.9;
const dayMs = 86_400_000;
const touchEveryMs = 3_600_000;

interface Entry {
  readonly sizeBytes: number;
  usedAt: number;
}

/** Keeps up to `mostBytes` in `folder`; what was not asked for longest goes first. What lies there from before is taken over. */
export function openCache(folder: string, mostBytes: number, clock: Pick<Clock, 'now'>): Cache {
  /** By file, the one that was used longest ago first. */
  const entries = new Map<string, Entry>();
  let total = 0;
  let ready: Promise<void> | null = null;

  const fileOf = ({ tenantId, contentHash, chunkHash, what }: CacheKey): string => {
    const isOurs = tenantForm.test(tenantId) && hashForm.test(contentHash) && hashForm.test(chunkHash) && whatForm.test(what);
    assert(isOurs, 'the parts of a cache key are of our form');
    return path.join(folder, tenantId, chunkHash, `${contentHash}-${what}`);
  };
  const partial = path.join(folder, '.partial');

  const takeOver = async (): Promise<void> => {
    await rm(partial, { recursive: true, force: true });
    await mkdir(partial, { recursive: true, mode: 0o700 });
    const names = await readdir(folder, { recursive: true, withFileTypes: true });
    const found: (readonly [string, Entry])[] = [];
    for (const entry of names) {
      if (!entry.isFile()) continue;
      const file = path.join(entry.parentPath, entry.name);
      const { size, mtimeMs } = await stat(file);
      found.push([file, { sizeBytes: size, usedAt: mtimeMs }]);
    }
    for (const [file, entry] of found.toSorted((a, b) => a[1].usedAt - b[1].usedAt)) {
      entries.set(file, entry);
      total += entry.sizeBytes;
    }
  };
  const opened = (): Promise<void> => (ready ??= takeOver());

  const drop = async (file: string): Promise<void> => {
    total -= entries.get(file)?.sizeBytes ?? 0;
    entries.delete(file);
    await rm(file, { force: true });
    // The last one takes the folder along; it is not empty otherwise.
    await rmdir(path.dirname(file)).catch(() => undefined);
  };
  const makeRoom = async (): Promise<void> => {
    if (total <= mostBytes) return;
    for (const file of entries.keys()) {
      if (total <= mostBytes * leaveShare) return;
      await drop(file);
    }
  };

  return {
    get: async (key) => {
      await opened();
      const file = fileOf(key);
      const entry = entries.get(file);
      if (entry === undefined) return null;
      const bytes = await readFile(file).catch(() => null);
      // Somebody emptied the folder, or a power cut left an empty file.
      if (bytes === null || bytes.length === 0) {
        await drop(file);
        return null;
      }
      const now = clock.now();
      entries.delete(file);
      entries.set(file, entry);
      if (now - entry.usedAt > touchEveryMs) await utimes(file, now / 1_000, now / 1_000).catch(() => undefined);
      entry.usedAt = now;
      return bytes;
    },
    put: async (key, bytes) => {
      await opened();
      const file = fileOf(key);
      const temporary = path.join(partial, randomBytes(12).toString('hex'));
      await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
      await writeFile(temporary, bytes, { mode: 0o600 });
      await rename(temporary, file);
      total += bytes.length - (entries.get(file)?.sizeBytes ?? 0);
      entries.delete(file);
      entries.set(file, { sizeBytes: bytes.length, usedAt: clock.now() });
      await makeRoom();
    },
    sweep: async (days, living) => {
      await opened();
      for (const [file, { usedAt }] of entries) if (clock.now() - usedAt > days * dayMs) await drop(file);
      const tenants = new Map<string, Map<string, string[]>>();
      for (const file of entries.keys()) {
        const [tenantId, chunkHash] = path.relative(folder, file).split(path.sep) as [string, string];
        const chunks = tenants.get(tenantId) ?? new Map<string, string[]>();
        tenants.set(tenantId, chunks.set(chunkHash, [...(chunks.get(chunkHash) ?? []), file]));
      }
      for (const [tenantId, chunks] of tenants) {
        const there = await living(tenantId, [...chunks.keys()]);
        for (const [chunkHash, files] of chunks) if (!there.has(chunkHash)) for (const file of files) await drop(file);
      }
    },
  };
}
