import { sql } from 'kysely';
import type { AdministeredDevice } from '#shared/contract/admin-devices.ts';
import { ClientKind } from '#shared/model/policy.ts';
import { isAtLeast } from '#shared/policy/version.ts';
import type { Database, Services } from '../context.ts';
import { listBatches } from '../content/batches.ts';
import { containing } from '../store/like.ts';

export interface DeviceFilter {
  /** A member by id. */
  readonly memberId?: string | undefined;
  readonly deviceId?: string | undefined;
  /** Looked for in the device's and the member's name, and in what they log in with. */
  readonly text?: string | undefined;
  readonly trusted?: boolean | undefined;
  /** "This version or older" (ADM-21). */
  readonly versionUpTo?: string | undefined;
  readonly limit: number;
}

/** The places where members' programs run or ran, last used first (ACC-28, ACC-49, ADM-20). */
export async function devicesOf(
  database: Database,
  { countryOf, clock }: Pick<Services, 'countryOf' | 'clock'>,
  tenantId: string,
  { memberId, deviceId, text, trusted, versionUpTo, limit }: DeviceFilter,
): Promise<AdministeredDevice[]> {
  let query = database
    .selectFrom('devices')
    .innerJoin('members', (join) => join.onRef('members.tenant_id', '=', 'devices.tenant_id').onRef('members.id', '=', 'devices.member_id'))
    .selectAll('devices')
    .select('members.name as member_name')
    .where('devices.tenant_id', '=', tenantId);
  if (memberId !== undefined) query = query.where('devices.member_id', '=', memberId);
  if (deviceId !== undefined) query = query.where('devices.id', '=', deviceId);
  if (trusted !== undefined) {
    const until = clock.now();
    query = trusted
      ? query.where('devices.trusted_until', '>', until)
      : query.where((where) => where.or([where('devices.trusted_until', 'is', null), where('devices.trusted_until', '<=', until)]));
  }
  if (text !== undefined && text !== '') {
    const pattern = containing(text);
    const found = (column: 'devices.name' | 'members.name' | 'members.member_id') =>
      sql<boolean>`lower(${sql.ref(column)}) like ${pattern} escape '\\'`;
    query = query.where((where) => where.or([found('devices.name'), found('members.name'), found('members.member_id')]));
  }
  // Versions are compared as numbers, which no database does by itself.
  const rows = await query.orderBy('devices.last_seen_at', 'desc').execute();
  const devices = rows.filter(({ app_version: own }) => versionUpTo === undefined || isAtLeast(versionUpTo, own)).slice(0, limit);
  const sessions = await sessionsOf(
    database,
    tenantId,
    devices.map(({ id }) => id),
  );
  return devices.map((device) => {
    const own = sessions.get(device.id) ?? [];
    const address = own[0]?.address ?? null;
    return {
      id: device.id,
      memberId: device.member_id,
      memberName: device.member_name,
      name: device.name,
      platform: device.platform,
      appVersion: device.app_version,
      kinds: [...new Set(own.map(({ kind }) => ClientKind.parse(kind)))],
      firstSeenAt: device.first_seen_at,
      lastSeenAt: device.last_seen_at,
      address,
      country: address === null ? null : countryOf(address),
      trustedSince: device.trusted_at,
      trustedUntil: device.trusted_until,
      wipe: device.wipe as AdministeredDevice['wipe'],
      syncSince: device.sync_since,
      openSessions: own.filter((session) => session.ended_at === null).length,
    };
  });
}

/** The sessions of devices, those used last first. */
async function sessionsOf(database: Database, tenantId: string, deviceIds: readonly string[]) {
  const rows = [];
  for (const some of listBatches([...deviceIds])) {
    const part = await database
      .selectFrom('sessions')
      .select(['device_id', 'kind', 'address', 'ended_at', 'last_used_at'])
      .where('tenant_id', '=', tenantId)
      .where('device_id', 'in', some)
      .orderBy('last_used_at', 'desc')
      .execute();
    rows.push(...part);
  }
  return Map.groupBy(rows, (row) => row.device_id);
}
