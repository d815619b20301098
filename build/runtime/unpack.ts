import { createWriteStream, mkdirSync } from 'node:fs';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import yauzl from 'yauzl';

/**
 * Unpacks the entries of a zip file that `wanted` gives a place for (a path relative to `target`, or undefined to leave
 * the entry out), with their permission bits. Entries that would leave `target` are refused.
 */
export async function unpack(file: string, target: string, wanted: (name: string) => string | undefined): Promise<void> {
  const zip = await new Promise<yauzl.ZipFile>((resolve, reject) => {
    yauzl.open(file, { lazyEntries: true, autoClose: true }, (error, opened) => (error ? reject(error) : resolve(opened)));
  });
  await new Promise<void>((resolve, reject) => {
    const extract = async (entry: yauzl.Entry): Promise<void> => {
      const place = entry.fileName.endsWith('/') ? undefined : wanted(entry.fileName);
      if (place !== undefined) {
        const to = path.resolve(target, place);
        if (!to.startsWith(path.resolve(target) + path.sep)) throw new Error(`${entry.fileName} would leave ${target}`);
        mkdirSync(path.dirname(to), { recursive: true });
        const mode = (entry.externalFileAttributes >>> 16) & 0o777;
        const content = await new Promise<NodeJS.ReadableStream>((done, failed) => {
          zip.openReadStream(entry, (error, stream) => (error ? failed(error) : done(stream)));
        });
        await pipeline(content, createWriteStream(to, { mode: mode === 0 ? 0o644 : mode }));
      }
      zip.readEntry();
    };
    zip.on('entry', (entry: yauzl.Entry) => {
      extract(entry).catch((error: unknown) => {
        zip.close();
        reject(error instanceof Error ? error : new Error(String(error)));
      });
    });
    zip.once('error', reject);
    zip.once('end', resolve);
    zip.readEntry();
  });
}
