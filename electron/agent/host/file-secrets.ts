import { existsSync, readFileSync, statSync } from 'node:fs';
import { z } from 'zod';
import { AppError } from '#shared/base/errors.ts';
import { writeAtomically } from './atomic-file.ts';
import type { Secrets } from './secrets.ts';

const Entries = z.record(z.string(), z.string());

/**
 * Secrets in one file that only its owner may read (`--key-file`), for machines without a keychain. Throws `denied` when others may
 * read it: then it is no place for secrets, and saying so is better than mending it silently.
 */
export function fileSecrets(file: string): Secrets {
  const read = (): Record<string, string> => {
    if (!existsSync(file)) return {};
    if (process.platform !== 'win32' && (statSync(file).mode & 0o077) !== 0) {
      throw new AppError('denied', `Others may read ${file}: run chmod 600 on it`, { details: { reason: 'key_file_readable' } });
    }
    try {
      return Entries.parse(JSON.parse(readFileSync(file, 'utf8')));
    } catch (cause) {
      throw new AppError('invalid', `${file} is no key file of ours`, { cause, details: { reason: 'key_file_unreadable' } });
    }
  };
  const change = (edit: (entries: Record<string, string>) => void) => {
    const entries = read();
    edit(entries);
    writeAtomically(file, JSON.stringify(entries));
  };
  return {
    available: async () => true,
    get: async (accountId, entry) => read()[`${accountId}:${entry}`] ?? null,
    set: async (accountId, entry, secret) => change((entries) => void (entries[`${accountId}:${entry}`] = secret)),
    delete: async (accountId, entry) => change((entries) => void delete entries[`${accountId}:${entry}`]),
  };
}
