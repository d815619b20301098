import { z } from 'zod';
import { Count, Id, Instant } from '#shared/model/ids.ts';
import { ClientKind } from '#shared/model/policy.ts';
import { adminOp } from './operation.ts';

/** One access of a member (ACC-40): a login, or a session that went on from another address. `country` is ISO 3166-1, null where unknown. */
export const HistoryEntry = z.object({
  at: Instant,
  action: z.string(),
  result: z.string(),
  reason: z.string().nullable(),
  kind: z.string().nullable(),
  deviceName: z.string().nullable(),
  platform: z.string().nullable(),
  version: z.string().nullable(),
  address: z.string().nullable(),
  country: z.string().nullable(),
});
export type HistoryEntry = z.infer<typeof HistoryEntry>;

/** A place where a program of ours runs or ran (ACC-49, ADM-20). */
export const AdministeredDevice = z.object({
  id: Id,
  memberId: Id,
  memberName: z.string(),
  name: z.string(),
  platform: z.string(),
  appVersion: z.string(),
  /** Empty for a browser that was never logged in twice. */
  kinds: z.array(ClientKind),
  firstSeenAt: Instant,
  lastSeenAt: Instant,
  /** Its newest address. */
  address: z.string().nullable(),
  country: z.string().nullable(),
  /** ACC-28: verified by a second step, until when. */
  trustedSince: Instant.nullable(),
  trustedUntil: Instant.nullable(),
  /** ACC-51: `ordered` until the device heard of it, then `done`. */
  wipe: z.enum(['none', 'ordered', 'done']),
  openSessions: Count,
  /** EXP-02: since when folders are synced there; null where none are. */
  syncSince: Instant.nullable().default(null),
});
export type AdministeredDevice = z.infer<typeof AdministeredDevice>;

/** Devices (ACC-28, ACC-49, ACC-51). Sessions are in the tenant contract: `session.list`, `session.end`, `session.endAll`. */
export const adminDevices = {
  'device.list': adminOp(
    'apps',
    {
      member: Id.optional(),
      text: z.string().max(100).optional(),
      trusted: z.boolean().optional(),
      /** "This version or older" (ADM-21). */
      versionUpTo: z.string().max(40).optional(),
      limit: z.number().int().min(1).max(1_000).default(200),
    },
    { devices: z.array(AdministeredDevice) },
  ),
  /** ACC-28: two-step verification is asked again at the next login. */
  'device.untrust': adminOp('apps', { deviceId: Id }, {}),
  /** ACC-51: the device erases its local data the next time it speaks; its sessions end at once. */
  'device.wipe': adminOp('apps', { deviceId: Id }, { device: AdministeredDevice }, { fresh: true }),
  /** Takes an order back that was not carried out yet. */
  'device.cancelWipe': adminOp('apps', { deviceId: Id }, { device: AdministeredDevice }),
} as const;
export type AdminDevicesContract = typeof adminDevices;
