import { access } from 'node:fs/promises';
import path from 'node:path';
import { AppError } from '#shared/base/errors.ts';
import type { Clock } from '#shared/base/clock.ts';
import { firstLine, type Command } from './arguments.ts';
import { appendAudit } from './audit/append.ts';
import { verifyAudit } from './audit/verify.ts';
import { everybody } from './content/access.ts';
import type { Log, Services } from './context.ts';
import { makeSharedDrive } from './drive/shared-drives.ts';
import { createTenant } from './identity/create-tenant.ts';
import { generatePassword } from './identity/generate-password.ts';
import { makeSessions } from './identity/sessions.ts';
import { recoveryKeyOf } from './identity/recovery-key.ts';
import { unlockMember } from './identity/unlock.ts';
import { openServices } from './services.ts';
import { policyReader } from './store/policies.ts';
import { unsealFile } from './unseal/unseal-file.ts';

type Of<K extends Command['kind']> = Extract<Command, { kind: K }>;
export interface CommandHost {
  readonly log: Log;
  readonly clock: Clock;
  /** Writes one line of the answer. */
  print(line: object): void;
}

const firstDriveName = '全社共有';

async function beside<T>(
  command: Of<'init' | 'verify' | 'unlock' | 'unseal'>,
  host: CommandHost,
  run: (services: Services) => Promise<T>,
): Promise<T> {
  const { log, clock } = host;
  const { services, close } = await openServices(command.data, { databaseUrl: command.databaseUrl, log, clock, use: 'beside' });
  try {
    return await run(services);
  } finally {
    await close();
  }
}

/** A command that looks into what is there never makes it. */
async function requireData({ data, databaseUrl }: { readonly data: string; readonly databaseUrl: string | null }): Promise<void> {
  if (databaseUrl !== null) return;
  await access(path.join(data, 'hikyaku.sqlite')).catch((cause: unknown) => {
    throw new AppError('invalid', `There is no server’s data in ${data}`, { cause });
  });
}

/** Whether anybody could log in at all. */
export const hasTenant = async ({ database }: Pick<Services, 'database'>): Promise<boolean> =>
  (await database.selectFrom('tenants').select('id').limit(1).executeTakeFirst()) !== undefined;

/** Makes a tenant with its supreme administrator, and one place that everybody shares: a new company is not empty-handed. */
export async function init(command: Of<'init'>, host: CommandHost): Promise<void> {
  const given = command.passwordFile === null ? null : await firstLine(command.passwordFile);
  await beside(command, host, async (services) => {
    const audit = appendAudit(host.clock);
    const password = given ?? generatePassword(services.random);
    const { tenantId, administratorId } = await createTenant(services, audit, {
      name: command.tenant,
      displayName: command.displayName,
      administrator: { memberId: command.administrator, name: command.administrator, password },
    });
    const drive = { name: firstDriveName, permissions: new Map([[everybody, 'edit']] as const), createdBy: administratorId };
    const by = { actorId: null, address: null, client: 'command line' };
    await services.database.transaction().execute((transaction) => makeSharedDrive(transaction, services, audit, tenantId, drive, by));
    const made = { tenant: command.tenant, member: `${command.administrator}@${command.tenant}` };
    host.print(given === null ? { ...made, password } : made);
  });
}

/**
 * Verifies the audit chain of every tenant, also beside a running server. Prints a line a tenant: how many entries, the hash of the last one
 * (kept elsewhere, it shows later that nothing was cut off), and the first sequence that does not hold. Returns whether all hold.
 */
export async function verify(command: Of<'verify'>, host: CommandHost): Promise<boolean> {
  await requireData(command);
  return beside(command, host, async ({ database }) => {
    const tenants = await database.selectFrom('tenants').select(['id', 'name']).orderBy('name').execute();
    let holds = true;
    for (const { id, name } of tenants) {
      // One view of the chain and its head, or a server that writes meanwhile would look like a forger.
      const { head, firstBad } = await database
        .transaction()
        .setIsolationLevel('repeatable read')
        .execute(async (transaction) => ({
          firstBad: await verifyAudit(transaction, id),
          head: await transaction.selectFrom('audit_heads').select(['sequence', 'hash']).where('tenant_id', '=', id).executeTakeFirst(),
        }));
      holds &&= firstBad === null;
      host.print({ tenant: name, entries: head?.sequence ?? 0, head: head?.hash ?? null, firstBad });
    }
    return holds;
  });
}

/** Lifts a suspension, also that of a supreme administrator, and sets a new password if asked to. */
export async function unlock(command: Of<'unlock'>, host: CommandHost): Promise<void> {
  await requireData(command);
  await beside(command, host, async (services) => {
    const audit = appendAudit(host.clock);
    const sessions = makeSessions(services, { policies: policyReader(services.database, host.clock, async () => undefined), audit });
    const password = command.newPassword ? generatePassword(services.random) : null;
    const done = await unlockMember(services, { audit, sessions }, { name: command.member, password, resetTwoStep: command.resetTwoStep });
    host.print(password === null ? done : { ...done, password });
  });
}

/**
 * Opens sealed files of a tenant's devices (ACC-50, ACC-51), each with a row in its audit log. Prints a line a file: where it went, what it
 * was, or why it did not open. Returns whether all did.
 */
export async function unseal(command: Of<'unseal'>, host: CommandHost): Promise<boolean> {
  await requireData(command);
  return beside(command, host, async (services) => {
    const { database } = services;
    const tenant = await database.selectFrom('tenants').select('id').where('name', '=', command.tenant).executeTakeFirst();
    if (tenant === undefined) throw new AppError('not_found', `There is no tenant ${command.tenant}`);
    const key = await recoveryKeyOf(services, tenant.id);
    const audit = appendAudit(host.clock);
    const note = (result: 'success' | 'failure', target: string, details: Record<string, unknown>) =>
      database.transaction().execute((transaction) =>
        audit(transaction, tenant.id, {
          ...{ actorId: null, address: null, client: 'command line', action: 'file.unsealed' },
          ...{ target, result, details },
        }),
      );
    let all = true;
    for (const file of command.files) {
      const sealed = path.basename(file);
      try {
        const { place, metadata } = await unsealFile(file, command.out, key);
        await note('success', sealed, {
          path: metadata.path,
          member: metadata.member,
          sizeBytes: metadata.sizeBytes,
          reason: metadata.reason,
        });
        host.print({ file, ...metadata, place });
      } catch (cause) {
        all = false;
        const { code, message } = AppError.from(cause);
        await note('failure', sealed, { code });
        host.print({ file, error: message });
      }
    }
    return all;
  });
}
