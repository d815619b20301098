import { uuidv7 } from '#shared/base/uuid.ts';
import type { Database, Services } from '../context.ts';
import { hashToken } from './tokens.ts';

export type InvitationKind = 'join' | 'first_password';

/** 160 random bits: nothing to guess. The code is told once and kept as its SHA-256. */
const codeBytes = 20;

export interface IssuedInvitation {
  readonly id: string;
  readonly code: string;
  readonly expiresAt: number;
}

/** Makes a link's code within the act's transaction. For a first password it replaces one that the member has. */
export async function issueInvitation(
  transaction: Database,
  { clock, random }: Pick<Services, 'clock' | 'random'>,
  tenantId: string,
  invitation: {
    readonly kind: InvitationKind;
    readonly createdBy: string | null;
    readonly memberId: string | null;
    readonly validMs: number;
  },
): Promise<IssuedInvitation> {
  const { kind, createdBy, memberId, validMs } = invitation;
  const now = clock.now();
  const code = Buffer.from(random(codeBytes)).toString('base64url');
  const id = uuidv7(now, random(10));
  const expiresAt = now + validMs;
  if (memberId !== null) await dropInvitationsOf(transaction, tenantId, memberId);
  await transaction
    .insertInto('invitations')
    .values({
      tenant_id: tenantId,
      id,
      hash: hashToken(code),
      kind,
      created_by: createdBy,
      member_id: memberId,
      created_at: now,
      expires_at: expiresAt,
    })
    .execute();
  return { id, code, expiresAt };
}

/** First-password links of a member stop working: they have a password now, or are going. */
export const dropInvitationsOf = async (transaction: Database, tenantId: string, memberId: string): Promise<void> => {
  await transaction.deleteFrom('invitations').where('tenant_id', '=', tenantId).where('member_id', '=', memberId).execute();
};

/** What a code stands for, or null for one that is unknown, used, revoked or expired: these are not told apart. */
export async function findInvitation(database: Database, code: string, now: number) {
  const row = await database
    .selectFrom('invitations')
    .innerJoin('tenants', 'tenants.id', 'invitations.tenant_id')
    .leftJoin('members', (join) =>
      join.onRef('members.tenant_id', '=', 'invitations.tenant_id').onRef('members.id', '=', 'invitations.member_id'),
    )
    .select([
      'invitations.tenant_id',
      'invitations.id',
      'invitations.kind',
      'invitations.created_by',
      'tenants.display_name',
      'tenants.name as tenant',
    ])
    .select(['members.id as owner_id', 'members.member_id', 'members.name', 'members.state'])
    .where('invitations.hash', '=', hashToken(code))
    .where('invitations.expires_at', '>', now)
    .executeTakeFirst();
  return row === undefined || (row.kind === 'first_password' && (row.owner_id === null || row.state === 'deleted')) ? null : row;
}

/** Uses a code up; false when somebody else was first. */
export async function takeInvitation(transaction: Database, tenantId: string, id: string): Promise<boolean> {
  const taken = await transaction
    .deleteFrom('invitations')
    .where('tenant_id', '=', tenantId)
    .where('id', '=', id)
    .returning('id')
    .executeTakeFirst();
  return taken !== undefined;
}
