import type { ClientStore } from './client-store.ts';
import type { AccountContext } from './context.ts';

/** The person's files that messages on their way and unfinished uploads still need, by reference. */
export function neededFiles(store: Pick<ClientStore, 'outgoing' | 'transfers'>): Set<string> {
  const outgoing = store.outgoing
    .all()
    .flatMap(({ files }) => files.flatMap(({ reference, through }) => (through === undefined ? [reference] : [])));
  const uploads = store.transfers
    .all()
    .flatMap(({ shown, task }) => (task.kind === 'upload' && shown.state !== 'done' ? [task.reference] : []));
  return new Set([...outgoing, ...uploads]);
}

/** Tells the host which files are done with: what it copied for us must not lie about in the clear. Files still needed are left out. */
export function releaseFiles({ store, host }: Pick<AccountContext, 'store' | 'host'>, references: readonly string[]): void {
  const { files, report } = host;
  if (references.length === 0 || files.release === undefined) return;
  const needed = neededFiles(store);
  for (const reference of new Set(references)) if (!needed.has(reference)) void files.release(reference).catch(report);
}
