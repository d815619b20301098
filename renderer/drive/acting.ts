import type { TFunction } from 'i18next';
import type { Client } from '#shared/contract/operation.ts';
import type { ShellContract } from '#shared/contract/shell.ts';
import type { SyncContract } from '#shared/contract/sync.ts';
import type { WorkspaceContract } from '#shared/contract/workspace.ts';
import type { Node } from '#shared/model/drive.ts';
import { problemOf, type Problem } from '../app/explain.ts';
import type { Host } from '../app/host.ts';
import type { ToastContent } from '../ui/toast.tsx';
import type { Done } from './undo.ts';

export type What = 'move' | 'rename' | 'delete' | 'restore' | 'create' | 'upload' | 'download' | 'undo';
export type MoreWhat = 'keep' | 'copy' | 'purge' | 'star' | 'pin' | 'lock' | 'unlock' | 'openExternally' | 'drag';
export type Named = Pick<Node, 'id' | 'name' | 'parentId' | 'spaceId'>;

/** The most that one question to the host may name. */
export const mostAtOnce = 1_000;
/** So many questions are under way at a time. */
const lanes = 8;

/** What acting in Drive needs: the host, words, and where to say what became of it. */
export interface Acting {
  readonly accountId: string;
  readonly workspace: Client<WorkspaceContract>;
  readonly shell: Client<ShellContract> | null;
  readonly sync: Client<SyncContract> | null;
  readonly registerFiles: Host['registerFiles'];
  readonly t: TFunction<['drive', 'explorer']>;
  readonly explain: (problem: Problem) => string;
  /** Bytes in words. */
  readonly size: (bytes: number) => string;
  readonly toast: (content: ToastContent) => void;
  /** Says what did not happen; null takes it away. */
  readonly complain: (text: string | null) => void;
  /** Says what was done, and that it can be undone. */
  readonly told: (text: string, done: Done) => void;
}

/** How things are called in a sentence: 「見積.xlsx」ほか2個. */
export const thingsText = (t: Acting['t'], names: readonly string[]): string =>
  names.length > 1 ? t('severalThings', { name: names[0]!, count: names.length - 1 }) : t('oneThing', { name: names[0] ?? '' });

/** What did not happen and why, as one sentence. */
export function failedText(acting: Pick<Acting, 't' | 'explain'>, what: What | MoreWhat, names: readonly string[], error: unknown): string {
  const { t, explain } = acting;
  const things = thingsText(t, names);
  const key = `${what}Failed` as const;
  const happened =
    key === 'keepFailed' ||
    key === 'copyFailed' ||
    key === 'purgeFailed' ||
    key === 'starFailed' ||
    key === 'pinFailed' ||
    key === 'lockFailed' ||
    key === 'unlockFailed' ||
    key === 'openExternallyFailed' ||
    key === 'dragFailed'
      ? t(`explorer:${key}`, { what: things })
      : t(key, { what: things });
  return `${happened}${t('space')}${explain({ ...problemOf(error), service: 'drive' })}`;
}

/** Does one thing for each, several at a time, and complains once about those that failed. Returns what was done, in order. */
export async function actOnEach<Item extends { readonly name: string }, Result>(
  acting: Acting,
  what: What | MoreWhat,
  items: readonly Item[],
  act: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const done: { index: number; result: Result }[] = [];
  const failures: { index: number; error: unknown }[] = [];
  let next = 0;
  const lane = async () => {
    for (let index = next++; index < items.length; index = next++) {
      try {
        done.push({ index, result: await act(items[index]!) });
      } catch (error) {
        failures.push({ index, error });
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(lanes, items.length) }, lane));
  failures.sort((a, b) => a.index - b.index);
  if (failures.length > 0) {
    const names = failures.map(({ index }) => items[index]!.name);
    acting.complain(failedText(acting, what, names, failures[0]!.error));
  }
  return done.sort((a, b) => a.index - b.index).map(({ result }) => result);
}

/** Asks the host for all of `ids`, as many at once as it takes; complains where it refuses. True when all was done. */
export async function actOnAll(
  acting: Acting,
  what: What | MoreWhat,
  nodes: readonly { readonly id: string; readonly name: string }[],
  act: (ids: string[]) => Promise<unknown>,
): Promise<boolean> {
  const ids = nodes.map(({ id }) => id);
  try {
    for (let from = 0; from < ids.length; from += mostAtOnce) await act(ids.slice(from, from + mostAtOnce));
    return true;
  } catch (error) {
    const names = nodes.map(({ name }) => name);
    acting.complain(failedText(acting, what, names, error));
    return false;
  }
}
