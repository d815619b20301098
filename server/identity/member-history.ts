import { z } from 'zod';
import type { HistoryEntry } from '#shared/contract/admin-devices.ts';
import type { Database, Services } from '../context.ts';

/** ACC-40: how far back the access history goes, in milliseconds. */
const historyMs = 90 * 86_400_000;

/** What the audit log says of a login, as far as the history shows it. */
const LoginDetails = z.object({
  reason: z.string().nullish(),
  deviceId: z.string().nullish(),
  sessionId: z.string().nullish(),
  device: z.string().nullish(),
  country: z.string().nullish(),
  memberId: z.string().nullish(),
});

export interface HistoryFilter {
  /** The environment (the session's kind). */
  readonly kind?: string | undefined;
  /** Only what was before then. */
  readonly before?: number | undefined;
  readonly limit: number;
}

/** The accesses of a member within 90 days, newest first: logins that worked, were refused or failed, and how sessions ended (ACC-40). */
export async function historyOf(
  database: Database,
  { clock, countryOf }: Pick<Services, 'clock' | 'countryOf'>,
  tenantId: string,
  memberId: string,
  { kind, before, limit }: HistoryFilter,
): Promise<HistoryEntry[]> {
  let entries = database
    .selectFrom('audit_entries')
    .select(['sequence', 'at', 'action', 'target', 'result', 'address', 'client', 'details'])
    .where('tenant_id', '=', tenantId)
    .where('at', '>=', clock.now() - historyMs);
  if (before !== undefined) entries = entries.where('at', '<', before);
  if (kind !== undefined) entries = entries.where('client', '=', kind);
  const newest = entries.orderBy('at', 'desc').orderBy('sequence', 'desc').limit(limit);
  const own = await newest
    .where('actor_id', '=', memberId)
    .where((where) => where.or([where('action', 'like', 'session.%'), where('action', 'like', 'access.%')]))
    .execute();
  // Somebody else ended their sessions (ACC-41).
  const ended = await newest
    .where('action', '=', 'session.end')
    .where('actor_id', '!=', memberId)
    .where((where) => where.or([where('target', '=', memberId), where('details', 'like', `%"memberId":${JSON.stringify(memberId)}%`)]))
    .execute();
  const rows = [...own, ...ended].toSorted((a, b) => b.at - a.at || b.sequence - a.sequence).slice(0, limit);
  const parsed = rows.map((row) => ({ ...row, said: LoginDetails.safeParse(JSON.parse(row.details)).data ?? {} }));
  const devices = await devicesBySession(database, tenantId, memberId);
  return parsed.map((row) => {
    const device = devices.get(row.said.deviceId ?? '') ?? devices.get(row.said.sessionId ?? '') ?? devices.get(row.target ?? '');
    return {
      at: row.at,
      action: row.action,
      result: row.result,
      reason: row.said.reason ?? null,
      kind: row.client,
      deviceName: row.said.device ?? device?.name ?? null,
      platform: device?.platform ?? null,
      version: device?.version ?? null,
      address: row.address,
      country: row.said.country ?? (row.address === null ? null : countryOf(row.address)),
    };
  });
}

/** A member's devices, by their own id and by the ids of sessions on them. */
async function devicesBySession(
  database: Database,
  tenantId: string,
  memberId: string,
): Promise<Map<string, { readonly name: string; readonly platform: string; readonly version: string }>> {
  const rows = await database
    .selectFrom('devices')
    .leftJoin('sessions', (join) =>
      join.onRef('sessions.tenant_id', '=', 'devices.tenant_id').onRef('sessions.device_id', '=', 'devices.id'),
    )
    .select(['devices.id', 'devices.name', 'devices.platform', 'devices.app_version', 'sessions.id as session_id'])
    .where('devices.tenant_id', '=', tenantId)
    .where('devices.member_id', '=', memberId)
    .execute();
  return new Map(
    rows.flatMap((row) => {
      const device = { name: row.name, platform: row.platform, version: row.app_version };
      return [[row.id, device] as const, ...(row.session_id === null ? [] : [[row.session_id, device] as const])];
    }),
  );
}
