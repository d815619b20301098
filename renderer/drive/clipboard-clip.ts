import type { Node } from '#shared/model/drive.ts';
import { clipType, type Clip } from './clip.ts';

/** Takes nodes for pasting, under an id of its own. */
export const newClip = (kind: Clip['kind'], nodes: readonly Node[]): Clip => ({
  id: crypto.randomUUID(),
  kind,
  spaceId: nodes[0]?.spaceId ?? '',
  nodes,
});

/** Writes a clip into an event of the clipboard: its id, and the names for programs that take text. */
export function writeClip(event: ClipboardEvent, clip: Clip): void {
  event.preventDefault();
  event.clipboardData?.setData(clipType, clip.id);
  event.clipboardData?.setData('text/plain', clip.nodes.map(({ name }) => name).join('\n'));
}

/** Puts a clip onto the system's clipboard from a menu, where no key did. */
export function putOnClipboard(clip: Clip): void {
  const write = (event: ClipboardEvent) => {
    event.stopImmediatePropagation();
    writeClip(event, clip);
  };
  document.addEventListener('copy', write, { capture: true, once: true });
  // The only way to the clipboard that takes a type of one's own and asks nobody.
  document.execCommand('copy');
  document.removeEventListener('copy', write, { capture: true });
}
