import { AppError, reasonOf } from '#shared/base/errors.ts';
import type { Handlers } from '#shared/contract/operation.ts';
import type { ServerContract } from '#shared/contract/server.ts';
import type { AppendAudit, AuditRecord, Database, RequestContext, Services } from '../../context.ts';
import type { Attempts } from '../attempts.ts';
import type { Lockout } from '../password-lockout.ts';
import type { Passwords } from '../passwords.ts';
import { freshMs } from '../session-rows.ts';
import { ownerOf } from './account-changes.ts';
import type { SecondFactors } from './second-factors.ts';

export interface ReauthenticateOptions {
  readonly audit: AppendAudit;
  readonly passwords: Passwords;
  /** The login's own: guessing here counts there. */
  readonly attempts: Attempts;
  readonly lockout: Lockout;
  readonly factors: Pick<SecondFactors, 'totp' | 'recoveryCodes' | 'passkeys'>;
}

export type ReauthenticateHandlers = Pick<Handlers<ServerContract, RequestContext>, 'session.reauthenticate' | 'session.passkeyOptions'>;

const wrongPassword = (): AppError => new AppError('denied', 'Not the current password', { details: { reason: 'wrong_password' } });
/** Refusals that were guesses; limits that were reached are none. */
const guesses = new Set(['wrong_password', 'wrong_code', 'passkey_failed']);

/** ADM-12: who asks proves again who they are, for ten minutes. A stolen session alone does nothing dangerous. */
export function reauthenticateHandlers(
  { database, clock }: Pick<Services, 'database' | 'clock'>,
  { audit, passwords, attempts, lockout, factors }: ReauthenticateOptions,
): ReauthenticateHandlers {
  const challengeName = ({ session }: RequestContext): string => `session ${session.id}`;

  return {
    'session.passkeyOptions': async (_input, context) => ({
      options: await factors.passkeys.beginUse(ownerOf(context), challengeName(context)),
    }),

    'session.reauthenticate': async ({ password, code, passkey }, context) => {
      const { tenantId, member, session } = context;
      const owner = ownerOf(context);
      const record = (result: AuditRecord['result'], details: AuditRecord['details']): AuditRecord => ({
        actorId: member.id,
        action: 'session.reauthenticate',
        target: session.id,
        result,
        address: context.address,
        client: session.kind,
        details: { memberId: member.memberId, ...details },
      });

      /** Checks what takes its time; what is left is done within the transaction. */
      const proof = async (): Promise<{ by: string; spend: (transaction: Database) => Promise<void> }> => {
        if (password !== undefined) {
          const row = await database
            .selectFrom('members')
            .select('password_hash')
            .where('tenant_id', '=', tenantId)
            .where('id', '=', member.id)
            .executeTakeFirst();
          if (!(await passwords.verify(row?.password_hash ?? null, password))) throw wrongPassword();
          return { by: 'password', spend: async () => undefined };
        }
        if (code !== undefined) {
          const byTotp = /^\s*\d{3}\s?\d{3}\s*$/.test(code.normalize('NFKC'));
          const { totp, recoveryCodes } = factors;
          const spend = (transaction: Database) => (byTotp ? totp : recoveryCodes).spend(transaction, owner, code);
          return { by: byTotp ? 'totp' : 'recovery', spend };
        }
        if (passkey === undefined) throw new AppError('invalid', 'Nothing that proves anything');
        await factors.passkeys.finishUse(owner, challengeName(context), passkey);
        return { by: 'passkey', spend: async () => undefined };
      };

      const prove = async (): Promise<number> => {
        const account = `${tenantId} ${member.memberId}${password === undefined ? ' code' : ''}`;
        const attempt = await attempts.begin(context.address, account);
        await lockout.requireNoDelay(owner);
        const { by, spend } = await proof();
        const now = clock.now();
        await database.transaction().execute(async (transaction) => {
          await spend(transaction);
          const mine = { tenant_id: tenantId, id: session.id };
          await transaction
            .updateTable('sessions')
            .set({ proven_at: now })
            .where((where) => where.and(mine))
            .execute();
          await lockout.succeeded(transaction, owner);
          await audit(transaction, tenantId, record('success', { by }));
        });
        await attempt.succeeded();
        return now;
      };

      try {
        return { freshUntil: (await prove()) + freshMs };
      } catch (error) {
        const reason = reasonOf(error);
        if (reason === undefined) throw error;
        await database.transaction().execute((entry) => audit(entry, tenantId, record('denied', { reason })));
        if (guesses.has(reason)) await lockout.failed(owner, { address: context.address, kind: session.kind });
        throw error;
      }
    },
  };
}
