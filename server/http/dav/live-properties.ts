import type { ListedRow } from '../../drive/dav/places.ts';
import { readContent, type NodeRow, type WrittenContent } from '../../drive/nodes.ts';
import { mediaTypeOf } from '../../content/file-response.ts';
import { escapeXml } from './xml.ts';

/** What the answers about one resource are made of. */
export interface Resource {
  /** Null for the top of the tree. */
  readonly row: ListedRow | null;
  readonly content: ListedContent | null;
  readonly name: string;
  /** The locks that hold for it, as XML; asked for only where it is wanted. */
  readonly lockDiscovery: () => string;
  /** RFC 4331: what its drive holds, and may hold still; null where there is no limit. */
  readonly quota: { readonly usedBytes: number; readonly availableBytes: number | null } | null;
}

export const contentOf = (row: Pick<NodeRow, 'content'>): WrittenContent | null => (row.content === null ? null : readContent(row.content));

/** How contents of one chunk are written down, which most are: what properties need of them is read without the rest. */
const shortContent = /^\{"contentHash":"([0-9a-f]{64})","sizeBytes":(\d{1,15}),"chunks":null,"modifiedAt":(\d{1,15}),/;

/** The part of a content that properties are made of. */
export type ListedContent = Pick<WrittenContent, 'contentHash' | 'sizeBytes' | 'modifiedAt'>;
export function listedContentOf({ content }: Pick<NodeRow, 'content'>): ListedContent | null {
  if (content === null) return null;
  const match = shortContent.exec(content);
  return match === null ? readContent(content) : { contentHash: match[1]!, sizeBytes: Number(match[2]), modifiedAt: Number(match[3]) };
}

/** 128 bits of the content hash: it can never be stale, and programs whose headers are short (200 signs in litmus) can send it twice. */
export const etagOf = ({ contentHash }: { readonly contentHash: string }): string => `"${contentHash.slice(0, 32)}"`;

/** When something was made: our ids begin with the time (UUIDv7), those of other makers do not. */
function createdAt(row: ListedRow): number {
  const digits = row.id.replaceAll('-', '');
  const at = digits[12] === '7' ? Number.parseInt(digits.slice(0, 12), 16) : Number.NaN;
  return at > 0 && at <= row.updated_at ? at : row.updated_at;
}

/** Files that came together have one time; putting it into words costs more than remembering the last one. */
let lastDate = { second: Number.NaN, text: '' };
function httpDate(at: number): string {
  const second = Math.floor(clamped(at) / 1_000);
  if (second !== lastDate.second) lastDate = { second, text: new Date(second * 1_000).toUTCString() };
  return lastDate.text;
}
/** What a date can hold, in years of four digits. */
const clamped = (at: number): number => Math.min(Math.max(at, 0), 253_402_300_799_000);

export const lastModified = (row: Pick<NodeRow, 'updated_at'>, content: Pick<WrittenContent, 'modifiedAt'> | null): string =>
  httpDate(content?.modifiedAt ?? row.updated_at);

const supportedLock = ['exclusive', 'shared']
  .map((scope) => `<D:lockentry><D:lockscope><D:${scope}/></D:lockscope><D:locktype><D:write/></D:locktype></D:lockentry>`)
  .join('');

/** The properties of `DAV:` that the server makes, each with its value as XML, or null where a resource has none. */
export const liveProperties: Readonly<Record<string, (resource: Resource) => string | null>> = {
  creationdate: ({ row }) => (row === null ? null : new Date(clamped(createdAt(row))).toISOString().replace(/\.\d+Z$/, 'Z')),
  displayname: ({ name }) => escapeXml(name),
  getcontentlength: ({ content }) => (content === null ? null : String(content.sizeBytes)),
  getcontenttype: ({ content, name }) => (content === null ? null : mediaTypeOf(name)),
  getetag: ({ content }) => (content === null ? null : etagOf(content)),
  getlastmodified: ({ row, content }) => (row === null ? null : lastModified(row, content)),
  resourcetype: ({ content }) => (content === null ? '<D:collection/>' : ''),
  supportedlock: ({ row }) => (row === null ? null : supportedLock),
  lockdiscovery: ({ row, lockDiscovery }) => (row === null ? null : lockDiscovery()),
  'quota-used-bytes': ({ quota }) => (quota === null ? null : String(quota.usedBytes)),
  'quota-available-bytes': ({ quota }) => (quota?.availableBytes == null ? null : String(quota.availableBytes)),
};

/** What `allprop` gives; RFC 4331 asks to leave quotas out. */
export const usualProperties: readonly string[] = Object.keys(liveProperties).filter((name) => !name.startsWith('quota-'));
