import { useTranslation } from 'react-i18next';
import type { SyncRoot } from '#shared/contract/sync.ts';
import { TileAvatar } from '../ui/avatar.tsx';
import { Icon } from '../ui/icon.tsx';
import { VirtualList } from '../ui/virtual-list.tsx';
import { useRootLine } from './use-root-line.ts';

const tones = { quiet: 't3', accent: 'accent', caution: 'caution' } as const;

/** The synced folders of this PC, each with its state. */
export function RootList({
  roots,
  openId,
  onOpen,
}: {
  roots: readonly SyncRoot[];
  openId: string | null;
  onOpen: (rootId: string) => void;
}) {
  const { t } = useTranslation('sync');
  const lineOf = useRootLine();
  return (
    <VirtualList
      label={t('roots')}
      items={roots}
      keyOf={({ rootId }) => rootId}
      heightOf={() => 54}
      textsOf={({ spaceName }) => [spaceName]}
      isSelected={({ rootId }) => rootId === openId}
      onChoose={({ rootId }) => onOpen(rootId)}
      render={(root) => {
        const line = lineOf(root);
        return (
          <div className="sync-root">
            <TileAvatar icon="folder" />
            <span className="col">
              <span className="cut">{root.spaceName}</span>
              <span className={`sync-line xs ${tones[line.tone]}`}>
                <Icon name={line.icon} size={13} />
                <span className="cut num">{line.text}</span>
              </span>
            </span>
          </div>
        );
      }}
    />
  );
}
