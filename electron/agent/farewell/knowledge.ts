import { assert } from '#shared/base/assert.ts';
import type { Policy } from '#shared/model/policy.ts';
import { pathOf } from '../sync/root-context.ts';
import type { RootRecord } from '../sync/root-record.ts';
import { verdictOf } from '../sync/round.ts';
import type { StateStore } from '../sync/state-store.ts';
import type { ScanEntry } from '../sync/scan-entry.ts';

/** What sync knew about a root's files when it ended. */
export interface Knowledge {
  /** Of the folder itself, without its device; null where nobody knows. */
  readonly identity: string | null;
  /** Whether exactly these bytes are on the server. */
  isThere(entry: ScanEntry): boolean;
  /** Whether sync put the file there, keeps it in step or would send it: what never was its business is not ours to erase. */
  isOurs(path: string, entry: ScanEntry): boolean;
  /** Whether what lies in the recovery area is still what was put there: bytes that the server had. */
  isKept(stored: string, contentStamp: string): boolean;
}

/** Where the state cannot be read: all is taken for unsent, and all but what is ignored is ours. */
export const noKnowledge = (identity: string | null): Knowledge => ({
  identity,
  isThere: () => false,
  isOurs: () => true,
  isKept: () => false,
});

const withoutDevice = (identity: string): string => identity.slice(identity.indexOf(':') + 1);
/** Size and time of writing: what renaming leaves as it is. */
export const contentStamp = (stamp: string): string => stamp.slice(0, stamp.lastIndexOf(':'));

/** Reads all that is needed out of a state, which may be closed afterwards. */
export function knowledgeOf(store: StateStore, record: RootRecord, policy: Policy): Knowledge {
  const verdict = verdictOf(policy);
  const there = new Map<string, string>();
  const managed = new Set<string>();
  const managedPaths = new Set<string>();
  for (const row of store.local.values()) {
    if (row.kind !== 'file') continue;
    const synced = store.synced.get(row.id);
    const remote = store.remote.get(row.id);
    const identity = withoutDevice(row.identity);
    if (synced !== undefined || remote !== undefined) {
      managed.add(identity);
      managedPaths.add(safePath(store, row.id, record.topId));
    }
    const agreed = row.content !== null && (row.content === synced?.content || row.content === remote?.content);
    if (agreed && !row.racy) there.set(identity, row.stamp);
  }
  const kept = new Map(store.notes<{ stored: string; stamp: string }>('recovered').map(({ stored, stamp }) => [stored, stamp]));
  return {
    identity: store.meta('rootIdentity'),
    isThere: ({ identity, stamp }) => there.get(withoutDevice(identity)) === stamp,
    isOurs: (path, entry) =>
      managed.has(withoutDevice(entry.identity)) ||
      managedPaths.has(path) ||
      verdict({ name: entry.name, kind: 'file', sizeBytes: entry.sizeBytes }, 'up') === null,
    isKept: (stored, stamp) => {
      const known = kept.get(stored);
      return known !== undefined && known !== '' && contentStamp(known) === stamp;
    },
  };
}

function safePath(store: StateStore, id: string, topId: string): string {
  assert(id !== topId, 'a file is not the root');
  try {
    return pathOf(store, id, topId);
  } catch {
    // A folder above it is not known any more: then its path says nothing.
    return '';
  }
}
