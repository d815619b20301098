import { useTranslation } from 'react-i18next';
import type { Node, Space } from '#shared/model/drive.ts';
import { useAccount, useHost } from '../app/host-context.tsx';
import { problemOf, useExplain } from '../app/explain.ts';
import { pathOf, useRouter } from '../app/router.ts';
import type { MenuEntry } from '../ui/menu.tsx';
import { useTools } from './drive-tools.ts';
import { useOverlays } from './overlays.tsx';
import type { TreeRow } from './tree-rows.ts';

interface SideMenuOptions {
  /** The folder of a row; null for what is none. */
  readonly idOf: (row: TreeRow) => string | null;
  readonly spaceOf: (row: TreeRow) => Space | undefined;
}

/** The menus of the side column: for folders, pinned or in the tree, and for drives. */
export function useSideMenu({ idOf, spaceOf }: SideMenuOptions): (row: TreeRow) => readonly MenuEntry[] {
  const { t } = useTranslation('explorer');
  const { workspace } = useHost();
  const { accountId } = useAccount();
  const explain = useExplain();
  const router = useRouter();
  const { marks, actions } = useTools();
  const overlays = useOverlays();
  const pinned = marks.pinned.map(({ node }) => node.id);
  /** The tree knows names and ids only: the rest is asked for when it is needed. */
  const withNode = (id: string, use: (node: Node) => void) => () =>
    void workspace['drive.node']({ accountId, nodeId: id })
      .then(({ node }) => use(node))
      .catch((error: unknown) => actions.complain(explain(problemOf(error))));
  return (row) => {
    const id = idOf(row);
    const open: MenuEntry = {
      text: t('do_open'),
      icon: 'open',
      onSelect: () => router.go(pathOf('drive', id ?? row.id.replace('place:', ''))),
    };
    if (id === null) return [open];
    const space = spaceOf(row);
    const isPinned = marks.isPinned(id);
    const entries: MenuEntry[] = [
      open,
      isPinned
        ? {
            text: t('do_unpin'),
            icon: 'unpin',
            onSelect: () =>
              void actions.setPinned(
                pinned.filter((one) => one !== id),
                row.name,
              ),
          }
        : { text: t('do_pin'), icon: 'pin', onSelect: () => void actions.setPinned([...pinned, id], row.name) },
      { text: t('do_download'), icon: 'download', onSelect: withNode(id, (node) => void actions.download([{ ...node, name: row.name }])) },
    ];
    if (space !== undefined) {
      entries.push('line', {
        text: t('do_share'),
        icon: 'share',
        onSelect: withNode(id, (node) => overlays.share(node, space, 'people')),
      });
      if (space.rootId === id && space.isMaster)
        entries.push({ text: t('driveSettings'), icon: 'settings', onSelect: () => overlays.driveSettings(space) });
      entries.push({
        text: t('openTrash', { space: space.name }),
        icon: 'trash',
        onSelect: () => router.go(pathOf('drive', 'trash', space.id)),
      });
    }
    entries.push({ text: t('do_properties'), icon: 'info', onSelect: withNode(id, (node) => overlays.properties([node])) });
    return entries;
  };
}
