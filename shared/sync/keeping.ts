import { ancestry, type RemoteNode } from './tree.ts';

/** EXP-07: on this PC at all times, or on the server until it is opened. */
export type Keep = 'always' | 'online_only';

/** What a person decided for one file or folder. */
export interface KeepRow {
  readonly id: string;
  /** Null: as the folder above it. */
  readonly keep: Keep | null;
  /** It was asked for, and has to come although nobody decided that it stays. */
  readonly bring: boolean;
  /** When it was last opened through us, in epoch milliseconds; null when never. */
  readonly openedAt: number | null;
}

export interface KeepInput {
  readonly topId: string;
  readonly rows: ReadonlyMap<string, KeepRow>;
  /** For what nobody decided on. */
  readonly keep: Keep;
  readonly parentOf: (id: string) => string | null | undefined;
}

/** Says for any id what was decided for it: the nearest decision above it counts, the root's where there is none. Remembers what it found. */
export function keepOf({ topId, rows, keep, parentOf }: KeepInput): (id: string) => Keep {
  const known = new Map<string, Keep>();
  return (id) => {
    const climbed: string[] = [];
    let found: Keep = keep;
    for (const at of ancestry(id, parentOf)) {
      if (at === topId) break;
      const decided = known.get(at) ?? rows.get(at)?.keep ?? null;
      if (decided !== null) {
        found = decided;
        break;
      }
      climbed.push(at);
    }
    for (const at of climbed) known.set(at, found);
    return found;
  };
}

/**
 * Whether something that is only on the server is to be here: it is kept always, it was asked for, or it is a folder above such a thing.
 * Undefined where everything is. Whoever knows in which folder it lies says so. Costs as much as there are decisions, and each node once.
 */
export function wantedHere(
  input: Omit<KeepInput, 'parentOf'> & {
    readonly remote: { get(id: string): RemoteNode | undefined };
    /** It was deleted here, and goes on the server next: nothing is brought for its sake. */
    readonly isGoing?: (id: string) => boolean;
  },
): ((id: string, parentId?: string | null) => boolean) | undefined {
  const { topId, rows, keep, remote, isGoing = () => false } = input;
  if (keep === 'always' && ![...rows.values()].some((row) => row.keep === 'online_only')) return undefined;
  const parentOf = (id: string) => remote.get(id)?.parentId;
  const wanted = new Set<string>();
  for (const { id, keep: own, bring } of rows.values()) {
    if (own !== 'always' && !bring) continue;
    if (remote.get(id)?.trashed !== false || isGoing(id)) continue;
    for (const at of ancestry(id, parentOf)) {
      if (at === topId || wanted.has(at)) break;
      wanted.add(at);
    }
  }
  const decided = keepOf({ topId, rows, keep, parentOf });
  // What lies in one folder is decided on by looking above it once.
  return (id, parentId) => wanted.has(id) || (rows.get(id)?.keep ?? decided(parentId ?? id)) === 'always';
}
