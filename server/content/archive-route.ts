import { Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { ZipFile } from 'yazl';
import { z } from 'zod';
import { AppError } from '#shared/base/errors.ts';
import { Id } from '#shared/model/ids.ts';
import type { RequestContext, Services } from '../context.ts';
import { archiveName } from './archive-names.ts';
import { archiveTree, type ArchiveEntry } from './archive-tree.ts';
import { listBatches } from './batches.ts';
import type { DownloadLog } from './download-log.ts';
import { attachmentDisposition, bodyOf } from './file-response.ts';
import { extensionOf, judgeReceipt } from './judge.ts';
import { bytesOf } from './read-chunks.ts';
import { reachOf, reachableChunks, type StoredChunk } from './reach.ts';
import { chunksOf, type Bytes } from './stored-content.ts';
import type { ByteRoute } from './byte-route.ts';

/** How many files' chunk lists are read ahead at once. */
const ahead = 64;
/** What is compressed already: packing it again costs time and gains nothing. */
const packedTypes = new Set(
  '7z aac apk avi avif br bz2 docm docx epub flac gif gz heic hwpx jar jpeg jpg lz4 m4a m4v mkv mov mp3 mp4 odp ods odt ogg opus pdf png pptm pptx rar tgz txz webm webp wma wmv xlsm xlsx xz zip zst'.split(
    ' ',
  ),
);
const NodeIds = z.array(Id).min(1).max(500);

interface Found {
  readonly content: Bytes;
  readonly stored: ReadonlyMap<string, StoredChunk>;
}

/** The file that is being read into an archive. */
interface Underway {
  readonly language: 'ja' | 'en';
  stream: Readable | null;
}

/** What is not in an archive although it was asked for, as people read it. */
const leftOut = {
  ja: {
    name: '_除外されたファイル.txt',
    head: '会社のルールで受け取れないファイル、または途中で削除・移動されたファイルは、このZIPファイルに含まれていません。',
  },
  en: {
    name: '_left-out-files.txt',
    head: 'Files that the company’s rules do not let you receive, and files that were deleted or moved meanwhile, are not in this ZIP file.',
  },
} as const;

/**
 * `GET /api/archives?nodes=ID,ID…`: files and folders, with all that is in them, as one ZIP file, made while it is sent. What rules keep from the
 * asker (FIL-01) is left out and named in a text file at the end; what they get is written down as they get it (FIL-07).
 */
export function archiveRoute({ database, blobs }: Services, downloads: DownloadLog): ByteRoute {
  /** The contents of some files as they are now; files that went away meanwhile are absent. */
  const load = async (context: RequestContext, entries: readonly ArchiveEntry[]): Promise<Map<string, Found>> => {
    const { tenantId, member, policy } = context;
    const contents = new Map<string, Bytes>();
    for (const ids of listBatches(entries.map(({ id }) => id))) {
      const query = database.selectFrom('nodes').select(['id', 'content']).where('tenant_id', '=', tenantId).where('id', 'in', ids);
      for (const { id, content } of await query.where('trashed_at', 'is', null).execute()) {
        if (content !== null) contents.set(id, JSON.parse(content) as Bytes);
      }
    }
    const hashes = [...contents.values()].flatMap((content) => chunksOf(content).map(({ hash }) => hash));
    const stored = await reachableChunks(database, tenantId, await reachOf(database, tenantId, member.id), hashes, policy);
    const whole = [...contents].filter(([, content]) => chunksOf(content).every(({ hash }) => stored.has(hash)));
    const found = new Map(whole.map(([id, content]) => [id, { content, stored }]));
    await downloads.note(
      context,
      entries.flatMap(({ id, name }) => {
        const file = found.get(id);
        return file === undefined ? [] : [{ service: 'drive' as const, itemId: id, name, sizeBytes: file.content.sizeBytes }];
      }),
    );
    return found;
  };

  /** Adds entry after entry, each when the one before has been read, so that no more than one file is under way. */
  const fill = async (zip: ZipFile, context: RequestContext, entries: readonly ArchiveEntry[], under: Underway): Promise<void> => {
    const missing: string[] = [];
    for (let start = 0; start < entries.length; start += ahead) {
      const some = entries.slice(start, start + ahead);
      const mayHave = (entry: ArchiveEntry) => judgeReceipt('drive', entry.name, context.policy).effect === 'allow';
      const found = await load(
        context,
        some.filter((entry) => entry.kind === 'file' && mayHave(entry)),
      );
      for (const { id, kind, name, path, updatedAt } of some) {
        const mtime = new Date(updatedAt);
        const file = found.get(id);
        if (kind === 'folder') zip.addEmptyDirectory(path, { mtime });
        else if (file === undefined) missing.push(path);
        else {
          const { content, stored } = file;
          const stream = Readable.from(bytesOf(blobs, chunksOf(content), stored, 0, content.sizeBytes), { objectMode: false });
          under.stream = stream;
          zip.addReadStream(stream, path, { mtime, size: content.sizeBytes, compress: !packedTypes.has(extensionOf(name)) });
          await finished(stream, { writable: false });
        }
      }
    }
    const { name, head } = leftOut[under.language];
    // With a mark of its encoding and line ends for the plainest of editors.
    if (missing.length > 0) zip.addBuffer(Buffer.from(`\uFEFF${[head, '', ...missing].join('\r\n')}\r\n`), name, { mtime: new Date(0) });
    zip.end();
  };

  async function* archive(context: RequestContext, entries: readonly ArchiveEntry[], language: 'ja' | 'en'): AsyncGenerator<Uint8Array> {
    const zip = new ZipFile();
    const output = zip.outputStream as Readable;
    zip.on('error', (error: unknown) => output.destroy(error as Error));
    const under: Underway = { language, stream: null };
    const filled = fill(zip, context, entries, under).catch((error: unknown) => void output.destroy(error as Error));
    try {
      for await (const piece of output) yield piece as Uint8Array;
    } finally {
      // Whoever asked may have gone away in the middle.
      under.stream?.destroy();
      await filled;
    }
  }

  return async (request, context) => {
    const { searchParams } = new URL(request.url);
    const ids = NodeIds.safeParse((searchParams.get('nodes') ?? '').split(','));
    if (!ids.success) throw new AppError('invalid', 'Say which files and folders: nodes=ID,ID…');
    const { name, entries } = await archiveTree(database, context, ids.data);
    const language = /^\s*ja\b/i.test(request.headers.get('accept-language') ?? '') ? 'ja' : 'en';
    return new Response(bodyOf(archive(context, entries, language)), {
      headers: {
        'cache-control': 'no-store',
        'content-disposition': attachmentDisposition(`${archiveName(name)}.zip`),
        'content-security-policy': "sandbox; default-src 'none'",
        'content-type': 'application/zip',
        'x-content-type-options': 'nosniff',
      },
    });
  };
}
