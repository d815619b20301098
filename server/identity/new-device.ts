import type { ClientKind, Policy } from '#shared/model/policy.ts';
import type { Database, Notify } from '../context.ts';
import type { DeviceFacts } from './devices.ts';

/** A login that has just opened a session. */
export interface NotedLogin {
  readonly tenantId: string;
  readonly memberId: string;
  /** The device as it is remembered; `known` where this member logged in from there before, whatever its screen, system or version is now. */
  readonly device: { readonly id: string; readonly known: boolean };
  readonly facts: DeviceFacts;
  readonly kind: ClientKind;
  readonly address: string;
  readonly country: string | null;
  readonly at: number;
  readonly policy: Pick<Policy, 'notices'>;
}

/** Within the login's transaction, before its audit entry. Returns what announces it after the commit. */
export type NoteLogin = (transaction: Database, login: NotedLogin) => Promise<() => void>;

/**
 * ACC-27: the first login from a device is told to the member, however they logged in. A device is a key or a browser's own cookie, so neither a
 * new monitor nor an update raises an alarm; nor does the first device of an account, since there is nobody else to tell.
 */
export function makeNoteLogin(notify: Notify): NoteLogin {
  return async (transaction, login) => {
    const { tenantId, memberId, device, facts, kind, address, country, at, policy } = login;
    if (device.known || !policy.notices.newDevice) return () => undefined;
    const other = await transaction
      .selectFrom('devices')
      .select('id')
      .where('tenant_id', '=', tenantId)
      .where('member_id', '=', memberId)
      .where('id', '!=', device.id)
      .limit(1)
      .executeTakeFirst();
    if (other === undefined) return () => undefined;
    return notify(transaction, tenantId, memberId, {
      kind: 'new_device',
      facts: { deviceName: facts.name, platform: facts.platform, client: kind, address, country, at },
    });
  };
}
