import { deny, allow, type Decision } from '#shared/model/decision.ts';
import type { Policy } from '#shared/model/policy.ts';

/** What a drive's limit hangs on. */
interface LimitedSpace {
  readonly kind: string;
  readonly owner_id: string | null;
  /** The limit that it has of its own, for shared drives and room folders. */
  readonly quota_bytes: number | null;
}

/** DRV-18: how much a drive may hold, earlier versions and trash included, in bytes; null for no limit. */
export function quotaOf({ kind, owner_id: ownerId, quota_bytes: own }: LimitedSpace, { drive }: Pick<Policy, 'drive'>): number | null {
  if (kind !== 'my') return own ?? drive.sharedDriveQuotaBytes;
  const exception = drive.quotaExceptions.find(({ memberId }) => memberId === ownerId);
  return exception === undefined ? drive.myDriveQuotaBytes : exception.quotaBytes;
}

/** May so much more go into a drive that holds `usedBytes` (DRV-18)? What adds nothing always may. */
export function judgeRoom(space: LimitedSpace, usedBytes: number, moreBytes: number, policy: Pick<Policy, 'drive'>): Decision {
  const quota = quotaOf(space, policy);
  return quota === null || moreBytes === 0 || usedBytes + moreBytes <= quota ? allow : deny('quota_exceeded', 'DRV-18');
}
