import { Readable } from 'node:stream';
import { extract } from 'tar-stream';
import type { ArchiveVisitor, EntryBytes } from './visitor.ts';

/** Visits every file of a tar, whose bytes come one after the other. Throws for one that is damaged. */
export async function walkTar(bytes: AsyncIterable<Uint8Array>, visitor: ArchiveVisitor): Promise<void> {
  const unpack = extract();
  const source = Readable.from(bytes, { objectMode: false });
  source.on('error', (error) => unpack.destroy(error));
  source.pipe(unpack);
  try {
    for await (const entry of unpack) {
      const { name, type, size } = entry.header;
      if (type === 'file' || type === 'contiguous-file') {
        const goOn = await visitor.entry(name, size ?? 0, async () => entry as unknown as EntryBytes);
        if (!goOn) return;
      }
      entry.resume();
    }
  } finally {
    source.destroy();
    unpack.destroy();
  }
}
