import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, readFile, rename } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { AppError } from '#shared/base/errors.ts';
import { Count, Sha256 } from '#shared/model/ids.ts';

/** What of a backup is where, and its hashes. It is written last: a backup without one is none. */
export interface Manifest {
  /** Epoch milliseconds: when the database was copied. */
  readonly at: number;
  readonly database: { readonly kind: 'sqlite' | 'postgres'; readonly file: string; readonly sizeBytes: number; readonly sha256: string };
  /** By pack id. */
  readonly packs: ReadonlyMap<string, { readonly sizeBytes: number; readonly sha256: string }>;
}

const Head = z.object({
  format: z.literal(1),
  at: Count,
  database: z.object({
    kind: z.enum(['sqlite', 'postgres']),
    file: z.string().regex(/^database-\d+\.(sqlite|dump)$/),
    sizeBytes: Count,
    sha256: Sha256,
  }),
});
const Pack = z.object({ pack: z.string(), sizeBytes: Count, sha256: Sha256 });
const End = z.object({ end: Sha256 });

const name = 'manifest.ndjson';

/** Reads and verifies a folder's manifest; null where there is none. Throws `conflict` for one that is damaged. */
export async function readManifest(folder: string): Promise<Manifest | null> {
  const text = await readFile(path.join(folder, name), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw error;
  });
  if (text === null) return null;
  try {
    const lines = text.trimEnd().split('\n');
    const { end } = End.parse(JSON.parse(lines.pop()!));
    if (
      createHash('sha256')
        .update(`${lines.join('\n')}\n`)
        .digest('hex') !== end
    )
      throw new Error('its hash is another');
    const { at, database } = Head.parse(JSON.parse(lines.shift()!));
    const packs = lines.map((line) => Pack.parse(JSON.parse(line)));
    return { at, database, packs: new Map(packs.map(({ pack, sizeBytes, sha256 }) => [pack, { sizeBytes, sha256 }])) };
  } catch (cause) {
    throw new AppError('conflict', `The list in ${path.join(folder, name)} is damaged`, { cause });
  }
}

/** Writes it in one step: until then the one of before counts. */
export async function writeManifest(folder: string, { at, database, packs }: Manifest): Promise<void> {
  const lines = [{ format: 1, at, database }, ...[...packs].map(([pack, found]) => ({ pack, ...found }))];
  const text = lines.map((line) => `${JSON.stringify(line)}\n`).join('');
  const partial = path.join(folder, `${name}.partial`);
  const handle = await open(partial, 'w', 0o600);
  try {
    await handle.writeFile(`${text}${JSON.stringify({ end: createHash('sha256').update(text).digest('hex') })}\n`);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(partial, path.join(folder, name));
}

/** The size and SHA-256 of a file of any size. */
export async function hashFile(file: string): Promise<{ sizeBytes: number; sha256: string }> {
  const hash = createHash('sha256');
  let sizeBytes = 0;
  for await (const piece of createReadStream(file, { highWaterMark: 1024 * 1024 })) {
    hash.update(piece as Buffer);
    sizeBytes += (piece as Buffer).length;
  }
  return { sizeBytes, sha256: hash.digest('hex') };
}
