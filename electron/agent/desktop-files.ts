import type { DesktopFiles } from '#shared/client/desktop-files.ts';
import type { Drags } from './edits/drags.ts';
import type { Edits } from './edits/edits.ts';

/** What the app does with files of Drive outside of its own window. */
export const desktopFiles = (edits: Edits, drags: Drags): DesktopFiles => ({
  open: (core, nodeId, lock) => edits.open(core, nodeId, lock),
  edits: (accountId) => edits.edits(accountId),
  close: (accountId, editId, discard) => edits.close(accountId, editId, discard),
  prepareDrag: (core, nodeIds) => drags.prepare(core, nodeIds),
});
