import { createHash, randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { encodePack, frameHeaderBytes, packHeaderBytes } from '#shared/contract/pack.ts';
import { fileURLToPath } from 'node:url';
import type { FoundFile } from '../../server/content/find-file.ts';
import type { Sandbox } from '../../server/sandbox/job.ts';
import { findProgram } from '../../server/sandbox/fence.ts';
import { makeSandbox } from '../../server/sandbox/sandbox.ts';
import { openCache, type Cache } from '../../server/preview/cache.ts';
import { makePreviews, type Previews, type Viewer } from '../../server/preview/previews.ts';
import { makeServices } from './server-services.ts';

export const viewer: Viewer = { tenantId: 'acme', memberId: 'sato' };
export const fixture = (name: string): Promise<Buffer> => readFile(fileURLToPath(new URL(`../fixtures/previews/${name}`, import.meta.url)));

/** Previews over a real store, sandbox and cache, without the server around them. */
export interface PreviewBench {
  readonly previews: Previews;
  readonly sandbox: Sandbox;
  readonly cache: Cache;
  readonly folder: string;
  readonly logged: readonly { readonly message: string }[];
  /** Puts bytes into the store and gives them as a file that somebody may have. */
  store(name: string, bytes: Uint8Array): Promise<FoundFile>;
  close(): Promise<void>;
}

export async function openPreviewBench(officeProgram?: string | null): Promise<PreviewBench> {
  const made = await makeServices();
  const { services, folder, logged } = made;
  const sandbox = makeSandbox(services, path.join(folder, 'work'));
  const cache = openCache(path.join(folder, 'kept'), 1e9, services.clock);
  const program = officeProgram === undefined ? await findProgram('soffice') : officeProgram;
  return {
    previews: makePreviews(services, { sandbox, cache, officeProgram: program }),
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
