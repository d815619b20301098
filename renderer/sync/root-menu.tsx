import { useTranslation } from 'react-i18next';
import type { SyncRoot } from '#shared/contract/sync.ts';
import { useHost } from '../app/host-context.tsx';
import { IconButton } from '../ui/button.tsx';
import { Menu, type MenuEntry } from '../ui/menu.tsx';
import { saveText } from '../ui/save-file.ts';

interface RootMenuProps {
  root: SyncRoot;
  ask: (what: Promise<unknown> | undefined) => void;
  onRemove: () => void;
}

const pauses = [
  { minutes: 30, text: 'pause30' },
  { minutes: 60, text: 'pause60' },
  { minutes: 480, text: 'pause480' },
] as const;

/** What can be done with a synced folder beside opening it. */
export function RootMenu({ root, ask, onRemove }: RootMenuProps) {
  const { t } = useTranslation('sync');
  const { sync } = useHost();
  const { rootId, keep } = root;
  const saveDiagnostics = async () => {
    const file = await sync?.['sync.diagnostics']({});
    if (file !== undefined) saveText(file.name, file.text, 'application/json');
  };
  const paused: readonly MenuEntry[] = [{ text: t('resume'), icon: 'sync', onSelect: () => ask(sync?.['sync.resume']({ rootId })) }];
  const pausing: readonly MenuEntry[] = [
    ...pauses.map(({ minutes, text }) => ({
      text: t(text),
      icon: 'pause' as const,
      onSelect: () => ask(sync?.['sync.pause']({ rootId, minutes })),
    })),
    { text: t('pause'), icon: 'pause', onSelect: () => ask(sync?.['sync.pause']({ rootId })) },
  ];
  const keeping = (['always', 'online_only'] as const).map((value) => ({
    text: t(`newFiles_${value}`),
    icon: keep === value ? ('check' as const) : value === 'always' ? ('device' as const) : ('cloud' as const),
    onSelect: () => ask(sync?.['sync.setRootKeep']({ rootId, keep: value })),
  }));
  const entries: readonly MenuEntry[] = [
    ...(root.state === 'paused' ? paused : pausing),
    { text: t('retry'), icon: 'refresh', onSelect: () => ask(sync?.['sync.retry']({ rootId })) },
    'line',
    ...keeping,
    'line',
    { text: t('diagnostics'), icon: 'download', onSelect: () => ask(saveDiagnostics()) },
    {
      text: t('remove'),
      icon: 'close',
      onSelect: onRemove,
      ...(root.whole ? { why: t('removeWhole') } : {}),
    },
  ];
  return (
    <Menu entries={entries} align="end">
      <IconButton icon="more" label={t('more')} />
    </Menu>
  );
}
