import type { NodeAccess } from '../content/node-access.ts';
import { readContent, shownContent, type ShownRow } from './nodes.ts';

/** How a stored content ends: with what only the row keeps (`WrittenContent`). */
const written = /,"writtenAt":\d+,"writtenBy":"[^"\\]*"\}$/;
const plain = /^[\w:*.-]*$/;

const quoted = (text: string): string => (plain.test(text) ? `"${text}"` : JSON.stringify(text));

/** `shownContent` of a stored content as JSON, without reading it. */
function contentText(stored: string): string {
  const at = stored.lastIndexOf(',"writtenAt":');
  if (at > 0 && written.test(stored.slice(at))) return `${stored.slice(0, at)}}`;
  return JSON.stringify(shownContent(readContent(stored)));
}

/** A node as `asSeen` shows it, as JSON: long listings are put together from rows as they are, because reading and writing each of them takes longer. */
export function nodeText(row: ShownRow, { permission, viewId, viewPermission }: NodeAccess, isRestricted: boolean): string {
  const parent = row.id === viewId || row.parent_id === null ? 'null' : quoted(row.parent_id);
  return (
    `{"id":${quoted(row.id)},"spaceId":${quoted(viewId)},"parentId":${parent},"name":${JSON.stringify(row.name)},"kind":"${row.kind}",` +
    `"revision":${row.revision},"version":${row.version},"content":${row.content === null ? 'null' : contentText(row.content)},` +
    `"updatedAt":${row.updated_at},"updatedBy":${quoted(row.updated_by)},"trashed":${row.trashed_at !== null},"sequence":${row.sequence},` +
    `${permission === viewPermission ? '' : `"permission":"${permission}",`}${isRestricted ? '"restricted":true,' : ''}"lock":${row.lock ?? 'null'}}`
  );
}
