import { copyFile, readdir, rename } from 'node:fs/promises';
import path from 'node:path';
import { AppError } from '#shared/base/errors.ts';
import { uuidv7 } from '#shared/base/uuid.ts';
import type { Clock } from '#shared/base/clock.ts';
import type { Database, Log } from '../../context.ts';
import { restorePostgres } from '../../store/copy-database.ts';
import { openDatabase } from '../../store/database.ts';
import { openDiskBlobs } from '../../store/disk-blobs.ts';
import { makeFolder } from '../../store/make-folder.ts';
import { sha256 } from '../stored-content.ts';
import { hashFile, readManifest } from './manifest.ts';

interface RestoreOptions {
  readonly clock: Clock;
  readonly log: Log;
  random(sizeBytes: number): Uint8Array;
  /** An empty PostgreSQL database, for backups of one. */
  readonly databaseUrl: string | null;
}

/**
 * Makes a data folder from a backup; everything is compared with its hash. Every drive gets a new epoch, so that clients list again and take
 * nothing that the backup does not know for deleted. Throws `conflict` for a folder that is not empty and for a damaged backup; until the
 * end there is no database in the folder, so no server starts from half of it.
 */
export async function restore(
  from: string,
  data: string,
  options: RestoreOptions,
): Promise<{ readonly at: number; readonly packs: number }> {
  const manifest = await readManifest(from);
  if (manifest === null) throw new AppError('invalid', `There is no backup in ${from}`);
  const { kind, file, sizeBytes, sha256: expected } = manifest.database;
  if ((kind === 'postgres') !== (options.databaseUrl !== null)) {
    throw new AppError(
      'invalid',
      kind === 'postgres'
        ? 'The backup is of PostgreSQL: name an empty database by --database'
        : 'The backup is of SQLite: leave --database out',
    );
  }
  await makeFolder(data);
  if ((await readdir(data)).length > 0) throw new AppError('conflict', `${data} is not empty: restore into a new folder`);
  const source = path.join(from, file);
  const found = await hashFile(source);
  if (found.sha256 !== expected || found.sizeBytes !== sizeBytes) throw damaged(file);
  const [kept, target] = [await openDiskBlobs(path.join(from, 'blobs'), 'beside'), await openDiskBlobs(path.join(data, 'blobs'))];
  for (const [pack, { sizeBytes: size, sha256: hash }] of manifest.packs) {
    const bytes = await kept.read(pack, 0, size).catch(() => null);
    if (bytes === null || sha256(bytes) !== hash) throw damaged(`pack ${pack}`);
    await target.put(pack, bytes);
  }
  if (options.databaseUrl !== null) {
    await restorePostgres(source, options.databaseUrl);
    await renew({ kind: 'postgres', url: options.databaseUrl }, options);
  } else {
    const partial = path.join(data, 'restoring.sqlite');
    await copyFile(source, partial);
    await renew({ kind: 'sqlite', file: partial }, options);
    await rename(partial, path.join(data, 'hikyaku.sqlite'));
  }
  return { at: manifest.at, packs: manifest.packs.size };
}

const damaged = (what: string): AppError => new AppError('conflict', `The backup is damaged: ${what} is not what was written`);

/** Gives every space a new epoch, and forgets what was going on when the backup was made. */
async function renew(place: Parameters<typeof openDatabase>[0], { clock, random }: RestoreOptions): Promise<void> {
  const { database, close } = await openDatabase(place);
  try {
    await database.transaction().execute(async (transaction: Database) => {
      const spaces = await transaction.selectFrom('spaces').select(['tenant_id', 'id']).execute();
      for (const { tenant_id: tenantId, id } of spaces) {
        const epoch = uuidv7(clock.now(), random(10));
        await transaction.updateTable('spaces').set({ epoch }).where('tenant_id', '=', tenantId).where('id', '=', id).execute();
      }
      await transaction.deleteFrom('holds').execute();
      await transaction.deleteFrom('dropped_packs').execute();
    });
  } finally {
    await close();
  }
}
