/** Denials of the gate that concern the whole account, not what was asked: its content is locked until they pass. */
export const lockReasons: ReadonlySet<string> = new Set([
  'app_blocked',
  'network_denied',
  'country_denied',
  'country_unverified',
  'member_suspended',
  'member_suspended_failures',
  'member_waiting',
  'member_deleted',
]);

/** Rules that stop a session without ending it: the server takes the session again as soon as they no longer do. */
export const passingReasons: ReadonlySet<string> = new Set([
  'app_blocked',
  'network_denied',
  'country_denied',
  'country_unverified',
  'upgrade_required',
]);
