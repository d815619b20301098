import { stampAt } from './disk.ts';
import type { RootContext } from './root-context.ts';

/**
 * Cleans up after a crash in the middle of putting a conflict's bytes aside, so that no second copy is ever made: either it is as if nothing had
 * happened, or the books are brought to what was done.
 */
export function finishForks({ store, disk, newId, report }: Pick<RootContext, 'store' | 'disk' | 'newId' | 'report'>): void {
  const { files } = disk;
  for (const { id, path, aside, freed } of [...store.journal.values()]) {
    if (freed !== undefined) continue;
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

export const keptMilliseconds = 30 * 24 * 3_600_000;

/** When something was put into the recovery area, by its name there; null for what is not ours. */
export const keptAt = (name: string): number | null => {
  const time = Number.parseInt(name.split('-')[0] ?? '', 36);
  return Number.isNaN(time) ? null : time;
};
