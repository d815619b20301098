import { readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import type { FolderFarewell } from '#shared/model/farewell.ts';
import type { FolderFate } from '#shared/model/rules-account.ts';
import type { Policy } from '#shared/model/policy.ts';
import type { SyncAccount } from '../sync/account.ts';
import { openUsable } from '../sync/open-usable.ts';
import { folderIdentity, markerOf, unmarkRoot } from '../sync/root-folder.ts';
import { RootList } from '../sync/root-list.ts';
import type { RootRecord } from '../sync/root-record.ts';
import { StateStore } from '../sync/state-store.ts';
import type { RootTask } from './journal.ts';
import { knowledgeOf, noKnowledge, type Knowledge } from './knowledge.ts';
import { makeRecoveryPlace } from './recover-root.ts';
import { survey } from './survey.ts';
import type { Will } from './will.ts';

type Databases = Pick<SyncAccount, 'openDatabase'>;

/** The pairs that an account has now. */
export function rootsOf(account: Databases): RootRecord[] {
  const list = openUsable(account, 'sync', (database) => new RootList(database));
  try {
    return list.all();
  } finally {
    list.close();
  }
}

/** The same as a will keeps it. */
export function willedRoots(account: Databases): Will['roots'] {
  return rootsOf(account).map((record) => ({
    rootId: record.rootId,
    folder: record.folder,
    identity: withState(account, record, (store) => store.meta('rootIdentity')),
  }));
}

function withState<T>(account: Databases, { rootId }: RootRecord, read: (store: StateStore) => T): T {
  const store = openUsable(account, `sync-${rootId}`, (database) => new StateStore(database));
  try {
    return read(store);
  } finally {
    store.close();
  }
}

/** What sync knew about each root. */
export function knowledgeOfAll(account: Databases, records: readonly RootRecord[], policy: Policy): Map<string, Knowledge> {
  return new Map(records.map((record) => [record.rootId, withState(account, record, (store) => knowledgeOf(store, record, policy))]));
}

/** The pair has ended: no engine ever looks at that folder again. */
export function endPair(account: Databases, rootId: string, accountFolder: string | null): void {
  const list = openUsable(account, 'sync', (database) => new RootList(database));
  try {
    list.delete(rootId);
  } finally {
    list.close();
  }
  if (accountFolder === null) return;
  for (const name of readdirSync(accountFolder)) {
    if (name.startsWith(`sync-${rootId}`)) rmSync(path.join(accountFolder, name), { force: true });
  }
}

const untouched = (folder: string, fate: FolderFate, trouble: string | null): FolderFarewell => ({
  folder,
  fate,
  movedTo: null,
  done: 0,
  sealed: 0,
  stayed: 0,
  examples: [],
  trouble,
});

/** Decides what is to be done about one root; nothing of it is touched yet. `folder` where nothing needs to be done. */
export function planFolder(
  { rootId, folder, identity: willed }: Will['roots'][number],
  known: Knowledge | undefined,
  { fate, ends, now }: { readonly fate: FolderFate; readonly ends: boolean; readonly now: number },
): { readonly task: RootTask } | { readonly folder: FolderFarewell } {
  const knowledge = known ?? noKnowledge(willed);
  const identity = folderIdentity(folder);
  if (identity === null) return { folder: untouched(folder, fate, 'root_missing') };
  const expected = knowledge.identity ?? willed;
  if (expected !== null && expected !== identity) return { folder: untouched(folder, fate, 'root_replaced') };
  if (markerOf(folder)?.rootId !== rootId) return { folder: untouched(folder, fate, 'root_replaced') };
  if (fate === 'keep') {
    if (ends) unmarkRoot(folder, rootId);
    return { folder: untouched(folder, fate, null) };
  }
  const found = survey(folder, knowledge);
  const task = { rootId, folder, identity, survey: found };
  if (fate === 'erase') return { task: { ...task, fate, target: null } };
  try {
    return { task: { ...task, fate, target: makeRecoveryPlace(folder, now) } };
  } catch {
    return { folder: untouched(folder, fate, 'recovery_place') };
  }
}
