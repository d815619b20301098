import type { Transfer } from '#shared/contract/workspace.ts';

/** A file that has been downloaded and can be shown. */
export const finishedDownload = ({ name, sizeBytes }: { name: string; sizeBytes: number }): Transfer => ({
  id: crypto.randomUUID(),
  direction: 'down',
  name,
  spaceId: null,
  folderId: null,
  sizeBytes,
  doneBytes: sizeBytes,
  bytesPerSecond: 1_000_000,
  state: 'done',
  code: null,
  reason: null,
  subject: null,
  revealable: true,
});
