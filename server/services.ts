import { randomBytes } from 'node:crypto';
import path from 'node:path';
import type { Clock } from '#shared/base/clock.ts';
import type { Log, Services } from './context.ts';
import { openCountries, type Countries } from './store/countries.ts';
import { lockData, takenBy } from './store/data-lock.ts';
import { openDatabase } from './store/database.ts';
import { openDiskBlobs } from './store/disk-blobs.ts';
import { makeFolder } from './store/make-folder.ts';
import { memoryBus } from './store/memory-bus.ts';

/** How long a server that is just ending is waited for, in milliseconds. */
const patienceMs = 3_000;

export interface OpenedServices {
  readonly services: Services;
  close(): Promise<void>;
}

export interface OpenServicesOptions {
  readonly databaseUrl: string | null;
  readonly log: Log;
  readonly clock: Clock;
  /** `alone`: no other process may have the folder. `beside`: a running server may; then the database is taken as it is. */
  readonly use: 'alone' | 'beside';
  /** The database of countries; without one no country is known. */
  readonly countries?: string;
}

/**
 * Opens everything a server keeps: the database in `data` (or the PostgreSQL one at `databaseUrl`), and the blobs in `data`. Throws
 * `conflict` when another server has the folder, or when the database would have to be brought up to date under a running one.
 */
export async function openServices(data: string, options: OpenServicesOptions): Promise<OpenedServices> {
  const { databaseUrl, log, clock, use } = options;
  await makeFolder(data);
  const lock = lockData(data, use === 'alone' ? patienceMs : 0);
  if (lock === null && use === 'alone') throw takenBy(data);
  let countries: Countries | null = null;
  const place =
    databaseUrl === null
      ? ({ kind: 'sqlite', file: path.join(data, 'hikyaku.sqlite') } as const)
      : ({ kind: 'postgres', url: databaseUrl } as const);
  try {
    if (options.countries !== undefined) countries = await openCountries(options.countries, clock, log);
    const { database, migrated, counts, close } = await openDatabase(place, {
      onLost: (error) => log.warn({ error }, 'A database connection was lost'),
      mayMigrate: lock !== null,
    });
    if (migrated.length > 0) log.info({ migrated }, 'The database was brought up to date');
    // A command clears nothing away, whether or not a server is seen: what is half written may be somebody's who is starting now.
    const blobs = await openDiskBlobs(path.join(data, 'blobs'), use);
    const services: Services = {
      database,
      place,
      counts,
      blobs,
      bus: memoryBus(log),
      clock,
      random: (sizeBytes) => randomBytes(sizeBytes),
      log,
      countryOf: (address) => countries?.of(address) ?? null,
    };
    return {
      services,
      close: async () => {
        countries?.close();
        await close();
        lock?.release();
      },
    };
  } catch (error) {
    countries?.close();
    lock?.release();
    throw error;
  }
}
