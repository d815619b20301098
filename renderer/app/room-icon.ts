import { assertNever } from '#shared/base/assert.ts';
import type { RoomKind } from '#shared/model/talk.ts';
import type { IconName } from '../ui/icon.tsx';

/** The picture of a room that is not one person. */
export function roomIcon(kind: RoomKind): IconName {
  switch (kind) {
    case 'organisation':
      return 'organisation';
    case 'group':
      return 'group';
    case 'direct':
    case 'self':
      return 'person';
    case 'service':
      return 'bell';
    default:
      return assertNever(kind, 'kind of room');
  }
}
