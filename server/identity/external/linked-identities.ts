import type { LoginMethod } from '#shared/contract/login.ts';
import type { Database } from '../../context.ts';
import type { Providers } from './providers.ts';

/** A provider's subject that stands for a member. */
export interface LinkedIdentity {
  readonly id: string;
  readonly method: LoginMethod;
  readonly subject: string;
  readonly linkedAt: number;
  /** False once an administrator took it away (ACC-25). */
  readonly linked: boolean;
}

/** Who a member is elsewhere, by when it was linked. */
export async function linkedIdentities(
  database: Database,
  providers: Providers,
  tenantId: string,
  memberId: string,
): Promise<LinkedIdentity[]> {
  const rows = await database
    .selectFrom('linked_identities')
    .select(['id', 'provider_id', 'subject', 'linked_at', 'unlinked_at'])
    .where('tenant_id', '=', tenantId)
    .where('member_id', '=', memberId)
    .orderBy('linked_at')
    .execute();
  if (rows.length === 0) return [];
  const known = new Map((await providers.list(tenantId)).map((provider) => [provider.id, provider]));
  return rows.flatMap((row) => {
    const provider = known.get(row.provider_id);
    if (provider === undefined) return [];
    const method = { id: provider.id, kind: provider.settings.kind, name: provider.name };
    return [{ id: row.id, method, subject: row.subject, linkedAt: row.linked_at, linked: row.unlinked_at === null }];
  });
}
