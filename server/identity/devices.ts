import { uuidv7 } from '#shared/base/uuid.ts';
import type { Database, Services } from '../context.ts';

/** What a client says about the machine it runs on; shown to people, never believed by rules. */
export interface DeviceFacts {
  readonly name: string;
  readonly platform: string;
  readonly appVersion: string;
}

/**
 * The device of a login: its key's thumbprint names it (DESIGN: no fingerprinting), so it survives reinstalling. Browsers have no key and
 * are a new device each login. Returns its id and the server's part of the local database's key, made once a device.
 */
export async function rememberDevice(
  transaction: Database,
  { clock, random }: Pick<Services, 'clock' | 'random'>,
  who: { readonly tenantId: string; readonly memberId: string; readonly thumbprint: string | null },
  device: DeviceFacts,
): Promise<{ id: string; databaseKey: string }> {
  const now = clock.now();
  const facts = { name: device.name, platform: device.platform, app_version: device.appVersion, last_seen_at: now };
  const row = await transaction
    .insertInto('devices')
    .values({
      tenant_id: who.tenantId,
      id: uuidv7(now, random(10)),
      member_id: who.memberId,
      key_thumbprint: who.thumbprint,
      database_key: Buffer.from(random(32)).toString('base64url'),
      first_seen_at: now,
      ...facts,
    })
    .onConflict((conflict) => conflict.columns(['tenant_id', 'member_id', 'key_thumbprint']).doUpdateSet(facts))
    .returning(['id', 'database_key'])
    .executeTakeFirstOrThrow();
  return { id: row.id, databaseKey: row.database_key };
}
