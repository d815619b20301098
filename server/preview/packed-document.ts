import { walkZip } from '../content/inspection/zip.ts';
import type { Source } from '../content/inspection/source.ts';
import type { OfficeKind } from './office.ts';

/** What a zip turns out to be by the names in it. */
export type PackedDocument =
  | { readonly kind: 'document'; readonly of: OfficeKind }
  | { readonly kind: 'too_large' | 'encrypted' | 'other' };

/** A document unpacks to some hundred MB at most; what says more of itself is a bomb (ASVS 5.2.3). */
const mostUnpackedBytes = 512 * 1_048_576;
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
  await walkZip(source, {
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
