import { walkZip } from '../content/inspection/zip.ts';
import type { Source } from '../content/inspection/source.ts';
import type { OfficeKind } from './office.ts';

/** What a zip turns out to be by the names in it. */
export type PackedDocument =
  | { readonly kind: 'document'; readonly of: OfficeKind }
  | { readonly kind: 'too_large' | 'encrypted' | 'other' };

/** A document unpacks to some hundred MB at most; what says more of itself is a bomb (ASVS 5.2.3). */
const mostUnpackedBytes = 256 * 1_048_576;
const mostEntries = 10_000;
const mostManifestBytes = 1_048_576;

/** The one entry that every document of a kind has. */
const mainEntries: Readonly<Record<string, OfficeKind>> = {
  'word/document.xml': 'pages',
  'xl/workbook.xml': 'sheets',
  'xl/workbook.bin': 'sheets',
  'ppt/presentation.xml': 'slides',
};
/** OpenDocument says what it is in its first entry. */
const openDocument: readonly (readonly [RegExp, OfficeKind])[] = [
  [/^application\/vnd\.oasis\.opendocument\.text/, 'pages'],
  [/^application\/vnd\.oasis\.opendocument\.spreadsheet/, 'sheets'],
  [/^application\/vnd\.oasis\.opendocument\.presentation/, 'slides'],
];

/** Looks at a zip's directory: what document it is, whether it can be opened, and whether it says that it unpacks to too much. */
export async function packedDocument(source: Source): Promise<PackedDocument> {
  let entries = 0;
  let unpacked = 0;
  let of: OfficeKind | null = null;
  let encrypted = false;
  await walkZip(readingAhead(source), {
    entry: async (name, sizeBytes, open) => {
      entries += 1;
      unpacked += sizeBytes;
      if (entries > mostEntries || unpacked > mostUnpackedBytes) return false;
      of = mainEntries[name] ?? of;
      if (name === 'mimetype' || name === 'META-INF/manifest.xml') {
        const text = await beginningOf(await open());
        if (name === 'mimetype') of = openDocument.find(([pattern]) => pattern.test(text))?.[1] ?? of;
        else encrypted ||= text.includes('encryption-data');
      }
      return true;
    },
    cannotRead: () => {
      encrypted = true;
    },
  });
  if (entries > mostEntries || unpacked > mostUnpackedBytes) return { kind: 'too_large' };
  if (of === null) return { kind: 'other' };
  return encrypted ? { kind: 'encrypted' } : { kind: 'document', of };
}

const blockBytes = 262_144;

/** A directory is read in thousands of small steps, side by side: they cost one read of the store in so many bytes. */
function readingAhead(source: Source): Source {
  let block: { readonly start: number; readonly bytes: Uint8Array } = { start: 0, bytes: new Uint8Array(0) };
  return {
    sizeBytes: source.sizeBytes,
    async *stream(start, end) {
      if (end - start > blockBytes) {
        yield* source.stream(start, end);
        return;
      }
      if (start < block.start || end > block.start + block.bytes.length) {
        const pieces: Uint8Array[] = [];
        for await (const piece of source.stream(start, Math.min(start + blockBytes, source.sizeBytes))) pieces.push(piece);
        block = { start, bytes: Buffer.concat(pieces) };
      }
      yield block.bytes.subarray(start - block.start, end - block.start);
    },
  };
}

async function beginningOf(bytes: AsyncIterable<Uint8Array> | null): Promise<string> {
  if (bytes === null) return '';
  const pieces: Uint8Array[] = [];
  let size = 0;
  for await (const piece of bytes) {
    pieces.push(piece);
    size += piece.length;
    if (size > mostManifestBytes) break;
  }
  return Buffer.concat(pieces).toString('utf8');
}
