import { AppError } from '#shared/base/errors.ts';
import { uuidv7 } from '#shared/base/uuid.ts';
import type { AppendAudit, Services } from '../../context.ts';
import type { Asserted } from './asserted.ts';
import type { Provider } from './providers.ts';

/** Whom the provider's words mean here. Throws `denied`: `identity_unknown`, or `identity_unlinked` (ACC-25). */
export type MatchMember = (provider: Provider, asserted: Asserted, address: string) => Promise<string>;

/**
 * A subject stays whom it was linked to, whatever names change later; the first time it is compared with our members by the provider's rule,
 * and linked. Nobody is made here.
 */
export function makeMatchMember(
  { database, clock, random }: Pick<Services, 'database' | 'clock' | 'random'>,
  audit: AppendAudit,
): MatchMember {
  return async ({ tenantId, id: providerId, name }, { subject, match }, address) => {
    const refuse = async (reason: string, memberId: string | null): Promise<never> => {
      const details = { reason, provider: name, subject: subject.slice(0, 200) };
      const record = {
        actorId: memberId,
        action: 'session.login',
        target: match?.value.slice(0, 80) ?? null,
        address,
        client: null,
        details,
      };
      await database.transaction().execute((transaction) => audit(transaction, tenantId, { ...record, result: 'denied' }));
      throw new AppError('denied', `Nobody here: ${reason}`, { details: { reason } });
    };
    const known = await database
      .selectFrom('linked_identities')
      .select(['member_id', 'unlinked_at'])
      .where('tenant_id', '=', tenantId)
      .where('provider_id', '=', providerId)
      .where('subject', '=', subject)
      .executeTakeFirst();
    if (known !== undefined) return known.unlinked_at === null ? known.member_id : refuse('identity_unlinked', known.member_id);
    if (match === null) return refuse('identity_unknown', null);
    const members = database.selectFrom('members').select('id').where('tenant_id', '=', tenantId).limit(2);
    const found = await (
      match.kind === 'member_id'
        ? members.where('member_id', '=', match.value.toLowerCase())
        : members.where(({ fn, ref }) => fn('lower', [ref('email')]), '=', match.value.toLowerCase())
    ).execute();
    // An address that two members have says nothing.
    if (found.length !== 1) return refuse('identity_unknown', null);
    const memberId = found[0]!.id;
    const now = clock.now();
    await database.transaction().execute(async (transaction) => {
      const linked = await transaction
        .insertInto('linked_identities')
        .values({ tenant_id: tenantId, id: uuidv7(now, random(10)), provider_id: providerId, subject, member_id: memberId, linked_at: now })
        .onConflict((conflict) => conflict.columns(['tenant_id', 'provider_id', 'subject']).doNothing())
        .returning('id')
        .executeTakeFirst();
      if (linked === undefined) return;
      const details = { provider: name, subject: subject.slice(0, 200) };
      const record = {
        actorId: memberId,
        action: 'member.link_identity',
        target: memberId,
        result: 'success',
        address,
        client: null,
        details,
      } as const;
      await audit(transaction, tenantId, record);
    });
    return memberId;
  };
}
