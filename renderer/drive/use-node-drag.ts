import type { DragEvent } from 'react';
import { useTranslation } from 'react-i18next';
import type { Node } from '#shared/model/drive.ts';
import { useAccount, useAnswer, useHost } from '../app/host-context.tsx';
import { useTools } from './drive-tools.ts';
import { useDragStart } from './drop-zone.tsx';

/** The most that goes to the desktop in one drag. */
const mostOut = 100;

/** A plate beside the pointer that says what hangs on it. */
function showPlate(event: DragEvent, text: string): void {
  const plate = document.createElement('div');
  plate.className = 'drag-plate';
  plate.textContent = text;
  document.body.append(plate);
  event.dataTransfer.setDragImage(plate, -8, -4);
  setTimeout(() => plate.remove(), 0);
}

/**
 * Begins a drag of rows. Inside the window they are ours; in a browser a single file also goes to the desktop (it is fetched there), in
 * the app with Alt everything does: it is brought to this PC first and then hangs on the system's own drag.
 */
export function useNodeDrag(): (event: DragEvent, spaceId: string, nodes: readonly Node[]) => void {
  const { t } = useTranslation('explorer');
  const { shell } = useHost();
  const { accountId } = useAccount();
  const { actions } = useTools();
  const start = useDragStart();
  const base = useAnswer('content.base', { accountId }).data?.url;
  return (event, spaceId, nodes) => {
    const [first] = nodes;
    if (first === undefined) return;
    if (shell !== null && event.altKey) {
      event.preventDefault();
      if (nodes.length > mostOut) actions.complain(t('dragTooMany', { count: mostOut }));
      else void actions.dragOut(nodes);
      return;
    }
    start(event, { kind: 'nodes', spaceId, nodes });
    if (shell === null && base !== undefined && nodes.length === 1 && first.kind === 'file') {
      const url = new URL(`${base}/files/${encodeURIComponent(first.id)}/content`, location.href);
      event.dataTransfer.setData('DownloadURL', `application/octet-stream:${first.name.replaceAll(':', '_')}:${url.href}`);
    }
    showPlate(event, nodes.length === 1 ? first.name : t('dragged', { count: nodes.length }));
  };
}
