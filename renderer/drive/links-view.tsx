import { useMemo, useState } from 'react';
import { useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import type { OutputOf } from '#shared/contract/operation.ts';
import type { WorkspaceContract } from '#shared/contract/workspace.ts';
import { problemOf, useExplain } from '../app/explain.ts';
import { useAccount, useAnswer, useHost } from '../app/host-context.tsx';
import { pathOf, useRouter } from '../app/router.ts';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { FileName } from '../ui/file.tsx';
import { ContextMenu, type MenuEntry } from '../ui/menu.tsx';
import { Empty, ErrorNote } from '../ui/note.tsx';
import { useToast } from '../ui/toast.tsx';
import { useFormat } from '../ui/use-format.ts';
import { DataGrid, type GridColumn } from './data-grid.tsx';
import { useTools } from './drive-tools.ts';
import { RowMark } from './node-mark.tsx';
import { placeText } from './nodes-view.tsx';
import { useOverlays } from './overlays.tsx';
import { RowsSkeleton } from './rows-skeleton.tsx';
import { FolderBar } from './selection-bar.tsx';
import type { Selection } from './selection.ts';
import { useFreshAnswer } from './use-fresh-answer.ts';
import { useKeptSelection } from './use-kept-selection.ts';
import { useWidth } from './use-width.ts';
import { fittingColumns } from './view-prefs.ts';

type OwnLink = OutputOf<WorkspaceContract, 'link.mine'>['links'][number];
const keyOf = ({ id }: OwnLink): string => id;
const nameOfLink = ({ nodeName }: OwnLink): string => nodeName;
const none: readonly OwnLink[] = [];
const order = ['name', 'place', 'kind', 'opened', 'expires'] as const;
const needed = ['name', 'expires', 'kind', 'opened', 'place'] as const;

interface LinksViewProps {
  selection: Selection;
  onSelection: (next: Selection) => void;
}

/** The links that the person made: to what, for whom, until when, and how often they were opened (DRV-14). */
export function LinksView({ selection, onSelection }: LinksViewProps) {
  const { t } = useTranslation(['drive', 'explorer', 'ui']);
  const explain = useExplain();
  const format = useFormat();
  const router = useRouter();
  const toast = useToast();
  const client = useQueryClient();
  const { workspace } = useHost();
  const { accountId } = useAccount();
  const { actions, memoryOf, spaces } = useTools();
  const overlays = useOverlays();
  const [width, measure] = useWidth();
  const [ending, setEnding] = useState<readonly OwnLink[] | null>(null);
  const answer = useAnswer('link.mine', { accountId });
  useFreshAnswer(answer);
  const links = answer.data?.links ?? none;
  useKeptSelection(links, keyOf, selection, onSelection);
  const chosen = links.filter(({ id }) => selection.chosen.has(id));
  const one = chosen.length === 1 ? chosen[0] : undefined;

  const attempt = (work: () => Promise<unknown>) => void work().catch((error: unknown) => actions.complain(explain(problemOf(error))));
  const copyAddress = ({ url }: OwnLink) =>
    attempt(async () => {
      await navigator.clipboard.writeText(url);
      toast({ text: t('explorer:addressCopied'), icon: 'done' });
    });
  const end = (gone: readonly OwnLink[]) =>
    attempt(async () => {
      for (const { id } of gone) await workspace['link.delete']({ accountId, linkId: id });
      await client.invalidateQueries({ queryKey: ['link.mine', { accountId }] });
      toast({ text: t('explorer:linksEnded', { count: gone.length }), icon: 'done' });
    });
  const show = ({ nodeId, nodeKind }: OwnLink) =>
    attempt(async () => {
      const { node } = await workspace['drive.node']({ accountId, nodeId });
      router.go(pathOf('drive', nodeKind === 'folder' ? nodeId : (node.parentId ?? nodeId)));
    });
  const entries: MenuEntry[] = [];
  if (one !== undefined) {
    entries.push({ text: t('explorer:copyAddress'), icon: 'copy', keys: 'Enter', onSelect: () => copyAddress(one) });
    entries.push({ text: t('explorer:do_showInFolder'), icon: 'folder', onSelect: () => show(one) });
    const space = spaces.find(({ id }) => id === one.place.spaceId);
    if (space !== undefined) {
      const manage = async () => {
        const { node } = await workspace['drive.node']({ accountId, nodeId: one.nodeId });
        overlays.share(node, space, 'links');
      };
      entries.push({ text: t('explorer:do_link'), icon: 'link', onSelect: () => attempt(manage) });
    }
  }
  if (chosen.length > 0)
    entries.push(...(one === undefined ? [] : (['line'] as const)), {
      text: t('explorer:endLinks'),
      icon: 'trash',
      danger: true,
      onSelect: () => setEnding(chosen),
    });

  const { columns, template } = useMemo(() => {
    const { shown, template: widths } = fittingColumns(needed, order, {}, width);
    const all: Readonly<Record<(typeof order)[number], Omit<GridColumn<OwnLink>, 'id'>>> = {
      name: {
        title: t('name'),
        className: 'cell-name',
        render: ({ nodeName, nodeKind }, isChosen) => (
          <>
            <RowMark node={{ name: nodeName, kind: nodeKind }} chosen={isChosen} />
            <FileName name={nodeName} />
          </>
        ),
      },
      place: { title: t('place'), className: 'cell-place', render: ({ place }) => <span className="cut">{placeText(place)}</span> },
      kind: {
        title: t('explorer:linkScope'),
        className: 'cell-kind',
        render: ({ scope }) => <span className="cut">{t(`explorer:scope_${scope}`)}</span>,
      },
      opened: {
        title: t('explorer:linkOpened'),
        className: 'cell-size num',
        render: ({ opened }) => t('explorer:times', { count: opened }),
      },
      expires: {
        title: t('explorer:linkExpires'),
        className: 'cell-date num',
        render: ({ expiresAt }) =>
          expiresAt === null ? t('explorer:noExpiry') : expiresAt <= Date.now() ? t('explorer:expired') : format.date(expiresAt),
      },
    };
    return { columns: shown.map((id): GridColumn<OwnLink> => ({ id, ...all[id] })), template: widths };
  }, [width, t, format]);

  if (answer.data === undefined) {
    if (!answer.isError) return <RowsSkeleton />;
    return (
      <div className="drive-notice">
        <ErrorNote title={t('explorer:listFailed')} retry={{ text: t('ui:retry'), onPress: () => void answer.refetch() }}>
          {explain(problemOf(answer.error))}
        </ErrorNote>
      </div>
    );
  }
  if (links.length === 0) {
    return (
      <Empty icon="link" title={t('explorer:empty_links')}>
        {t('explorer:empty_links_more')}
      </Empty>
    );
  }
  return (
    <>
      <FolderBar count={links.length} commands={{}} />
      <ContextMenu entries={entries}>
        <div ref={measure} className="folder-area">
          <DataGrid
            label={t('explorer:place_links')}
            items={links}
            keyOf={keyOf}
            nameOf={nameOfLink}
            columns={columns}
            template={template}
            selection={selection}
            onSelection={onSelection}
            onOpen={copyAddress}
            onKey={(event) => {
              if (event.key !== 'Delete' || chosen.length === 0) return;
              event.preventDefault();
              setEnding(chosen);
            }}
            memory={memoryOf('links')}
          />
        </div>
      </ContextMenu>
      {ending !== null && (
        <Dialog
          open
          onClose={() => setEnding(null)}
          title={t('explorer:endLinksTitle', { count: ending.length })}
          footer={
            <>
              <Button onClick={() => setEnding(null)}>{t('ui:cancel')}</Button>
              <Button
                look="danger"
                onClick={() => {
                  setEnding(null);
                  end(ending);
                }}
              >
                {t('explorer:endLinks')}
              </Button>
            </>
          }
        >
          <p className="prose">{t('explorer:endLinksMore')}</p>
        </Dialog>
      )}
    </>
  );
}
