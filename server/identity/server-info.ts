import type { OutputOf } from '#shared/contract/operation.ts';
import type { ServerContract } from '#shared/contract/server.ts';
import { Policy } from '#shared/model/policy.ts';
import type { Database } from '../context.ts';

/** The demo accounts that the login form offers; null on every real server. */
export interface DemoLogin {
  readonly tenant: string;
  readonly memberIds: readonly string[];
  /** Empty when the operator chose one of their own: then only those who were told know it. */
  readonly password: string;
}

/** What anybody may know about this server. The tenant's name only where there is just one. */
export async function describeServer(
  database: Database,
  version: string,
  demo: DemoLogin | null,
): Promise<OutputOf<ServerContract, 'server.info'>> {
  const tenants = await database.selectFrom('tenants').select(['id', 'name', 'display_name', 'policy']).limit(2).execute();
  const only = tenants.length === 1 ? tenants[0]! : null;
  const accounts =
    demo === null
      ? []
      : await database
          .selectFrom('members')
          .innerJoin('tenants', 'tenants.id', 'members.tenant_id')
          .select(['members.member_id', 'members.name'])
          .where('tenants.name', '=', demo.tenant)
          .where('members.member_id', 'in', [...demo.memberIds])
          .execute();
  const order = (memberId: string): number => demo?.memberIds.indexOf(memberId) ?? 0;
  return {
    product: 'hikyaku',
    version,
    tenant: only === null ? null : { name: only.name, displayName: only.display_name },
    ...(only === null ? {} : { keepLogin: Policy.parse(JSON.parse(only.policy)).keepLogin }),
    demoAccounts: accounts
      .toSorted((a, b) => order(a.member_id) - order(b.member_id))
      .map((account) => ({ memberId: account.member_id, name: account.name, password: demo?.password ?? '' })),
  };
}
