import type { Database } from '../context.ts';
import type { FirstPasswordLinks } from './first-password.ts';
import { noPasswordFits } from './passwords.ts';
import type { Sessions } from './sessions.ts';

export interface PasswordReset {
  readonly reset: number;
  /** Those who keep what they have: the supreme administrator, who asks, and who has no password. */
  readonly excluded: number;
  readonly ended: readonly { readonly memberId: string; readonly sessionId: string }[];
  /** For those without a registered address: links that the administrator hands on. */
  readonly links: { readonly memberId: string; readonly name: string; readonly url: string }[];
}

export interface ResetTools {
  readonly links: FirstPasswordLinks;
  readonly sessions: Pick<Sessions, 'endAll'>;
}

/** What the sessions are told. */
const endedReason = 'password_changed';

/**
 * ACC-07: nobody's password fits any more, but the supreme administrator's. Everybody gets a link to choose a new one: by mail where an address is
 * registered, else for the administrator to hand on. Who asks keeps theirs until their next login, so that the answer reaches them.
 */
export async function resetPasswords(
  transaction: Database,
  { tenantId, asker, now }: { readonly tenantId: string; readonly asker: { readonly id: string }; readonly now: number },
  { links, sessions }: ResetTools,
): Promise<PasswordReset> {
  const counted = await transaction
    .selectFrom('members')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .where('tenant_id', '=', tenantId)
    .where('state', '!=', 'deleted')
    .executeTakeFirstOrThrow();
  const chosen = await transaction
    .selectFrom('members')
    .select(['id', 'member_id', 'name', 'email', 'profile', 'password_hash', 'password_set_at', 'created_at'])
    .where('tenant_id', '=', tenantId)
    .where('state', '!=', 'deleted')
    .where('role', '!=', 'supreme')
    .where('id', '!=', asker.id)
    .where('password_hash', 'is not', null)
    .orderBy('member_id')
    .execute();
  await transaction
    .updateTable('members')
    .set({ password_due: 'requested' })
    .where('tenant_id', '=', tenantId)
    .where('id', '=', asker.id)
    .where('role', '!=', 'supreme')
    .where('password_due', 'is', null)
    .execute();
  const ended: { memberId: string; sessionId: string }[] = [];
  const shown: PasswordReset['links'] = [];
  const by = { tenantId, member: asker };
  for (const member of chosen) {
    if (member.password_hash !== noPasswordFits) {
      const setAt = member.password_set_at ?? member.created_at;
      const before = { tenant_id: tenantId, member_id: member.id, set_at: setAt, hash: member.password_hash! };
      await transaction.insertInto('password_history').values(before).execute();
    }
    await transaction
      .updateTable('members')
      .set({ password_hash: noPasswordFits, password_set_at: now, password_due: 'reset' })
      .where('tenant_id', '=', tenantId)
      .where('id', '=', member.id)
      .execute();
    for (const sessionId of await sessions.endAll(transaction, tenantId, member.id, endedReason))
      ended.push({ memberId: member.id, sessionId });
    const link = await links.issue(transaction, by, member, 'renewed');
    if (link.kind === 'shown') shown.push({ memberId: member.member_id, name: member.name, url: link.url });
  }
  return { reset: chosen.length, excluded: Number(counted.count) - chosen.length, ended, links: shown };
}
