import { randomBytes } from 'node:crypto';
import { access, mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { AppError } from '#shared/base/errors.ts';
import type { Command } from './arguments.ts';
import { verifyAudit } from './audit/verify.ts';
import type { CommandHost } from './commands.ts';
import { backup } from './content/backup/backup.ts';
import { restore } from './content/backup/restore.ts';
import { checkChunks, checkReferences } from './content/check/check-contents.ts';
import { checkSpaces } from './content/check/check-spaces.ts';
import { collect } from './content/collection/collect.ts';
import type { Services } from './context.ts';
import { makeSandbox } from './sandbox/sandbox.ts';
import { makeSearchIndexer } from './search/indexer.ts';
import { clearIndex, indexSize } from './search/versions.ts';
import { openServices } from './services.ts';

type Of<K extends Command['kind']> = Extract<Command, { kind: K }>;
type OnData = Of<'check' | 'collect' | 'backup' | 'reindex'>;

/** Opens what is there, also beside a running server. Throws `invalid` where there is nothing. */
async function beside<T>({ data, databaseUrl }: OnData, { log, clock }: CommandHost, run: (services: Services) => Promise<T>): Promise<T> {
  if (databaseUrl === null) {
    await access(path.join(data, 'hikyaku.sqlite')).catch((cause: unknown) => {
      throw new AppError('invalid', `There is no server’s data in ${data}`, { cause });
    });
  }
  const { services, close } = await openServices(data, { databaseUrl, log, clock, use: 'beside' });
  try {
    return await run(services);
  } finally {
    await close();
  }
}

/**
 * Looks whether everything that is kept agrees with itself. Prints a line for each finding, then how many there were. Returns whether there was none.
 * The database is seen as it is at one moment; bytes are compared with their names unless `fast`.
 */
export async function check(command: Of<'check'>, host: CommandHost): Promise<boolean> {
  return beside(command, host, async ({ database, blobs }) => {
    let findings = 0;
    const reportOf = (tenant: string) => (finding: string) => {
      findings += 1;
      host.print({ tenant, finding });
    };
    await database
      .transaction()
      .setIsolationLevel('repeatable read')
      .execute(async (transaction) => {
        for (const { id, name } of await transaction.selectFrom('tenants').select(['id', 'name']).orderBy('name').execute()) {
          const report = reportOf(name);
          await checkSpaces(transaction, id, report);
          await checkReferences(transaction, id, report);
          const firstBad = await verifyAudit(transaction, id);
          if (firstBad !== null) report(`the audit log does not hold from entry ${firstBad} on`);
        }
      });
    await checkChunks(database, blobs, command.fast, reportOf('*'));
    host.print({ findings });
    return findings === 0;
  });
}

/** Collects what nothing refers to any more, and prints what went. Throws `conflict` while the server does the same. */
export async function collectNow(command: Of<'collect'>, host: CommandHost): Promise<void> {
  const figures = await beside(command, host, (services) => collect(services));
  if (figures === null) throw new AppError('conflict', 'A collection is under way already');
  host.print(figures);
}

/** Brings a backup up to date, and prints what is in it. */
export async function backUp(command: Of<'backup'>, host: CommandHost): Promise<void> {
  const { data, databaseUrl, to } = command;
  const place =
    databaseUrl === null
      ? ({ kind: 'sqlite', file: path.join(data, 'hikyaku.sqlite') } as const)
      : ({ kind: 'postgres', url: databaseUrl } as const);
  host.print(await beside(command, host, (services) => backup(services, place, to)));
}

/** Makes the index of searches anew, and prints how much is in it. */
export async function reindex(command: Of<'reindex'>, host: CommandHost): Promise<void> {
  await beside(command, host, async (services) => {
    const folder = await mkdtemp(path.join(os.tmpdir(), 'hikyaku-reindex-'));
    const sandbox = makeSandbox(services, folder);
    try {
      await clearIndex(services.database, { textsToo: command.texts });
      await makeSearchIndexer(services, sandbox).work();
      host.print(await indexSize(services.database));
    } finally {
      await sandbox.close();
      await rm(folder, { recursive: true, force: true });
    }
  });
}

/** Makes a data folder (and fills a PostgreSQL database) from a backup. */
export async function restoreFrom({ from, data, databaseUrl }: Of<'restore'>, { log, clock, print }: CommandHost): Promise<void> {
  const { at, packs } = await restore(from, data, { clock, log, random: (sizeBytes) => randomBytes(sizeBytes), databaseUrl });
  print({ restored: new Date(at).toISOString(), packs });
}
