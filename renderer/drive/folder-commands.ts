import type { SyncNodeState } from '#shared/contract/sync-keeping.ts';
import type { Node, Permission, Space } from '#shared/model/drive.ts';

/** Everything that can be done with what is chosen, or with the folder in view. */
export const commandNames = [
  'open',
  'preview',
  'openExternally',
  'showInFolder',
  'download',
  'keepHere',
  'freeUp',
  'copy',
  'cut',
  'rename',
  'moveTo',
  'copyTo',
  'star',
  'unstar',
  'pin',
  'unpin',
  'lock',
  'unlock',
  'share',
  'link',
  'versions',
  'properties',
  'remove',
  'paste',
  'newFolder',
  'addFiles',
  'addFolder',
] as const;
export type CommandName = (typeof commandNames)[number];

/** Why something cannot be done now; the text people read is chosen by it. */
export type Why = 'view_only' | 'one_only' | 'same_place_only' | 'nothing_to_paste' | 'cut_from_elsewhere' | 'into_itself' | 'locked';

export interface CommandFacts {
  readonly nodes: readonly Node[];
  /** The folder in view; null in places that gather things from everywhere. */
  readonly here: {
    readonly spaceId: string;
    readonly folderId: string;
    readonly permission: Permission;
    readonly way: readonly string[];
  } | null;
  readonly permissionOf: (node: Node) => Permission;
  readonly ownId: string;
  readonly isApp: boolean;
  readonly clip: { readonly kind: 'cut' | 'copy'; readonly spaceId: string; readonly nodes: readonly Node[] } | null;
  readonly isStarred: (id: string) => boolean;
  /** How a thing stands on this PC; null where no synced pair has it. */
  readonly syncState: (id: string) => SyncNodeState | null;
  readonly isPinned: (id: string) => boolean;
}

/** `null`: it makes no sense here and is not shown. */
export type Verdict = 'ok' | Why | null;

/** What may be done (DRV-07, DRV-08, DRV-15), for menus, the bar, and keys alike. */
export function commandVerdicts(facts: CommandFacts): Readonly<Record<CommandName, Verdict>> {
  const { nodes, here, permissionOf, isApp, ownId } = facts;
  const [first] = nodes;
  const any = first !== undefined;
  const one = nodes.length === 1 ? first : undefined;
  const isFile = one?.kind === 'file';
  const isFolder = one?.kind === 'folder';
  const some = (verdict: Verdict): Verdict => (any ? verdict : null);
  const single = (verdict: Verdict): Verdict => (!any ? null : one === undefined ? 'one_only' : verdict);
  const changes: Verdict =
    here?.permission === 'read' || nodes.some((node) => permissionOf(node) !== 'edit')
      ? 'view_only'
      : nodes.some(({ lock }) => lock != null && lock.by !== ownId)
        ? 'locked'
        : 'ok';
  const together: Verdict = nodes.some(({ spaceId }) => spaceId !== first?.spaceId) ? 'same_place_only' : changes;
  const mayLock: Verdict = one !== undefined && permissionOf(one) !== 'edit' ? 'view_only' : 'ok';
  const isLocked = one?.lock != null;
  const allStarred = any && nodes.every(({ id }) => facts.isStarred(id));
  const states = nodes.map(({ id }) => facts.syncState(id));
  const isPaired = any && states.every((state) => state !== null);
  const adds: Verdict = here === null ? null : here.permission === 'edit' ? 'ok' : 'view_only';
  return {
    open: one === undefined ? null : 'ok',
    preview: isFile ? 'ok' : null,
    openExternally: isFile && isApp ? 'ok' : null,
    showInFolder: here === null && one !== undefined ? 'ok' : null,
    download: some('ok'),
    keepHere: isPaired && states.some((state) => state !== 'always') ? 'ok' : null,
    freeUp: isPaired && states.some((state) => state === 'always' || state === 'temporary' || state === 'mixed') ? 'ok' : null,
    copy: some('ok'),
    cut: some(together),
    rename: single(changes),
    moveTo: some(together),
    copyTo: some('ok'),
    star: some(allStarred ? null : 'ok'),
    unstar: some(allStarred ? 'ok' : null),
    pin: isFolder && !facts.isPinned(one.id) ? 'ok' : null,
    unpin: isFolder && facts.isPinned(one.id) ? 'ok' : null,
    lock: isFile && !isLocked ? mayLock : null,
    unlock: isFile && isLocked ? mayLock : null,
    share: isFolder ? 'ok' : null,
    link: single('ok'),
    versions: isFile ? 'ok' : null,
    properties: some('ok'),
    remove: some(together),
    paste: adds === 'ok' ? pasteVerdict(facts) : adds,
    newFolder: adds,
    addFiles: adds,
    addFolder: adds,
  };
}

/** Cut things go only within their own drive (DRV-08); elsewhere a copy is offered. Copied things go anywhere but into themselves. */
function pasteVerdict({ here, clip }: CommandFacts): Verdict {
  if (here === null || clip === null || clip.nodes.length === 0) return 'nothing_to_paste';
  if (clip.nodes.some(({ id, kind }) => kind === 'folder' && here.way.includes(id))) return 'into_itself';
  return clip.kind === 'cut' && clip.spaceId !== here.spaceId ? 'cut_from_elsewhere' : 'ok';
}

/** What the asker may do with a node: by itself, by the folder it is listed in, or by its drive. */
export const permissionIn =
  (here: Permission | undefined, spaces: readonly Pick<Space, 'id' | 'permission'>[]) =>
  (node: Pick<Node, 'permission' | 'spaceId'>): Permission =>
    node.permission ?? here ?? spaces.find(({ id }) => id === node.spaceId)?.permission ?? 'read';
