import { useCallback } from 'react';
import { useTranslation } from 'react-i18next';
import type { Node, Permission } from '#shared/model/drive.ts';
import { useAccount, useHost } from '../app/host-context.tsx';
import { pathOf, useRouter } from '../app/router.ts';
import { newClip, putOnClipboard } from './clipboard-clip.ts';
import { useTools } from './drive-tools.ts';
import { commandVerdicts, permissionIn, type CommandFacts, type CommandName, type Why } from './folder-commands.ts';
import { useOverlays } from './overlays.tsx';
import { useSyncStates } from './sync-states.tsx';
import { useMemberName } from './use-names.ts';

/** A command as it stands now: it runs, or says why it cannot. */
export interface Command {
  readonly run: () => void;
  readonly why: string | null;
}
/** Those that make no sense here are missing. */
export type Commands = Readonly<Partial<Record<CommandName, Command>>>;

interface Subject {
  /** What is chosen. */
  readonly nodes: readonly Node[];
  /** All that is in view, for next and previous of a preview. */
  readonly among: readonly Node[];
  readonly here: CommandFacts['here'];
  /** What the place itself does. */
  readonly rename: (node: Node) => void;
  readonly paste?: () => void;
  readonly newFolder?: () => void;
}

/** What double click and Enter do: folders open, files are shown in their place. */
export function useOpen(): (node: Node, among: readonly Node[]) => void {
  const router = useRouter();
  const { preview } = useOverlays();
  return useCallback(
    (node, among) => {
      if (node.kind === 'folder') router.go(pathOf('drive', node.id));
      else preview(node, among);
    },
    [router, preview],
  );
}

/** What can be done with what is chosen, each ready to run or with the reason against it. */
export function useNodeCommands({ nodes, among, here, rename, paste, newFolder }: Subject): Commands {
  const { t } = useTranslation(['drive', 'explorer']);
  const { shell } = useHost();
  const { member } = useAccount();
  const { actions, marks, clip, setClip, send, spaces, showDetails } = useTools();
  const router = useRouter();
  const open = useOpen();
  const overlays = useOverlays();
  const memberName = useMemberName();
  const syncState = useSyncStates();
  const permissionOf: (node: Node) => Permission = permissionIn(here?.permission, spaces);
  const verdicts = commandVerdicts({
    nodes,
    here,
    permissionOf,
    ownId: member.id,
    isApp: shell !== null,
    clip,
    isStarred: marks.isStarred,
    isPinned: marks.isPinned,
    syncState: (id) => syncState(id)?.state ?? null,
  });
  const [first] = nodes;
  const one = first!;
  const space = spaces.find(({ id }) => id === (here?.spaceId ?? first?.spaceId));
  const take = (kind: 'cut' | 'copy') => {
    const taken = newClip(kind, nodes);
    setClip(taken);
    putOnClipboard(taken);
  };
  const pinnedIds = marks.pinned.map(({ node }) => node.id);
  const runs: Readonly<Record<CommandName, () => void>> = {
    open: () => open(one, among),
    preview: () => overlays.preview(one, among),
    openExternally: () => void actions.openExternally(one),
    showInFolder: () => router.go(pathOf('drive', one.parentId ?? one.id)),
    download: () => void actions.download(nodes),
    keepHere: () => void actions.keep(nodes, 'always'),
    freeUp: () => void actions.keep(nodes, 'online_only'),
    copy: () => take('copy'),
    cut: () => take('cut'),
    rename: () => rename(one),
    moveTo: () => send({ kind: 'move', nodes }),
    copyTo: () => send({ kind: 'copy', nodes }),
    star: () => void actions.setStarred(nodes, true),
    unstar: () => void actions.setStarred(nodes, false),
    pin: () => void actions.setPinned([...pinnedIds, one.id], one.name),
    unpin: () =>
      void actions.setPinned(
        pinnedIds.filter((id) => id !== one.id),
        one.name,
      ),
    lock: () => void actions.lock(nodes),
    unlock: () => void actions.unlock(nodes),
    share: () => space !== undefined && overlays.share(one, space, 'people'),
    link: () => space !== undefined && overlays.share(one, space, 'links'),
    versions: () => showDetails('versions'),
    properties: () => overlays.properties(nodes),
    remove: () => void actions.remove(nodes),
    paste: paste ?? (() => undefined),
    newFolder: newFolder ?? (() => undefined),
    addFiles: () => here !== null && void actions.chooseAndUpload(here.spaceId, here.folderId, false),
    addFolder: () => here !== null && void actions.chooseAndUpload(here.spaceId, here.folderId, true),
  };
  const ownerId = space?.ownerId ?? null;
  const reason = (why: Why): string => {
    const held = nodes.find(({ lock }) => lock != null && lock.by !== member.id)?.lock;
    if (why === 'locked' && held != null) return t('explorer:why_locked_by', { name: memberName(held.by) });
    if (why === 'view_only' && ownerId !== null && ownerId !== member.id)
      return t('explorer:why_view_only_ask', { name: memberName(ownerId) });
    return t(`explorer:why_${why}`);
  };
  const ready = (Object.keys(runs) as CommandName[]).flatMap((name): [CommandName, Command][] => {
    const verdict = verdicts[name];
    if (verdict === null) return [];
    return [[name, { run: runs[name], why: verdict === 'ok' || verdict === 'cut_from_elsewhere' ? null : reason(verdict) }]];
  });
  return Object.fromEntries(ready);
}
