import { Readable } from 'node:stream';
import { fromRandomAccessReaderPromise, RandomAccessReader, type Entry, type ZipFile } from 'yauzl';
import type { ArchiveVisitor } from './visitor.ts';
import type { Source } from './source.ts';

/** yauzl asks for ranges of the archive; it never needs the whole. */
class SourceReader extends RandomAccessReader {
  readonly #source: Source;
  constructor(source: Source) {
    super();
    this.#source = source;
  }
  override _readStreamForRange(start: number, end: number): Readable {
    return Readable.from(this.#source.stream(start, end), { objectMode: false });
  }
}

const utf8 = new TextDecoder('utf-8', { fatal: true });
/** What programs wrote before UTF-8 in the countries of our users; endings are the same in all of them. */
const legacy = new TextDecoder('shift_jis');

function nameOf(raw: Buffer): string {
  try {
    return utf8.decode(raw);
  } catch {
    return legacy.decode(raw);
  }
}

const isEncrypted = (entry: Entry): boolean => (entry.generalPurposeBitFlag & 1) !== 0;

/** Visits every entry of a zip by its central directory. Throws for one that is damaged. */
export async function walkZip(source: Source, visitor: ArchiveVisitor): Promise<void> {
  const zip = await fromRandomAccessReaderPromise(new SourceReader(source), source.sizeBytes, {
    lazyEntries: true,
    decodeStrings: false,
    validateEntrySizes: true,
    autoClose: false,
  });
  try {
    await eachEntry(zip, async (entry) => {
      const name = nameOf(entry.fileName as unknown as Buffer);
      if (name.endsWith('/')) return true;
      if (isEncrypted(entry)) visitor.cannotRead();
      return visitor.entry(name, entry.uncompressedSize, () =>
        isEncrypted(entry) ? Promise.resolve(null) : zip.openReadStreamPromise(entry),
      );
    });
  } finally {
    zip.close();
  }
}

/** One entry after the other until `visit` says that it was enough. */
function eachEntry(zip: ZipFile, visit: (entry: Entry) => Promise<boolean>): Promise<void> {
  return new Promise((resolve, reject) => {
    zip.on('error', reject);
    zip.on('end', () => resolve());
    zip.on('entry', (entry: Entry) => {
      visit(entry).then((goOn) => (goOn ? zip.readEntry() : resolve()), reject);
    });
    zip.readEntry();
  });
}
