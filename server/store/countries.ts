import { stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import maxmind, { type Reader, type Response } from 'maxmind';
import type { Clock } from '#shared/base/clock.ts';
import { AppError } from '#shared/base/errors.ts';
import { isPrivate } from '#shared/policy/network.ts';
import type { Log } from '../context.ts';

/** How often the file is looked at, in milliseconds: it is replaced once a month or so. */
const lookMs = 10_000;

/** The data that comes with the server (CC0), for the whole world. */
export const shippedCountries = (): string =>
  createRequire(import.meta.url).resolve('@ip-location-db/geo-whois-asn-country-mmdb/geo-whois-asn-country.mmdb');

/** From which country an address is, as ISO 3166-1 alpha-2; null for private networks and whatever else the data does not know. */
export type CountryOf = (address: string) => string | null;

export interface Countries {
  readonly of: CountryOf;
  close(): void;
}

/** The two ways in which such files write a country. */
type CountryRecord = Response & { readonly country_code?: unknown; readonly country?: { readonly iso_code?: unknown } };

/**
 * Opens a database of countries (MMDB; of cities too) and takes it up again by itself whenever the file was replaced; a new file that cannot
 * be read leaves the old data in use. Throws `invalid` when there is no such file, or it is none.
 */
export async function openCountries(file: string, clock: Clock, log: Pick<Log, 'info' | 'warn'>): Promise<Countries> {
  const stampOf = async (): Promise<string> => {
    const { mtimeMs, size, ino } = await stat(file);
    return `${mtimeMs} ${size} ${ino}`;
  };
  const open = (): Promise<Reader<CountryRecord>> => maxmind.open<CountryRecord>(file);
  const opened = await Promise.all([stampOf(), open()]).catch((cause: Error) => {
    throw new AppError('invalid', `${file} is no database of countries: ${cause.message}`, { cause });
  });
  let [stamp, reader] = opened;
  let cancel = (): void => undefined;
  const look = async (): Promise<void> => {
    try {
      const now = await stampOf();
      if (now !== stamp) {
        reader = await open();
        stamp = now;
        log.info({ file }, 'The database of countries was read again');
      }
    } catch (error) {
      log.warn({ error, file }, 'The new database of countries cannot be read; the one before stays in use');
    }
  };
  const next = (): void => {
    cancel = clock.after(lookMs, () => void look().then(next));
  };
  next();
  return { of: (address) => countryIn(reader, address), close: () => cancel() };
}

function countryIn(reader: Reader<CountryRecord>, address: string): string | null {
  // Data made from registries knows a "country" of some private networks too: whoever once held their numbers.
  if (isPrivate(address)) return null;
  const found = reader.get(address.replace(/%.*$/, ''));
  const code = found?.country_code ?? found?.country?.iso_code;
  return typeof code === 'string' && /^[A-Z]{2}$/.test(code) ? code : null;
}
