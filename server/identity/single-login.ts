import type { AppendAudit, Database, RequestContext, Services } from '../context.ts';
import type { Sessions } from './sessions.ts';

/** Why older sessions ended (EXP-03). Synced folders stay as they are. */
export const elsewhereReason = 'logged_in_elsewhere';

/** Whether a member wants to be logged in only once for each kind of program. */
export async function wantsSingleLogin(database: Database, tenantId: string, memberId: string): Promise<boolean> {
  const row = await database
    .selectFrom('members')
    .select('single_login')
    .where('tenant_id', '=', tenantId)
    .where('id', '=', memberId)
    .executeTakeFirst();
  return row?.single_login === 1;
}

export async function setSingleLogin(
  { database }: Pick<Services, 'database'>,
  audit: AppendAudit,
  { tenantId, member, session, address }: RequestContext,
  on: boolean,
): Promise<void> {
  await database.transaction().execute(async (transaction) => {
    const changed = await transaction
      .updateTable('members')
      .set({ single_login: on ? 1 : 0 })
      .where('tenant_id', '=', tenantId)
      .where('id', '=', member.id)
      .where('single_login', '=', on ? 0 : 1)
      .returning('id')
      .executeTakeFirst();
    if (changed === undefined) return;
    const record = { actorId: member.id, action: 'account.single_login', target: member.id, address, client: session.kind };
    await audit(transaction, tenantId, { ...record, result: 'success', details: { on } });
  });
}

/**
 * EXP-03: ends the sessions of the same kind that were open before this one, where the member wants that, within the transaction of the login. Returns what is to be announced
 * after it; the audit log names each.
 */
export async function endOlderLogins(
  transaction: Database,
  { audit, sessions }: { readonly audit: AppendAudit; readonly sessions: Pick<Sessions, 'end' | 'announceEnd'> },
  login: {
    readonly tenantId: string;
    readonly memberId: string;
    readonly sessionId: string;
    readonly kind: string;
    readonly address: string;
  },
): Promise<() => void> {
  const { tenantId, memberId, sessionId, kind, address } = login;
  if (!(await wantsSingleLogin(transaction, tenantId, memberId))) return () => undefined;
  const older = await transaction
    .selectFrom('sessions')
    .select('id')
    .where('tenant_id', '=', tenantId)
    .where('member_id', '=', memberId)
    .where('kind', '=', kind)
    .where('ended_at', 'is', null)
    .where('id', '!=', sessionId)
    .execute();
  for (const { id } of older) {
    await sessions.end(transaction, tenantId, id, elsewhereReason);
    const record = { actorId: memberId, action: 'session.end', target: id, address, client: kind };
    await audit(transaction, tenantId, { ...record, result: 'success', details: { reason: elsewhereReason, sessionId } });
  }
  return () => {
    for (const { id } of older) sessions.announceEnd(tenantId, memberId, id, elsewhereReason);
  };
}
