import { uuidv7 } from '#shared/base/uuid.ts';
import type { Database, Services } from '../context.ts';

/** What a client says about the machine it runs on; shown to people, never believed by rules. */
export interface DeviceFacts {
  readonly name: string;
  readonly platform: string;
  readonly appVersion: string;
}

/** What names a device: an app's key by its thumbprint, or a browser by its cookie (hashed). `next` replaces the cookie of before. */
export type DeviceMark =
  | { readonly kind: 'key'; readonly thumbprint: string }
  | { readonly kind: 'browser'; readonly hash: string | null; readonly next: string };

export interface RememberedDevice {
  readonly id: string;
  /** The server's part of the local database's key, made once a device. */
  readonly databaseKey: string;
  /** False at this member's first login from there (ACC-27). */
  readonly known: boolean;
}

/** ACC-21, ACC-28: when a second step was passed on a device, and until when that counts. */
export interface DeviceTrust {
  readonly trustedAt: number;
  readonly trustedUntil: number;
}

/**
 * The device of a login. An app's is named by its key (DESIGN: no fingerprinting), so it survives reinstalling; a browser's by a cookie of
 * its own, which changes with every login: one that was copied is worth nothing after the next.
 */
export async function rememberDevice(
  transaction: Database,
  { clock, random }: Pick<Services, 'clock' | 'random'>,
  who: { readonly tenantId: string; readonly memberId: string; readonly mark: DeviceMark },
  device: DeviceFacts,
): Promise<RememberedDevice> {
  const { tenantId, memberId, mark } = who;
  const now = clock.now();
  const facts = { name: device.name, platform: device.platform, app_version: device.appVersion, last_seen_at: now };
  if (mark.kind === 'browser' && mark.hash !== null) {
    // The cookie is the browser's: everybody who logs in there goes on being known by the new one.
    await transaction.updateTable('devices').set({ browser_hash: mark.next }).where('browser_hash', '=', mark.hash).execute();
    const known = await transaction
      .updateTable('devices')
      .set(facts)
      .where('tenant_id', '=', tenantId)
      .where('member_id', '=', memberId)
      .where('browser_hash', '=', mark.next)
      .returning(['id', 'database_key'])
      .executeTakeFirst();
    if (known !== undefined) return { id: known.id, databaseKey: known.database_key, known: true };
  }
  const id = uuidv7(now, random(10));
  const row = await transaction
    .insertInto('devices')
    .values({
      tenant_id: tenantId,
      id,
      member_id: memberId,
      key_thumbprint: mark.kind === 'key' ? mark.thumbprint : null,
      browser_hash: mark.kind === 'key' ? null : mark.next,
      database_key: Buffer.from(random(32)).toString('base64url'),
      first_seen_at: now,
      ...facts,
    })
    .onConflict((conflict) => conflict.columns(['tenant_id', 'member_id', 'key_thumbprint']).doUpdateSet(facts))
    .returning(['id', 'database_key'])
    .executeTakeFirstOrThrow();
  return { id: row.id, databaseKey: row.database_key, known: row.id !== id };
}

/** Whether a second step was passed on this member's device, and until when that counts; null for a device that is not known. */
export async function findTrust(
  database: Database,
  who: { readonly tenantId: string; readonly memberId: string; readonly thumbprint: string | null; readonly browserHash: string | null },
): Promise<DeviceTrust | null> {
  const column = who.thumbprint === null ? 'browser_hash' : 'key_thumbprint';
  const mark = who.thumbprint ?? who.browserHash;
  if (mark === null) return null;
  const row = await database
    .selectFrom('devices')
    .select(['trusted_at', 'trusted_until'])
    .where('tenant_id', '=', who.tenantId)
    .where('member_id', '=', who.memberId)
    .where(column, '=', mark)
    .executeTakeFirst();
  return row == null || row.trusted_at === null || row.trusted_until === null
    ? null
    : { trustedAt: row.trusted_at, trustedUntil: row.trusted_until };
}
