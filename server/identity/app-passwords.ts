import { AppError } from '#shared/base/errors.ts';
import { uuidv7 } from '#shared/base/uuid.ts';
import type { Handlers } from '#shared/contract/operation.ts';
import type { ServerContract } from '#shared/contract/server.ts';
import type { AppendAudit, AuditRecord, RequestContext, Services } from '../context.ts';
import type { Sessions } from './sessions.ts';
import { hashToken } from './tokens.ts';

const mostAppPasswords = 50;
const passwordBytes = 20;
const alphabet = 'abcdefghijklmnopqrstuvwxyz234567';

/** 160 random bits as 32 letters and digits (RFC 4648 base32, lower case), in groups of four, so that they can be typed. */
export function passwordOf(random: Uint8Array): string {
  let bits = 0n;
  for (const byte of random) bits = (bits << 8n) | BigInt(byte);
  let text = '';
  for (let at = 0; at < (random.length * 8) / 5; at += 1) {
    text = alphabet[Number(bits & 31n)]! + text;
    bits >>= 5n;
  }
  return text.replaceAll(/.{4}(?=.)/g, '$&-');
}

/** The form in which a password is hashed: people may leave out its hyphens or type capitals. */
export const plainPassword = (typed: string): string => typed.toLowerCase().replaceAll(/[\s-]/g, '');

export type AppPasswordHandlers = Pick<Handlers<ServerContract, RequestContext>, `appPassword.${'create' | 'list' | 'remove'}`>;

/**
 * Passwords for programs that can only do Basic (WebDAV). Each is a session of kind `dav` without a device: what ends sessions ends it, and every rule
 * of the gate holds for it. Only its SHA-256 is kept; it is random, so there is nothing to guess.
 */
export function appPasswordHandlers(
  { database, clock, random }: Pick<Services, 'database' | 'clock' | 'random'>,
  options: { readonly audit: AppendAudit; readonly sessions: Pick<Sessions, 'end' | 'announceEnd'>; readonly publicUrl: () => string },
): AppPasswordHandlers {
  const { audit, sessions } = options;
  const url = (): string => `${options.publicUrl().replace(/\/$/, '')}/dav/`;
  const record = ({ member, session, address }: RequestContext, action: string, target: string, label: string): AuditRecord => ({
    actorId: member.id,
    action,
    target,
    result: 'success',
    address,
    client: session.kind,
    details: { label },
  });

  return {
    'appPassword.create': async ({ label }, context) => {
      const { tenantId, member, address } = context;
      const now = clock.now();
      const id = uuidv7(now, random(10));
      const password = passwordOf(random(passwordBytes));
      const tenant = await database.selectFrom('tenants').select('name').where('id', '=', tenantId).executeTakeFirstOrThrow();
      await database.transaction().execute(async (transaction) => {
        // The member's row first: of two at once each counts the other.
        await transaction
          .updateTable('members')
          .set(({ ref }) => ({ created_at: ref('created_at') }))
          .where('tenant_id', '=', tenantId)
          .where('id', '=', member.id)
          .execute();
        const { count } = await transaction
          .selectFrom('sessions')
          .select(({ fn }) => fn.countAll<number>().as('count'))
          .where('tenant_id', '=', tenantId)
          .where('member_id', '=', member.id)
          .where('kind', '=', 'dav')
          .where('ended_at', 'is', null)
          .executeTakeFirstOrThrow();
        if (Number(count) >= mostAppPasswords) {
          throw new AppError('conflict', `At most ${mostAppPasswords} app passwords`, {
            details: { reason: 'too_many_app_passwords', subject: String(mostAppPasswords) },
          });
        }
        await transaction
          .insertInto('sessions')
          .values({
            tenant_id: tenantId,
            id,
            member_id: member.id,
            device_id: '',
            kind: 'dav',
            method: 'app_password',
            access_hash: hashToken(plainPassword(password)),
            created_at: now,
            last_used_at: now,
            address,
          })
          .execute();
        await transaction
          .insertInto('app_passwords')
          .values({ tenant_id: tenantId, id, member_id: member.id, label, created_at: now })
          .execute();
        await audit(transaction, tenantId, record(context, 'app_password.create', id, label));
      });
      return { id, password, userName: `${member.memberId}@${tenant.name}`, url: url() };
    },

    'appPassword.list': async (_, { tenantId, member }) => {
      const rows = await database
        .selectFrom('app_passwords')
        .innerJoin('sessions', (join) =>
          join.onRef('sessions.tenant_id', '=', 'app_passwords.tenant_id').onRef('sessions.id', '=', 'app_passwords.id'),
        )
        .select(['app_passwords.id', 'app_passwords.label', 'app_passwords.created_at', 'sessions.last_used_at'])
        .where('app_passwords.tenant_id', '=', tenantId)
        .where('app_passwords.member_id', '=', member.id)
        .where('sessions.ended_at', 'is', null)
        .orderBy('app_passwords.created_at')
        .orderBy('app_passwords.id')
        .execute();
      const passwords = rows.map((row) => ({
        id: row.id,
        label: row.label,
        createdAt: row.created_at,
        lastUsedAt: row.last_used_at > row.created_at ? row.last_used_at : null,
      }));
      return { passwords, url: url() };
    },

    'appPassword.remove': async ({ id }, context) => {
      const { tenantId, member } = context;
      await database.transaction().execute(async (transaction) => {
        const removed = await transaction
          .deleteFrom('app_passwords')
          .where('tenant_id', '=', tenantId)
          .where('member_id', '=', member.id)
          .where('id', '=', id)
          .returning('label')
          .executeTakeFirst();
        if (removed === undefined) throw new AppError('not_found', 'No such app password');
        await sessions.end(transaction, tenantId, id, 'app_password_removed');
        await audit(transaction, tenantId, record(context, 'app_password.remove', id, removed.label));
      });
      sessions.announceEnd(tenantId, member.id, id, 'app_password_removed');
      return {};
    },
  };
}
