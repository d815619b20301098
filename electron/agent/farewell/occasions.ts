import type { Occasion } from '#shared/model/farewell.ts';

const occasions: Readonly<Record<string, Occasion>> = {
  logged_out: 'logout',
  forced_logout: 'logout',
  member_suspended: 'block',
  member_suspended_failures: 'block',
  app_blocked: 'block',
  device_wiped: 'wipe',
  member_deleted: 'leave',
};

/**
 * Which rule of EXP-08 the end of a session falls under. Null for ends after which folders stay as they are: idle logout, a network or
 * country that is denied, a lease that is over, a version that is too old, a session that ran out.
 */
export const occasionOf = (reason: string): Occasion | null => occasions[reason] ?? null;

/** Whether nothing of an account remains on the device once a session ended for that reason. */
export const isLast = (reason: string | null): boolean => {
  const occasion = reason === null ? null : occasionOf(reason);
  return occasion !== null && destroys(occasion);
};

/** After these nothing of the account remains on the device. */
export const destroys = (occasion: Occasion): boolean => occasion === 'wipe' || occasion === 'leave';
