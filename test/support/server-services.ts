import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { Clock } from '#shared/base/clock.ts';
import type { Log, Services } from '../../server/context.ts';
import { openDatabase } from '../../server/store/database.ts';
import type { DatabasePlace } from '../../server/store/place.ts';
import { openCountries, shippedCountries, type CountryOf } from '../../server/store/countries.ts';
import { openDiskBlobs } from '../../server/store/disk-blobs.ts';
import { memoryBus } from '../../server/store/memory-bus.ts';
import { systemClock } from '../../server/store/system-clock.ts';

export interface TestServices {
  readonly services: Services;
  /** A folder of its own, gone after `close`. */
  readonly folder: string;
  /** Everything that was logged. */
  readonly logged: readonly {
    readonly level: 'info' | 'warn' | 'error';
    readonly fields: Record<string, unknown>;
    readonly message: string;
  }[];
  close(): Promise<void>;
}

/** Real services over a temporary folder: SQLite unless `place` names another database. */
export async function makeServices(
  options: { readonly clock?: Clock; readonly place?: DatabasePlace; readonly countryOf?: CountryOf } = {},
): Promise<TestServices> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'hikyaku-server-'));
  const logged: { level: 'info' | 'warn' | 'error'; fields: Record<string, unknown>; message: string }[] = [];
  const note = (level: 'info' | 'warn' | 'error') => (fields: Record<string, unknown>, message: string) =>
    void logged.push({ level, fields, message });
  const log: Log = { info: note('info'), warn: note('warn'), error: note('error') };
  const place = options.place ?? { kind: 'sqlite', file: path.join(folder, 'hikyaku.sqlite') };
  const opened = await openDatabase(place);
  const countries = options.countryOf === undefined ? await openCountries(shippedCountries(), systemClock, log) : null;
  const services: Services = {
    database: opened.database,
    place,
    counts: opened.counts,
    blobs: await openDiskBlobs(path.join(folder, 'blobs')),
    bus: memoryBus(log),
    clock: options.clock ?? systemClock,
    random: (sizeBytes) => randomBytes(sizeBytes),
    log,
    countryOf: options.countryOf ?? ((address) => countries?.of(address) ?? null),
  };
  return {
    services,
    folder,
    logged,
    close: async () => {
      countries?.close();
      await opened.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
