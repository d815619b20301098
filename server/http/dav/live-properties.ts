import { readContent, type NodeRow, type WrittenContent } from '../../drive/nodes.ts';
import { mediaTypeOf } from '../../content/file-response.ts';
import { escapeXml } from './xml.ts';

/** What the answers about one resource are made of. */
export interface Resource {
  /** Null for the top of the tree. */
  readonly row: NodeRow | null;
  readonly content: WrittenContent | null;
  readonly name: string;
  /** The locks that hold for it, as XML; asked for only where it is wanted. */
  readonly lockDiscovery: () => string;
  /** RFC 4331: what its drive holds, and may hold still; null where there is no limit. */
  readonly quota: { readonly usedBytes: number; readonly availableBytes: number | null } | null;
}

export const contentOf = (row: NodeRow): WrittenContent | null => (row.content === null ? null : readContent(row.content));

/** 128 bits of the content hash: it can never be stale, and programs whose headers are short (200 signs in litmus) can send it twice. */
export const etagOf = ({ contentHash }: { readonly contentHash: string }): string => `"${contentHash.slice(0, 32)}"`;

/** When something was made: our ids begin with the time (UUIDv7), those of other makers do not. */
function createdAt(row: NodeRow): number {
  const digits = row.id.replaceAll('-', '');
  const at = digits[12] === '7' ? Number.parseInt(digits.slice(0, 12), 16) : Number.NaN;
  return at > 0 && at <= row.updated_at ? at : row.updated_at;
}

const httpDate = (at: number): string => new Date(clamped(at)).toUTCString();
/** What a date can hold, in years of four digits. */
const clamped = (at: number): number => Math.min(Math.max(at, 0), 253_402_300_799_000);

export const lastModified = (row: NodeRow, content: WrittenContent | null): string => httpDate(content?.modifiedAt ?? row.updated_at);

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
