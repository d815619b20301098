import type { InputOf, OutputOf } from '#shared/contract/operation.ts';
import type { WorkspaceContract, WorkspaceEvent } from '#shared/contract/workspace.ts';
import type { Node } from '#shared/model/drive.ts';

/** Of how many folders it is remembered what was read: beyond it, what was not read for longest is read anew. */
const mostFolders = 40;

type Answer = OutputOf<WorkspaceContract, 'drive.children'>;

type Ask = (input: InputOf<WorkspaceContract, 'drive.children'>) => Promise<Answer>;

interface Read {
  readonly stamp: string;
  readonly nodes: Map<string, Node>;
  /** What was answered last: given again where nothing is different, so that nothing is drawn again. */
  readonly answer: Answer | null;
}

/**
 * Reads folders from the host in parts, so that neither side stands still however much is in them, and afterwards only what changed. The first
 * answer for a large folder holds its beginning; `again` is then called so that the question is asked once more.
 */
export function listingReader(ask: Ask, again: (event: WorkspaceEvent) => void): Ask {
  const read = new Map<string, Read>();
  const running = new Map<string, Promise<Answer>>();

  const readOn = async ({ accountId, folderId }: InputOf<WorkspaceContract, 'drive.children'>, key: string): Promise<Answer> => {
    let { stamp, nodes, answer: last } = read.get(key) ?? { stamp: '', nodes: new Map<string, Node>(), answer: null };
    const isFirst = stamp === '';
    let isChanged = last === null;
    for (;;) {
      const part = await ask({ accountId, folderId, since: stamp });
      const { stamp: reached, gone = [], more = false, whole = false, ...about } = part;
      // A host that knows no parts has given everything.
      if (reached === undefined) return part;
      if (whole) nodes = new Map();
      stamp = reached;
      for (const node of part.nodes) nodes.set(node.id, node);
      for (const id of gone) nodes.delete(id);
      isChanged ||= whole || part.nodes.length > 0 || gone.length > 0;
      if (more && !isFirst) continue;
      const answer = { ...about, complete: about.complete && !more, nodes: [] };
      if (!isChanged && last !== null && JSON.stringify({ ...last, nodes: [] }) === JSON.stringify(answer)) return last;
      last = { ...answer, nodes: [...nodes.values()] };
      keep(key, { stamp, nodes, answer: last });
      if (more) setTimeout(() => again({ type: 'drive.changed', accountId, spaceId: about.folder.spaceId }), 0);
      return last;
    }
  };
  const keep = (key: string, now: Read): void => {
    read.delete(key);
    read.set(key, now);
    const oldest = read.keys().next().value;
    if (read.size > mostFolders && oldest !== undefined) read.delete(oldest);
  };

  return (input) => {
    if (input.since !== undefined) return ask(input);
    const key = `${input.accountId}/${input.folderId}`;
    const before = running.get(key) ?? Promise.resolve();
    const reading = before.catch(() => undefined).then(() => readOn(input, key));
    running.set(key, reading);
    return reading;
  };
}
