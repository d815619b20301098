import { sql } from 'kysely';
import { AppError, reasonOf } from '#shared/base/errors.ts';
import type { Handlers } from '#shared/contract/operation.ts';
import type { ServerContract } from '#shared/contract/server.ts';
import type { AppendAudit, AuditRecord, Database, Mail, PublicContext, Services } from '../context.ts';
import { languageOf } from '../store/language.ts';
import type { PolicyReader } from '../store/policies.ts';
import { loginAttempts, type AttemptLimits } from './attempts.ts';
import { findLogin, findTenant } from './login/find-login.ts';
import { checkNewPassword, setPassword } from './password-rules.ts';
import { recoveryMs, type RecoveryTickets } from './recovery-tickets.ts';
import type { Sessions } from './sessions.ts';

export type RecoveryHandlers = Pick<Handlers<ServerContract, PublicContext>, 'recovery.begin' | 'recovery.finish' | 'recovery.memberId'>;

export interface RecoveryOptions {
  readonly policies: PolicyReader;
  readonly audit: AppendAudit;
  readonly sessions: Pick<Sessions, 'endAll' | 'announceEnd'>;
  readonly mail: Mail;
  readonly tickets: RecoveryTickets;
  readonly limits: AttemptLimits;
}

/** Letters and wrong codes that are taken within the window; every request counts, since each sends a letter. */
export const recoveryLimits: AttemptLimits = { windowSeconds: 900, perAddress: 30, perAccount: 5, perPair: 5 };

/** Who can get a letter at all. The suspended can too: it lifts nothing. */
const unreachable = ['deleted', 'waiting'];
const endedReason = 'own_password_changed';
/** Letters with ids are worth sending for this long, in milliseconds. */
const idsMs = 3_600_000;

const off = (): AppError =>
  new AppError('denied', 'The rules do not let passwords be renewed by mail', { details: { reason: 'recovery_off' } });

/**
 * ACC-11: somebody forgot their password or id. A code, or the ids, go only to the registered address; the answers, and the work done for them,
 * are the same for people who do not exist.
 */
