import { allow, deny, type Decision } from '#shared/model/decision.ts';
import type { Policy } from '#shared/model/policy.ts';
import { matchedExtension } from './extension.ts';

/** The services that have rules on files (FIL-02). */
export type FileService = 'talk' | 'drive';

/**
 * A file goes into a service, or comes out of it. `through` is the other service where two are linked: "attach from Drive" is
 * `service: 'talk', through: 'drive'`, "save to Drive" is `service: 'drive', through: 'talk'` (FIL-03).
 */
export interface FileAct {
  readonly kind: 'file';
  readonly direction: 'send' | 'receive';
  readonly service: FileService;
  readonly through?: FileService;
  readonly name: string;
  readonly sizeBytes: number;
  /** FIL-06: the room has people of other companies in it. */
  readonly externalRoom?: boolean;
}

/** The rules on files alone: for what already passed the gate (each file of a batch, say), and for explaining ahead. */
export function decideFile(act: FileAct, policy: Policy): Decision {
  const own = matchedExtension(act.name, policy.blockedExtensions[act.service]);
  if (own !== null) return deny('extension_blocked', 'FIL-01', own);
  const linked = act.through === undefined ? null : matchedExtension(act.name, policy.blockedExtensions[act.through]);
  if (linked !== null) return deny('extension_blocked', 'FIL-03', linked);
  if (act.direction === 'receive') return allow;
  if (act.externalRoom === true && !policy.files.externalRooms) return deny('external_room_files', 'FIL-06');
  const [limit, rule] = act.service === 'talk' ? [policy.talkFileLimitBytes, 'FIL-09'] : [policy.files.driveLimitBytes, 'FIL-11'];
  return act.sizeBytes > limit ? deny('file_too_large', rule, String(limit)) : allow;
}
