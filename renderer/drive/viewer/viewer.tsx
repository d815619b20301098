import { useEffect, useRef, type KeyboardEvent } from 'react';
import { Dialog } from 'radix-ui';
import { useTranslation } from 'react-i18next';
import type { Node } from '#shared/model/drive.ts';
import { problemOf, useExplain } from '../../app/explain.ts';
import { useAccount, useAnswer, useHost } from '../../app/host-context.tsx';
import { Button, IconButton } from '../../ui/button.tsx';
import { FileIcon, FileName, fileKind } from '../../ui/file.tsx';
import { ErrorNote } from '../../ui/note.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { NoPreview } from './no-preview.tsx';
import { PreviewBody } from './preview-body.tsx';
import './viewer.css';

interface ViewerProps {
  /** The files that one can go through, in their order. */
  nodes: readonly Node[];
  /** The one that is shown. */
  nodeId: string;
  onMove: (nodeId: string) => void;
  onClose: () => void;
  onDownload: (node: Node) => void;
  /** Null where there are no other programs (browsers). */
  onOpenExternally: ((node: Node) => void) | null;
}

/** One file over the whole window (DRV-17), with the way to the ones before and after it. */
export function Viewer({ nodes, nodeId, onMove, onClose, onDownload, onOpenExternally }: ViewerProps) {
  const { t } = useTranslation('viewer');
  const body = useRef<HTMLDivElement>(null);
  const at = nodes.findIndex(({ id }) => id === nodeId);
  const node = nodes[at];
  // What is shown was deleted or moved away by somebody: there is nothing to look at any more.
  const isGone = node === undefined;
  useEffect(() => {
    if (isGone) onClose();
  }, [isGone, onClose]);
  if (node === undefined) return null;

  const go = (step: number) => {
    const next = nodes[at + step];
    if (next !== undefined) onMove(next.id);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const typing = event.target instanceof HTMLElement && event.target.matches('input, textarea, video, audio');
    if (typing) return;
    if (event.key === 'ArrowLeft') go(-1);
    else if (event.key === 'ArrowRight') go(1);
    else if (event.key === ' ' && !(event.target instanceof HTMLButtonElement)) onClose();
    else return;
    event.preventDefault();
  };
  return (
    <Dialog.Root open onOpenChange={(open) => !open && onClose()}>
      <Dialog.Portal>
        <Dialog.Content
          className="viewer"
          aria-describedby={undefined}
          onKeyDown={onKeyDown}
          onOpenAutoFocus={(event) => {
            event.preventDefault();
            body.current?.focus();
          }}
        >
          <header className="viewer-head">
            <FileIcon small kind={fileKind(node.name)} />
            <Dialog.Title asChild>
              <h2 className="grow cut" aria-label={t('title', { name: node.name })}>
                <FileName name={node.name} />
              </h2>
            </Dialog.Title>
            <span className="sm t3 num nowrap">{t('position', { at: at + 1, count: nodes.length })}</span>
            <IconButton icon="back" label={t('previous')} keys="←" disabled={at <= 0} onClick={() => go(-1)} />
            <IconButton icon="forward" label={t('next')} keys="→" disabled={at >= nodes.length - 1} onClick={() => go(1)} />
            {onOpenExternally !== null && (
              <Button size="small" icon="program" onClick={() => onOpenExternally(node)}>
                {t('openExternally')}
              </Button>
            )}
            <Button size="small" icon="download" onClick={() => onDownload(node)}>
              {t('download')}
            </Button>
            <IconButton icon="close" label={t('close')} keys="Esc" onClick={onClose} />
          </header>
          <div ref={body} className="viewer-body" tabIndex={-1}>
            <Shown key={`${node.id} ${node.version}`} node={node} />
          </div>
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

function Shown({ node }: { node: Node }) {
  const { t } = useTranslation('viewer');
  const explain = useExplain();
  const { accountId } = useAccount();
  const { workspace } = useHost();
  const answer = useAnswer('drive.preview', { accountId, nodeId: node.id });
  const base = useAnswer('content.base', { accountId });
  const { data, error } = answer;
  const isPending = data?.preview.kind === 'none' && data.preview.reason === 'pending';
  const { refetch } = answer;
  useEffect(() => {
    if (!isPending) return undefined;
    const timer = setTimeout(() => void refetch(), pendingMs);
    return () => clearTimeout(timer);
  }, [isPending, refetch, workspace]);
  if (error !== null && data === undefined) {
    return (
      <div className="viewer-note">
        <ErrorNote title={t('failed')} retry={{ text: t('retry'), onPress: () => void answer.refetch() }}>
          {explain(problemOf(error))}
        </ErrorNote>
      </div>
    );
  }
  if (data === undefined || base.data === undefined) return <Skeleton rows={6} height={34} label={t('loading')} />;
  if (data.preview.kind === 'none') return <NoPreview node={node} reason={data.preview.reason} />;
  const address = (part: string): string => `${base.data.url}/files/${encodeURIComponent(node.id)}/${part}`;
  return <PreviewBody node={node} preview={data.preview} address={address} />;
}

/** How often something that is being prepared is asked for again, in milliseconds. */
const pendingMs = 2_000;
