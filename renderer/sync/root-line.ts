import { assertNever } from '#shared/base/assert.ts';
import type { SyncRoot } from '#shared/contract/sync.ts';
import type { IconName } from '../ui/icon.tsx';

/** What the list says of a root (EXP-09): a picture, a colour and a word, with what the word needs. Bytes and times are left to the language. */
export interface RootLine {
  readonly icon: IconName;
  readonly tone: 'quiet' | 'accent' | 'caution';
  readonly says:
    | { readonly key: 'idle' | 'pausedUntil'; readonly at: number }
    | { readonly key: 'idleUnknown' | 'syncingPlain' | 'attentionPlain' | 'paused' | 'logged_out' | 'unstable' }
    | { readonly key: 'done' | 'attention'; readonly count: number }
    | { readonly key: 'syncing'; readonly done: number; readonly total: number; readonly bytes: number };
}

/** The line of one root, from what the agent last said. "In step" always carries the time of the answer it rests on. */
export function rootLine(
  root: Pick<SyncRoot, 'state' | 'pendingFiles' | 'pendingBytes' | 'doneFiles' | 'issues' | 'lastAnswerAt' | 'pausedUntil'>,
): RootLine {
  const { state } = root;
  switch (state) {
    case 'idle':
      return {
        icon: 'check',
        tone: 'quiet',
        says: root.lastAnswerAt === null ? { key: 'idleUnknown' } : { key: 'idle', at: root.lastAnswerAt },
      };
    case 'done':
      return { icon: 'check', tone: 'quiet', says: { key: 'done', count: root.doneFiles } };
    case 'syncing': {
      const total = root.doneFiles + root.pendingFiles;
      if (total === 0) return { icon: 'sync', tone: 'accent', says: { key: 'syncingPlain' } };
      return { icon: 'sync', tone: 'accent', says: { key: 'syncing', done: root.doneFiles, total, bytes: root.pendingBytes } };
    }
    case 'attention':
      return {
        icon: 'warning',
        tone: 'caution',
        says: root.issues > 0 ? { key: 'attention', count: root.issues } : { key: 'attentionPlain' },
      };
    case 'paused':
      return {
        icon: 'pause',
        tone: 'quiet',
        says: root.pausedUntil === null ? { key: 'paused' } : { key: 'pausedUntil', at: root.pausedUntil },
      };
    case 'logged_out':
      return { icon: 'lock', tone: 'quiet', says: { key: 'logged_out' } };
    case 'unstable':
      return { icon: 'offline', tone: 'caution', says: { key: 'unstable' } };
    default:
      return assertNever(state, 'sync state');
  }
}

/** How many things of all roots need a person: the number on the rail. */
export const needing = (roots: readonly Pick<SyncRoot, 'state' | 'issues'>[]): number =>
  roots.filter(({ state }) => state === 'attention').reduce((sum, { issues }) => sum + Math.max(1, issues), 0);