export function recoveryHandlers(services: Services, options: RecoveryOptions): RecoveryHandlers {
  const { database, clock } = services;
  const { policies, audit, sessions, mail, tickets } = options;
  const attempts = loginAttempts(options.limits);

  const requireMail = (): void => {
    if (!mail.configured) throw new AppError('unavailable', 'No mail server is configured', { details: { reason: 'mail_not_configured' } });
  };
  const requireRule = async (tenantId: string): Promise<void> => {
    if (!(await policies.current(tenantId)).policy.password.recoveryByEmail) throw off();
  };
  const recordOf =
    (action: string, context: PublicContext) =>
    (target: string | null, result: AuditRecord['result'], details: AuditRecord['details']): AuditRecord => ({
      actorId: null,
      action,
      target,
      result,
      address: context.address,
      client: context.claimedKind,
      details,
    });

  return {
    'recovery.begin': async ({ member: typed }, context) => {
      requireMail();
      const found = await findLogin(database, typed);
      const account = found === null ? typed.slice(0, 80) : `${found.tenantId} ${found.memberId}`;
      await attempts.begin(context.address, account);
      if (found !== null) await requireRule(found.tenantId);
      const reachable = found?.member == null ? null : await addressOf(database, found.tenantId, found.member.id);
      const record = recordOf('recovery.begin', context);
      const ticket = await database.transaction().execute(async (transaction) => {
        const owner = { tenantId: found?.tenantId ?? null, id: reachable?.id ?? null };
        const made = await tickets.issue(transaction, owner);
        await mail.send(transaction, {
          tenantId: found?.tenantId ?? '',
          to: reachable?.email ?? null,
          language: reachable?.language ?? 'ja',
          content: { kind: 'recovery_code', member: reachable?.login ?? typed, code: made.code },
          expiresAt: clock.now() + recoveryMs,
        });
        if (found !== null) {
          const target = found.member?.id ?? found.memberId.slice(0, 80);
          await audit(
            transaction,
            found.tenantId,
            record(target, reachable === null ? 'failure' : 'success', { memberId: found.memberId }),
          );
        }
        return made.ticket;
      });
      return { ticket };
    },

    'recovery.finish': async ({ ticket, code, password }, context) => {
      const attempt = await attempts.begin(context.address, `ticket ${ticket.slice(0, 20)}`);
      const { tenantId, id } = await tickets.check(ticket, code);
      await attempt.succeeded();
      if (tenantId === null || id === null) throw new AppError('internal', 'A right code without a member');
      const row = await database
        .selectFrom('members')
        .select(['member_id', 'state'])
        .where('tenant_id', '=', tenantId)
        .where('id', '=', id)
        .executeTakeFirstOrThrow();
      if (unreachable.includes(row.state)) throw new AppError('denied', 'Not any more', { details: { reason: 'code_expired' } });
      const owner = { tenantId, id, memberId: row.member_id };
      const record = recordOf('recovery.finish', context);
      try {
        await requireRule(tenantId);
        const checked = await checkNewPassword(database, owner, password, (await policies.current(tenantId)).policy);
        const ended = await database.transaction().execute(async (transaction) => {
          if (!(await tickets.take(transaction, ticket)))
            throw new AppError('denied', 'Used already', { details: { reason: 'code_expired' } });
          await setPassword(transaction, owner, checked, { now: clock.now(), due: null });
          const sessionIds = await sessions.endAll(transaction, tenantId, id, endedReason);
          const details = { memberId: row.member_id, ended: sessionIds.length, state: row.state };
          await audit(transaction, tenantId, { ...record(id, 'success', details), actorId: id });
          return sessionIds;
        });
        for (const sessionId of ended) sessions.announceEnd(tenantId, id, sessionId, endedReason);
        return {};
      } catch (error) {
        // The code was right; a password that the rules refuse, or that changed meanwhile, does not use it up.
        if (reasonOf(error)?.startsWith('password_') === true) await tickets.giveBack(ticket);
        throw error;
      }
    },

    'recovery.memberId': async ({ email, tenant }, context) => {
      requireMail();
      const address = email.trim().toLowerCase();
      await attempts.begin(context.address, `address ${address}`);
      const tenantIds = await tenantsOf(database, tenant ?? null);
      const open: string[] = [];
      for (const id of tenantIds) if ((await policies.current(id)).policy.password.recoveryByEmail) open.push(id);
      if (tenantIds.length > 0 && open.length === 0) throw off();
      const found = open.length === 0 ? [] : await membersWith(database, open, address);
      const record = recordOf('recovery.member_id', context);
      await database.transaction().execute(async (transaction) => {
        await mail.send(transaction, {
          tenantId: found[0]?.tenant_id ?? '',
          to: found[0]?.email ?? null,
          language: found[0] === undefined ? 'ja' : languageOf(found[0].profile),
          content: { kind: 'member_ids', members: found.map(({ member_id: memberId, tenant: name }) => `${memberId}@${name}`) },
          expiresAt: clock.now() + idsMs,
        });
        for (const id of open) {
          const own = found.filter(({ tenant_id: tenantId }) => tenantId === id).length;
          await audit(transaction, id, record(null, own === 0 ? 'failure' : 'success', { found: own }));
        }
      });
      return {};
    },
  };
}

/** Where a member's code goes; null for those who have no address or no password, or whom nobody lets in. */
async function addressOf(database: Database, tenantId: string, id: string) {
  const row = await database
    .selectFrom('members')
    .innerJoin('tenants', 'tenants.id', 'members.tenant_id')
    .select(['members.member_id', 'members.email', 'members.profile', 'tenants.name'])
    .where('members.tenant_id', '=', tenantId)
    .where('members.id', '=', id)
    .where('members.state', 'not in', unreachable)
    .where('members.email', 'is not', null)
    .where('members.password_hash', 'is not', null)
    .executeTakeFirst();
  if (row === undefined || row.email === null) return null;
  return { id, email: row.email, language: languageOf(row.profile), login: `${row.member_id}@${row.name}` };
}

/** The named tenant, or all of this server. */
async function tenantsOf(database: Database, name: string | null): Promise<string[]> {
  if (name !== null) {
    const id = await findTenant(database, name);
    return id === null ? [] : [id];
  }
  return (await database.selectFrom('tenants').select('id').execute()).map(({ id }) => id);
}

/** Everybody with this registered address. */
const membersWith = (database: Database, tenantIds: readonly string[], address: string) =>
  database
    .selectFrom('members')
    .innerJoin('tenants', 'tenants.id', 'members.tenant_id')
    .select(['members.tenant_id', 'members.member_id', 'members.email', 'members.profile', 'tenants.name as tenant'])
    .where('members.tenant_id', 'in', tenantIds)
    .where(sql<string>`lower(members.email)`, '=', address)
    .where('members.state', 'not in', unreachable)
    .orderBy('members.member_id')
    .execute();
