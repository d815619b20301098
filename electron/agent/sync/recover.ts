import { join } from 'node:path';
import { stampAt, type Recovered } from './disk.ts';
import { exists, nodeFiles, removeIfThere, type FileSystem } from './file-system.ts';
import { recoveryFolder } from './root-folder.ts';
import type { RootContext } from './root-context.ts';

/**
 * Cleans up after a crash in the middle of putting a conflict's bytes aside, so that no second copy is ever made: either it is as if nothing had
 * happened, or the books are brought to what was done.
 */
export function finishForks({ store, disk, newId, report }: Pick<RootContext, 'store' | 'disk' | 'newId' | 'report'>): void {
  const { files } = disk;
  for (const { id, path, aside } of [...store.journal.values()]) {
    const [here, there] = [stampAt(disk.at(path), files), stampAt(disk.at(aside), files)];
    const row = store.local.get(id);
    if (there !== null && here === null) files.rename(disk.at(aside), disk.at(path));
    else if (there !== null && here !== null && there.identity === here.identity) files.unlink(disk.at(aside));
    else if (there !== null && here !== null && row !== undefined && there.identity === row.identity) {
      const name = aside.slice(aside.lastIndexOf('/') + 1);
      const copyId = newId();
      store.local.put({ ...row, id: copyId, name: name.normalize('NFC'), diskName: name, content: null });
      report.conflict(path, aside, id, copyId);
      store.local.put({ ...row, identity: here.identity, stamp: '', content: null });
    }
    store.journal.delete(id);
  }
  store.commit();
}

const keptMilliseconds = 30 * 24 * 3_600_000;

/** When something was put into the recovery area, by its name there; null for what is not ours. */
const keptAt = (name: string): number | null => {
  const time = Number.parseInt(name.split('-')[0] ?? '', 36);
  return Number.isNaN(time) ? null : time;
};

/**
 * Empties the recovery area of what has been there for 30 days. A file that was written to after it had been put aside (through a handle that was
 * still open) is the only copy of those bytes: it stays.
 */
export function sweepRecovery(root: string, known: readonly Recovered[], now: number, files: FileSystem = nodeFiles): void {
  const folder = recoveryFolder(root);
  if (!exists(files, folder)) return;
  const stamps = new Map(known.map(({ stored, stamp }) => [stored, stamp]));
  for (const name of files.readdir(folder)) {
    const at = keptAt(name);
    if (at === null || now - at < keptMilliseconds) continue;
    const stored = join(folder, name);
    const stamp = stamps.get(stored);
    const isSame =
      stamp === undefined || stampAt(stored, files)?.stamp.split(':').slice(0, 2).join(':') === stamp.split(':').slice(0, 2).join(':');
    if (isSame) removeIfThere(files, stored);
  }
}
