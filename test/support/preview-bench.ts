import { createHash, randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Preview } from '#shared/model/preview.ts';
import { encodePack, frameHeaderBytes, packHeaderBytes } from '#shared/contract/pack.ts';
import { fileURLToPath } from 'node:url';
import type { FoundFile } from '../../server/content/find-file.ts';
import type { JobLimits, Sandbox } from '../../server/sandbox/job.ts';
import { findProgram } from '../../server/sandbox/fence.ts';
import { makeSandbox } from '../../server/sandbox/sandbox.ts';
import { openCache, type Cache } from '../../server/preview/cache.ts';
import { makePreviews, type Previews, type Viewer } from '../../server/preview/previews.ts';
import { makeServices } from './server-services.ts';

export const viewer: Viewer = { tenantId: 'acme', memberId: 'sato' };
export const fixture = (name: string): Promise<Buffer> => readFile(fileURLToPath(new URL(`../fixtures/previews/${name}`, import.meta.url)));

export interface BenchOptions {
  readonly officeProgram?: string | null;
  readonly limits?: Partial<JobLimits>;
}

/** Previews over a real store, sandbox and cache, without the server around them. */
export interface PreviewBench {
  readonly previews: Previews;
  readonly sandbox: Sandbox;
  readonly cache: Cache;
  readonly folder: string;
  readonly logged: readonly { readonly message: string }[];
  /** Puts bytes into the store and gives them as a file that somebody may have. */
  store(name: string, bytes: Uint8Array): Promise<FoundFile>;
  /** What a file is shown as in the end: whoever is told `pending` asks again. */
  describe(file: FoundFile): Promise<Preview>;
  close(): Promise<void>;
}

export async function openPreviewBench(options: BenchOptions = {}): Promise<PreviewBench> {
  const { officeProgram, limits } = options;
  const made = await makeServices();
  const { services, folder, logged } = made;
  const sandbox = makeSandbox(services, path.join(folder, 'work'));
  const cache = openCache(path.join(folder, 'kept'), 1e9, services.clock);
  const program = officeProgram === undefined ? await findProgram('soffice') : officeProgram;
  const previews = makePreviews(services, { sandbox, cache, officeProgram: program, ...(limits === undefined ? {} : { limits }) });
  return {
    previews,
    describe: async (file) => {
      for (;;) {
        const preview = await previews.describe(viewer, file);
        if (preview.kind !== 'none' || preview.reason !== 'pending') return preview;
      }
    },
    sandbox,
    cache,
    folder,
    logged,
    store: async (name, bytes) => {
      const hash = createHash('sha256').update(bytes).digest('hex');
      const packId = `packs/${randomUUID()}`;
      await services.blobs.put(packId, encodePack([{ hash, bytes }]));
      const place = { hash, packId, offset: packHeaderBytes + frameHeaderBytes, sizeBytes: bytes.length };
      return { name, content: { contentHash: hash, sizeBytes: bytes.length, chunks: null }, stored: new Map([[hash, place]]) };
    },
    close: async () => {
      await sandbox.close();
      await made.close();
    },
  };
}
