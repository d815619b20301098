import { AppError, reasonOf } from '#shared/base/errors.ts';
import type { Handlers } from '#shared/contract/operation.ts';
import type { ServerContract } from '#shared/contract/server.ts';
import type { AppendAudit, AuditRecord, RequestContext, Services } from '../context.ts';
import type { Attempts } from './attempts.ts';
import type { Lockout } from './password-lockout.ts';
import { checkNewPassword, requireByRules, setPassword } from './password-rules.ts';
import type { Passwords } from './passwords.ts';
import type { Sessions } from './sessions.ts';

export interface ChangePasswordOptions {
  readonly audit: AppendAudit;
  readonly passwords: Passwords;
  /** The login's own: guessing here counts there. */
  readonly attempts: Attempts;
  readonly lockout: Lockout;
  readonly sessions: Pick<Sessions, 'endAll' | 'announceEnd'>;
}

/** What the other sessions are told. */
const endedReason = 'own_password_changed';

/**
 * A member gives themselves a new password. A stolen session is not enough: the current password is asked for under the login's limits
 * (ACC-05), and the new one keeps the rules (ACC-01, ACC-02, ACC-04). Every other session of the member ends (ACC-42); this one goes on.
 */
export function makeChangePassword(
  { database, clock }: Pick<Services, 'database' | 'clock'>,
  { audit, passwords, attempts, lockout, sessions }: ChangePasswordOptions,
): Handlers<ServerContract, RequestContext>['member.changePassword'] {
  return async ({ current, password }, context) => {
    const { tenantId, member, policy } = context;
    const who = { tenantId, memberId: member.id };
    const owner = { tenantId, id: member.id, memberId: member.memberId };
    const record = (result: AuditRecord['result'], details: AuditRecord['details']): AuditRecord => ({
      actorId: member.id,
      action: 'member.change_password',
      target: member.id,
      result,
      address: context.address,
      client: context.session.kind,
      details,
    });
    /** The hash of the current password, once that was given. */
    const requireCurrent = async (): Promise<string> => {
      const attempt = await attempts.begin(context.address, `${tenantId} ${member.memberId}`);
      await lockout.requireNoDelay(who);
      const row = await database
        .selectFrom('members')
        .select('password_hash')
        .where('tenant_id', '=', tenantId)
        .where('id', '=', member.id)
        .executeTakeFirst();
      const old = row?.password_hash ?? null;
      if (!(await passwords.verify(old, current)) || old === null) {
        await lockout.failed(who, { address: context.address, kind: context.session.kind });
        throw wrongPassword();
      }
      await attempt.succeeded();
      return old;
    };
    const change = async (): Promise<string[]> => {
      requireByRules(password, member.memberId, policy);
      const old = await requireCurrent();
      const checked = await checkNewPassword(database, owner, password, policy);
      return database.transaction().execute(async (transaction) => {
        // Of two changes at once one wins; the other had the password of before.
        await setPassword(transaction, owner, { ...checked, replaces: old }, { now: clock.now(), due: null }).catch((error: unknown) => {
          throw reasonOf(error) === 'password_changed_meanwhile' ? wrongPassword() : error;
        });
        await lockout.succeeded(transaction, who);
        const ended = await sessions.endAll(transaction, tenantId, member.id, endedReason, context.session.id);
        await audit(transaction, tenantId, record('success', { memberId: member.memberId, ended: ended.length }));
        return ended;
      });
    };
    try {
      const ended = await change();
      for (const id of ended) sessions.announceEnd(tenantId, member.id, id, endedReason);
      return { ended: ended.length };
    } catch (error) {
      const reason = reasonOf(error);
      // What the rules say of a new password is no attempt at anything.
      const refused = error instanceof AppError && error.code !== 'invalid';
      if (refused && reason !== undefined)
        await database.transaction().execute((entry) => audit(entry, tenantId, record('denied', { reason })));
      throw error;
    }
  };
}

/** Not `unauthenticated`: the session is good, and clients would end it. */
const wrongPassword = (): AppError => new AppError('denied', 'Not the current password', { details: { reason: 'wrong_password' } });
