import { useState } from 'react';
import type { SyncConflict } from '#shared/contract/sync-care.ts';
import { useAccount, useAnswer } from '../app/host-context.tsx';
import { FileIcon, fileKind } from '../ui/file.tsx';
import { classNames } from '../ui/class-names.ts';
import { differingLines } from './differing-lines.ts';

type Side = SyncConflict['mine'];

/** The text of a side, where it is one; null while it is not known. */
export function useSideText({ nodeId, version }: Side): string | null {
  const { accountId } = useAccount();
  const asked = nodeId === null || version === null ? null : { accountId, nodeId, version };
  const preview = useAnswer('drive.preview', asked).data?.preview;
  return preview?.kind === 'text' ? preview.text : null;
}

/** What is in one side: where two texts part, or the first page; the icon of its kind where nothing can be shown. */
export function ConflictPage({ side, text, other }: { side: Side; text: string | null; other: string | null }) {
  const { accountId } = useAccount();
  const baseUrl = useAnswer('content.base', { accountId }).data?.url ?? null;
  const [state, setState] = useState<'asked' | 'shown' | 'none'>('asked');
  if (text !== null)
    return (
      <pre className="conflict-page in-text selectable">
        {differingLines(text, other ?? text).map((line, index) => (
          // Lines have no other identity than their place.
          <span key={index} className={classNames('text-line', line.differs && 'differs')}>
            {line.text || ' '}
          </span>
        ))}
      </pre>
    );
  const may = baseUrl !== null && side.nodeId !== null && side.version !== null && state !== 'none';
  return (
    <span className="conflict-page">
      {state !== 'shown' && <FileIcon kind={fileKind(side.path)} />}
      {may && (
        <img
          className={state === 'shown' ? '' : 'waiting'}
          src={`${baseUrl}/files/${encodeURIComponent(side.nodeId!)}/preview/1?width=960&version=${side.version}`}
          alt=""
          draggable={false}
          onLoad={() => setState('shown')}
          onError={() => setState('none')}
        />
      )}
    </span>
  );
}
