import type { AdministeredDevice } from '#shared/contract/admin-devices.ts';
import { ClientKind } from '#shared/model/policy.ts';
import type { Database, Services } from '../context.ts';

/** The places where a member's programs run or ran, last used first (ACC-49). */
export async function devicesOf(
  database: Database,
  services: Pick<Services, 'countryOf'>,
  tenantId: string,
  member: { readonly id: string; readonly name: string },
): Promise<AdministeredDevice[]> {
  const devices = await database
    .selectFrom('devices')
    .selectAll()
    .where('tenant_id', '=', tenantId)
    .where('member_id', '=', member.id)
    .orderBy('last_seen_at', 'desc')
    .execute();
  const rows = await database
    .selectFrom('sessions')
    .select(['device_id', 'kind', 'address', 'ended_at', 'last_used_at'])
    .where('tenant_id', '=', tenantId)
    .where('member_id', '=', member.id)
    .orderBy('last_used_at', 'desc')
    .execute();
  const sessions = Map.groupBy(rows, (row) => row.device_id);
  return devices.map((device) => {
    const own = sessions.get(device.id) ?? [];
    const address = own[0]?.address ?? null;
    return {
      id: device.id,
      memberId: member.id,
      memberName: member.name,
      name: device.name,
      platform: device.platform,
      appVersion: device.app_version,
      kinds: [...new Set(own.map(({ kind }) => ClientKind.parse(kind)))],
      firstSeenAt: device.first_seen_at,
      lastSeenAt: device.last_seen_at,
      address,
      country: address === null ? null : services.countryOf(address),
      trustedSince: device.trusted_at,
      trustedUntil: device.trusted_until,
      wipe: device.wipe as AdministeredDevice['wipe'],
      openSessions: own.filter((session) => session.ended_at === null).length,
    };
  });
}
