import { openPromise, type Entry, type ZipFile } from 'yauzl';
import { JobFailure } from '../../sandbox/job.ts';

/** What may come out of compression, over all parts of a document that are read. */
export const mostExpandedBytes = 96 * 1_048_576;
const mostEntries = 10_000;

/** The parts of a document that is a zip: read one by one, never more than the limits. */
export class ZipParts {
  readonly #zip: ZipFile;
  readonly #entries: ReadonlyMap<string, Entry>;
  #expandedBytes = 0;

  private constructor(zip: ZipFile, entries: ReadonlyMap<string, Entry>) {
    this.#zip = zip;
    this.#entries = entries;
  }

  /** Throws for what is no zip. */
  static async open(file: string): Promise<ZipParts> {
    const zip = await openPromise(file, { lazyEntries: true, validateEntrySizes: true, autoClose: false });
    try {
      if (zip.entryCount > mostEntries) throw new JobFailure('too_large', 'Too many entries');
      return new ZipParts(zip, await entriesOf(zip));
    } catch (error) {
      zip.close();
      throw error;
    }
  }

  get names(): readonly string[] {
    return [...this.#entries.keys()];
  }

  has(name: string): boolean {
    return this.#entries.has(name);
  }

  /** A part in pieces. Throws `too_large` once all that was read comes to more than honest documents have. */
  async *read(name: string): AsyncGenerator<Buffer> {
    const entry = this.#entries.get(name);
    if (entry === undefined) return;
    if ((entry.generalPurposeBitFlag & 1) !== 0) throw new JobFailure('encrypted');
    const stream = await this.#zip.openReadStreamPromise(entry);
    for await (const piece of stream as AsyncIterable<Buffer>) {
      this.#expandedBytes += piece.length;
      if (this.#expandedBytes > mostExpandedBytes) throw new JobFailure('too_large', 'Expands to too much');
      yield piece;
    }
  }

  close(): void {
    this.#zip.close();
  }
}

function entriesOf(zip: ZipFile): Promise<Map<string, Entry>> {
  return new Promise((resolve, reject) => {
    const entries = new Map<string, Entry>();
    zip.on('error', reject);
    zip.on('end', () => resolve(entries));
    zip.on('entry', (entry: Entry) => {
      entries.set(entry.fileName, entry);
      zip.readEntry();
    });
    zip.readEntry();
  });
}
