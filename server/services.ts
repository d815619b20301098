import { randomBytes } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import type { Clock } from '#shared/base/clock.ts';
import type { Log, Services } from './context.ts';
import { openDatabase } from './store/database.ts';
import { openDiskBlobs } from './store/disk-blobs.ts';
import { memoryBus } from './store/memory-bus.ts';

export interface OpenedServices {
  readonly services: Services;
  close(): Promise<void>;
}

/** Opens everything a server keeps: the database in `data` (or the PostgreSQL one at `databaseUrl`), and the blobs in `data`. */
export async function openServices(
  data: string,
  { databaseUrl, log, clock }: { readonly databaseUrl: string | null; readonly log: Log; readonly clock: Clock },
): Promise<OpenedServices> {
  await mkdir(data, { recursive: true, mode: 0o700 });
  const place =
    databaseUrl === null
      ? ({ kind: 'sqlite', file: path.join(data, 'hikyaku.sqlite') } as const)
      : ({ kind: 'postgres', url: databaseUrl } as const);
  const { database, migrated, close } = await openDatabase(place, {
    onLost: (error) => log.warn({ error }, 'A database connection was lost'),
  });
  if (migrated.length > 0) log.info({ migrated }, 'The database was brought up to date');
  const blobs = await openDiskBlobs(path.join(data, 'blobs'));
  const services: Services = { database, blobs, bus: memoryBus(log), clock, random: (sizeBytes) => randomBytes(sizeBytes), log };
  return { services, close };
}
