import type { Handlers } from '#shared/contract/operation.ts';
import type { ServerContract } from '#shared/contract/server.ts';
import type { RequestContext, Services } from '../context.ts';
import type { LinkedIdentity } from './external/linked-identities.ts';
import { devicesOf } from './member-devices.ts';
import { historyOf } from './member-history.ts';
import { pageOfMembers } from './member-list.ts';
import { findMember, profileOf, toAdministered } from './members.ts';
import { passwordExpiresAt } from './password-rules.ts';

export type MemberDetailHandlers = Pick<Handlers<ServerContract, RequestContext>, 'member.list' | 'member.details' | 'member.history'>;

/** Who a member is at identity providers; see `external/linked-identities.ts`. */
export type IdentitiesOf = (tenantId: string, memberId: string) => Promise<readonly LinkedIdentity[]>;

/** How many lines of the access history a member's page begins with. */
const firstEntries = 20;

/** What administrators read about people (ADM-03, ACC-40, ACC-49): never a password, never a key. */
export function memberDetailHandlers(services: Services, identitiesOf: IdentitiesOf): MemberDetailHandlers {
  const { database } = services;
  return {
    'member.list': (input, { tenantId }) => pageOfMembers(database, tenantId, input),

    'member.history': async ({ member, ...filter }, { tenantId }) => {
      const { id } = await findMember(database, tenantId, member);
      return { entries: await historyOf(database, services, tenantId, id, filter) };
    },

    'member.details': async ({ member: reference }, { tenantId, policy }) => {
      const row = await findMember(database, tenantId, reference);
      const codes = await database
        .selectFrom('recovery_codes')
        .select(({ fn }) => fn.countAll<number>().as('left'))
        .where('tenant_id', '=', tenantId)
        .where('member_id', '=', row.id)
        .where('used_at', 'is', null)
        .executeTakeFirstOrThrow();
      return {
        member: toAdministered(row),
        profile: profileOf(row),
        password: {
          changedAt: row.password_set_at,
          expiresAt: passwordExpiresAt(row, policy),
          changeRequested: row.password_due === 'requested',
        },
        twoStep: {
          totp: row.totp_since !== null,
          emailCode: row.email_codes !== 0,
          passkeys: Number(row.passkeys),
          recoveryCodesLeft: Number(codes.left),
        },
        identities: (await identitiesOf(tenantId, row.id)).map(({ method, ...identity }) => ({ ...identity, method: method.name })),
        devices: await devicesOf(database, services, tenantId, { memberId: row.id, limit: 1_000 }),
        history: await historyOf(database, services, tenantId, row.id, { limit: firstEntries }),
      };
    },
  };
}
