import { chmod, readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { uuidv7 } from '#shared/base/uuid.ts';
import { AppError } from '#shared/base/errors.ts';
import type { Services } from '../../context.ts';
import { copyDatabase } from '../../store/copy-database.ts';
import type { DatabasePlace } from '../../store/place.ts';
import { openDiskBlobs } from '../../store/disk-blobs.ts';
import { makeFolder } from '../../store/make-folder.ts';
import { backupHold, dropHold, takeHold } from '../holds.ts';
import { sha256 } from '../stored-content.ts';
import { hashFile, readManifest, writeManifest, type Manifest } from './manifest.ts';

/** For how long a copy of the database may take, during which the hold cannot be renewed, in milliseconds. */
const copyMs = 6 * 3_600_000;
const renewMs = 60_000;

interface BackupFigures {
  readonly packs: number;
  /** Of these, how many were not in the folder yet. */
  readonly copied: number;
  readonly bytes: number;
}

/**
 * Brings a folder up to date with everything that a server keeps, also while it runs: first the database as it is at one moment, then the packs that
 * it refers to, of which those that are there already are left alone. Throws `conflict` where packs are missing on the server; all others are kept then.
 */
export async function backup(services: Services, place: DatabasePlace, folder: string): Promise<BackupFigures> {
  const { database, blobs, clock, random } = services;
  await makeFolder(folder);
  const before = await readManifest(folder);
  const target = await openDiskBlobs(path.join(folder, 'blobs'));
  const hold = `${backupHold}:${uuidv7(clock.now(), random(10))}`;
  await takeHold(database, hold, clock.now(), true, copyMs);
  try {
    const at = clock.now();
    const file = `database-${at}.${place.kind === 'sqlite' ? 'sqlite' : 'dump'}`;
    const { packIds } = await copyDatabase(place, path.join(folder, file));
    await chmod(path.join(folder, file), 0o600);
    const there = new Map<string, number>();
    for await (const { key, sizeBytes } of target.list()) there.set(key, sizeBytes);
    const packs = new Map<string, { sizeBytes: number; sha256: string }>();
    let copied = 0;
    let renewedAt = 0;
    for await (const { key, sizeBytes } of blobs.list()) {
      if (!packIds.has(key)) continue;
      if (clock.now() - renewedAt > renewMs) {
        renewedAt = clock.now();
        await takeHold(database, hold, renewedAt, true);
      }
      const known = before?.packs.get(key);
      if (known?.sizeBytes === sizeBytes && there.get(key) === sizeBytes) packs.set(key, known);
      else {
        const bytes = await blobs.read(key, 0, sizeBytes);
        await target.put(key, bytes);
        packs.set(key, { sizeBytes, sha256: sha256(bytes) });
        copied += 1;
      }
    }
    const manifest: Manifest = { at, database: { kind: place.kind, file, ...(await hashFile(path.join(folder, file))) }, packs };
    await writeManifest(folder, manifest);
    for (const key of there.keys()) if (!packs.has(key)) await target.remove(key);
    for (const name of await readdir(folder)) if (name.startsWith('database-') && name !== file) await rm(path.join(folder, name));
    const missing = [...packIds].filter((id) => !packs.has(id));
    if (missing.length > 0) {
      throw new AppError(
        'conflict',
        `${missing.length} packs are not on the server any more (${missing[0]!} …): check names what they held`,
      );
    }
    const bytes = [...packs.values()].reduce((sum, pack) => sum + pack.sizeBytes, 0);
    return { packs: packs.size, copied, bytes };
  } finally {
    await dropHold(database, hold);
  }
}
