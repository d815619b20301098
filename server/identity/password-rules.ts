import { z } from 'zod';
import { AppError } from '#shared/base/errors.ts';
import type { Policy } from '#shared/model/policy.ts';
import { judgeNewPassword, newPasswordRules, type PasswordFault } from '#shared/policy/password.ts';
import type { Database } from '../context.ts';
import { dropInvitationsOf } from './invitations.ts';
import { hashPassword, noPasswordFits, verifyPassword } from './passwords.ts';

const dayMs = 86_400_000;
/** As many as the strictest rule looks at besides the present one (ACC-04: the last five). */
const keptBefore = 4;

const Due = z.enum(['requested', 'initial', 'reset']);
/** What the next login must do about a password, as the column `password_due` says it. */
export type PasswordDue = z.infer<typeof Due>;

/** What this needs of a member's row. */
export interface PasswordRow {
  readonly password_hash: string | null;
  readonly password_set_at: number | null;
  readonly password_due: string | null;
  readonly created_at: number;
}

/** When a password runs out (ACC-03), or null for never. One that was never changed counts from the member's beginning. */
export function passwordExpiresAt(member: PasswordRow, { password: { expiryDays } }: Pick<Policy, 'password'>): number | null {
  if (expiryDays === null || member.password_hash === null) return null;
  return (member.password_set_at ?? member.created_at) + expiryDays * dayMs;
}

/** Why a member must choose a new password before going on, or null (ACC-03, ACC-08, ACC-09, ACC-10). Nobody must who has none. */
export function passwordDue(member: PasswordRow, policy: Pick<Policy, 'password'>, now: number): PasswordDue | 'expired' | null {
  if (member.password_hash === null) return null;
  const due = Due.safeParse(member.password_due);
  if (due.success) return due.data;
  const expiresAt = passwordExpiresAt(member, policy);
  return expiresAt !== null && expiresAt <= now ? 'expired' : null;
}

/** A new password that was found good, hashed, for `setPassword`. It replaces the one of the row that it was made from, and no other. */
export interface CheckedPassword {
  readonly hash: string;
  readonly replaces: string | null;
}

/** Whose password it is; `id` null for somebody who is only about to be made. */
export interface PasswordOwner {
  readonly tenantId: string;
  readonly id: string | null;
  readonly memberId: string;
}

const refuse = ({ reason, subject }: PasswordFault): never => {
  throw new AppError('invalid', `Not a password by the rules: ${reason}`, {
    details: { reason, ...(subject === undefined ? {} : { subject }) },
  });
};

/** Throws `invalid` for a new password that the rules refuse, as far as that can be said without the history. */
export function requireByRules(password: string, memberId: string, { password: rules }: Pick<Policy, 'password'>): void {
  const fault = judgeNewPassword(password, memberId, newPasswordRules(rules));
  if (fault !== null) refuse(fault);
}

/**
 * Judges a new password by the rules in force (ACC-01, ACC-02, ACC-04) and hashes it. To be called outside of a transaction: it takes its time.
 * Throws `invalid` with one of the reasons `password_*`. `chosenBy: 'administrator'` leaves the reuse ban out, which would tell
 * an administrator what somebody used before.
 */
export async function checkNewPassword(
  database: Database,
  owner: PasswordOwner,
  password: string,
  policy: Pick<Policy, 'password'>,
  chosenBy: 'member' | 'administrator' = 'member',
): Promise<CheckedPassword> {
  requireByRules(password, owner.memberId, policy);
  const present = await presentHash(database, owner);
  const { reuseBan } = policy.password;
  if (chosenBy === 'member' && reuseBan > 0) {
    const before = await hashesBefore(database, owner, reuseBan - 1);
    for (const hash of present === null ? before : [present, ...before]) {
      if (await verifyPassword(hash, password)) refuse({ reason: 'password_reused', subject: String(reuseBan) });
    }
  }
  return { hash: await hashPassword(password), replaces: present };
}

async function presentHash(database: Database, { tenantId, id }: PasswordOwner): Promise<string | null> {
  if (id === null) return null;
  const row = await database
    .selectFrom('members')
    .select('password_hash')
    .where('tenant_id', '=', tenantId)
    .where('id', '=', id)
    .executeTakeFirst();
  return row?.password_hash ?? null;
}

async function hashesBefore(database: Database, { tenantId, id }: PasswordOwner, count: number): Promise<string[]> {
  if (id === null || count === 0) return [];
  const rows = await database
    .selectFrom('password_history')
    .select('hash')
    .where('tenant_id', '=', tenantId)
    .where('member_id', '=', id)
    .orderBy('set_at', 'desc')
    .limit(count)
    .execute();
  return rows.map(({ hash }) => hash);
}

/**
 * Gives a member a checked password, within the transaction of the act; the one before goes to the history. `due` is what the next login must do
 * about it, null when the member chose it themselves. Ends no session and writes no audit entry: the caller knows which.
 * Throws `conflict` with `password_changed_meanwhile` when the password is no longer the one that was checked against.
 */
export async function setPassword(
  transaction: Database,
  { tenantId, id }: { readonly tenantId: string; readonly id: string },
  checked: CheckedPassword,
  { now, due }: { readonly now: number; readonly due: PasswordDue | null },
): Promise<void> {
  const changed = () => new AppError('conflict', 'Somebody changed it meanwhile', { details: { reason: 'password_changed_meanwhile' } });
  const before = await transaction
    .selectFrom('members')
    .select(['password_hash', 'password_set_at', 'created_at'])
    .where('tenant_id', '=', tenantId)
    .where('id', '=', id)
    .executeTakeFirst();
  if (before === undefined || before.password_hash !== checked.replaces) throw changed();
  // Later than the one before also where a clock stands still or was turned back: the history is in this order.
  const setAt = Math.max(now, (before.password_set_at ?? before.created_at) + 1);
  const updated = await transaction
    .updateTable('members')
    .set({ password_hash: checked.hash, password_set_at: setAt, password_due: due })
    .where('tenant_id', '=', tenantId)
    .where('id', '=', id)
    .where('password_hash', 'is not distinct from', checked.replaces)
    .returning('id')
    .executeTakeFirst();
  if (updated === undefined) throw changed();
  // Links and codes that were to bring a password have served: nobody may use them afterwards.
  await dropInvitationsOf(transaction, tenantId, id);
  await transaction.deleteFrom('recovery_tickets').where('tenant_id', '=', tenantId).where('member_id', '=', id).execute();
  if (before.password_hash === null || before.password_hash === noPasswordFits) return;
  await keepBefore(transaction, tenantId, id, { hash: before.password_hash, setAt: before.password_set_at ?? before.created_at });
}

/** Adds one hash to the history and drops what no rule looks at. */
async function keepBefore(
  transaction: Database,
  tenantId: string,
  id: string,
  { hash, setAt }: { readonly hash: string; readonly setAt: number },
): Promise<void> {
  await transaction.insertInto('password_history').values({ tenant_id: tenantId, member_id: id, set_at: setAt, hash }).execute();
  const oldest = await transaction
    .selectFrom('password_history')
    .select('set_at')
    .where('tenant_id', '=', tenantId)
    .where('member_id', '=', id)
    .orderBy('set_at', 'desc')
    .offset(keptBefore - 1)
    .limit(1)
    .executeTakeFirst();
  if (oldest === undefined) return;
  await transaction
    .deleteFrom('password_history')
    .where('tenant_id', '=', tenantId)
    .where('member_id', '=', id)
    .where('set_at', '<', oldest.set_at)
    .execute();
}
